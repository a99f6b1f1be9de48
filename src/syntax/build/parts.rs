//! The parts of criteria about events, which may be written in any order and are put into the language's.
//!
//! In: the pairs of one criterion. Out: its parts, each once; what stands twice or in another order is reported.

use pest::iterators::Pair;

use super::super::grammar::Rule;
use super::super::mistakes;
use super::Builder;
use crate::base::{Span, Spanned};
use crate::diagnostic::Edit;
use crate::syntax::ast::{Condition, Count, Events, InputRef, Quantity, Test, TimeFilter, What};

/// The parts of a criterion about events, in the language's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Type,
    Where,
    Count,
    Within,
    Time,
    Without,
    Test,
    Scope,
}

impl Part {
    /// The part of a rule. A time is one too: a test only where no other test follows it.
    fn of(rule: Rule) -> Option<Self> {
        Some(match rule {
            Rule::event_type => Self::Type,
            Rule::filter => Self::Where,
            Rule::scope => Self::Scope,
            Rule::step_within => Self::Within,
            Rule::without => Self::Without,
            rule if Builder::is_count(rule) => Self::Count,
            rule if Builder::is_time(rule) => Self::Time,
            rule if Builder::is_test(rule) => Self::Test,
            _ => return None,
        })
    }

    /// What a message calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Type => "`type`",
            Self::Where => "`where`",
            Self::Count => "the count",
            Self::Within => "`within`",
            Self::Time => "the time",
            Self::Without => "`without`",
            Self::Test => "the test",
            Self::Scope => "`in`",
        }
    }
}

/// The parts that were written.
#[derive(Default)]
pub(super) struct Parts<'i> {
    pub(super) event_type: Option<Spanned<crate::base::Name>>,
    pub(super) filter: Option<Spanned<Condition>>,
    pub(super) count: Option<Spanned<Count>>,
    pub(super) within: Option<Spanned<Quantity>>,
    pub(super) time: Option<Spanned<TimeFilter>>,
    pub(super) without: Vec<Spanned<Events>>,
    /// What a calculated value must be.
    pub(super) test: Option<Spanned<Test>>,
    pub(super) scope: Vec<Spanned<InputRef>>,
    /// All of them, as written.
    parts: Vec<(Part, Pair<'i, Rule>)>,
    /// The last of them that says which events.
    pub(super) events_end: Option<Span>,
    /// The last of them that belongs to the event, `in` apart.
    pub(super) span: Option<Span>,
    places: Vec<(Part, Span)>,
}

impl Parts<'_> {
    /// Where a part stands.
    pub(super) fn place(&self, part: Part) -> Option<Span> {
        self.places.iter().find(|(each, _)| *each == part).map(|(_, place)| *place)
    }

    /// Which events the parts say.
    pub(super) fn events(mut self, what: What) -> Events {
        self.take_events(what)
    }

    /// Which events the parts say, the others left.
    pub(super) fn take_events(&mut self, what: What) -> Events {
        Events { what, event_type: self.event_type.take(), filter: self.filter.take(), time: self.time.take() }
    }
}

impl Builder<'_> {
    /// The parts among the pairs of a criterion, `without` or step.
    pub(super) fn event_parts<'i>(&mut self, pair: &Pair<'i, Rule>) -> Parts<'i> {
        let group = super::find(pair, Rule::alt_events_group);
        let inner = group.into_iter().flat_map(Pair::into_inner).chain(pair.clone().into_inner());
        let mut written: Vec<(Part, Pair<'i, Rule>)> =
            inner.filter_map(|inner| Some((Part::of(inner.as_rule())?, inner))).collect();
        if matches!(pair.as_rule(), Rule::aggregate | Rule::named_calculation) {
            last_is_test(&mut written);
        }
        let mut parts = Parts::default();
        for (part, inner) in written {
            let first = parts.place(part).filter(|_| part != Part::Without);
            if let Some(first) = first {
                let again = self.span(&inner);
                self.report(mistakes::repeated_part(first, again, part.name()));
                continue;
            }
            self.part(&mut parts, part, &inner);
            parts.places.push((part, self.span(&inner)));
            parts.parts.push((part, inner));
        }
        let last = |belongs: fn(Part) -> bool| {
            let places = parts.places.iter().filter(|(part, _)| belongs(*part)).map(|(_, place)| *place);
            places.max_by_key(|place| place.end)
        };
        let events_end = last(|part| matches!(part, Part::Type | Part::Where | Part::Time));
        let span = last(|part| matches!(part, Part::Type | Part::Where | Part::Time | Part::Count));
        (parts.events_end, parts.span) = (events_end, span);
        self.check_order(&parts.parts);
        parts
    }

    fn part(&mut self, parts: &mut Parts, part: Part, pair: &Pair<Rule>) {
        match part {
            Part::Type => {
                let name = pair.clone().into_inner().nth(1);
                parts.event_type = name.and_then(|name| self.code_name(&name));
            }
            Part::Where => parts.filter = self.filter(pair),
            Part::Count => parts.count = Some(self.count(pair)),
            Part::Within => {
                let quantity = super::find(pair, Rule::quantity);
                parts.within = quantity.map(|quantity| self.quantity(&quantity));
            }
            Part::Time => parts.time = self.time(pair),
            Part::Without => parts.without.extend(self.without(pair)),
            Part::Test => parts.test = self.test(pair),
            Part::Scope => parts.scope = self.scope(pair),
        }
    }

    /// Reports parts in another order, with the edits that write them in order.
    fn check_order(&mut self, parts: &[(Part, Pair<Rule>)]) {
        let Some(wrong) = parts.windows(2).find(|pair| pair[0].0 > pair[1].0) else { return };
        let mut sorted: Vec<&(Part, Pair<Rule>)> = parts.iter().collect();
        sorted.sort_by_key(|(part, _)| *part);
        let moved = parts.iter().zip(&sorted).filter(|(here, there)| here.1 != there.1);
        let edits: Vec<Edit> = moved
            .map(|(here, there)| Edit { span: self.span(&here.1), text: self.slice(&there.1).to_owned() })
            .collect();
        let (early, late): (Span, Span) = (self.span(&wrong[0].1), self.span(&wrong[1].1));
        let early = Spanned::new(wrong[0].0.name(), early);
        let order = order_of(parts);
        self.report(mistakes::out_of_order(early, Spanned::new(wrong[1].0.name(), late), order, edits));
    }
}

/// The order that a criterion with these parts has.
fn order_of(parts: &[(Part, Pair<Rule>)]) -> &'static str {
    let has = |part| parts.iter().any(|(each, _)| *each == part);
    if has(Part::Within) || has(Part::Without) {
        "what, `where`, `within`, time, `without`, `in`"
    } else if has(Part::Test) {
        "what, `where`, time, test, `in`"
    } else {
        "what, `where`, count, time, `in`"
    }
}

/// Makes the last time the test where nothing else is.
fn last_is_test(parts: &mut [(Part, Pair<Rule>)]) {
    if parts.iter().any(|(part, _)| *part == Part::Test) {
        return;
    }
    if let Some((part, _)) = parts.iter_mut().rev().find(|(part, _)| *part == Part::Time) {
        *part = Part::Test;
    }
}
