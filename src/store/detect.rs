//! What a store's values look like, and the catalog that follows from it.
//!
//! In: users and events. Out: [`Counts`] of every attribute, and a [`Catalog`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Store;
use super::column::{ABSENT, Dictionary};
use super::counts::Counts;
use super::events::{EventShard, EventTable};
use super::users::Users;
use super::verified::Verified;
use crate::catalog::{Attribute, Catalog, CustomEventType, Event, EventKey, ProfileField, Regulation};

/// Counts of one event's rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EventCounts {
    /// The event.
    pub(super) key: EventKey,
    /// How many there are.
    pub(super) rows: u64,
    /// The custom types among them.
    pub(super) types: BTreeSet<CustomEventType>,
    /// Its attributes, those of its action included.
    pub(super) attributes: BTreeMap<String, Counts>,
    /// The attributes of its products.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) products: BTreeMap<String, Counts>,
}

/// Counts of what profiles hold, over all workspaces.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ProfileCounts {
    /// Of user attributes.
    pub(super) user: BTreeMap<String, Counts>,
    /// Of calculated attributes.
    pub(super) calculated: BTreeMap<String, Counts>,
    /// The purposes of consent.
    pub(super) purposes: BTreeSet<(Regulation, String)>,
}

/// Counts of a whole store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Detected {
    /// Of user attributes, over all workspaces.
    pub(super) user: BTreeMap<String, Counts>,
    /// Of calculated attributes that came with profiles.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) calculated: BTreeMap<String, Counts>,
    /// The purposes of consent.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) purposes: BTreeSet<(Regulation, String)>,
    /// Of events, in the order of their keys.
    pub(super) events: Vec<EventCounts>,
}

impl Store {
    /// What the data shows: every user attribute and event, with detected types.
    ///
    /// An attribute has a type if at least 99 % of its values read as it, and is a string otherwise; numbers come before
    /// dates, so whole milliseconds are numbers until `schema` says otherwise, and it takes more than digits to be a date: half
    /// of the values at least look like one, or else postcodes such as `01234` would be dates. Where more than 1 % of the values are lists it
    /// is a list, since one value is a list of one (M3). Missing, null and empty values say nothing.
    pub fn catalog(&self) -> Catalog {
        let counted;
        let detected = match &self.detected {
            Some(detected) => detected.as_ref(),
            None => {
                counted = Detected::of(self);
                &counted
            }
        };
        Catalog {
            user_attributes: attributes(&detected.user),
            calculated: attributes(&detected.calculated),
            purposes: detected.purposes.clone(),
            events: detected.events.iter().map(|counts| (counts.key.clone(), counts.event())).collect(),
            has_data: self.version > 0 || self.user_count() > 0,
        }
    }
}

/// What counts say. An attribute without any value shows nothing, least of all its type.
fn attributes(counts: &BTreeMap<String, Counts>) -> BTreeMap<String, Attribute> {
    let seen = counts.iter().filter(|(_, counts)| counts.values() > 0);
    seen.map(|(name, counts)| (name.clone(), counts.attribute())).collect()
}

impl Detected {
    /// Counts a whole store.
    pub(super) fn of(store: &Store) -> Self {
        let events = store.events.iter().map(|(key, table)| EventCounts::of(key, table)).collect();
        let ProfileCounts { user, calculated, purposes } = ProfileCounts::of(&store.users);
        Self { user, calculated, purposes, events }
    }

    /// The counts of an event.
    pub(super) fn event(&self, key: &EventKey) -> Option<&EventCounts> {
        self.events.binary_search_by(|counts| counts.key.cmp(key)).ok().and_then(|at| self.events.get(at))
    }
}

impl ProfileCounts {
    /// Counts over all workspaces.
    pub(super) fn of(users: &Users) -> Self {
        let mut counts = Self::default();
        for (field, column) in users.fields.values().flatten() {
            let of = match field {
                ProfileField::Attribute(name) => counts.user.entry(name.clone()),
                ProfileField::Calculated(name) => counts.calculated.entry(name.clone()),
                ProfileField::Consent(regulation, purpose) => {
                    if column.codes.iter().any(|code| *code != ABSENT) {
                        counts.purposes.insert((*regulation, purpose.clone()));
                    }
                    continue;
                }
                ProfileField::Device(_) | ProfileField::Location(_) | ProfileField::Attribution(..) => continue,
            };
            of.or_default().add(&column.dictionary, [&column.codes[..]]);
        }
        counts.user.values_mut().chain(counts.calculated.values_mut()).for_each(Counts::settle);
        counts
    }
}

impl EventCounts {
    /// Counts the events of a key.
    pub(super) fn of(key: &EventKey, segments: &[Arc<EventTable>]) -> Self {
        let mut counts = Self::unsettled(key, segments);
        counts.settle();
        counts
    }

    /// Counts the events of a key that are there, and more: how many, their types, and of their columns the name, the
    /// dictionary and how many rows have each of its codes.
    pub(super) fn with_more<'c>(
        key: &EventKey,
        segments: &[Arc<EventTable>],
        rows: u64,
        types: &[u8],
        columns: impl Iterator<Item = (&'c str, &'c Dictionary, &'c [u64])>,
    ) -> Self {
        let mut counts = Self::unsettled(key, segments);
        counts.rows += rows;
        let of = |code: &u8| CustomEventType::ALL.get(usize::from(*code)).map(|(_, each)| *each);
        counts.types.extend(types.iter().filter_map(of));
        for (name, dictionary, rows) in columns {
            counts.attributes.entry(name.to_owned()).or_default().add_counted(dictionary, rows);
        }
        counts.settle();
        counts
    }

    fn settle(&mut self) {
        self.attributes.values_mut().chain(self.products.values_mut()).for_each(Counts::settle);
    }

    fn unsettled(key: &EventKey, segments: &[Arc<EventTable>]) -> Self {
        let mut seen = [false; 256];
        for shard in segments.iter().flat_map(|segment| &segment.shards) {
            shard.types.iter().for_each(|code| seen[usize::from(*code)] = true);
        }
        let types = CustomEventType::ALL.iter().filter(|(_, each)| seen[*each as usize]).map(|(_, each)| *each);
        let mut counts = Self {
            key: key.clone(),
            rows: segments.iter().map(|segment| segment.len()).sum(),
            types: types.collect(),
            attributes: BTreeMap::new(),
            products: BTreeMap::new(),
        };
        segments.iter().for_each(|segment| counts.add(segment));
        counts
    }

    fn add(&mut self, table: &EventTable) {
        let codes = |of: fn(&EventShard) -> &Columns, name: &str| -> Vec<&[u32]> {
            table.shards.iter().filter_map(|shard| Some(&of(shard).get(name)?[..])).collect()
        };
        for (name, dictionary) in &table.attributes {
            let codes = codes(|shard| &shard.columns, name);
            self.attributes.entry(name.clone()).or_default().add(dictionary, codes);
        }
        for (name, dictionary) in &table.actions {
            let codes = codes(|shard| &shard.actions, name);
            self.attributes.entry(name.clone()).or_default().add(dictionary, codes);
        }
        for (name, dictionary) in &table.products {
            let codes = codes(|shard| &shard.products.columns, name);
            self.products.entry(name.clone()).or_default().add(dictionary, codes);
        }
    }

    fn event(&self) -> Event {
        Event {
            attributes: attributes(&self.attributes),
            products: attributes(&self.products),
            types: self.types.clone(),
            tier: None,
            rows: self.rows,
        }
    }
}

/// Columns of codes by name.
type Columns = BTreeMap<String, Verified<u32>>;
