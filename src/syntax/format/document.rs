//! What stands on a line, before it is known whether it fits.
//!
//! In: pieces of text and groups in parentheses. Out: the flat form, or the places where the line may be broken: only
//! groups break, one entry a line.

use crate::base::Span;

/// A piece of a line.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Text that stays together.
    Text(String),
    /// A space; in a line that is too wide, a new line deeper by one.
    Break,
    /// `( … )` or `{ … }`.
    Group(GroupDoc),
}

/// What stands around a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brackets {
    /// `( … )`.
    Parentheses,
    /// `{ … }`.
    Braces,
}

impl Brackets {
    /// What opens and closes a group on one line.
    fn flat(self) -> (&'static str, &'static str) {
        match self {
            Self::Parentheses => ("(", ")"),
            Self::Braces => ("{ ", " }"),
        }
    }

    /// What opens and closes a group of several lines.
    pub(super) fn lines(self) -> (&'static str, &'static str) {
        match self {
            Self::Parentheses => ("(", ")"),
            Self::Braces => ("{", "}"),
        }
    }
}

/// A group in brackets.
#[derive(Clone, Debug)]
pub(super) struct GroupDoc {
    /// The parentheses and what they hold, in the source; of braces, what they hold.
    pub(super) span: Span,
    /// What stands around it.
    pub(super) brackets: Brackets,
    /// What it holds.
    pub(super) entries: Vec<Entry>,
}

/// One criterion or condition of a group, with the word before it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `and `, `or `, `exclude ` or nothing.
    pub(super) word: &'static str,
    /// The pieces of its line.
    pub(super) pieces: Vec<Doc>,
    /// Where it stands in the source.
    pub(super) span: Span,
}

/// Adds text to the last piece of a line.
pub(super) fn push(pieces: &mut Vec<Doc>, text: &str) {
    match pieces.last_mut() {
        Some(Doc::Text(last)) => last.push_str(text),
        _ => pieces.push(Doc::Text(text.to_owned())),
    }
}

/// The pieces on one line.
pub(super) fn flat(pieces: &[Doc]) -> String {
    let mut line = String::new();
    for piece in pieces {
        match piece {
            Doc::Text(text) => line.push_str(text),
            Doc::Break => line.push(' '),
            Doc::Group(group) => {
                let (open, close) = group.brackets.flat();
                line.push_str(open);
                line.push_str(&flat_entries(&group.entries));
                line.push_str(close);
            }
        }
    }
    line
}

/// The entries of a group on one line, parentheses apart.
pub(super) fn flat_entries(entries: &[Entry]) -> String {
    let entries: Vec<String> = entries.iter().map(|entry| format!("{}{}", entry.word, flat(&entry.pieces))).collect();
    entries.join(" ")
}
