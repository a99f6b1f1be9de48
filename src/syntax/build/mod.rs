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
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};

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
        let mut diagnostic = mistakes::instead(code, span, written, meant);
        diagnostic.fix = Some(Fix::replace(format!("write `{meant}`"), span, self.padded(pair, meant)));
        self.report(diagnostic);
    }

    /// A word that takes the place of a sign may touch what stands beside it: then it needs a space.
    fn padded(&self, pair: &Pair<Rule>, meant: &str) -> String {
        let (text, span) = (self.piece.text(), pair.as_span());
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let touches = |c: Option<char>| c.is_some_and(|c| is_word(c) || c == '"');
        let before = touches(text.get(..span.start()).and_then(|text| text.chars().next_back()));
        let after = touches(text.get(span.end()..).and_then(|text| text.chars().next()));
        let before = before && meant.starts_with(is_word);
        let after = after && meant.ends_with(is_word);
        format!("{}{meant}{}", if before { " " } else { "" }, if after { " " } else { "" })
    }
}

/// The first pair below of a rule.
fn find<'i>(pair: &Pair<'i, Rule>, rule: Rule) -> Option<Pair<'i, Rule>> {
    pair.clone().into_inner().find(|inner| inner.as_rule() == rule)
}
