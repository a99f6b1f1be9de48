//! Who nests whom, and what is used where.
//!
//! In: a model. Out: a [`Graph`] of audiences and of what they name, drawn as text, Graphviz dot, Mermaid, SVG or JSON
//! (described in `docs/explain.md`). Edges follow what flows: from data into audiences, from a nested audience into those
//! that nest it, from an audience to its outputs. Always: the same model gives the same bytes.

mod collect;
mod dot;
mod json;
mod layout;
mod mermaid;
mod svg;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::base::{Address, InputName, OutputName};
use crate::catalog::{EventKey, IdentityType, ProfileField};

pub use collect::collect;
pub use dot::dot;
pub use json::json;
pub use mermaid::mermaid;
pub use svg::svg;
pub use text::{text, uses};

/// The version of the JSON schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;

/// Something that has a place in the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// An input that events come through.
    Input(InputName),
    /// A field of profiles: a user attribute, consent, a device, a location.
    Field(ProfileField),
    /// A type of identity.
    Identity(IdentityType),
    /// An event.
    Event(EventKey),
    /// An attribute of an event, of its action or of its products.
    EventAttribute(EventKey, String),
    /// An audience.
    Audience(Address),
    /// An output.
    Output(OutputName),
}

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ThingKind {
    /// Inputs.
    Inputs,
    /// User attributes and other fields of profiles.
    Attributes,
    /// Identity types.
    Identities,
    /// Events.
    Events,
    /// Attributes of events.
    EventAttributes,
    /// Outputs.
    Outputs,
}

/// Audiences with what they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Display names of the audiences.
    pub audiences: BTreeMap<Address, String>,
    /// What flows into what.
    pub edges: BTreeSet<(Thing, Thing)>,
}

impl Thing {
    /// Its kind; `None` for audiences.
    pub fn kind(&self) -> Option<ThingKind> {
        Some(match self {
            Self::Input(_) => ThingKind::Inputs,
            Self::Field(_) => ThingKind::Attributes,
            Self::Identity(_) => ThingKind::Identities,
            Self::Event(_) => ThingKind::Events,
            Self::EventAttribute(..) => ThingKind::EventAttributes,
            Self::Output(_) => ThingKind::Outputs,
            Self::Audience(_) => return None,
        })
    }
}

impl fmt::Display for Thing {
    /// As the language writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Self::Input(input) => write!(f, "input {input}"),
            Self::Field(ProfileField::Attribute(name)) => write!(f, "user {}", quoted(name)),
            Self::Field(ProfileField::Calculated(name)) => write!(f, "calculated {}", quoted(name)),
            Self::Field(ProfileField::Consent(law, purpose)) => write!(f, "consent {law} {}", quoted(purpose)),
            Self::Field(ProfileField::Device(field)) => write!(f, "device {field}"),
            Self::Field(ProfileField::Location(field)) => write!(f, "location {field}"),
            Self::Field(ProfileField::Attribution(edge, None)) => write!(f, "attribution {edge}"),
            Self::Field(ProfileField::Attribution(edge, Some(name))) => {
                write!(f, "attribution {edge} {}", quoted(name))
            }
            Self::Identity(identity) => write!(f, "identity {identity}"),
            Self::Event(event) => write!(f, "{event}"),
            Self::EventAttribute(event, name) => write!(f, "{event} {}", quoted(name)),
            Self::Audience(address) => write!(f, "audience {address}"),
            Self::Output(output) => write!(f, "output {output}"),
        }
    }
}

impl Graph {
    /// Every thing, each once.
    pub fn things(&self) -> BTreeSet<Thing> {
        let ends = self.edges.iter().flat_map(|(from, to)| [from, to]).cloned();
        ends.chain(self.audiences.keys().cloned().map(Thing::Audience)).collect()
    }

    /// What flows straight into a thing.
    pub fn into<'a>(&'a self, thing: &'a Thing) -> impl Iterator<Item = &'a Thing> {
        self.edges.iter().filter(move |(_, to)| to == thing).map(|(from, _)| from)
    }

    /// What a thing flows straight into.
    pub fn out_of<'a>(&'a self, thing: &'a Thing) -> impl Iterator<Item = &'a Thing> {
        self.edges.iter().filter(move |(from, _)| from == thing).map(|(_, to)| to)
    }

    /// Everything that flows into one of the things, and into what they flow, directly or through others; with themselves.
    pub fn around(&self, things: &BTreeSet<Thing>) -> Self {
        let mut kept = self.reach(things, |(from, to)| (from, to));
        kept.extend(self.reach(things, |(from, to)| (to, from)));
        self.only(|thing| kept.contains(thing))
    }

    /// The same with audiences and things of some kinds.
    pub fn of_kinds(&self, kinds: &[ThingKind]) -> Self {
        self.only(|thing| thing.kind().is_none_or(|kind| kinds.contains(&kind)))
    }

    fn only(&self, keep: impl Fn(&Thing) -> bool) -> Self {
        let audiences = self.audiences.iter().filter(|(address, _)| keep(&Thing::Audience((*address).clone())));
        let edges = self.edges.iter().filter(|(from, to)| keep(from) && keep(to));
        Self {
            audiences: audiences.map(|(address, name)| (address.clone(), name.clone())).collect(),
            edges: edges.cloned().collect(),
        }
    }

    /// What is reached from some things along the edges, in the direction that `ends` gives.
    fn reach(&self, from: &BTreeSet<Thing>, ends: impl Fn(&(Thing, Thing)) -> (&Thing, &Thing)) -> BTreeSet<Thing> {
        let mut next: BTreeMap<&Thing, Vec<&Thing>> = BTreeMap::new();
        for edge in &self.edges {
            let (from, to) = ends(edge);
            next.entry(from).or_default().push(to);
        }
        let mut reached = from.clone();
        let mut open: Vec<&Thing> = from.iter().collect();
        while let Some(thing) = open.pop() {
            for to in next.get(thing).into_iter().flatten() {
                if reached.insert((*to).clone()) {
                    open.push(to);
                }
            }
        }
        reached
    }
}
