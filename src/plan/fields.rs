//! Which fields of a definition differ.
//!
//! In: a definition as deployed and as written. Out: the fields that differ, in the order of the language, as text. A field
//! of several entries (`tags`, `inputs`, `workspaces`, the criteria of `match`) has one entry in the result for each
//! that comes or goes; a new audience has one for each field that says anything.

use std::collections::BTreeSet;

use super::change::FieldChange;
use super::criterion;
use crate::base::Origin;
use crate::ir::{Audience, Connection, Split, VariantName};

/// Every field that differs.
pub(super) fn between(before: Option<&Audience>, after: &Audience) -> Vec<FieldChange> {
    let mut fields = Fields { found: Vec::new(), origin: after.origin };
    let old = |text: fn(&Audience) -> Option<String>| before.and_then(text);
    let mut texts = |field: &str, text: fn(&Audience) -> Option<String>| fields.text(field, old(text), text(after));
    texts("name", |audience| Some(quoted(&audience.name)));
    texts("external_name", |audience| Some(quoted(&audience.external_name)));
    fields.set("workspaces", before.map(|b| &b.workspaces), &after.workspaces, ToString::to_string);
    fields.set("inputs", before.map(|b| &b.inputs), &after.inputs, ToString::to_string);
    fields.set("tags", before.map(|b| &b.tags), &after.tags, |tag| quoted(tag));
    let mut texts = |field: &str, text: fn(&Audience) -> Option<String>| fields.text(field, old(text), text(after));
    texts("status", |audience| Some(audience.status.word().to_owned()));
    texts("access", |audience| Some(audience.access.word().to_owned()));
    texts("protect", |audience| Some(audience.protect.to_string()));
    texts("standard", |audience| audience.standard.map(|standard| standard.to_string()));
    texts("doc", |audience| audience.doc.clone());
    match before {
        Some(before) => fields.found.extend(criterion::between(before, after)),
        None => fields.found.push(FieldChange {
            origin: after.criterion.origin,
            ..changed("match", None, Some(after.criterion.to_string()))
        }),
    }
    let split = |audience: &Audience| audience.split.as_ref().map(split_text);
    fields.text("split", before.and_then(split), split(after));
    fields.connections(before.map_or(&[], |before| &before.connections), &after.connections);
    fields.found
}

/// The names of the fields in which two definitions differ, each once.
pub fn differing(before: &Audience, after: &Audience) -> Vec<String> {
    let mut names: Vec<String> = between(Some(before), after).into_iter().map(|change| change.field).collect();
    names.dedup();
    names
}

/// A split as one line: `winback_test: push "Push message" 40% · email "Email" 40% · control 20%`, with the salt where
/// it is set by hand.
pub fn split_text(split: &Split) -> String {
    let variants = split.variants.iter().map(|each| format!("{} {} {}%", each.name, quoted(&each.title), each.share));
    let control = format!("control {}%", split.control_share());
    let salt = split.salt.iter().map(|salt| format!("salt {}", quoted(salt)));
    let parts: Vec<String> = variants.chain([control]).chain(salt).collect();
    format!("{}: {}", split.name, parts.join(" · "))
}

/// A connection's own field: `connect warehouse`, `connect braze_prod / push`.
pub(super) fn connection_name(connection: &Connection) -> String {
    match &connection.variant {
        VariantName::Whole => format!("connect {}", connection.output),
        variant => format!("connect {} / {variant}", connection.output),
    }
}

fn connection_text(connection: &Connection) -> String {
    let mut text = connection.status.word().to_owned();
    if !connection.share.is_empty() {
        let shared: Vec<String> = connection.share.iter().map(|attribute| quoted(attribute)).collect();
        text.push_str(&format!(", share {}", shared.join(", ")));
    }
    if !connection.settings.is_empty() {
        let settings: Vec<String> = connection.settings.iter().map(|(key, value)| format!("{key} {value}")).collect();
        text.push_str(&format!(", with {{ {} }}", settings.join(" ")));
    }
    text
}

/// A text as the language writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A field that differs, written nowhere in particular.
pub(super) fn changed(field: &str, old: Option<String>, new: Option<String>) -> FieldChange {
    FieldChange { field: field.to_owned(), old, new, shared: 0, origin: Origin::default() }
}

struct Fields {
    found: Vec<FieldChange>,
    origin: Origin,
}

impl Fields {
    fn text(&mut self, field: &str, old: Option<String>, new: Option<String>) {
        if old != new {
            self.found.push(FieldChange { origin: self.origin, ..changed(field, old, new) });
        }
    }

    fn set<T: Ord>(&mut self, field: &str, old: Option<&BTreeSet<T>>, new: &BTreeSet<T>, text: impl Fn(&T) -> String) {
        let Some(old) = old else {
            let all: Vec<String> = new.iter().map(text).collect();
            return self.text(field, None, (!all.is_empty()).then(|| all.join(", ")));
        };
        new.difference(old).for_each(|each| self.text(field, None, Some(text(each))));
        old.difference(new).for_each(|each| self.text(field, Some(text(each)), None));
    }

    fn connections(&mut self, old: &[Connection], new: &[Connection]) {
        let find = |side: &'_ [Connection], key: &Connection| {
            let found = side.iter().find(|each| each.variant == key.variant && each.output == key.output);
            found.map(connection_text)
        };
        for connection in new {
            let (old, new) = (find(old, connection), Some(connection_text(connection)));
            if old != new {
                self.found
                    .push(FieldChange { origin: connection.origin, ..changed(&connection_name(connection), old, new) });
            }
        }
        for connection in old.iter().filter(|connection| find(new, connection).is_none()) {
            self.text(&connection_name(connection), Some(connection_text(connection)), None);
        }
    }
}
