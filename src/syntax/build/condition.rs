//! `where`: conditions over the attributes of one event.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::group::{parenthesize, runs};
use super::{Builder, find};
use crate::base::{Span, Spanned};
use crate::syntax::ast::{Condition, ConditionGroup, Joiner, Test};

/// A condition with what stands before it.
type Term = (Option<Spanned<Joiner>>, Span, Option<Spanned<Condition>>);

impl Builder<'_> {
    /// What stands after `where`; missing parentheses are reported.
    pub(super) fn filter(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Condition>> {
        let conditions = find(pair, Rule::conditions)?;
        let span = self.span(&conditions);
        let mut terms = self.terms(&conditions);
        if terms.len() > 1 {
            self.report(mistakes::bare_conditions(span, terms.get(1).and_then(|term| term.0)));
            let group = self.condition_group(terms)?;
            return Some(Spanned::new(Condition::Group(group), span));
        }
        let only = terms.pop()?.2?;
        if about_time(&only) {
            self.report(mistakes::bare_date_condition(span));
        }
        Some(only)
    }

    fn terms(&mut self, pair: &Pair<Rule>) -> Vec<Term> {
        let mut terms: Vec<Term> = Vec::new();
        let mut joiner = None;
        for inner in pair.clone().into_inner() {
            if inner.as_rule() == Rule::condition_term {
                let term = self.condition_term(&inner);
                terms.push((joiner.take(), self.span(&inner), term));
            } else {
                joiner = self.joiner(&inner);
            }
        }
        terms
    }

    fn condition_term(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Condition>> {
        let span = self.span(pair);
        let mut nots: Vec<Span> = Vec::new();
        let mut core = None;
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_not => nots.push(self.span(&inner)),
                Rule::alt_not => {
                    self.foreign_word(&inner, "not");
                    nots.push(self.span(&inner));
                }
                Rule::condition => core = self.condition(&inner),
                _ => {
                    let body = find(&inner, Rule::condition_body)?;
                    let mut terms = self.terms(&body);
                    if let Some(joiner) = terms.first_mut().and_then(|term| term.0.take()) {
                        self.report(mistakes::stray_joiner(joiner));
                    }
                    let group = self.condition_group(terms)?;
                    core = Some(self.at(&inner, Condition::Group(group)));
                }
            }
        }
        let mut whole = core?;
        for start in nots.into_iter().rev() {
            whole = Spanned::new(Condition::Not(Box::new(whole)), start.to(span));
        }
        Some(whole)
    }

    /// Joins terms; mixed joiners are mended as in groups of criteria.
    fn condition_group(&mut self, terms: Vec<Term>) -> Option<ConditionGroup> {
        let joiners = || terms.iter().filter_map(|term| term.0);
        let first = joiners().next();
        let mixed = joiners().find(|joiner| first.is_some_and(|first| first.value != joiner.value));
        let mut group = ConditionGroup { joiner: first.map(|joiner| joiner.value), terms: Vec::new() };
        if let Some(mixed) = mixed {
            let runs = runs(terms.iter().map(|term| (term.0.map(|joiner| joiner.value), term.1)));
            self.report(mistakes::mixed_joiners(mixed, parenthesize(&runs)));
            let mut rest = terms.into_iter();
            for (length, span) in runs {
                let mut run: Vec<_> = rest.by_ref().take(length).filter_map(|term| term.2).collect();
                if run.len() > 1 {
                    let inner = ConditionGroup { joiner: Some(Joiner::And), terms: run };
                    run = vec![Spanned::new(Condition::Group(inner), span)];
                }
                group.terms.append(&mut run);
            }
            group.joiner = Some(Joiner::Or);
        } else {
            group.terms = terms.into_iter().filter_map(|term| term.2).collect();
        }
        group.joiner = group.joiner.filter(|_| group.terms.len() > 1);
        (!group.terms.is_empty()).then_some(group)
    }

    /// `product` or `action`.
    pub(super) fn qualifier(&mut self, pair: Pair<Rule>) -> Option<Spanned<crate::base::Name>> {
        let word = pair.into_inner().next()?;
        let name = crate::base::Name::new(self.slice(&word)).ok()?;
        Some(self.at(&word, name))
    }

    fn condition(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Condition>> {
        let (mut qualifier, mut attribute, mut test) = (None, None, None);
        for inner in pair.clone().into_inner() {
            match inner.as_rule() {
                Rule::qualifier => qualifier = self.qualifier(inner),
                Rule::string | Rule::alt_string | Rule::alt_bare => attribute = Some(self.data_name(&inner)),
                _ => test = self.test(&inner),
            }
        }
        let condition = Condition::Attribute { qualifier, attribute: attribute?, test: test? };
        Some(self.at(pair, condition))
    }
}

/// Whether a condition without parentheses asks for a time, so that a reader could take it for the time of the event.
fn about_time(condition: &Spanned<Condition>) -> bool {
    let mut inner = &condition.value;
    while let Condition::Not(of) = inner {
        inner = &of.value;
    }
    matches!(inner, Condition::Attribute { test, .. } if matches!(test.value, Test::Time(_)))
}
