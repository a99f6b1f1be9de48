//! The description as a JSON document.

use serde_json::{Value, json as object};

use super::{Clause, Description, VERSION, text};

/// The description as a JSON document: the whole text, and its parts.
pub fn json(description: &Description) -> Value {
    object!({
        "version": VERSION,
        "title": description.title,
        "doc": description.doc,
        "population": description.population,
        "criterion": clause(&description.criterion),
        "beside": description.beside.iter().map(clause).collect::<Vec<_>>(),
        "notes": description.notes,
        "text": text(description),
    })
}

fn clause(each: &Clause) -> Value {
    object!({ "text": each.text, "inner": each.inner.iter().map(clause).collect::<Vec<_>>() })
}
