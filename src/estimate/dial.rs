//! The numbers in a criterion that can be turned: counts, lengths of time, values.
//!
//! In: a criterion. Out: its dials in the order in which they are written, and the criterion with one of them set otherwise.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::base::{Duration, TimeFilter};
use crate::ir::{Condition, Count, Criterion, Events, Float, Kind, Predicate};

/// What a dial is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DialKind {
    /// How often something happened.
    Count,
    /// How long ago, or how long.
    Time,
    /// A number that a value is compared with.
    Value,
}

impl DialKind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 3] = [("count", Self::Count), ("time", Self::Time), ("value", Self::Value)];

    /// The word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, each)| *each == self).map_or("", |(word, _)| word)
    }
}

/// What a dial can be set to.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Setting {
    /// A number of times.
    Count(u64),
    /// A length of time.
    Time(Duration),
    /// A number.
    Value(Float),
}

impl Setting {
    /// What it is about.
    pub fn kind(self) -> DialKind {
        match self {
            Self::Count(_) => DialKind::Count,
            Self::Time(_) => DialKind::Time,
            Self::Value(_) => DialKind::Value,
        }
    }

    /// As a number: times, ms, or the value.
    pub fn number(self) -> f64 {
        match self {
            Self::Count(count) => count as f64,
            Self::Time(time) => time.0 as f64,
            Self::Value(value) => value.get(),
        }
    }
}

impl fmt::Display for Setting {
    /// As the language writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => count.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Value(value) => value.fmt(f),
        }
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Time(time) => serializer.serialize_str(&time.to_string()),
            Self::Value(value) => serializer.serialize_f64(value.get()),
        }
    }
}

/// A dial that can be turned.
enum Dial<'c> {
    Count(&'c mut u64),
    Time(&'c mut Duration),
    Value(&'c mut Float),
}

/// What the dials of a criterion are set to, in order.
pub(super) fn dials(criterion: &Criterion) -> Vec<Setting> {
    let mut found = Vec::new();
    turn(&mut criterion.clone(), &mut |dial| {
        found.push(match dial {
            Dial::Count(count) => Setting::Count(*count),
            Dial::Time(time) => Setting::Time(*time),
            Dial::Value(value) => Setting::Value(*value),
        });
    });
    found
}

/// The criterion with its `at`th dial set; as it is where that is a dial of another kind.
pub(super) fn set(criterion: &Criterion, at: usize, setting: Setting) -> Criterion {
    let mut turned = criterion.clone();
    let mut place = 0;
    turn(&mut turned, &mut |dial| {
        match (dial, setting) {
            _ if place != at => {}
            (Dial::Count(count), Setting::Count(set)) => *count = set,
            (Dial::Time(time), Setting::Time(set)) => *time = set,
            (Dial::Value(value), Setting::Value(set)) => *value = set,
            _ => {}
        }
        place += 1;
    });
    turned
}

/// Shows every dial, in order.
fn turn(criterion: &mut Criterion, f: &mut dyn FnMut(Dial<'_>)) {
    match &mut criterion.kind {
        Kind::Everyone | Kind::Member(_) => {}
        Kind::All(inner) | Kind::Any(inner) => inner.iter_mut().for_each(|each| turn(each, f)),
        Kind::Not(inner) => turn(inner, f),
        Kind::UserAttribute { predicate, .. } | Kind::Identity { predicate, .. } | Kind::Profile { predicate, .. } => {
            of_predicate(predicate, f);
        }
        Kind::Seen { time, .. } => of_time(time, f),
        Kind::Near { metres, .. } => f(Dial::Value(metres)),
        Kind::Attribution { filter, .. } => of_filter(filter.as_mut(), f),
        Kind::Event(test) => {
            of_count(&mut test.count, f);
            of_events(&mut test.events, f);
        }
        Kind::Picked(test) => of_events(&mut test.events, f),
        Kind::Sequence(sequence) => {
            of_events(&mut sequence.first, f);
            for step in &mut sequence.steps {
                of_events(&mut step.events, f);
                step.within.iter_mut().for_each(|within| f(Dial::Time(within)));
                step.without.iter_mut().for_each(|events| of_events(events, f));
            }
        }
        Kind::Abandoned(test) => {
            f(Dial::Time(&mut test.wait));
            of_filter(test.filter.as_mut(), f);
        }
        Kind::Aggregate(test) => {
            of_predicate(&mut test.predicate, f);
            of_events(&mut test.events, f);
        }
    }
}

/// One that says no more than "at all" has no number to turn, but it could have one.
fn of_count(count: &mut Count, f: &mut dyn FnMut(Dial<'_>)) {
    match count {
        Count { least, most: None } => f(Dial::Count(least)),
        Count { least: 0, most: Some(most) } => f(Dial::Count(most)),
        Count { least, most: Some(most) } if least == most => {
            f(Dial::Count(least));
            *most = *least;
        }
        Count { least, most: Some(most) } => {
            f(Dial::Count(least));
            f(Dial::Count(most));
        }
    }
}

fn of_events(events: &mut Events, f: &mut dyn FnMut(Dial<'_>)) {
    events.time.iter_mut().for_each(|time| of_time(time, f));
    of_filter(events.filter.as_mut(), f);
}

fn of_filter(filter: Option<&mut Condition>, f: &mut dyn FnMut(Dial<'_>)) {
    match filter {
        None => {}
        Some(Condition::All(inner) | Condition::Any(inner)) => {
            inner.iter_mut().for_each(|each| of_filter(Some(each), f));
        }
        Some(Condition::Not(inner)) => of_filter(Some(inner), f),
        Some(Condition::Attribute { predicate, .. }) => of_predicate(predicate, f),
    }
}

fn of_predicate(predicate: &mut Predicate, f: &mut dyn FnMut(Dial<'_>)) {
    match predicate {
        Predicate::Equal(value)
        | Predicate::Less(value)
        | Predicate::AtMost(value)
        | Predicate::Greater(value)
        | Predicate::AtLeast(value) => f(Dial::Value(value)),
        Predicate::Between(low, high) => {
            f(Dial::Value(low));
            f(Dial::Value(high));
        }
        Predicate::Time(time) => of_time(time, f),
        _ => {}
    }
}

fn of_time(time: &mut TimeFilter, f: &mut dyn FnMut(Dial<'_>)) {
    match time {
        TimeFilter::WithinLast(length) | TimeFilter::MoreThanAgo(length) => f(Dial::Time(length)),
        TimeFilter::BetweenAgo { newer, older } => {
            f(Dial::Time(newer));
            f(Dial::Time(older));
        }
        _ => {}
    }
}
