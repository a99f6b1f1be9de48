//! Edits that mend a diagnostic.
//!
//! Invariant: the edits of a fix do not overlap, and the text after them is what the author meant beyond doubt; where
//! that is not certain, a diagnostic has help and no fix.

use crate::base::Span;

/// One replacement of a range of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What to replace; empty to insert.
    pub span: Span,
    /// What to put there; empty to delete.
    pub text: String,
}

/// A named set of edits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// What it does, as an instruction: `write `=` instead of `is``.
    pub title: String,
    /// The edits.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A fix of one replacement.
    pub fn replace(title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self { title: title.into(), edits: vec![Edit { span, text: text.into() }] }
    }
}
