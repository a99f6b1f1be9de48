//! An audience in plain English, good enough to paste into a brief.
//!
//! In: an audience and the model around it. Out: sentences, as text whose lists are also Markdown, or as JSON (described in
//! `docs/explain.md`). Always: every kind of criterion has words of its own, and where a definition takes in people of whom
//! nothing is known (M4) the words say so.

mod audience;
mod clause;
mod event;
mod json;
mod predicate;
mod time;

use crate::ir::{Audience, Model};

pub use json::json;

/// The version of the JSON schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;

/// A statement about people, with those that it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// The words, without a full stop.
    pub text: String,
    /// What it is made of, in the order written.
    pub inner: Vec<Clause>,
}

/// An audience in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name and address.
    pub title: String,
    /// Its documentation.
    pub doc: Option<String>,
    /// Whom it ranges over.
    pub population: String,
    /// Who of these is in it.
    pub criterion: Clause,
    /// What else there is to say: split, connections, tags, status.
    pub beside: Vec<Clause>,
    /// How the words above are meant.
    pub notes: Vec<String>,
}

/// Puts an audience into words.
pub fn describe(audience: &Audience, model: &Model) -> Description {
    audience::description(audience, model)
}

/// The description as text, with a line break at its end.
pub fn text(description: &Description) -> String {
    let mut lines = vec![description.title.clone(), String::new()];
    lines.extend(description.doc.iter().flat_map(|doc| doc.lines().map(str::to_owned).chain([String::new()])));
    let criterion = &description.criterion;
    match criterion.inner.is_empty() {
        true => lines.push(format!("{}, {}.", description.population, criterion.text)),
        false => {
            lines.push(format!("{}, {}:", description.population, criterion.text));
            lines.push(String::new());
            list(&criterion.inner, 0, &mut lines);
        }
    }
    for clause in &description.beside {
        lines.push(String::new());
        if clause.inner.is_empty() {
            lines.push(format!("{}.", clause.text));
        } else {
            lines.push(format!("{}:", clause.text));
            lines.push(String::new());
            list(&clause.inner, 0, &mut lines);
        }
    }
    if !description.notes.is_empty() {
        lines.push(String::new());
        lines.push(description.notes.join(" "));
    }
    lines.push(String::new());
    lines.iter().map(|line| super::visible(line).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn list(clauses: &[Clause], depth: usize, lines: &mut Vec<String>) {
    for clause in clauses {
        let end = if clause.inner.is_empty() { "" } else { ":" };
        lines.push(format!("{}- {}{end}", "  ".repeat(depth), clause.text));
        list(&clause.inner, depth + 1, lines);
    }
}

impl Clause {
    /// A clause of its own.
    fn alone(text: impl Into<String>) -> Self {
        Self { text: text.into(), inner: Vec::new() }
    }
}

/// A text in quotation marks, as the language writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `a, b or c`.
fn listed(texts: &[String], word: &str) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}
