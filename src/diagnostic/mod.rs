//! What the user wrote wrong, as data: code, severity, exact places, help, and a fix where one is certain.
//!
//! In: facts that a check found. Out: [`Diagnostic`]s. No terminal, editor or file format in here: drawing them is
//! `report`'s work. What goes wrong in operation (a full disk, a held lock) is not a diagnostic but a typed error of the
//! module where it happens.
//!
//! Message grammar: lower case, no full stop, what the user wrote in backticks, one cause a message; advice stands in
//! `help`, background in `notes`; no type name of the program ever shows.

mod code;
mod collect;
mod fix;

use crate::base::Span;

pub use code::Code;
pub use collect::Diagnostics;
pub use fix::{Edit, Fix};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Nothing can be planned until this is mended.
    Error,
    /// Probably not meant; everything goes on.
    Warning,
}

/// A place with a short text that stands under it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What to say there; may be empty.
    pub text: String,
}

/// One thing that is wrong, or suspicious.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which rule found it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one clause.
    pub message: String,
    /// Where: the first label is the main place. Empty only for what has no place, such as a missing file.
    pub labels: Vec<Label>,
    /// Background: where a type came from, what will happen instead.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// The edit that mends it, where it is certain.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with the code's own severity and no place yet.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Adds a place; the first one added is the main one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds background.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says "did you mean" for the nearest known names, and offers the replacement where just one is near.
    #[must_use]
    pub fn did_you_mean(mut self, span: Span, nearest: &[&str], quote: impl Fn(&str) -> String) -> Self {
        match nearest {
            [] => {}
            [only] => {
                self.help = Some(format!("did you mean `{only}`?"));
                self.fix = Some(Fix::replace(format!("write `{only}`"), span, quote(only)));
            }
            several => {
                let names: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
                self.help = Some(format!("did you mean {}?", names.join(" or ")));
            }
        }
        self
    }

    /// Adds the edit that mends it.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// The main place.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}
