//! Gathers diagnostics so that one run reports everything it found.

use super::{Diagnostic, Severity};
use crate::base::Span;

/// The diagnostics of a run, in the order they were found until [`Diagnostics::into_sorted`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds all of another run.
    pub fn append(&mut self, mut other: Self) {
        self.found.append(&mut other.found);
    }

    /// Adds those of a later pass that stand where no error was found yet: what is said of a place that is wrong already
    /// is mostly an echo of the same mistake.
    pub fn append_elsewhere(&mut self, other: Self) {
        let errors = self.found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let places: Vec<Span> = errors.filter_map(Diagnostic::span).filter(|span| !span.is_empty()).collect();
        let is_new = |diagnostic: &Diagnostic| {
            diagnostic.span().is_none_or(|span| !places.iter().any(|place| place.overlaps(span)))
        };
        self.found.extend(other.found.into_iter().filter(is_new));
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether anything was found that stops a plan.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// What was found so far.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.found.iter()
    }

    /// Everything, by place (source, then position), without repetitions.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| a.span().cmp(&b.span()).then(a.code.cmp(&b.code)).then(a.message.cmp(&b.message)));
        self.found.dedup();
        self.found
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, iter: T) {
        self.found.extend(iter);
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;
    use crate::diagnostic::Code;

    fn at(code: Code, start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(code, "x").label(Span::new(SourceId(0), start, end), "")
    }

    #[test]
    fn what_is_wrong_already_is_not_said_again() {
        let mut found = Diagnostics::default();
        found.extend([at(Code::UnexpectedText, 10, 12), at(Code::NeverSeen, 30, 32)]);
        let mut later = Diagnostics::default();
        later.extend([at(Code::TypeMismatch, 11, 20), at(Code::TypeMismatch, 12, 20), at(Code::TypeMismatch, 30, 32)]);
        found.append_elsewhere(later);
        let starts: Vec<u32> = found.iter().filter_map(|each| Some(each.span()?.start)).collect();
        assert_eq!(starts, [10, 30, 12, 30]);
    }
}
