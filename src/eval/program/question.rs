//! What leaves ask. Leaves that read the same columns are a family, which is evaluated in one go.

use std::collections::BTreeSet;
use std::hash::Hash;

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::period::Period;
use crate::base::{InputName, WorkspaceName};
use crate::catalog::{CustomEventType, EventKey, IdentityType, ProfileField};
use crate::ir::{Condition, Predicate};

/// What is asked of the sightings of a user in one workspace. Sightings after `now` are not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) enum Seen {
    /// The latest sighting is in the period: with the retention as period, whether the profile is alive (M12).
    Last(Period),
    /// The first sighting is in the period.
    First(Period),
}

/// Which events are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Stream {
    /// Their key.
    pub(in crate::eval) event: EventKey,
    /// Their custom type, if only one counts.
    pub(in crate::eval) event_type: Option<CustomEventType>,
    /// What their attributes must satisfy, in canonical form.
    pub(in crate::eval) filter: Option<Condition>,
    /// The inputs that they came through.
    pub(in crate::eval) inputs: BTreeSet<InputName>,
}

/// At least so many events in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Occurrence {
    pub(in crate::eval) period: Period,
    /// At least 1.
    pub(in crate::eval) least: u64,
}

/// Leaves that read the same columns.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Family<K, T> {
    /// What they read.
    pub(in crate::eval) of: K,
    /// What each asks.
    pub(in crate::eval) tests: Vec<T>,
    /// The slot of each one's bits.
    pub(in crate::eval) slots: Vec<u32>,
}

/// The families of one kind.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Families<K, T> {
    list: Vec<Family<K, T>>,
    places: HashMap<K, usize, RandomState>,
    known: HashMap<(usize, T), u32, RandomState>,
}

/// Every question of a program. Slots are numbered through all families, from 0 on.
#[derive(Clone, Debug, Default)]
pub(in crate::eval) struct Questions {
    /// About sightings in a workspace.
    pub(in crate::eval) sightings: Families<WorkspaceName, Seen>,
    /// About a field of the profiles of a workspace.
    pub(in crate::eval) attributes: Families<(WorkspaceName, ProfileField), Predicate>,
    /// About identities of a type.
    pub(in crate::eval) identities: Families<IdentityType, Predicate>,
    /// About the number of events.
    pub(in crate::eval) events: Families<Stream, Occurrence>,
}

impl<K, T> Default for Families<K, T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: HashMap::default(), known: HashMap::default() }
    }
}

impl<K: Clone + Eq + Hash, T: Clone + Eq + Hash> Families<K, T> {
    /// The slot of a question: the one that it already has, or `next`.
    pub(in crate::eval) fn slot(&mut self, of: &K, test: T, next: u32) -> u32 {
        let place = self.places.get(of).copied().unwrap_or_else(|| {
            self.places.insert(of.clone(), self.list.len());
            self.list.push(Family { of: of.clone(), tests: Vec::new(), slots: Vec::new() });
            self.list.len() - 1
        });
        let slot = *self.known.entry((place, test.clone())).or_insert(next);
        if slot == next
            && let Some(family) = self.list.get_mut(place)
        {
            family.tests.push(test);
            family.slots.push(slot);
        }
        slot
    }
}

impl<K, T> Families<K, T> {
    /// The families, in the order of their first question.
    pub(in crate::eval) fn as_slice(&self) -> &[Family<K, T>] {
        &self.list
    }

    fn len(&self) -> usize {
        self.known.len()
    }
}

impl Questions {
    /// How many questions there are.
    pub(in crate::eval) fn len(&self) -> usize {
        self.sightings.len() + self.attributes.len() + self.identities.len() + self.events.len()
    }
}
