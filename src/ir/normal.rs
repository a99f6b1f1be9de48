//! The normal form: equivalent spellings become one value, so that they share a fingerprint and are evaluated once.
//!
//! In: a criterion as lowered. Out: a criterion with the same meaning for every user, in which groups are flat, sorted,
//! without repetitions and never of one; double negations are gone; counts that zero satisfies are the complement of the
//! count that begins where they end (`never` is `not … at least once`); ranges of one value are that value; value lists
//! are sorted. A labelled criterion keeps its label and its place: it is not merged into the group around it. Normalising
//! twice changes nothing.

use super::criterion::{Count, Criterion, Kind};
use super::events::{AbandonedTest, AggregateTest, EventTest, Events, PickedTest, Sequence, Step};
use super::predicate::{Condition, Predicate};
use crate::base::text::fold;
use crate::base::{Name, Origin, TimeFilter};

/// The normal form of a criterion.
pub fn normalise(criterion: Criterion) -> Criterion {
    let Criterion { label, kind, origin } = criterion;
    let kind = match kind {
        Kind::All(inner) => return group(inner, true, label, origin),
        Kind::Any(inner) => return group(inner, false, label, origin),
        Kind::Not(inner) => return not(normalise(*inner), label, origin),
        Kind::Event(event) => return normal_event(*event, label, origin),
        Kind::Picked(test) => Kind::Picked(Box::new(PickedTest { events: normal_events(test.events), ..*test })),
        Kind::Sequence(sequence) => Kind::Sequence(Box::new(normal_sequence(*sequence))),
        Kind::Abandoned(test) => {
            Kind::Abandoned(Box::new(AbandonedTest { filter: test.filter.map(normal_condition), ..*test }))
        }
        Kind::Aggregate(test) => Kind::Aggregate(Box::new(AggregateTest {
            events: normal_events(test.events),
            predicate: normal_predicate(test.predicate),
            ..*test
        })),
        Kind::Profile { field, predicate, workspaces } => {
            Kind::Profile { field, predicate: normal_predicate(predicate), workspaces }
        }
        Kind::Attribution { edge, filter, workspaces } => {
            Kind::Attribution { edge, filter: filter.map(normal_condition), workspaces }
        }
        near @ Kind::Near { .. } => near,
        Kind::UserAttribute { attribute, list, predicate, workspaces } => {
            Kind::UserAttribute { attribute, list, predicate: normal_predicate(predicate), workspaces }
        }
        Kind::Identity { identity, predicate, workspaces } => {
            Kind::Identity { identity, predicate: normal_predicate(predicate), workspaces }
        }
        Kind::Seen { edge, time, workspaces } => Kind::Seen { edge, time: normal_time(time), workspaces },
        Kind::Everyone => Kind::Everyone,
        Kind::Member(address) => Kind::Member(address),
    };
    Criterion { label, kind, origin }
}

/// A criterion that takes the place of another one, whose label goes before its own.
fn replacing(inner: Criterion, label: Option<Name>) -> Criterion {
    Criterion { label: label.or(inner.label), ..inner }
}

fn not(inner: Criterion, label: Option<Name>, origin: Origin) -> Criterion {
    match inner {
        Criterion { label: None, kind: Kind::Not(twice), .. } => replacing(*twice, label),
        inner => Criterion { label, kind: Kind::Not(Box::new(inner)), origin },
    }
}

/// The normal form of a selection of events.
pub(super) fn normal_events(events: Events) -> Events {
    Events { filter: events.filter.map(normal_condition), time: events.time.map(normal_time), ..events }
}

/// What must not lie between two steps is a set.
fn normal_sequence(sequence: Sequence) -> Sequence {
    let step = |step: Step| {
        let mut without: Vec<Events> = step.without.into_iter().map(normal_events).collect();
        without.sort_by_cached_key(|each| serde_json::to_string(each).unwrap_or_default());
        without.dedup();
        Step { events: normal_events(step.events), without, ..step }
    };
    Sequence { first: normal_events(sequence.first), steps: sequence.steps.into_iter().map(step).collect() }
}

fn normal_event(event: EventTest, label: Option<Name>, origin: Origin) -> Criterion {
    let event = EventTest { events: normal_events(event.events), ..event };
    let kind = match event.count {
        Count { least: 0, most: None } => Kind::Everyone,
        Count { least: 0, most: Some(most) } if most < u64::MAX => {
            let count = Count { least: most + 1, most: None };
            let event = Kind::Event(Box::new(EventTest { count, ..event }));
            Kind::Not(Box::new(Criterion { label: None, kind: event, origin }))
        }
        _ => Kind::Event(Box::new(event)),
    };
    Criterion { label, kind, origin }
}

fn group(inner: Vec<Criterion>, all: bool, label: Option<Name>, origin: Origin) -> Criterion {
    let mut flat = Vec::new();
    for each in inner.into_iter().map(normalise) {
        match (each.kind, all, &each.label) {
            (Kind::All(inner), true, None) | (Kind::Any(inner), false, None) => flat.extend(inner),
            (kind, _, _) => flat.push(Criterion { kind, label: each.label, origin: each.origin }),
        }
    }
    // By their JSON, which is canonical.
    flat.sort_by_cached_key(|each| serde_json::to_string(each).unwrap_or_default());
    flat.dedup();
    match <[Criterion; 1]>::try_from(flat) {
        Ok([one]) => replacing(one, label),
        Err(several) if all => Criterion { label, kind: Kind::All(several), origin },
        Err(several) => Criterion { label, kind: Kind::Any(several), origin },
    }
}

/// The normal form of a condition over the attributes of an event.
pub fn normal_condition(condition: Condition) -> Condition {
    match condition {
        Condition::All(inner) => condition_group(inner, true),
        Condition::Any(inner) => condition_group(inner, false),
        Condition::Not(inner) => match normal_condition(*inner) {
            Condition::Not(twice) => *twice,
            other => Condition::Not(Box::new(other)),
        },
        Condition::Attribute { part, attribute, predicate } => {
            Condition::Attribute { part, attribute, predicate: normal_predicate(predicate) }
        }
    }
}

fn condition_group(inner: Vec<Condition>, all: bool) -> Condition {
    let mut flat = Vec::new();
    for each in inner.into_iter().map(normal_condition) {
        match (each, all) {
            (Condition::All(inner), true) | (Condition::Any(inner), false) => flat.extend(inner),
            (other, _) => flat.push(other),
        }
    }
    flat.sort_by_cached_key(|each| serde_json::to_string(each).unwrap_or_default());
    flat.dedup();
    match <[Condition; 1]>::try_from(flat) {
        Ok([one]) => one,
        Err(several) if all => Condition::All(several),
        Err(several) => Condition::Any(several),
    }
}

/// The normal form of a predicate: value lists are sorted, without repetitions, and never of one. Texts that differ only in case are one (M1).
pub fn normal_predicate(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::IsIn(mut texts) => {
            texts.sort_by(|a, b| fold(a).cmp(&fold(b)).then_with(|| a.cmp(b)));
            texts.dedup_by(|a, b| fold(a) == fold(b));
            match <[String; 1]>::try_from(texts) {
                Ok([one]) => Predicate::Is(one),
                Err(texts) => Predicate::IsIn(texts),
            }
        }
        Predicate::OneOf(mut numbers) => {
            numbers.sort_by(|a, b| a.get().total_cmp(&b.get()));
            numbers.dedup();
            match numbers.as_slice() {
                [one] => Predicate::Equal(*one),
                _ => Predicate::OneOf(numbers),
            }
        }
        Predicate::Between(low, high) if low == high => Predicate::Equal(low),
        Predicate::Time(time) => Predicate::Time(normal_time(time)),
        other => other,
    }
}

/// A range of one day or instant is that day or instant.
fn normal_time(time: TimeFilter) -> TimeFilter {
    match time {
        TimeFilter::Between(from, to) if from == to => TimeFilter::On(from),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;

    fn member(address: &str) -> Criterion {
        Criterion::new(Kind::Member(Name::new(address).unwrap()))
    }

    fn all(inner: Vec<Criterion>) -> Criterion {
        Criterion::new(Kind::All(inner))
    }

    #[test]
    fn order_nesting_and_repetition_do_not_matter() {
        let one = normalise(all(vec![member("b"), all(vec![member("a"), member("b")])]));
        assert_eq!(one, normalise(all(vec![member("a"), member("b")])));
        assert_eq!(normalise(all(vec![member("a"), member("a")])), member("a"));
    }

    #[test]
    fn double_negation_goes() {
        let twice = Criterion::new(Kind::Not(Box::new(Criterion::new(Kind::Not(Box::new(member("a")))))));
        assert_eq!(normalise(twice), member("a"));
    }

    #[test]
    fn a_group_of_one_labelled_criterion_is_that_criterion() {
        let labelled = Criterion { label: Some(Name::new("a").unwrap()), ..member("x") };
        assert_eq!(normalise(all(vec![labelled.clone(), labelled.clone()])).label, labelled.label);
        assert_eq!(normalise(all(vec![all(vec![labelled.clone()])])), labelled);
    }

    #[test]
    fn counts_that_zero_satisfies_are_complements() {
        let event = |least, most| {
            Criterion::new(Kind::Event(Box::new(EventTest {
                events: Events::of(crate::catalog::EventKey::custom("A"), Default::default()),
                count: Count { least, most },
            })))
        };
        let not = |inner| Criterion::new(Kind::Not(Box::new(inner)));
        assert_eq!(normalise(event(0, Some(0))), not(event(1, None)));
        assert_eq!(normalise(not(event(0, Some(2)))), event(3, None));
        assert_eq!(normalise(event(0, None)), Criterion::new(Kind::Everyone));
    }

    #[test]
    fn value_lists_are_sets() {
        let texts = |list: &[&str]| normal_predicate(Predicate::IsIn(list.iter().map(|&t| t.to_owned()).collect()));
        assert_eq!(texts(&["b", "a", "B"]), texts(&["a", "B"]));
        assert_eq!(texts(&["a"]), Predicate::Is("a".to_owned()));
    }
}
