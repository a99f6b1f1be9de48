//! The one place that reads YAML: text → a tree with the place of every key and value.
//!
//! In: the text of a file and its number. Out: a [`Node`], or nothing and diagnostics that say why. The tree is built
//! from the parser's events instead of deserialised into types, because a deserialiser stops at the first thing that
//! does not fit, and a check should report all of them. Always: no more than [`MOST_NODES`] nodes and [`DEEPEST`]
//! levels, whatever the anchors of the file multiply to; keys are unique; anchors are resolved; tags and merge keys are
//! refused.

use std::collections::HashMap;
use std::ops::ControlFlow;

pub(super) use serde_yaml::granit_parser::{ErrorKind, ScanError};
use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Span as Place, Tag, options};

use super::node::{DEEPEST, Entry, Node, Scalar, Value};
use super::syntax_error::syntax_error;
use crate::base::suggest::nearest;
use crate::base::{SourceId, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// How many nodes a file may come to when its aliases are replaced by what they stand for.
const MOST_NODES: usize = 200_000;

/// Reads the one document of a text. `None` where nothing is written in it, and where it cannot be read to its end.
pub(super) fn parse(text: &str, source: SourceId, diagnostics: &mut Diagnostics) -> Option<Node> {
    let options = options! { emit_unresolved_aliases: true, emit_anchor_events: true, emit_comments: false };
    let mut tree = Tree { text, source, diagnostics, open: vec![], anchors: HashMap::new(), nodes: 0, root: None };
    for event in Parser::new_from_str_with_options(text, options) {
        let flow = match event {
            Ok((event, place)) => tree.take(event, place),
            Err(error) => {
                let problem = syntax_error(&error, text, source);
                let problem = tree.with_opening(problem, error.kind());
                tree.diagnostics.push(problem);
                return None;
            }
        };
        match flow {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(fatal) => {
                tree.diagnostics.push(*fatal);
                return None;
            }
        }
    }
    tree.root
}

/// Whether to read on, or why the document is given up.
type Flow = Result<ControlFlow<()>, Box<Diagnostic>>;

/// The tree while it grows.
struct Tree<'a> {
    text: &'a str,
    source: SourceId,
    diagnostics: &'a mut Diagnostics,
    /// Lists and maps that are not closed yet, outermost first.
    open: Vec<Open>,
    anchors: HashMap<usize, Anchor>,
    nodes: usize,
    root: Option<Node>,
}

/// What an alias may stand for.
struct Anchor {
    name: String,
    /// Empty until the anchored value is complete.
    node: Option<Node>,
}

struct Open {
    start: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: HashMap<String, Span>, next: Next },
}

/// What the next node of a map is.
enum Next {
    Key,
    Value(String, Span),
    /// The value of a key that was refused.
    Refused,
}

impl Tree<'_> {
    fn take(&mut self, event: Event<'_>, place: Place) -> Flow {
        let span = self.span(place);
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                self.report("a second document starts here", span, "the project file is one document", |it| {
                    it.help("remove the line `---` and what follows it")
                });
                return Ok(ControlFlow::Break(()));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = self.check_tag(tag.as_deref(), place);
                let plain = style == ScalarStyle::Plain && !is_text;
                let value = Value::Scalar(Scalar { text: text.into_owned(), plain });
                return self.close(Node { span, value }, anchor);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), place);
                return self.open(span, anchor, Content::List(Vec::new()));
            }
            Event::MappingStart(_, anchor, tag) => {
                self.check_tag(tag.as_deref(), place);
                let map = Content::Map { entries: Vec::new(), seen: HashMap::new(), next: Next::Key };
                return self.open(span, anchor, map);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let anchor = open.anchor;
                    return self.close(open.into_node(span, self.text), anchor);
                }
            }
            Event::Anchor(id, name) => {
                self.anchors.entry(id).or_insert(Anchor { name: String::new(), node: None }).name = name.into_owned();
            }
            Event::Alias(id) => return self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                let known: Vec<&str> = self.anchors.values().map(|anchor| anchor.name.as_str()).collect();
                let near = nearest(&name, known);
                let problem =
                    Diagnostic::new(Code::InvalidYaml, format!("no anchor `&{name}` stands before this alias"))
                        .label(span, "refers to nothing")
                        .did_you_mean(span, &near, |name| format!("*{name}"));
                self.diagnostics.push(problem);
                return self.close(Node { span, value: Value::Refused }, 0);
            }
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }

    fn open(&mut self, start: Span, anchor: usize, content: Content) -> Flow {
        if self.open.len() >= DEEPEST {
            return Err(Box::new(too_deep(start)));
        }
        self.open.push(Open { start, anchor, content });
        Ok(ControlFlow::Continue(()))
    }

    /// Takes a complete node to where it belongs.
    fn close(&mut self, node: Node, anchor: usize) -> Flow {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(Box::new(too_many(node.span)));
        }
        if anchor > 0 {
            let entry = self.anchors.entry(anchor).or_insert(Anchor { name: String::new(), node: None });
            entry.node = Some(node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { entries, seen, next }) => match std::mem::replace(next, Next::Key) {
                Next::Key => match key(node, seen) {
                    Ok((key, span)) => *next = Next::Value(key, span),
                    Err(problem) => {
                        *next = Next::Refused;
                        self.diagnostics.push(*problem);
                    }
                },
                Next::Value(key, key_span) => {
                    let mut value = node;
                    if value.is_null() && value.span.is_empty() {
                        value.span = after_colon(self.text, key_span);
                    }
                    seen.insert(key.clone(), key_span);
                    entries.push(Entry { key, key_span, value });
                }
                Next::Refused => {}
            },
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Puts a copy of the anchored value at the place of the alias.
    fn alias(&mut self, id: usize, span: Span) -> Flow {
        let Some(node) = self.anchors.get(&id).and_then(|anchor| anchor.node.as_ref()) else {
            return Err(Box::new(
                Diagnostic::new(Code::InvalidYaml, "this alias stands inside the value that it stands for")
                    .label(span, "would never end")
                    .help("write the value out"),
            ));
        };
        let (count, depth) = node.size();
        if self.open.len() + depth > DEEPEST {
            return Err(Box::new(too_deep(span)));
        }
        self.nodes += count;
        if self.nodes > MOST_NODES {
            return Err(Box::new(too_many(span)));
        }
        let copy = Node { span, value: node.value.clone() };
        self.close(copy, 0)
    }

    /// Refuses every tag but `!!str`, and says whether it was that one.
    fn check_tag(&mut self, tag: Option<&Tag>, place: Place) -> bool {
        let Some(tag) = tag else { return false };
        if tag.is_yaml_core_schema_tag("str") {
            return true;
        }
        let span = self.span(place.tag_span().unwrap_or(place));
        let message = format!("the tag `{}` means nothing here", tag.original());
        self.report(&message, span, "a tag", |it| it.help("remove it; quote a value to make it a text"));
        false
    }

    /// Where a bracket is missing, the place of the one that waits for it.
    fn with_opening(&self, problem: Diagnostic, kind: &ErrorKind) -> Diagnostic {
        let missing = matches!(
            kind,
            ErrorKind::ExpectedFlowMappingSeparator
                | ErrorKind::ExpectedFlowSequenceSeparator
                | ErrorKind::MismatchedFlowCollectionEnd { .. }
        );
        let open = self.open.iter().rev().map(|open| open.start).find(|start| {
            let text = self.text.get(start.start as usize..).unwrap_or_default();
            text.starts_with(['[', '{'])
        });
        match open {
            Some(start) if missing => {
                let bracket = Span::new(start.source, start.start as usize, start.start as usize + 1);
                problem.label(bracket, "opened here")
            }
            _ => problem,
        }
    }

    fn report(&mut self, message: &str, span: Span, label: &str, more: impl FnOnce(Diagnostic) -> Diagnostic) {
        self.diagnostics.push(more(Diagnostic::new(Code::InvalidYaml, message).label(span, label)));
    }

    fn span(&self, place: Place) -> Span {
        let range = place.byte_range().unwrap_or(0..0);
        Span::new(self.source, range.start, range.end)
    }
}

impl Open {
    /// The finished list or map. `end` is the place of what ended it: the bracket, or whatever comes after a block.
    fn into_node(self, end: Span, text: &str) -> Node {
        let (last, value) = match self.content {
            Content::List(items) => (items.last().map(|item| item.span), Value::List(items)),
            Content::Map { entries, .. } => (entries.last().map(|entry| entry.value.span), Value::Map(entries)),
        };
        let is_bracket = matches!(text.get(end.start as usize..end.end as usize), Some("]" | "}"));
        let last = if is_bracket { end } else { last.unwrap_or(self.start) };
        Node { span: self.start.to(last), value }
    }
}

/// Where a value would stand that is not there: the parser puts it where the next thing is, which may be lines away.
fn after_colon(text: &str, key: Span) -> Span {
    let colon = text.get(key.end as usize..).is_some_and(|rest| rest.starts_with(':'));
    let end = key.end as usize + usize::from(colon);
    Span::new(key.source, end, end)
}

/// A node as a key: a text that no other key of the map is.
fn key(node: Node, seen: &HashMap<String, Span>) -> Result<(String, Span), Box<Diagnostic>> {
    let span = node.span;
    let refuse = |message: String| Diagnostic::new(Code::InvalidYaml, message);
    match node.value {
        Value::Scalar(Scalar { text, plain: true }) if text == "<<" => Err(Box::new(
            refuse("merge keys are not read".to_owned())
                .label(span, "a merge key")
                .help("repeat the keys; an alias may stand for a whole value, as in `web: *platform`"),
        )),
        Value::Scalar(Scalar { text, plain: true }) if text.is_empty() => {
            Err(Box::new(refuse("a key is missing".to_owned()).label(span, "before this").help("write `key: value`")))
        }
        Value::Scalar(Scalar { text, .. }) => match seen.get(&text) {
            None => Ok((text, span)),
            Some(first) => Err(Box::new(
                Diagnostic::new(Code::DuplicateKey, format!("the key `{text}` stands twice in one map"))
                    .label(span, "again here")
                    .label(*first, "first here")
                    .help("remove one of them, or bring their values together under one key"),
            )),
        },
        Value::List(_) | Value::Map(_) | Value::Refused => Err(Box::new(
            refuse("a key is a text here, not a list or a map".to_owned())
                .label(span, "used as a key")
                .help("quote the key if it starts with a bracket or a brace"),
        )),
    }
}

fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(Code::InvalidYaml, format!("lists and maps nest deeper than {DEEPEST} levels"))
        .label(span, "one level too many")
}

fn too_many(span: Span) -> Diagnostic {
    Diagnostic::new(Code::InvalidYaml, format!("the file comes to more than {MOST_NODES} values"))
        .label(span, "at this place")
        .note("every alias counts as much as what it stands for")
}
