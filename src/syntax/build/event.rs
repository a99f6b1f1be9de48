//! Criteria about events, with their parts in the language's order or put into it.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::parts::{Part, Parts};
use super::{Builder, find};
use crate::base::Spanned;
use crate::catalog::{Calculation, EventKind};
use crate::diagnostic::Code;
use crate::syntax::ast::{
    Abandoned, Aggregate, Calculated, Criterion, EventTest, Events, Picked, Sequence, Step, Test, What,
};

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
        self.check_step(&parts, false);
        let span = parts.span.map_or_else(|| find(pair, Rule::what).map(|what| self.span(&what)), Some)?;
        let first = what.map(|what| Spanned::new(parts.events(what.value), what.span.to(span)));
        let mut sequence = Sequence { first: first?, steps: Vec::new(), scope: Vec::new() };
        let last = steps.len() - 1;
        for (index, step) in steps.iter().enumerate() {
            let (step, scope) = self.step(step, index == last)?;
            sequence.steps.push(step);
            sequence.scope = scope;
        }
        Some(Criterion::Sequence(Box::new(sequence)))
    }

    /// `then event B …`, and what the whole sequence reads if it is the last one.
    fn step(&mut self, pair: &Pair<Rule>, last: bool) -> Option<(Step, Vec<Spanned<crate::syntax::ast::InputRef>>)> {
        let what = self.what(&find(pair, Rule::what)?)?;
        let mut parts = self.event_parts(pair);
        self.check_step(&parts, last);
        let (within, without) = (parts.within.take(), std::mem::take(&mut parts.without));
        let (scope, end) = (std::mem::take(&mut parts.scope), parts.span.unwrap_or(what.span));
        let events = Spanned::new(parts.events(what.value), what.span.to(end));
        Some((Step { events, within, without }, scope))
    }

    /// Reports what a step of a sequence does not have: a count, and `in` before the end of the whole.
    fn check_step(&mut self, parts: &Parts, last: bool) {
        if let Some(count) = &parts.count {
            self.report(mistakes::count_of_one(count.span, "a step of a sequence", ONE_EVENT));
        }
        if let (false, Some(scope)) = (last, parts.place(Part::Scope)) {
            self.report(mistakes::scope_inside_sequence(scope));
        }
    }

    /// `without event C where …`.
    pub(super) fn without(&mut self, pair: &Pair<Rule>) -> Option<Spanned<Events>> {
        let what = self.what(&find(pair, Rule::what)?)?;
        let parts = self.event_parts(pair);
        let end = parts.span.unwrap_or(what.span);
        Some(Spanned::new(parts.events(what.value), what.span.to(end)))
    }

    /// What an event is.
    pub(super) fn what(&mut self, pair: &Pair<Rule>) -> Option<Spanned<What>> {
        let what = match find(pair, Rule::event_word) {
            Some(word) => {
                let kind = self.at(&word, EventKind::of_word(self.slice(&word))?);
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
        let first = find(pair, Rule::kw_first).is_some();
        let what = self.what(&find(pair, Rule::what)?)?;
        let mut parts = self.event_parts(pair);
        if let Some(count) = &parts.count {
            let which = if first { "the first event" } else { "the latest event" };
            self.report(mistakes::count_of_one(count.span, which, ONE_EVENT));
        }
        let scope = std::mem::take(&mut parts.scope);
        Some(Criterion::Picked(Box::new(Picked { first, events: parts.events(what.value), scope })))
    }

    /// `cart abandoned for 4 days …`.
    pub(super) fn abandoned(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let item = find(pair, Rule::kw_item).is_some();
        let wait = self.quantity(&find(pair, Rule::quantity)?);
        let parts = self.event_parts(pair);
        for part in [Part::Type, Part::Count, Part::Time] {
            if let Some(place) = parts.place(part) {
                let what = if item { "`item abandoned`" } else { "`cart abandoned`" };
                self.report(mistakes::part_without_place(place, part.name(), what, "it has `where` and `in` alone"));
            }
        }
        let abandoned = Abandoned { item, wait, filter: parts.filter, scope: parts.scope };
        Some(Criterion::Abandoned(Box::new(abandoned)))
    }

    /// `sum of "amount" over event "Purchase" … > 100`.
    pub(super) fn aggregate(&mut self, pair: &Pair<Rule>) -> Option<Criterion> {
        let (value, mut parts) = self.calculated(pair)?;
        let scope = std::mem::take(&mut parts.scope);
        let Some(test) = parts.test.take() else {
            self.report(mistakes::missing_test(self.span(pair), value.calculation.value));
            return None;
        };
        Some(Criterion::Aggregate(Box::new(Aggregate { value, test, scope })))
    }

    /// The calculation of an item, which is tested where it is used.
    pub(super) fn untested(&mut self, pair: &Pair<Rule>) -> Option<Calculated> {
        let (mut value, parts) = self.calculated(pair)?;
        match (parts.test, &value.events.value.time) {
            (Some(Spanned { value: Test::Time(time), span }), None) => {
                value.events.value.time = Some(Spanned::new(time, span));
                value.events.span = value.events.span.to(span);
            }
            (Some(test), _) => self.report(mistakes::test_of_item(test.span)),
            (None, _) => {}
        }
        if let Some(place) = parts.parts.iter().find(|(part, _)| *part == Part::Scope) {
            let place = self.span(&place.1);
            self.report(mistakes::scope_of_item(place));
        }
        Some(value)
    }

    /// A calculation over events, and the parts that are not the events'.
    fn calculated<'i>(&mut self, pair: &Pair<'i, Rule>) -> Option<(Calculated, Parts<'i>)> {
        let head = find(pair, Rule::calculation)?;
        let (mut words, mut qualifier, mut attribute) = (Vec::new(), None, None);
        let mut end = None;
        for inner in head.clone().into_inner() {
            match inner.as_rule() {
                Rule::kw_of | Rule::kw_over => {}
                Rule::qualifier => qualifier = self.qualifier(inner),
                Rule::string | Rule::alt_string | Rule::alt_bare | Rule::alt_bare_over => {
                    attribute = Some(self.data_name(&inner));
                }
                _ => {
                    end = Some(self.span(&inner));
                    words.push(self.slice(&inner));
                }
            }
        }
        let words = words.join(" ");
        let calculation = Calculation::ALL.iter().find(|(each, _)| *each == words)?.1;
        let calculation = Spanned::new(calculation, self.span(&head).before().to(end?));
        let what = self.what(&find(pair, Rule::what)?)?;
        let mut parts = self.event_parts(pair);
        if let Some(count) = parts.count.take() {
            self.report(mistakes::count_of_one(count.span, "a calculation", "a value of all events that fit"));
        }
        if let Some(filter) = parts.filter.as_ref().filter(|filter| !in_parentheses(filter)) {
            self.report(mistakes::bare_filter(filter.span));
        }
        let events_end = parts.events_end.unwrap_or(what.span);
        let events = Spanned::new(parts.take_events(what.value), what.span.to(events_end));
        Some((Calculated { calculation, qualifier, attribute, events }, parts))
    }

    /// Reports a word of another language.
    pub(super) fn other_word(&mut self, pair: &Pair<Rule>, meant: &str) {
        self.instead(Code::OtherWord, pair, meant);
    }
}

/// Whether a filter stands in parentheses; several conditions without them are reported already.
fn in_parentheses(filter: &Spanned<crate::syntax::ast::Condition>) -> bool {
    matches!(filter.value, crate::syntax::ast::Condition::Group(_))
}
