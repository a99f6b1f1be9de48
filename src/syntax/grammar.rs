//! The generated parser, and one piece of text in front of it.
//!
//! In: a piece of a file. Out: the grammar's pairs, or where it got stuck. [`PieceText`] knows where each byte of a piece
//! stands in the file, also after a slip in it was mended for the sake of reading on.

use std::borrow::Cow;

use pest::Parser;
use pest::error::Error;
use pest::iterators::{Pair, Pairs};
use pest_derive::Parser;

use crate::base::{SourceId, Span};

/// The parser that is generated from `grammar/*.pest`.
#[derive(Parser)]
#[grammar = "grammar/lexical.pest"]
#[grammar = "grammar/items.pest"]
#[grammar = "grammar/criteria.pest"]
#[grammar = "grammar/tests.pest"]
struct Grammar;

/// One piece of a file, as the grammar reads it.
pub(super) struct PieceText<'a> {
    text: Cow<'a, str>,
    source: SourceId,
    /// Where the piece starts in the file.
    start: usize,
    /// Mended places, ascending: from this byte of `text` on, positions in the file are off by so much more.
    shifts: Vec<(usize, isize)>,
}

impl<'a> PieceText<'a> {
    /// The text that starts at a byte of the file.
    pub(super) fn new(text: &'a str, source: SourceId, start: usize) -> Self {
        Self { text: Cow::Borrowed(text), source, start, shifts: Vec::new() }
    }

    /// Reads the whole piece by a rule.
    pub(super) fn parse(&self, rule: Rule) -> Result<Pairs<'_, Rule>, Box<Error<Rule>>> {
        Grammar::parse(rule, &self.text).map_err(Box::new)
    }

    /// The text as it is read.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a byte of the piece stands in the file.
    pub(super) fn in_file(&self, at: usize) -> usize {
        let before = self.shifts.partition_point(|(from, _)| *from <= at);
        let shift: isize = self.shifts.iter().take(before).map(|(_, shift)| shift).sum();
        (self.start + at).saturating_add_signed(shift)
    }

    /// The span in the file of a range of the piece.
    pub(super) fn range(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, self.in_file(start), self.in_file(end))
    }

    /// The span of a pair, without the white space and comments that the grammar skipped behind its last lexeme.
    pub(super) fn span(&self, pair: &Pair<Rule>) -> Span {
        self.range(pair.as_span().start(), exact_end(pair))
    }

    /// The text of a pair, cut as by [`PieceText::span`].
    pub(super) fn slice(&self, pair: &Pair<Rule>) -> &str {
        self.text.get(pair.as_span().start()..exact_end(pair)).unwrap_or("")
    }

    /// Replaces a range of the piece, so that reading goes on; spans keep pointing into the file.
    pub(super) fn mend(&mut self, start: usize, end: usize, with: &str) {
        let (Some(head), Some(tail)) = (self.text.get(..start), self.text.get(end..)) else { return };
        let mended = [head, with, tail].concat();
        let grown = with.len() as isize - (end - start) as isize;
        let from = start + with.len();
        for (at, _) in self.shifts.iter_mut().filter(|(at, _)| *at > start) {
            *at = at.saturating_add_signed(grown);
        }
        let place = self.shifts.partition_point(|(at, _)| *at <= from);
        self.shifts.insert(place, (from, -grown));
        self.text = Cow::Owned(mended);
    }
}

/// Where the last lexeme of a pair ends. Only a pair that the grammar continued to skip behind ends in white space.
fn exact_end(pair: &Pair<Rule>) -> usize {
    let mut last = pair.clone();
    while last.as_str().ends_with(|c: char| c.is_ascii_whitespace()) {
        match last.clone().into_inner().next_back() {
            Some(inner) => last = inner,
            None => break,
        }
    }
    last.as_span().end()
}
