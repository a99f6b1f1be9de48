//! `schema`: types of attributes and tiers of events that override what the data shows. Events are declared by name,
//! screens too, and those that have no names by their kind.

use crate::base::Span;
use crate::catalog::{Attribute, Catalog, Event, EventKey, EventKind, Tier, ValueType};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Value};

use super::distinct_texts;
use super::reader::{Map, Reader, unknown_choice, words};

const TIERS: [(&str, Tier); 3] =
    [("personalize", Tier::Personalize), ("preserve", Tier::Preserve), ("connect", Tier::Connect)];

/// What other systems call the types.
const SYNONYMS: [(&str, &str); 16] = [
    ("text", "string"),
    ("varchar", "string"),
    ("str", "string"),
    ("int", "number"),
    ("integer", "number"),
    ("float", "number"),
    ("double", "number"),
    ("decimal", "number"),
    ("numeric", "number"),
    ("bool", "boolean"),
    ("datetime", "date"),
    ("timestamp", "date"),
    ("time", "date"),
    ("array", "list"),
    ("strings", "list"),
    ("set", "list"),
];

/// The kinds of event that have a key of their own: those without names that criteria can ask for.
fn kinds() -> impl Iterator<Item = (&'static str, EventKind)> {
    let all = EventKind::ALL.iter().copied();
    all.filter(|(_, kind)| !kind.is_named() && *kind != EventKind::OptOut)
}

/// What is declared, as a catalog; `None` where a part of it is wrong.
pub(super) fn schema(reader: &mut Reader<'_>, root: &Map<'_>) -> Option<Catalog> {
    let mut catalog = Catalog::default();
    let Some(entry) = root.get("schema") else { return Some(catalog) };
    let keys: Vec<&str> =
        ["user", "calculated", "events", "screens"].into_iter().chain(kinds().map(|(word, _)| word)).collect();
    let map = reader.map(&entry.value, entry.key_span, "`schema`", &keys)?;
    let mut sound = true;
    if let Some(user) = map.get("user") {
        sound &= attributes(reader, user, "user attribute", &mut catalog.user_attributes);
    }
    if let Some(calculated) = map.get("calculated") {
        sound &= attributes(reader, calculated, "calculated attribute", &mut catalog.calculated);
    }
    for (key, kind) in [("events", EventKind::Custom), ("screens", EventKind::Screen)] {
        let Some(named) = map.get(key) else { continue };
        let Some(names) = reader.any_map(&named.value, named.key_span, format!("`{key}`")) else {
            sound = false;
            continue;
        };
        for entry in names.entries {
            let key = EventKey { kind, name: entry.key.as_str().into() };
            sound &= event(reader, entry, key, &mut catalog);
        }
    }
    for (word, kind) in kinds() {
        if let Some(entry) = map.get(word) {
            sound &= event(reader, entry, EventKey::of(kind), &mut catalog);
        }
    }
    sound.then_some(catalog)
}

/// Reads what is declared of an event; says whether all of it was right.
fn event(reader: &mut Reader<'_>, entry: &Entry, key: EventKey, catalog: &mut Catalog) -> bool {
    let what = match key.kind {
        EventKind::Custom => format!("event `{}`", entry.key),
        EventKind::Screen => format!("screen `{}`", entry.key),
        kind => format!("`{}`", kind.word()),
    };
    let known = ["tier", "attributes", "product"];
    let commerce = key.kind.is_commerce();
    let Some(map) = reader.map(&entry.value, entry.key_span, &what, if commerce { &known } else { &known[..2] }) else {
        return false;
    };
    let tier = map.get("tier").map(|entry| reader.choice(&entry.value, "`tier`", "a tier", &TIERS));
    let mut event = Event { tier: tier.flatten(), ..Event::default() };
    let mut sound = tier.is_none_or(|tier| tier.is_some());
    if let Some(entry) = map.get("attributes") {
        sound &= attributes(reader, entry, "attribute", &mut event.attributes);
    }
    if let Some(entry) = map.get("product").filter(|_| commerce) {
        sound &= attributes(reader, entry, "product attribute", &mut event.products);
    }
    catalog.events.insert(key, event);
    sound
}

/// Reads attributes into a map; says whether all of them were right.
fn attributes(
    reader: &mut Reader<'_>,
    entry: &Entry,
    what: &str,
    into: &mut std::collections::BTreeMap<String, Attribute>,
) -> bool {
    let Some(map) = reader.any_map(&entry.value, entry.key_span, format!("`{}`", entry.key)) else { return false };
    let mut sound = true;
    for entry in map.entries {
        let declared = attribute(reader, entry, &format!("{what} `{}`", entry.key));
        sound &= declared.is_some();
        into.extend(declared.map(|attribute| (entry.key.clone(), attribute)));
    }
    sound
}

/// A type's name, `{ list: string }` or `{ enum: [a, b] }`.
fn attribute(reader: &mut Reader<'_>, entry: &Entry, what: &str) -> Option<Attribute> {
    let of = |value_type, allowed| Some(Attribute { allowed, ..Attribute::declared(value_type) });
    if !matches!(entry.value.value, Value::Map(_)) {
        return of(type_name(reader, entry, what)?, None);
    }
    let map = reader.map(&entry.value, entry.key_span, what, &["list", "enum"])?;
    match (map.get("list"), map.get("enum")) {
        (Some(list), None) => {
            let item = type_name(reader, list, "`list`")?;
            if item != ValueType::String {
                reader.report(
                    Diagnostic::new(Code::InvalidValue, format!("{what} cannot be a list of {item}s"))
                        .label(list.value.span, "lists hold strings")
                        .help("write `{ list: string }`"),
                );
                return None;
            }
            of(ValueType::List, None)
        }
        (None, Some(values)) => {
            let items = reader.list(&values.value, "`enum`")?;
            let allowed = distinct_texts(reader, items, "a value of the enum")?;
            if allowed.is_empty() {
                reader.report(
                    Diagnostic::new(Code::InvalidValue, format!("{what} could have no value at all"))
                        .label(values.key_span, "lists no values")
                        .help("list the values that there may be, or write `string`"),
                );
                return None;
            }
            of(ValueType::String, Some(allowed))
        }
        (Some(list), Some(values)) => {
            reader.report(
                Diagnostic::new(Code::ConflictingKeys, format!("{what} has both `list` and `enum`"))
                    .label(values.key_span, "one of some texts")
                    .label(list.key_span, "several texts")
                    .help("keep one of them"),
            );
            None
        }
        (None, None) => {
            reader.report(no_type(entry.key_span, what));
            None
        }
    }
}

fn no_type(place: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::MissingKey, format!("{what} has no type"))
        .label(place, "a type is expected here")
        .help("write `string`, `number`, `boolean`, `date`, `{ list: string }` or `{ enum: [a, b] }`")
}

fn type_name(reader: &mut Reader<'_>, entry: &Entry, what: &str) -> Option<ValueType> {
    if entry.value.is_null() {
        reader.report(no_type(entry.value.span, what));
        return None;
    }
    let text = reader.text(&entry.value, what)?;
    let found = text.parse().ok();
    if found.is_none() {
        let known = words(&ValueType::ALL);
        let folded = text.to_lowercase();
        let synonym = SYNONYMS.iter().find(|(other, _)| *other == folded).map(|(_, ours)| *ours);
        let mut problem = unknown_choice(text, entry.value.span, "a type", &known);
        if let Some(ours) = synonym {
            problem = problem.did_you_mean(entry.value.span, &[ours], str::to_owned);
        }
        reader.report(problem);
    }
    found
}
