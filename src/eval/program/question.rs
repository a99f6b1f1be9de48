//! What leaves ask. Leaves that read the same columns are a family, which is evaluated in one go.

use std::collections::BTreeSet;
use std::hash::Hash;

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::canonical;
use super::period::Period;
use super::reach::Reach;
use crate::base::{Address, Duration, InputName, WorkspaceName};
use crate::catalog::{Calculation, CustomEventType, EventKey, IdentityType, ProfileField};
use crate::ir::{AttributeRef, Condition, Events, Float, Pick, Predicate, Unit};

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
    /// Events, or the products of events.
    pub(in crate::eval) unit: Unit,
    /// What their attributes must satisfy, in canonical form.
    pub(in crate::eval) filter: Option<Condition>,
    /// The inputs that they came through; `None` is any.
    pub(in crate::eval) inputs: Option<BTreeSet<InputName>>,
}

impl Stream {
    /// The events of a criterion, whenever they happened.
    pub(in crate::eval) fn of(events: &Events) -> Self {
        Self {
            event: events.event.clone(),
            event_type: events.event_type,
            unit: events.unit,
            filter: events.filter.as_ref().map(canonical::condition),
            inputs: Some(events.inputs.clone()),
        }
    }
}

/// The events of a stream in a period.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Selected {
    pub(in crate::eval) stream: Stream,
    pub(in crate::eval) period: Period,
}

/// At least so many events in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Occurrence {
    pub(in crate::eval) period: Period,
    /// At least 1.
    pub(in crate::eval) least: u64,
}

impl Selected {
    /// The events of a criterion: in its window and in reach.
    pub(in crate::eval) fn of(events: &Events, reach: Reach) -> Self {
        Self { stream: Stream::of(events), period: reach.period(events.time) }
    }

    /// The events that the first or the latest is picked from: all of the key, the type and the inputs that are in reach.
    pub(in crate::eval) fn picked_from(events: &Events, reach: Reach) -> Self {
        let stream = Stream { filter: None, unit: Unit::Event, ..Stream::of(events) };
        Self { stream, period: reach.period(None) }
    }
}

/// What the first or the latest of some events must satisfy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Picked {
    pub(in crate::eval) pick: Pick,
    /// Which of the events the one picked must be among.
    pub(in crate::eval) among: Selected,
}

/// One event after another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Link {
    pub(in crate::eval) events: Selected,
    /// At most so long after the one before.
    pub(in crate::eval) within: Option<Duration>,
    /// What must not lie strictly between the two.
    pub(in crate::eval) without: Vec<Selected>,
}

/// What is put into the cart, and through which inputs it may be bought.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Cart {
    /// The unit says whether the cart or single products are abandoned.
    pub(in crate::eval) adds: Selected,
    pub(in crate::eval) purchases: Selected,
}

/// The values of an attribute over some events; of none, the events themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Valued {
    pub(in crate::eval) events: Selected,
    pub(in crate::eval) attribute: Option<AttributeRef>,
}

/// What a value calculated over events must satisfy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Aggregate {
    pub(in crate::eval) calculation: Calculation,
    pub(in crate::eval) predicate: Predicate,
}

/// Whose latest location is asked for: users with living profiles in some workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Located {
    pub(in crate::eval) workspaces: BTreeSet<WorkspaceName>,
    /// The period in which a living profile was last seen.
    pub(in crate::eval) alive: Period,
}

/// A circle on the earth, its rim inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct Circle {
    pub(in crate::eval) latitude: Float,
    pub(in crate::eval) longitude: Float,
    pub(in crate::eval) metres: Float,
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
    /// About the latest location.
    pub(in crate::eval) places: Families<Located, Circle>,
    /// About the number of events.
    pub(in crate::eval) events: Families<Stream, Occurrence>,
    /// About the first or the latest of some events.
    pub(in crate::eval) picked: Families<Selected, Picked>,
    /// About what follows some events.
    pub(in crate::eval) sequences: Families<Selected, Vec<Link>>,
    /// About carts that are left alone for so long.
    pub(in crate::eval) carts: Families<Cart, Duration>,
    /// About values calculated over events.
    pub(in crate::eval) aggregates: Families<Valued, Aggregate>,
    /// About memberships that are given: those of standard audiences.
    pub(in crate::eval) given: Families<(), Address>,
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
        let users = self.sightings.len() + self.attributes.len() + self.identities.len() + self.places.len();
        let events = self.events.len() + self.picked.len() + self.sequences.len();
        users + events + self.carts.len() + self.aggregates.len() + self.given.len()
    }
}
