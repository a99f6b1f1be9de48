//! The closed list of what can be asked of a user.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::events::{AbandonedTest, AggregateTest, EventTest, PickedTest, Sequence};
use super::predicate::{Condition, Float, Predicate};
use crate::base::{Address, Name, Origin, TimeFilter, WorkspaceName};
use crate::catalog::{IdentityType, InstallEdge, ProfileField};

/// A criterion: true or false for every user (M4).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Criterion {
    /// The label that it carries, if any; for showing only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Name>,
    /// What it asks.
    pub kind: Kind,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a criterion asks. Negative operators are [`Kind::Not`] around their positive, since each is the exact complement
/// (M4); `A exclude B` is `A and not B` (M13).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The whole population.
    Everyone,
    /// All of these; in normal form at least two, none of them `All`.
    All(Vec<Criterion>),
    /// Any of these; in normal form at least two, none of them `Any`.
    Any(Vec<Criterion>),
    /// Not this one.
    Not(Box<Criterion>),
    /// Membership of another audience, before any split (M14).
    Member(Address),
    /// A user attribute: any value of it in the workspaces read satisfies the predicate (M21).
    UserAttribute {
        /// The attribute.
        attribute: String,
        /// Whether its values are lists.
        list: bool,
        /// What it must satisfy.
        predicate: Predicate,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// First or last seen within a window, in any of the workspaces read.
    Seen {
        /// First or last.
        edge: SeenEdge,
        /// When.
        time: TimeFilter,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// An identity: any value of the type satisfies the predicate (M21).
    Identity {
        /// The type.
        identity: IdentityType,
        /// What it must satisfy.
        predicate: Predicate,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// A field of a profile that is no user attribute: calculated, consent, device, location. Any value of it in the
    /// workspaces read satisfies the predicate (M21).
    Profile {
        /// The field; never `Attribute`, `Attribution` or a point.
        field: ProfileField,
        /// What it must satisfy.
        predicate: Predicate,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// The latest location known in the workspaces read, at most 30 days old, lies within a distance (M17).
    Near {
        /// Degrees north.
        latitude: Float,
        /// Degrees east.
        longitude: Float,
        /// Metres; the boundary is inside.
        metres: Float,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// An install or uninstall is attributed, and its attribution satisfies the filter.
    Attribution {
        /// Install or uninstall.
        edge: InstallEdge,
        /// What its attributes must satisfy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filter: Option<Condition>,
        /// The workspaces read.
        workspaces: BTreeSet<WorkspaceName>,
    },
    /// How often an event happened.
    Event(Box<EventTest>),
    /// What the first or the latest event was like.
    Picked(Box<PickedTest>),
    /// Events one after the other.
    Sequence(Box<Sequence>),
    /// Something put into the cart and not bought.
    Abandoned(Box<AbandonedTest>),
    /// A value calculated over events.
    Aggregate(Box<AggregateTest>),
}

/// The first or the last sighting of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeenEdge {
    /// The first.
    First,
    /// The last.
    Last,
}

/// A range of counts, both ends inside; `most` is `None` where there is no upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Count {
    /// The fewest.
    pub least: u64,
    /// The most.
    pub most: Option<u64>,
}

impl Count {
    /// At least once.
    pub const ONCE: Self = Self { least: 1, most: None };

    /// Whether a number of events satisfies it.
    pub fn contains(self, count: u64) -> bool {
        self.least <= count && self.most.is_none_or(|most| count <= most)
    }
}

impl Criterion {
    /// A criterion without label or origin.
    pub fn new(kind: Kind) -> Self {
        Self { label: None, kind, origin: Origin::default() }
    }

    /// The criteria of a group in the order in which they were written; those of unknown origin as they stand. The normal
    /// form has an order of its own, which nobody wants to read.
    pub fn as_written(group: &[Self]) -> Vec<&Self> {
        let mut group: Vec<&Self> = group.iter().collect();
        group.sort_by_key(|each| each.start());
        group
    }

    /// Where the first part of a criterion stands: a complement may have no place of its own.
    fn start(&self) -> Option<(u32, u32)> {
        let inner = || match &self.kind {
            Kind::All(inner) | Kind::Any(inner) => inner.iter().filter_map(Self::start).min(),
            Kind::Not(inner) => inner.start(),
            _ => None,
        };
        self.origin.0.map(|span| (span.source.0, span.start)).or_else(inner)
    }

    /// Calls `f` for this criterion and every one inside it, outermost first.
    pub fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        match &self.kind {
            Kind::All(inner) | Kind::Any(inner) => inner.iter().for_each(|each| each.visit(f)),
            Kind::Not(inner) => inner.visit(f),
            _ => {}
        }
    }
}
