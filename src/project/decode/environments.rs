//! `environments`: what each of them has of its own. Its state, and its outputs key by key.
//!
//! In: the root of the file and the outputs as decoded. Out: every environment, checked whichever one is asked for. Always: no two
//! environments have one state, and none of them the project's own; an environment has the outputs that the project has, so that definitions
//! mean the same in all of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::suggest::nearest;
use crate::base::{Name, OutputName, Span};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Node, Value};
use crate::project::{Environment, Output, StateLocation};

use super::outputs;
use super::reader::{Map, Reader};
use super::state;

/// What environments build upon.
pub(super) struct Base<'b> {
    /// The folder of the project.
    pub(super) folder: &'b Path,
    /// The project's own state.
    pub(super) state: &'b StateLocation,
    /// The project's outputs; `None` where one of them is wrong.
    pub(super) outputs: Option<&'b BTreeMap<OutputName, Output>>,
}

/// Every environment by name. One that is wrong is there with what could be read of it.
pub(super) fn environments(reader: &mut Reader<'_>, root: &Map<'_>, base: &Base<'_>) -> BTreeMap<Name, Environment> {
    let Some(entry) = root.get("environments") else { return BTreeMap::new() };
    let Some(map) = reader.any_map(&entry.value, entry.key_span, "`environments`") else { return BTreeMap::new() };
    let mut found = BTreeMap::new();
    let mut states = vec![(base.state.clone(), "the project without an environment".to_owned())];
    for entry in map.entries {
        let environment = environment(reader, root, entry, base, &mut states);
        found.extend(environment);
    }
    found
}

fn environment(
    reader: &mut Reader<'_>,
    root: &Map<'_>,
    entry: &Entry,
    base: &Base<'_>,
    states: &mut Vec<(StateLocation, String)>,
) -> Option<(Name, Environment)> {
    let name = reader.name(&entry.key, entry.key_span, "an environment");
    let what = format!("environment `{}`", entry.key);
    let map = reader.map(&entry.value, entry.key_span, &what, &["state", "outputs", "shadow"])?;
    let file = format!(".aud/state.{}.db", entry.key);
    let state = state::state(reader, &map, base.folder, &file, state::beside(base.state, &entry.key));
    let place = map.get("state").map_or(entry.key_span, |entry| entry.value.span);
    if let Some((_, other)) = states.iter().find(|(taken, _)| *taken == state) {
        reader.report(shared(&what, other, place));
    }
    states.push((state.clone(), what.clone()));
    let shadow = match map.get("shadow") {
        None => false,
        Some(entry) => boolean(reader, &entry.value, "`shadow`").unwrap_or(false),
    };
    let outputs = own_outputs(reader, root, &map, base);
    Some((name?, Environment { state, outputs, shadow }))
}

fn shared(what: &str, other: &str, place: Span) -> Diagnostic {
    Diagnostic::new(Code::ConflictingKeys, format!("{what} has the state of {other}"))
        .label(place, "deploying one would undo the other")
        .help("name another state, or leave `state` out: each environment then has one of its own")
}

fn boolean(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<bool> {
    let found = node.scalar().and_then(|scalar| scalar.boolean());
    found.or_else(|| reader.wrong_type(node, what, "`true` or `false`", |it| it))
}

/// The outputs that an environment has otherwise than the project.
fn own_outputs(
    reader: &mut Reader<'_>,
    root: &Map<'_>,
    environment: &Map<'_>,
    base: &Base<'_>,
) -> BTreeMap<OutputName, Output> {
    let mut own = BTreeMap::new();
    let Some(entry) = environment.get("outputs") else { return own };
    let what = format!("`outputs` of {}", environment.what);
    let Some(map) = reader.any_map(&entry.value, entry.key_span, what) else { return own };
    let written = match root.get("outputs").map(|entry| &entry.value.value) {
        Some(Value::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    for entry in map.entries {
        let Some(whole) = written.iter().find(|output| output.key == entry.key) else {
            outputs::hide_secrets(reader, &entry.value);
            reader.report(unknown(&environment.what, entry, written));
            continue;
        };
        let is_sound = base.outputs.is_some_and(|outputs| outputs.contains_key(entry.key.as_str()));
        // What is wrong with the project's own output is told there.
        if !is_sound || !matches!(entry.value.value, Value::Map(_)) {
            outputs::hide_secrets(reader, &entry.value);
            let _ = reader.any_map(&entry.value, entry.key_span, format!("output `{}`", entry.key));
            continue;
        }
        let merged = Entry { value: overridden(&whole.value, &entry.value), ..entry.clone() };
        let output = outputs::output(reader, &merged, base.folder);
        own.extend(output.map(|output| (output.name.clone(), output)));
    }
    own
}

fn unknown(what: &str, entry: &Entry, written: &[Entry]) -> Diagnostic {
    let near = nearest(&entry.key, written.iter().map(|output| output.key.as_str()));
    Diagnostic::new(Code::UnknownReference, format!("{what} has an output `{}`, and the project has none", entry.key))
        .label(entry.key_span, "no such output")
        .help("write the output under `outputs` of the project; an environment says what it has otherwise")
        .did_you_mean(entry.key_span, &near, str::to_owned)
}

/// An output with another one's keys laid over it. Settings and secrets are laid over one by one, unless the kind is another one, which
/// has settings and secrets of its own. A key without a value takes away what was there.
fn overridden(whole: &Node, own: &Node) -> Node {
    let kind = |node: &Node| Some(value_of(node, "kind")?.scalar()?.text.clone());
    if kind(own).is_some_and(|own| Some(own) != kind(whole)) {
        return own.clone();
    }
    over(whole, own, true)
}

fn over(whole: &Node, own: &Node, is_output: bool) -> Node {
    let (Value::Map(before), Value::Map(after)) = (&whole.value, &own.value) else { return own.clone() };
    let kept = before.iter().filter(|entry| after.iter().all(|own| own.key != entry.key)).cloned();
    let given = after.iter().filter(|own| !own.value.is_null()).map(|own| {
        let inner = matches!(own.key.as_str(), "settings" | "secrets");
        match value_of(whole, &own.key).filter(|_| is_output && inner) {
            Some(before) => Entry { value: over(before, &own.value, false), ..own.clone() },
            None => own.clone(),
        }
    });
    Node { span: own.span, value: Value::Map(kept.chain(given).collect()) }
}

fn value_of<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}
