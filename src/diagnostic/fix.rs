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

    /// With one of the two blanks around what an edit takes out of a text taken out too.
    #[must_use]
    pub(crate) fn tidied(mut self, text: &str) -> Self {
        for edit in self.edits.iter_mut().filter(|edit| edit.text.is_empty() && !edit.span.is_empty()) {
            let byte = |at: Option<u32>| at.and_then(|at| text.as_bytes().get(at as usize)).copied();
            match (byte(edit.span.start.checked_sub(1)), byte(Some(edit.span.end))) {
                (Some(b' '), Some(b' ')) => edit.span.end += 1,
                (Some(b' '), Some(b')')) => edit.span.start -= 1,
                _ => {}
            }
        }
        self
    }
}
