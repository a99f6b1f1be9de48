//! Pairs of the grammar to the tree, with a diagnostic for every likely mistake that the grammar let through.
//!
//! In: the pairs of one piece. Out: nodes with spans into the file. Nothing here fails as a whole: a value that cannot be
//! read is reported and replaced by a harmless one, a criterion that cannot be read is left out.

mod calculation;
mod condition;
mod criterion;
mod event;
mod group;
mod item;
mod known;
mod parts;
mod promise;
mod scenario;
mod test;
mod time;
mod value;

use pest::iterators::Pair;

use super::grammar::{PieceText, Rule};
use super::mistakes;
use crate::base::{Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

pub(super) use group::Part;
pub(super) use item::Built;

/// Builds nodes from the pairs of one piece.
pub(super) struct Builder<'a> {
    /// The piece.
    pub(super) piece: &'a PieceText<'a>,
    /// Where slips go.
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl<'a> Builder<'a> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn span(&self, pair: &Pair<Rule>) -> Span {
        self.piece.span(pair)
    }

    fn slice(&self, pair: &Pair<Rule>) -> &'a str {
        self.piece.slice(pair)
    }

    fn at<T>(&self, pair: &Pair<Rule>, value: T) -> Spanned<T> {
        Spanned::new(value, self.span(pair))
    }

    /// Reports that a pair is to be written otherwise.
    fn instead(&mut self, code: Code, pair: &Pair<Rule>, meant: &str) {
        let (span, written) = (self.span(pair), self.slice(pair));
        self.report(mistakes::instead(code, span, written, meant));
    }
}

/// The first pair below of a rule.
fn find<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> Option<Pair<'i, Rule>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == rule)
}
