//! Which criteria exclude each other, and which follow from each other.
//!
//! In: two criteria, or two conditions over one event. Out: yes where it is certain for every user, no otherwise. Where a
//! user may have several values (rule M21), two tests of them never exclude each other.

use super::values;
use crate::catalog::{Calculation, ProfileField};
use crate::ir::{AggregateTest, Condition, Criterion, EventTest, Events, Kind, Unit};

/// Whether no user satisfies both.
pub(super) fn exclude(a: &Criterion, b: &Criterion) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Not(_), Kind::Not(_)) => false,
        (Kind::Not(denied), _) => implies(b, denied),
        (_, Kind::Not(denied)) => implies(a, denied),
        (
            Kind::UserAttribute { attribute: one, predicate: p, workspaces: here, .. },
            Kind::UserAttribute { attribute: other, predicate: q, workspaces: there, .. },
        ) => one == other && here == there && here.len() == 1 && values::exclude(p, q),
        (
            Kind::Profile { field: one, predicate: p, workspaces: here },
            Kind::Profile { field: other, predicate: q, workspaces: there },
        ) => one == other && has_one_value(one) && here == there && here.len() == 1 && values::exclude(p, q),
        (Kind::Aggregate(a), Kind::Aggregate(b)) => {
            let several = matches!(a.calculation, Calculation::First | Calculation::Latest);
            same_value(a, b) && !several && values::exclude(&a.predicate, &b.predicate)
        }
        (Kind::Event(a), Kind::Event(b)) => too_often(a, b) || too_often(b, a),
        _ => false,
    }
}

/// Whether every user who satisfies `a` satisfies `b`.
pub(super) fn implies(a: &Criterion, b: &Criterion) -> bool {
    match (&a.kind, &b.kind) {
        (one, other) if one == other => true,
        (_, Kind::Everyone) => true,
        (Kind::Not(a), Kind::Not(b)) => !matches!(b.kind, Kind::Not(_)) && implies(b, a),
        (
            Kind::UserAttribute { attribute: one, predicate: p, workspaces: here, .. },
            Kind::UserAttribute { attribute: other, predicate: q, workspaces: there, .. },
        ) => one == other && here.is_subset(there) && values::implies(p, q),
        (
            Kind::Identity { identity: one, predicate: p, workspaces: here },
            Kind::Identity { identity: other, predicate: q, workspaces: there },
        ) => one == other && here.is_subset(there) && values::implies(p, q),
        (
            Kind::Seen { edge: one, time: p, workspaces: here },
            Kind::Seen { edge: other, time: q, workspaces: there },
        ) => one == other && here.is_subset(there) && values::time_within(Some(*p), Some(*q)),
        (
            Kind::Profile { field: one, predicate: p, workspaces: here },
            Kind::Profile { field: other, predicate: q, workspaces: there },
        ) => one == other && here.is_subset(there) && values::implies(p, q),
        (
            Kind::Near { latitude, longitude, metres, workspaces: here },
            Kind::Near { latitude: north, longitude: east, metres: farther, workspaces: there },
        ) => (latitude, longitude) == (north, east) && metres <= farther && here == there,
        (
            Kind::Attribution { edge: one, filter: p, workspaces: here },
            Kind::Attribution { edge: other, filter: q, workspaces: there },
        ) => one == other && here.is_subset(there) && (q.is_none() || p == q),
        (Kind::Aggregate(a), Kind::Aggregate(b)) => same_value(a, b) && values::implies(&a.predicate, &b.predicate),
        (Kind::Abandoned(a), Kind::Abandoned(b)) => {
            a.wait >= b.wait && (a.unit, &a.filter, &a.inputs) == (b.unit, &b.filter, &b.inputs)
        }
        // The event that is picked, and every step, is one that there is.
        (Kind::Picked(a), Kind::Event(b)) => at_least_once(b) && counted_among(&a.events, &b.events),
        (Kind::Sequence(a), Kind::Event(b)) => {
            let mut steps = std::iter::once(&a.first).chain(a.steps.iter().map(|step| &step.events));
            at_least_once(b) && steps.any(|step| counted_among(step, &b.events))
        }
        (Kind::Event(a), Kind::Event(b)) => {
            counted_among(&a.events, &b.events) && b.count.most.is_none() && a.count.least >= b.count.least
        }
        _ => false,
    }
}

/// Whether everything that `a` counts is counted by `b` as well.
fn counted_among(a: &Events, b: &Events) -> bool {
    a.event == b.event
        && a.unit == b.unit
        && (b.event_type.is_none() || a.event_type == b.event_type)
        && (b.filter.is_none() || a.filter == b.filter)
        && values::time_within(a.time, b.time)
        && a.inputs.is_subset(&b.inputs)
}

/// Whether one event or product of its kind is enough.
fn at_least_once(test: &EventTest) -> bool {
    test.events.unit == Unit::Event && test.count.least <= 1 && test.count.most.is_none()
}

/// Whether both ask the same value.
fn same_value(a: &AggregateTest, b: &AggregateTest) -> bool {
    (a.calculation, &a.attribute, &a.events) == (b.calculation, &b.attribute, &b.events)
}

/// Whether a profile has at most one value of a field.
fn has_one_value(field: &ProfileField) -> bool {
    matches!(field, ProfileField::Calculated(_) | ProfileField::Consent(..) | ProfileField::Location(_))
}

fn too_often(a: &EventTest, b: &EventTest) -> bool {
    counted_among(&a.events, &b.events) && b.count.most.is_some_and(|most| a.count.least > most)
}

/// Whether no event satisfies both.
pub(super) fn conditions_exclude(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::Not(_), Condition::Not(_)) => false,
        (Condition::Not(denied), other) | (other, Condition::Not(denied)) => conditions_imply(other, denied),
        (
            Condition::Attribute { attribute: one, predicate: p, part: from },
            Condition::Attribute { attribute: other, predicate: q, part: of },
        ) => one == other && from == of && values::exclude(p, q),
        _ => false,
    }
}

/// Whether every event that satisfies `a` satisfies `b`.
pub(super) fn conditions_imply(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        _ if a == b => true,
        (
            Condition::Attribute { attribute: one, predicate: p, part: from },
            Condition::Attribute { attribute: other, predicate: q, part: of },
        ) => one == other && from == of && values::implies(p, q),
        _ => false,
    }
}
