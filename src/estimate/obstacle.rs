//! What cannot be estimated, and why: the data does not have what a criterion reads (the page's error sign).
//!
//! In: a criterion, a model, a store. Out: the first thing that the data lacks. An audience cannot be estimated where one of its criteria, or
//! of an audience that it nests, cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::base::{Address, InputName, WorkspaceName};
use crate::catalog::{EventKey, ProfileField};
use crate::ir::{Audience, Criterion, Events, Kind, Model};
use crate::store::Store;

/// Why something cannot be estimated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Obstacle {
    /// There is no data at all.
    NoData,
    /// Nobody was ever seen in any of these workspaces.
    NobodySeen {
        /// The workspaces.
        workspaces: Vec<WorkspaceName>,
    },
    /// No event of this kind was ever sent.
    UnknownEvent {
        /// The event.
        event: String,
    },
    /// Events of this kind came, but through none of these inputs.
    InputWithoutData {
        /// The event.
        event: String,
        /// The inputs.
        inputs: Vec<InputName>,
    },
    /// No profile has this.
    UnknownAttribute {
        /// The attribute, or another field of a profile.
        attribute: String,
    },
    /// An audience that is nested cannot be estimated.
    Nested {
        /// Its address.
        audience: Address,
        /// Why not.
        because: Box<Obstacle>,
    },
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |names: &mut dyn Iterator<Item = String>| names.collect::<Vec<_>>().join(", ");
        match self {
            Self::NoData => f.write_str("there is no data; run `aud import`"),
            Self::NobodySeen { workspaces } => {
                write!(f, "nobody was ever seen in {}", listed(&mut workspaces.iter().map(ToString::to_string)))
            }
            Self::UnknownEvent { event } => write!(f, "no `{event}` was ever sent"),
            Self::InputWithoutData { event, inputs } => {
                write!(f, "no `{event}` ever came through {}", listed(&mut inputs.iter().map(ToString::to_string)))
            }
            Self::UnknownAttribute { attribute } => write!(f, "no profile has `{attribute}`"),
            Self::Nested { audience, because } => write!(f, "`{audience}`: {because}"),
        }
    }
}

/// Finds what the data lacks. Remembers what it looked up.
pub(super) struct Obstacles<'a> {
    model: &'a Model,
    store: &'a Store,
    inputs: BTreeMap<&'a EventKey, BTreeSet<&'a InputName>>,
    nested: BTreeMap<&'a Address, Option<Obstacle>>,
}

impl<'a> Obstacles<'a> {
    pub(super) fn new(model: &'a Model, store: &'a Store) -> Self {
        Self { model, store, inputs: BTreeMap::new(), nested: BTreeMap::new() }
    }

    /// What stands in the way of a whole audience.
    pub(super) fn of_audience(&mut self, audience: &'a Audience) -> Option<Obstacle> {
        if self.store.user_count() == 0 {
            return Some(Obstacle::NoData);
        }
        if !audience.workspaces.iter().any(|workspace| self.store.users.seen.contains_key(workspace)) {
            return Some(Obstacle::NobodySeen { workspaces: audience.workspaces.iter().cloned().collect() });
        }
        self.of(&audience.criterion)
    }

    /// What stands in the way of a criterion.
    pub(super) fn of(&mut self, criterion: &'a Criterion) -> Option<Obstacle> {
        let mut all = Vec::new();
        criterion.visit(&mut |each| all.push(each));
        all.into_iter().find_map(|each| self.of_one(each))
    }

    fn of_one(&mut self, criterion: &'a Criterion) -> Option<Obstacle> {
        let lacks = |known: bool, name: String| (!known).then_some(Obstacle::UnknownAttribute { attribute: name });
        match &criterion.kind {
            Kind::Member(address) => self.of_nested(address),
            Kind::UserAttribute { attribute, workspaces, .. } => {
                lacks(self.has_field(&ProfileField::attribute(attribute), workspaces), attribute.clone())
            }
            Kind::Profile { field, workspaces, .. } => lacks(self.has_field(field, workspaces), named(field)),
            Kind::Identity { identity, .. } => {
                lacks(self.store.users.identities.types.contains(&(*identity as u8)), identity.to_string())
            }
            Kind::Event(test) => self.of_events(&test.events),
            Kind::Picked(test) => self.of_events(&test.events),
            Kind::Aggregate(test) => self.of_events(&test.events),
            Kind::Sequence(sequence) => {
                let steps = sequence.steps.iter().map(|step| &step.events);
                [&sequence.first].into_iter().chain(steps).find_map(|events| self.of_events(events))
            }
            _ => None,
        }
    }

    fn of_nested(&mut self, address: &'a Address) -> Option<Obstacle> {
        if !self.nested.contains_key(address) {
            // Circles end here.
            self.nested.insert(address, None);
            let found = self.model.audiences.get(address).and_then(|nested| self.of_audience(nested));
            self.nested.insert(address, found);
        }
        let because = Box::new(self.nested.get(address).cloned().flatten()?);
        Some(Obstacle::Nested { audience: address.clone(), because })
    }

    fn has_field(&self, field: &ProfileField, workspaces: &BTreeSet<WorkspaceName>) -> bool {
        let fields = workspaces.iter().filter_map(|workspace| self.store.users.fields.get(workspace));
        let mut of_field = fields.filter_map(|fields| fields.get(field));
        of_field.next().is_some()
    }

    fn of_events(&mut self, events: &'a Events) -> Option<Obstacle> {
        let event = events.event.to_string();
        if !self.store.events.get(&events.event).is_some_and(|segments| segments.iter().any(|each| !each.is_empty())) {
            return Some(Obstacle::UnknownEvent { event });
        }
        let store = self.store;
        let came = self.inputs.entry(&events.event).or_default();
        if !events.inputs.is_empty() && came.is_disjoint(&events.inputs.iter().collect()) {
            came.extend(events.inputs.iter().filter(|input| has_come(store, &events.event, input)));
            if came.is_disjoint(&events.inputs.iter().collect()) {
                return Some(Obstacle::InputWithoutData { event, inputs: events.inputs.iter().cloned().collect() });
            }
        }
        None
    }
}

/// A field as the language names it.
fn named(field: &ProfileField) -> String {
    match field {
        ProfileField::Attribute(name) => name.clone(),
        ProfileField::Calculated(name) => format!("calculated {name}"),
        ProfileField::Consent(regulation, purpose) => format!("consent {regulation} {purpose}"),
        ProfileField::Device(field) => format!("device {field}"),
        ProfileField::Location(field) => format!("location {field}"),
        ProfileField::Attribution(edge, name) => format!("{edge} {}", name.as_deref().unwrap_or("attributed")),
    }
}

/// Whether an event ever came through an input. Ends at the first one that did.
fn has_come(store: &Store, event: &EventKey, input: &InputName) -> bool {
    let Some(code) = store.inputs.iter().position(|each| each == input) else { return false };
    let shards = store.events.get(event).into_iter().flatten().flat_map(|segment| &segment.shards);
    let mut inputs = shards.map(|shard| &shard.inputs);
    inputs.any(|inputs| inputs.iter().any(|each| usize::from(*each) == code))
}
