//! The closed list of what can be asked of a user.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::predicate::{Condition, Predicate};
use crate::base::{Address, InputName, Name, Origin, TimeFilter, WorkspaceName};
use crate::catalog::{CustomEventType, EventKey, IdentityType};

/// A criterion: true or false for every user (M4).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// How often an event happened.
    Event(Box<EventTest>),
}

/// The first or the last sighting of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenEdge {
    /// The first.
    First,
    /// The last.
    Last,
}

/// The number of events of a key that pass the filter, in the window, up to `now` and inside the retention.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventTest {
    /// Which events.
    pub event: EventKey,
    /// Only events of this custom type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<CustomEventType>,
    /// What their attributes must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// How many of them.
    pub count: Count,
    /// When; `None` is any time inside the retention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeFilter>,
    /// The inputs read.
    pub inputs: BTreeSet<InputName>,
}

/// A range of counts, both ends inside; `most` is `None` where there is no upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
