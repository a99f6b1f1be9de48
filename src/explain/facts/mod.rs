//! What a verdict rests on.
//!
//! In: a criterion with its verdict. Out: facts of the user's data. Whether an event, a value or an identity satisfies the
//! criterion is asked of the evaluator, by making each a user of its own in a small store.

mod aggregate;
mod cart;
mod event;
mod profile;
mod sequence;
mod single;

use super::node::Fact;
use super::person::Person;
use super::probe::Probe;
use crate::base::Timestamp;
use crate::ir::{Criterion, Kind};

/// Finds facts for the criteria of one audience.
pub(super) struct Facts<'a> {
    person: &'a Person,
    probe: Probe,
}

impl<'a> Facts<'a> {
    pub(super) fn new(person: &'a Person, probe: Probe) -> Self {
        Self { person, probe }
    }

    /// The instant that criteria are asked at.
    pub(super) fn at(&self) -> Timestamp {
        self.probe.at().0
    }

    /// The facts behind a criterion in its positive form, the most telling first.
    pub(super) fn of(&self, criterion: &Criterion, holds: bool) -> Vec<Fact> {
        match &criterion.kind {
            Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Member(_) => Vec::new(),
            Kind::UserAttribute { .. }
            | Kind::Profile { .. }
            | Kind::Attribution { .. }
            | Kind::Seen { .. }
            | Kind::Near { .. } => self.profile(&criterion.kind),
            Kind::Identity { identity, predicate, workspaces } => self.identity(*identity, predicate, workspaces),
            Kind::Event(test) => self.event(test),
            Kind::Picked(test) => self.picked(test),
            Kind::Sequence(sequence) => self.sequence(sequence),
            Kind::Abandoned(test) => self.abandoned(test, holds),
            Kind::Aggregate(test) => self.aggregate(test),
        }
    }
}
