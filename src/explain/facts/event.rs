//! Facts about events: how many count, which, and what the nearest one lacks.

use super::Facts;
use super::single::Passing;
use crate::base::{TimeFilter, Timestamp};
use crate::catalog::EventKey;
use crate::explain::node::{Compared, EventFact, Fact};
use crate::explain::person::Events;
use crate::ir::{Condition, EventTest, Events as Selection, Pick, PickedTest, Unit};

/// How many events are named at most.
const NAMED: usize = 3;

/// What is asked of every event: the whole selection, then its parts.
const WHOLE: usize = 0;
const IN_WINDOW: usize = 1;
/// Anytime: of that type and input; with the filter; then each condition.
const OF_KIND: usize = 0;
const FILTERED: usize = 1;
const CONDITIONS: usize = 2;

/// The events of a selection's key with what was asked of them.
pub(super) struct Judged<'a> {
    pub(super) events: Events<'a>,
    key: &'a EventKey,
    conditions: Vec<Condition>,
    timed: Passing,
    anytime: Passing,
}

impl Judged<'_> {
    /// The places of the events that count, in the order of time.
    pub(super) fn counting(&self) -> impl Iterator<Item = usize> + '_ {
        self.timed.places(WHOLE)
    }

    /// The places of the events that are read, whatever their attributes.
    fn of_kind(&self) -> impl Iterator<Item = usize> + '_ {
        self.anytime.places(OF_KIND)
    }

    /// Whether the attributes of an event are as asked.
    pub(super) fn filtered(&self, at: usize) -> bool {
        self.anytime.holds(FILTERED, at)
    }

    /// Whether an event lies in the window.
    pub(super) fn in_window(&self, at: usize) -> bool {
        self.timed.holds(IN_WINDOW, at)
    }

    pub(super) fn time(&self, at: usize) -> i64 {
        self.events.times().get(at).copied().unwrap_or(i64::MIN)
    }

    /// One event as a fact.
    pub(super) fn fact(&self, at: usize) -> EventFact {
        let compared = |(number, condition): (usize, &Condition)| {
            let Condition::Attribute { part, attribute, .. } = condition else { return None };
            let values = self.events.values(at, *part, attribute);
            let holds = self.anytime.holds(CONDITIONS + number, at);
            Some(Compared { condition: condition.clone(), values, holds })
        };
        EventFact {
            event: self.key.clone(),
            at: Timestamp(self.time(at)),
            input: self.events.input(at).cloned(),
            holds: self.timed.holds(WHOLE, at),
            in_window: self.in_window(at),
            compared: self.conditions.iter().enumerate().filter_map(compared).collect(),
        }
    }

    /// The event that comes nearest to counting without doing so: most conditions hold, then inside the window, then latest.
    fn nearest(&self) -> Option<usize> {
        let holding = |at: usize| (0..self.conditions.len()).filter(|n| self.anytime.holds(CONDITIONS + n, at)).count();
        let rank = |at: &usize| (self.filtered(*at), holding(*at), self.in_window(*at), self.time(*at), *at);
        self.of_kind().filter(|at| !self.timed.holds(WHOLE, *at)).max_by_key(rank)
    }
}

impl<'a> Facts<'a> {
    /// Asks about every event of a selection's key; `None` where the user has none.
    pub(super) fn judged<'s>(&self, selection: &'s Selection) -> Option<Judged<'s>>
    where
        'a: 's,
    {
        let events = self.person.events(&selection.event)?;
        let bare = Selection { filter: None, ..selection.clone() };
        let anytime = Selection { time: None, ..bare.clone() };
        let mut conditions = Vec::new();
        selection.filter.iter().for_each(|filter| atoms(filter, &mut conditions));
        let with = |filter: &Condition| Selection { filter: Some(filter.clone()), ..anytime.clone() };
        let mut asked = vec![anytime.clone(), Selection { time: None, ..selection.clone() }];
        asked.extend(conditions.iter().map(with));
        Some(Judged {
            events,
            key: &selection.event,
            timed: self.passing(events, &selection.event, &[selection.clone(), bare]),
            anytime: self.passing_anytime(events, &selection.event, &asked),
            conditions,
        })
    }

    /// The window that a selection reads.
    pub(super) fn window_of(&self, time: Option<TimeFilter>) -> Fact {
        Fact::Window(self.probe.window(time))
    }

    /// How often an event happened, and which.
    pub(super) fn event(&self, test: &EventTest) -> Vec<Fact> {
        let selection = &test.events;
        let mut facts = vec![self.window_of(selection.time)];
        let judged = self.judged(selection);
        let found = judged.as_ref().map_or(0, |judged| match selection.unit {
            Unit::Event => judged.counting().count(),
            Unit::Item => {
                let passing = self.products_passing(judged.events, &selection.event, std::slice::from_ref(selection));
                passing.places(0).count()
            }
        });
        facts.push(Fact::Count { unit: selection.unit, found: found as u64, asked: test.count });
        facts.extend(named(judged.as_ref(), &selection.event));
        facts
    }

    /// What the first or the latest event was like.
    pub(super) fn picked(&self, test: &PickedTest) -> Vec<Fact> {
        let selection = &test.events;
        let mut facts = vec![self.window_of(selection.time)];
        let pool = Selection { filter: None, time: None, ..selection.clone() };
        let judged = self.judged(selection);
        let Some((judged, pool)) = judged.zip(self.judged(&pool)) else {
            facts.push(Fact::NoEvent(selection.event.clone()));
            return facts;
        };
        let times = pool.counting().map(|at| pool.time(at));
        let picked = match test.pick {
            Pick::First => times.min(),
            Pick::Latest => times.max(),
        };
        match picked {
            Some(time) => {
                let at_once = pool.counting().filter(|at| pool.time(*at) == time);
                facts.extend(at_once.map(|at| Fact::Event(judged.fact(at))).take(NAMED));
            }
            None => facts.extend(named(Some(&judged), &selection.event)),
        }
        facts
    }
}

/// The latest events that count; where none does, the one that comes nearest.
pub(super) fn named(judged: Option<&Judged<'_>>, key: &EventKey) -> Vec<Fact> {
    let Some(judged) = judged else { return vec![Fact::NoEvent(key.clone())] };
    let mut counting: Vec<usize> = judged.counting().collect();
    counting.reverse();
    counting.truncate(NAMED);
    if counting.is_empty() {
        counting.extend(judged.nearest());
    }
    match counting.as_slice() {
        [] => vec![Fact::NoEvent(key.clone())],
        places => places.iter().map(|at| Fact::Event(judged.fact(*at))).collect(),
    }
}

/// The conditions that a filter is made of.
fn atoms(condition: &Condition, into: &mut Vec<Condition>) {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|each| atoms(each, into)),
        Condition::Not(inner) => atoms(inner, into),
        Condition::Attribute { .. } if into.contains(condition) => {}
        Condition::Attribute { .. } => into.push(condition.clone()),
    }
}
