//! Reads bulk connections, guards and tests that the grammar cannot read as a whole: part by part, so that no unreadable
//! fact hides the next.
//!
//! In: the piece of one item. Out: the item with every part that could be read, and a diagnostic for each that could not.

use std::ops::Range;

use super::build::Built;
use super::grammar::Rule;
use super::items::{self, Piece};
use super::read::Reader;
use super::token::Kind;
use crate::base::Spanned;
use crate::syntax::ast::scenario::{At, Entry, Fact, StepEntry, Test, User};
use crate::syntax::ast::{BulkConnect, Guard, Item};

/// The words that begin an entry of a test.
const ENTRIES: [&str; 4] = ["now", "user", "at", "expect"];
/// The words that begin a fact, apart from events.
const FACTS: [&str; 11] = [
    "mpid",
    "first",
    "identity",
    "attribute",
    "no",
    "calculated",
    "consent",
    "device",
    "location",
    "attribution",
    "event",
];
/// Words that go on in a fact, also at the start of a line.
const CONTINUING: [&str; 5] = ["product", "in", "at", "id", "type"];
/// Words behind which a name stands, which may be any word.
const BEFORE_NAMES: [&str; 11] =
    ["type", "in", "from", "has", "does", "no", "item", "identity", "device", "location", "attribution"];

impl Reader<'_> {
    /// A bulk connection, part by part.
    pub(super) fn bulk(&mut self, piece: &Piece, open: usize) -> Option<Built> {
        let header = piece.tokens.start..open + 1;
        let start = self.piece(Rule::bulk_start, header, |builder, pair| builder.item(&pair))?;
        let Built::Item(Item::BulkConnect(mut bulk)) = start else { return None };
        const WORDS: [&str; 5] = ["tags", "variant", "status", "share", "with"];
        for part in items::parts(self.tokens, self.inside(piece, open), &WORDS, self.broken) {
            self.piece(Rule::bulk_part_piece, part.tokens, |builder, pair| {
                builder.bulk_part(&mut bulk, &pair);
                Some(())
            });
        }
        let span = self.range(piece.tokens.clone());
        Some(Built::Item(Item::BulkConnect(BulkConnect { span, ..bulk })))
    }

    /// A guard, limit by limit.
    pub(super) fn guard(&mut self, piece: &Piece, open: usize) -> Option<Built> {
        let header = piece.tokens.start..open + 1;
        let start = self.piece(Rule::guard_start, header, |builder, pair| builder.item(&pair))?;
        let Built::Item(Item::Guard(mut guard)) = start else { return None };
        for part in items::parts(self.tokens, self.inside(piece, open), &["drops", "adds", "size"], self.broken) {
            guard.limits.extend(self.piece(Rule::limit_piece, part.tokens, |builder, pair| builder.limit(&pair)));
        }
        Some(Built::Item(Item::Guard(Guard { span: self.range(piece.tokens.clone()), ..guard })))
    }

    /// A test, entry by entry.
    pub(super) fn test(&mut self, piece: &Piece, open: usize) -> Option<Built> {
        let header = piece.tokens.start..open + 1;
        let start = self.piece(Rule::scenario_start, header, |builder, pair| builder.item(&pair));
        let parts = items::parts(self.tokens, self.inside(piece, open), &ENTRIES, self.broken);
        let entries: Vec<_> = parts.iter().filter_map(|part| self.entry(part)).collect();
        let Some(Built::Item(Item::Test(test))) = start else { return None };
        Some(Built::Item(Item::Test(Test { entries, span: self.range(piece.tokens.clone()), ..test })))
    }

    fn entry(&mut self, piece: &Piece) -> Option<Spanned<Entry>> {
        let whole = self.whole(Rule::entry_piece, &piece.tokens, |builder, pair| builder.entry(&pair));
        if let Some(entry) = whole {
            return entry;
        }
        let span = self.range(piece.tokens.clone());
        let Some(open) = piece.open else {
            return self.piece(Rule::entry_piece, piece.tokens.clone(), |builder, pair| builder.entry(&pair));
        };
        let (header, inside) = (piece.tokens.start..open + 1, self.inside(piece, open));
        if self.is_step(piece) {
            let start = self.piece(Rule::test_step_start, header, |builder, pair| builder.entry(&pair));
            let parts = self.cut_facts(inside, Self::starts_step_entry);
            let entries: Vec<_> = parts.into_iter().filter_map(|part| self.step_entry(part)).collect();
            let Entry::At(at) = start?.value else { return None };
            return Some(Spanned::new(Entry::At(At { entries, ..at }), span));
        }
        let start = self.piece(Rule::test_user_start, header, |builder, pair| builder.entry(&pair));
        let parts = self.cut_facts(inside, Self::starts_fact);
        let facts: Vec<_> = parts.into_iter().filter_map(|part| self.fact(part)).collect();
        let Entry::User(user) = start?.value else { return None };
        Some(Spanned::new(Entry::User(User { facts, ..user }), span))
    }

    /// Whether a block of a test is a step: it begins with `at`, or with a time behind another word.
    fn is_step(&self, piece: &Piece) -> bool {
        let at = piece.tokens.start;
        let time = self.tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Number);
        self.tokens.word(at) == "at" || time || self.tokens.word(at + 1) == "+"
    }

    fn fact(&mut self, tokens: Range<usize>) -> Option<Spanned<Fact>> {
        self.piece(Rule::fact_piece, tokens, |builder, pair| builder.fact(&pair))
    }

    fn step_entry(&mut self, tokens: Range<usize>) -> Option<Spanned<StepEntry>> {
        self.piece(Rule::step_entry_piece, tokens, |builder, pair| builder.step_entry(&pair))
    }

    /// Cuts the inside of a block into facts: at the words that begin one, and at lines that go on with nothing.
    fn cut_facts(&self, inside: Range<usize>, starts: fn(&Self, usize) -> bool) -> Vec<Range<usize>> {
        let mut cuts = vec![inside.start];
        let mut depth = 0usize;
        for index in inside.clone() {
            match self.tokens.get(index).map(|token| token.kind) {
                Some(Kind::Bracket(b'{' | b'[')) => depth += 1,
                Some(Kind::Bracket(b'}' | b']')) => depth = depth.saturating_sub(1),
                Some(Kind::Word) if depth == 0 && index > inside.start && starts(self, index) => cuts.push(index),
                _ => {}
            }
        }
        let ends = cuts.iter().skip(1).copied().chain([inside.end]);
        let parts = cuts.iter().copied().zip(ends).map(|(start, end)| start..end);
        parts.filter(|part| !part.is_empty()).collect()
    }

    fn first_of_line(&self, index: usize) -> bool {
        self.tokens.get(index).is_some_and(|token| token.first_of_line)
    }

    fn starts_fact(&self, index: usize) -> bool {
        let (before, word) = (self.tokens.word(index - 1), self.tokens.word(index));
        if BEFORE_NAMES.contains(&before) || matches!(before, "," | ".") {
            return false;
        }
        if self.first_of_line(index) {
            return !CONTINUING.contains(&word);
        }
        FACTS.contains(&word) || crate::catalog::EventKind::of_word(word).is_some()
    }

    fn starts_step_entry(&self, index: usize) -> bool {
        if matches!(self.tokens.word(index - 1), "in" | "type" | "expect" | "/" | "of" | "," | ".") {
            return false;
        }
        let (word, next) = (self.tokens.word(index), self.tokens.word(index + 1));
        if self.first_of_line(index) {
            return !CONTINUING.contains(&word) || matches!(next, "does" | "has");
        }
        word == "expect" || matches!(next, "does" | "has")
    }
}
