//! Criteria about events, with their parts in the language's order or put into it.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::parts::{Part, Parts};
use super::{Builder, find};
use crate::base::{Span, Spanned};
use crate::catalog::EventKind;
use crate::diagnostic::Code;
use crate::syntax::ast::{Abandoned, Criterion, EventTest, Events, InputRef, Picked, Sequence, Step, What};

/// What a picked event and a step of a sequence have no count for.
const ONE_EVENT: &str = "one event";

impl Builder<'_> {
    /// `event "Name" …`, `purchase …`: one event with a count, or a sequence.
    pub(super) fn event(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let steps: Vec<Pair<Rule>> = pair.clone().into_inner().filter(|inner| inner.as_rule() == Rule::step).collect();
        let what = self.what(&find(pair, Rule::what)?);
        let mut parts = self.event_parts(pair);
        if steps.is_empty() {
            let what = what?;
            let (count, scope) = (parts.count.take(), std::mem::take(&mut parts.scope));
            return Some(Criterion::Event(Box::new(EventTest { events: parts.events(what.value), count, scope })));
        }
        let (mut what, last) = (what?, steps.len() - 1);
        self.check_step(&parts, &mut what, None);
        let end = parts.span.unwrap_or(what.span);
        let first = Spanned::new(parts.events(what.value), what.span.to(end));
        let mut sequence = Sequence { first, steps: Vec::new(), scope: Vec::new() };
        for (index, step) in steps.iter().enumerate() {
            let whole = self.span(pair);
            let (step, scope) = self.step(step, if index == last { None } else { Some(whole) })?;
            sequence.steps.push(step);
            sequence.scope = scope;
        }
        Some(Criterion::Sequence(Box::new(sequence)))
    }

    /// `then event B …`, and what the whole sequence reads if it is the last one; `whole` is given for all others.
    fn step(&mut self, pair: &Pair<Rule>, whole: Option<Span>) -> Option<(Step, Vec<Spanned<InputRef>>)> {
        if let Some(then) = find(pair, Rule::alt_then) {
            self.instead(Code::OtherWord, &then, "then");
        }
        let what_pair = find(pair, Rule::what)?;
        let mut what = self.what(&what_pair)?;
        let mut parts = self.event_parts(pair);
        self.check_step(&parts, &mut what, Some(whole));
        if let Some(early) = find(pair, Rule::early_within) {
            let after = parts.place(Part::Where).or(parts.place(Part::Type)).unwrap_or(what.span).after();
            self.report(mistakes::early_within(self.span(&early), what.span, self.slice(&early), after));
            parts.within = find(&early, Rule::quantity).map(|quantity| self.quantity(&quantity));
        }
        let (within, without) = (parts.within.take(), std::mem::take(&mut parts.without));
        let (scope, end) = (std::mem::take(&mut parts.scope), parts.span.unwrap_or(what.span));
        let events = Spanned::new(parts.events(what.value), what.span.to(end));
        Some((Step { events, within, without }, scope))
    }

    /// Reports what a step of a sequence does not have: a count, `item`, and `in` before the end of the whole. The
    /// first step is given as `None`, the last one as `Some(None)`, others with the span of the whole.
    fn check_step(&mut self, parts: &Parts, what: &mut Spanned<What>, step: Option<Option<Span>>) {
        if let Some(count) = &parts.count {
            self.report(mistakes::count_of_one(*count, "a step of a sequence", ONE_EVENT));
        }
        self.one_event(what, "a step of a sequence");
        if step != Some(None)
            && let Some(scope) = parts.place(Part::Scope)
        {
            self.report(mistakes::scope_inside_sequence(scope));
        }
    }

    /// Reports `item` where no products are counted.
    fn one_event(&mut self, what: &mut Spanned<What>, of: &str) {
        if let What::Kind { kind, item } = &mut what.value
            && std::mem::take(item)
        {
            self.report(mistakes::item_of_one(what.span, kind.value, of));
        }
    }

    /// `without event C where …`.
    pub(super) fn without(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Events>> {
        let mut what = self.what(&find(pair, Rule::what)?)?;
        self.one_event(&mut what, "`without`");
        let parts = self.event_parts(pair);
        let end = parts.span.unwrap_or(what.span);
        Some(Spanned::new(parts.events(what.value), what.span.to(end)))
    }

    /// What an event is.
    pub(super) fn what(&mut self, pair: &Pair<Rule>) -> Option<Spanned<What>> {
        let what = match find(pair, Rule::event_word).or_else(|| find(pair, Rule::alt_event_words)) {
            Some(word) => {
                let meant = self.slice(&word).split([' ', '-']).filter(|part| !part.is_empty());
                let meant = meant.collect::<Vec<_>>().join("_");
                if word.as_rule() == Rule::alt_event_words {
                    self.instead(Code::OtherWord, &word, &meant);
                }
                let kind = self.at(&word, EventKind::of_word(&meant)?);
                let item = find(pair, Rule::kw_item);
                if let Some(item) = item.as_ref().filter(|_| !kind.value.is_commerce()) {
                    self.report(mistakes::item_without_products(self.span(item), kind));
                }
                What::Kind { item: item.is_some() && kind.value.is_commerce(), kind }
            }
            None => {
                let screen = find(pair, Rule::kw_screen).is_some();
                let kind = if screen { EventKind::Screen } else { EventKind::Custom };
                What::Named { kind, name: self.data_name(&pair.clone().into_inner().nth(1)?) }
            }
        };
        Some(self.at(pair, what))
    }

    /// `first event "Name" …`, `latest purchase …`.
    pub(super) fn picked(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let mut first = find(pair, Rule::kw_first).is_some();
        if let Some(other) = find(pair, Rule::alt_latest) {
            first = matches!(self.slice(&other), "earliest" | "oldest");
            self.instead(Code::OtherWord, &other, if first { "first" } else { "latest" });
        }
        let mut what = self.what(&find(pair, Rule::what)?)?;
        let mut parts = self.event_parts(pair);
        let which = if first { "the first event" } else { "the latest event" };
        self.one_event(&mut what, which);
        if let Some(count) = &parts.count {
            self.report(mistakes::count_of_one(*count, which, ONE_EVENT));
        }
        let scope = std::mem::take(&mut parts.scope);
        Some(Criterion::Picked(Box::new(Picked { first, events: parts.events(what.value), scope })))
    }

    /// `cart abandoned for 4 days …`.
    pub(super) fn abandoned(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let mut item = find(pair, Rule::kw_item).is_some();
        if let Some(swapped) = find(pair, Rule::alt_abandoned) {
            item = self.slice(&swapped).ends_with("item");
            self.instead(Code::OtherWord, &swapped, if item { "item abandoned" } else { "cart abandoned" });
        }
        let quantity = find(pair, Rule::quantity)?;
        let wait = self.quantity(&quantity);
        match (find(pair, Rule::kw_for), find(pair, Rule::alt_longer)) {
            (Some(_), Some(longer)) => self.report(mistakes::superfluous(self.span(&longer), self.slice(&longer))),
            (None, Some(longer)) => self.instead(Code::OtherWord, &longer, "for"),
            (None, None) => self.report(mistakes::missing_word(wait.span.before(), "for")),
            (Some(_), None) => {}
        }
        let parts = self.event_parts(pair);
        self.only_where_and_in(&parts, if item { "`item abandoned`" } else { "`cart abandoned`" });
        let abandoned = Abandoned { item, wait, filter: parts.filter, scope: parts.scope };
        Some(Criterion::Abandoned(Box::new(abandoned)))
    }

    /// Reports parts other than `where` and `in`.
    pub(super) fn only_where_and_in(&mut self, parts: &Parts, of: &str) {
        for part in [Part::Type, Part::Count, Part::Time] {
            if let Some(place) = parts.place(part) {
                self.report(mistakes::part_without_place(place, part.name(), of));
            }
        }
    }
}
