//! Questions to a node that answer themselves: a value of the type asked for, or a diagnostic and nothing.
//!
//! In: nodes, and what messages call them. Out: texts, numbers, words, names, maps. Always: what is refused is reported
//! exactly once, so a caller that gets `None` simply leaves the value out and goes on.

use crate::base::suggest::nearest;
use crate::base::{Name, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::project::node::{Entry, Node, Value};

/// Gathers what is wrong while a tree is decoded.
pub(super) struct Reader<'d> {
    diagnostics: &'d mut Diagnostics,
    /// Where secrets stand that should not stand there; they are masked before anything is shown.
    pub(super) literal_secrets: Vec<Span>,
}

/// A map and what messages need to speak of it.
pub(super) struct Map<'n> {
    /// Where to point at when a key is missing.
    pub(super) place: Span,
    /// As messages call it: `source `purchases``.
    pub(super) what: String,
    /// Its entries, known or not.
    pub(super) entries: &'n [Entry],
    /// Known keys that were misspelt, and which entry is meant: it is read on, so that one slip is one diagnostic.
    misspelt: Vec<(String, &'n Entry)>,
}

impl<'n> Map<'n> {
    /// A map of no entries.
    pub(super) fn empty(place: Span, what: impl Into<String>) -> Self {
        Self { place, what: what.into(), entries: &[], misspelt: Vec::new() }
    }

    /// The entry of a key, if it is there at all.
    pub(super) fn entry(&self, key: &str) -> Option<&'n Entry> {
        let misspelt = || self.misspelt.iter().find(|(meant, _)| meant == key).map(|(_, entry)| *entry);
        self.entries.iter().find(|entry| entry.key == key).or_else(misspelt)
    }

    /// The entry of a key, if it has a value. A key without a value says as much as no key.
    pub(super) fn get(&self, key: &str) -> Option<&'n Entry> {
        self.entry(key).filter(|entry| !entry.value.is_null())
    }
}

impl<'d> Reader<'d> {
    pub(super) fn new(diagnostics: &'d mut Diagnostics) -> Self {
        Self { diagnostics, literal_secrets: Vec::new() }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A map that has only known keys. Nothing at all is an empty map.
    pub(super) fn map<'n>(
        &mut self,
        node: &'n Node,
        place: Span,
        what: impl Into<String>,
        known: &[&str],
    ) -> Option<Map<'n>> {
        let mut map = self.any_map(node, place, what)?;
        for entry in map.entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let absent = known.iter().copied().filter(|key| map.entry(key).is_none());
            let near = nearest(&entry.key, absent);
            let problem = Diagnostic::new(Code::UnknownKey, format!("`{}` is not a key of {}", entry.key, map.what))
                .label(entry.key_span, "unknown key")
                .help(match known {
                    [only] => format!("its only key is `{only}`"),
                    known => format!("its keys are {}", listed(known)),
                })
                .did_you_mean(entry.key_span, &near, str::to_owned);
            self.report(problem);
            if let [meant] = near.as_slice() {
                map.misspelt.push(((*meant).to_owned(), entry));
            }
        }
        Some(map)
    }

    /// A map whose keys are names that the author gives.
    pub(super) fn any_map<'n>(&mut self, node: &'n Node, place: Span, what: impl Into<String>) -> Option<Map<'n>> {
        let what = what.into();
        match &node.value {
            Value::Map(entries) => Some(Map { entries, ..Map::empty(place, what) }),
            _ if node.is_null() => Some(Map::empty(place, what)),
            _ => self.wrong_type(node, &what, "a map", |it| it.help("a map is written `key: value`, one key a line")),
        }
    }

    /// The entry of a key that must be there and have a value.
    pub(super) fn need<'n>(&mut self, map: &Map<'n>, key: &str, example: &str) -> Option<&'n Entry> {
        let found = map.entry(key);
        let problem = match found {
            Some(entry) if !entry.value.is_null() => return Some(entry),
            Some(entry) => {
                let message = format!("`{key}` of {} has no value", map.what);
                Diagnostic::new(Code::MissingKey, message).label(entry.value.span, "nothing is written here")
            }
            None => Diagnostic::new(Code::MissingKey, format!("{} has no `{key}`", map.what))
                .label(map.place, format!("`{key}` is missing")),
        };
        self.report(problem.help(format!("write, for example, `{example}`")));
        None
    }

    /// The items of a list. A single text gets the brackets as a fix.
    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        if let Value::List(items) = &node.value {
            return Some(items);
        }
        self.wrong_type(node, what, "a list", |problem| {
            if node.scalar().is_none() {
                return problem.help("each item of a list starts with `- ` on a line of its own");
            }
            let mut fix = Fix::replace("write it as a list of one", node.span.before(), "[");
            fix.edits.extend(Fix::replace("", node.span.after(), "]").edits);
            problem.help("a list of one is written in brackets").fix(fix)
        })
    }

    /// A text that is not empty. Numbers count as the text that was written; booleans must be quoted to be one.
    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let Some(scalar) = node.scalar() else {
            return self.wrong_type(node, what, "a text", |it| it);
        };
        let text = scalar.text.as_str();
        if scalar.boolean().is_some() {
            let quoted = format!("\"{text}\"");
            return self.wrong_type(node, what, "a text", |problem| {
                let help = format!("quote it where the text is meant: `{quoted}`");
                problem.help(help).fix(Fix::replace("quote it", node.span, quoted))
            });
        }
        if text.trim().is_empty() {
            self.report(
                Diagnostic::new(Code::InvalidValue, format!("{what} is an empty text"))
                    .label(node.span, "nothing between the quotes"),
            );
            return None;
        }
        Some(text)
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, node: &Node, what: &str, least: u32, most: u32) -> Option<u32> {
        let Some(number) = node.scalar().and_then(|scalar| scalar.whole()) else {
            return self.wrong_type(node, what, "a whole number", |it| it);
        };
        let within = u32::try_from(number).ok().filter(|number| (least..=most).contains(number));
        if within.is_none() {
            self.report(
                Diagnostic::new(Code::InvalidValue, format!("{what} cannot be {number}"))
                    .label(node.span, format!("from {least} to {most}")),
            );
        }
        within
    }

    /// One of a few words. `what` is what the word is: `a kind of input`.
    pub(super) fn choice<T: Copy>(&mut self, node: &Node, key: &str, what: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, key)?;
        if let Some((_, value)) = known.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        self.report(unknown_choice(text, node.span, what, &words(known)));
        None
    }

    /// An identifier of the language.
    pub(super) fn name(&mut self, text: &str, span: Span, what: &str) -> Option<Name> {
        let name = Name::new(text).ok();
        if name.is_none() {
            let mut mended: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            if mended.starts_with(|c: char| c.is_ascii_digit()) || mended.is_empty() {
                mended.insert(0, '_');
            }
            self.report(
                Diagnostic::new(Code::NotAName, format!("`{text}` cannot be the name of {what}"))
                    .label(span, "letters, digits and `_`, not starting with a digit")
                    .help(format!("definitions refer to it by this name; write, for example, `{mended}`")),
            );
        }
        name
    }

    /// Says that a value has another type than expected, with more to say about it. Always `None`.
    pub(super) fn wrong_type<T>(
        &mut self,
        node: &Node,
        what: &str,
        expected: &str,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) -> Option<T> {
        if node.is_null() {
            let problem = Diagnostic::new(Code::WrongType, format!("{what} has no value"));
            self.report(problem.label(node.span, format!("{expected} is expected here")));
        } else if node.value != Value::Refused {
            let problem = Diagnostic::new(Code::WrongType, format!("{what} takes {expected}, not {}", node.found()));
            self.report(more(problem.label(head(node), node.found())));
        }
        None
    }
}

/// A word that is none of those known.
pub(super) fn unknown_choice(text: &str, span: Span, what: &str, known: &[&str]) -> Diagnostic {
    let near = nearest(text, known.iter().copied());
    let problem = Diagnostic::new(Code::UnknownChoice, format!("`{text}` is not {what}"));
    let problem = if known.len() <= 4 {
        problem.label(span, format!("{} is expected here", alternatives(known)))
    } else {
        problem.label(span, "unknown").help(format!("write {}", alternatives(known)))
    };
    problem.did_you_mean(span, &near, str::to_owned)
}

/// Where to point at for a whole node: all of it, or the start of a block of many lines.
pub(super) fn head(node: &Node) -> Span {
    let first = match &node.value {
        Value::Map(entries) => entries.first().map(|entry| entry.key_span),
        Value::List(items) => items.first().map(head),
        Value::Scalar(_) | Value::Refused => None,
    };
    // What stands in brackets starts before its first part, a block does not.
    first.filter(|first| first.start <= node.span.start).unwrap_or(node.span)
}

/// Where to point at when something is missing in a map that has no key of its own.
pub(super) fn first_key(node: &Node) -> Span {
    match &node.value {
        Value::Map(entries) => entries.first().map_or(node.span, |entry| entry.key_span),
        _ => head(node),
    }
}

/// The words of a choice.
pub(super) fn words<'w, T>(known: &[(&'w str, T)]) -> Vec<&'w str> {
    known.iter().map(|(word, _)| *word).collect()
}

/// `` `a`, `b` and `c` ``.
pub(super) fn listed(words: &[&str]) -> String {
    joined(words, "and")
}

/// `` `a`, `b` or `c` ``.
pub(super) fn alternatives(words: &[&str]) -> String {
    joined(words, "or")
}

fn joined(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}
