//! The types of an explanation.

use crate::base::{Address, InputName, Name, Origin, Timestamp, Window, WorkspaceName};
use crate::catalog::{Calculation, EventKey, IdentityType, ProfileField};
use crate::ir::{Condition, Count, SeenEdge, Unit};

/// An audience as it looks for one user.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Its address.
    pub address: Address,
    /// Its display name.
    pub name: String,
    /// Whether the user is in it.
    pub member: bool,
    /// The instant that its criteria are asked at: `now`, or of a standard audience the end of its range where that is
    /// earlier (M23).
    pub at: Timestamp,
    /// Whether a stored membership decides, and nothing below was asked again (M23).
    pub stored: bool,
    /// Whether the user is in its population (M12).
    pub population: Population,
    /// Its criteria.
    pub root: Node,
}

/// Whether a user is in a population (M12, M26).
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// The verdict.
    pub holds: bool,
    /// Whether the latest opt-out says opted out, and when that was.
    pub opted_out: Option<Timestamp>,
    /// The profile in each workspace of the audience.
    pub profiles: Vec<Profile>,
}

/// A profile in one workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The workspace.
    pub workspace: WorkspaceName,
    /// The first sighting, if there was one.
    pub first: Option<Timestamp>,
    /// The last sighting that is known.
    pub last: Option<Timestamp>,
    /// The last instant at which it is alive; `None` where it never expires, or never was.
    pub until: Option<Timestamp>,
    /// Whether it is alive.
    pub alive: bool,
}

/// One criterion with its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its number: criteria are numbered through the whole explanation in the order they are shown, from 0 on.
    pub number: usize,
    /// Its label.
    pub label: Option<Name>,
    /// As the language writes it; of a group, the word that joins it.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
    /// Whether it holds.
    pub holds: bool,
    /// What is inside.
    pub inside: Inside,
}

/// What a criterion consists of.
#[derive(Clone, Debug, PartialEq)]
pub enum Inside {
    /// All of these, in the order written.
    All(Vec<Node>),
    /// Any of these, in the order written.
    Any(Vec<Node>),
    /// Not this group.
    Not(Box<Node>),
    /// Membership of another audience, or its complement. `None` where there is no such audience, it is a draft, or it was
    /// shown before.
    Member(Address, Option<Box<Tree>>),
    /// A question to the data, or its complement, with what answers it.
    Leaf(Vec<Fact>),
}

/// A value as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The key is not there.
    Missing,
    /// The key is there without a value.
    Null,
    /// One text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
    /// A number that was calculated.
    Number(f64),
    /// An instant that was calculated.
    Time(Timestamp),
}

/// Something that a verdict rests on. `holds` always speaks of the positive form of the criterion (M4).
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// What a profile says.
    Value {
        /// The field.
        field: ProfileField,
        /// In which workspace.
        workspace: WorkspaceName,
        /// What it says.
        value: Value,
        /// Whether the profile is alive: only living ones are read (M10).
        alive: bool,
        /// Whether this one satisfies the criterion.
        holds: bool,
    },
    /// An identity of the user.
    Identity {
        /// The type.
        identity: IdentityType,
        /// The value; `None` where the user has none of that type.
        value: Option<String>,
        /// Whether it satisfies the criterion.
        holds: bool,
    },
    /// A sighting.
    Seen {
        /// First or last.
        edge: SeenEdge,
        /// In which workspace.
        workspace: WorkspaceName,
        /// When, if ever.
        at: Option<Timestamp>,
        /// Whether it satisfies the criterion.
        holds: bool,
    },
    /// Where the user was last.
    Location {
        /// In which workspace.
        workspace: WorkspaceName,
        /// When that was known.
        at: Option<Timestamp>,
        /// How far away it is, in metres.
        metres: Option<f64>,
        /// Whether it is the latest of those that are read: no other counts (M17).
        latest: bool,
        /// Whether it satisfies the criterion.
        holds: bool,
    },
    /// Which instants are read.
    Window(Window),
    /// How many events or products were found, and how many are asked for.
    Count {
        /// What is counted.
        unit: Unit,
        /// How many there are.
        found: u64,
        /// How many there must be.
        asked: Count,
    },
    /// One event.
    Event(EventFact),
    /// There is no such event at all: neither inside the window nor outside.
    NoEvent(EventKey),
    /// A calculated value.
    Calculated {
        /// How it is calculated.
        calculation: Calculation,
        /// The value.
        value: Value,
    },
    /// A step of a sequence.
    Step(StepFact),
    /// Something put into the cart.
    Abandoned(Abandoned),
}

/// An event of the user, the nearest to what is asked for or one that is.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFact {
    /// Its key.
    pub event: EventKey,
    /// When it happened.
    pub at: Timestamp,
    /// The input that it came through.
    pub input: Option<InputName>,
    /// Whether it counts.
    pub holds: bool,
    /// Whether it lies inside the window.
    pub in_window: bool,
    /// Each condition with what the event says.
    pub compared: Vec<Compared>,
}

/// A condition and what an event says to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// The condition.
    pub condition: Condition,
    /// The values that it was asked of: several where products have several.
    pub values: Vec<Value>,
    /// Whether it holds.
    pub holds: bool,
}

/// A step of a sequence (M19).
#[derive(Clone, Debug, PartialEq)]
pub struct StepFact {
    /// Which one, from 1 on.
    pub step: usize,
    /// What it asks for.
    pub text: String,
    /// The event of the chain that got farthest; `None` where the chain ends before.
    pub at: Option<Timestamp>,
    /// How many events there are that it could have been, in order or not.
    pub candidates: u64,
}

/// Something put into the cart, and what became of it (M18).
#[derive(Clone, Debug, PartialEq)]
pub struct Abandoned {
    /// The product, where single products are asked for.
    pub product: Option<String>,
    /// When it was put into the cart.
    pub added: Timestamp,
    /// When it was bought.
    pub bought: Option<Timestamp>,
    /// When the wait ends.
    pub due: Timestamp,
    /// Whether it counts as abandoned.
    pub holds: bool,
}

/// The fewest criteria whose change would turn the membership round.
#[derive(Clone, Debug, PartialEq)]
pub enum Fewest {
    /// These, by number, in the order shown; a nested audience counts as one.
    Criteria(Vec<usize>),
    /// No criterion: the user is not in the population.
    Population,
    /// No criterion: the membership is stored, or nothing is asked beside the population.
    Nothing,
}

/// When time alone turns a membership round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The first instant at which it is the other way round.
    pub at: Timestamp,
    /// Whether the user is in from then on.
    pub member: bool,
}

impl Node {
    /// Calls `f` for this criterion and every one below it, nested audiences included.
    pub fn visit<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        match &self.inside {
            Inside::All(inner) | Inside::Any(inner) => inner.iter().for_each(|each| each.visit(f)),
            Inside::Not(inner) => inner.visit(f),
            Inside::Member(_, Some(tree)) => tree.root.visit(f),
            Inside::Member(_, None) | Inside::Leaf(_) => {}
        }
    }
}

impl Value {
    /// Whether there is something to compare.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Missing | Self::Null)
    }
}
