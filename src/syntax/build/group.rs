//! Boolean structure: the grammar's flat lists to groups.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::Builder;
use crate::base::{Span, Spanned};
use crate::diagnostic::{Code, Edit};
use crate::syntax::ast::{Criterion, Group, Joiner};

/// One term of a group, with what stands before it.
pub(in crate::syntax) struct Part {
    /// The joiner before it.
    pub(in crate::syntax) joiner: Option<Spanned<Joiner>>,
    /// Whether `exclude` stands before it.
    pub(in crate::syntax) excluded: bool,
    /// The term, with its `exclude`.
    pub(in crate::syntax) span: Span,
    /// The term; `None` where it could not be read.
    pub(in crate::syntax) term: Option<Spanned<Criterion>>,
}

impl Builder<'_> {
    /// The parts of a body.
    pub(in crate::syntax) fn parts(&mut self, body: &Pair<Rule>) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut joiner = None;
        for inner in body.clone().into_inner() {
            let span = self.span(&inner);
            match inner.as_rule() {
                Rule::exclusion => {
                    let term = inner.into_inner().find(|pair| pair.as_rule() == Rule::term);
                    let term = term.and_then(|term| self.term(&term));
                    parts.push(Part { joiner: joiner.take(), excluded: true, span, term });
                }
                Rule::term => {
                    let term = self.term(&inner);
                    parts.push(Part { joiner: joiner.take(), excluded: false, span, term });
                }
                _ => joiner = self.joiner(&inner),
            }
        }
        parts
    }

    /// `and` or `or`, foreign spellings reported.
    pub(super) fn joiner(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Joiner>> {
        let (joiner, word) = match pair.as_rule() {
            Rule::kw_and => return Some(self.at(pair, Joiner::And)),
            Rule::kw_or => return Some(self.at(pair, Joiner::Or)),
            Rule::alt_and => (Joiner::And, "and"),
            Rule::alt_or => (Joiner::Or, "or"),
            _ => return None,
        };
        self.foreign_word(pair, word);
        Some(self.at(pair, joiner))
    }

    /// Reports a joiner or `not` that is written as a sign or in capitals.
    pub(super) fn foreign_word(&mut self, pair: &Pair<Rule>, word: &str) {
        let capitals = self.slice(pair).starts_with(|c: char| c.is_ascii_alphabetic());
        self.instead(if capitals { Code::WrongCase } else { Code::ForeignOperator }, pair, word);
    }

    /// The group of a body.
    pub(super) fn body(&mut self, body: &Pair<Rule>) -> Group {
        let parts = self.parts(body);
        self.assemble(parts)
    }

    /// Puts parts together: joins terms, mends mixed joiners, takes exclusions away.
    pub(in crate::syntax) fn assemble(&mut self, mut parts: Vec<Part>) -> Group {
        if let Some(joiner) = parts.first_mut().and_then(|part| part.joiner.take()) {
            self.report(mistakes::stray_joiner(joiner));
        }
        for part in parts.iter_mut().filter(|part| part.excluded) {
            if let Some(joiner) = part.joiner.take() {
                self.report(mistakes::joined_exclusion(joiner));
            }
        }
        let mut group = empty();
        let mut joined: Vec<Part> = Vec::new();
        let mut before: Option<Span> = None;
        let mut wrapped = false;
        for part in parts {
            let so_far = before.map_or(part.span, |before| before.to(part.span));
            if part.excluded {
                group.excludes.extend(part.term);
            } else {
                let ended = !wrapped && !group.excludes.is_empty();
                if let (true, Some(joiner), Some(before)) = (ended, part.joiner, before) {
                    // What stands before becomes one term, once: the chain of an author who does not know the rule may
                    // be long, and a tree as deep as it would be of no use.
                    wrapped = true;
                    self.report(mistakes::joiner_after_exclude(joiner, before));
                    self.close(&mut group, std::mem::take(&mut joined));
                    let whole = Spanned::new(Criterion::Group(std::mem::replace(&mut group, empty())), before);
                    joined.push(Part { joiner: None, excluded: false, span: before, term: Some(whole) });
                }
                joined.push(part);
            }
            before = Some(so_far);
        }
        self.close(&mut group, joined);
        group
    }

    /// Joins terms into a group.
    fn close(&mut self, group: &mut Group, parts: Vec<Part>) {
        let joiners = || parts.iter().filter_map(|part| part.joiner);
        let first = joiners().next();
        let mixed = joiners().find(|joiner| first.is_some_and(|first| first.value != joiner.value));
        let Some(mixed) = mixed else {
            group.terms = parts.into_iter().filter_map(|part| part.term).collect();
            group.joiner = if group.terms.len() > 1 { first.map(|joiner| joiner.value) } else { None };
            return;
        };
        let runs = runs(parts.iter().map(|part| (part.joiner.map(|joiner| joiner.value), part.span)));
        self.report(mistakes::mixed_joiners(mixed, parenthesize(&runs)));
        let mut rest = parts.into_iter();
        for (length, span) in runs {
            let mut terms: Vec<_> = rest.by_ref().take(length).filter_map(|part| part.term).collect();
            if terms.len() > 1 {
                let run = Group { joiner: Some(Joiner::And), terms, excludes: Vec::new() };
                terms = vec![Spanned::new(Criterion::Group(run), span)];
            }
            group.terms.append(&mut terms);
        }
        group.joiner = (group.terms.len() > 1).then_some(Joiner::Or);
    }
}

/// A group of nothing.
pub(in crate::syntax) fn empty() -> Group {
    Group { joiner: None, terms: Vec::new(), excludes: Vec::new() }
}

/// The runs of terms that `and` joins, between `or`s: how many terms, and where.
pub(super) fn runs(parts: impl Iterator<Item = (Option<Joiner>, Span)>) -> Vec<(usize, Span)> {
    let mut runs: Vec<(usize, Span)> = Vec::new();
    for (joiner, span) in parts {
        match runs.last_mut() {
            Some((length, whole)) if joiner != Some(Joiner::Or) => {
                *length += 1;
                *whole = whole.to(span);
            }
            _ => runs.push((1, span)),
        }
    }
    runs
}

/// The edits that put parentheses around the runs of several terms.
pub(super) fn parenthesize(runs: &[(usize, Span)]) -> Vec<Edit> {
    let around = |span: &Span| mistakes::parentheses(*span);
    runs.iter().filter(|(length, _)| *length > 1).flat_map(|(_, span)| around(span)).collect()
}
