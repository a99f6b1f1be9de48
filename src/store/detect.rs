//! What the values of each attribute look like, and the catalog that follows from it.
//!
//! In: columns. Out: counts of the values that read as each type (M5), and a [`Catalog`]. Each distinct value is read once,
//! however many rows have it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Store;
use super::column::Dictionary;
use super::events::EventTable;
use super::users::Users;
use crate::base::value::{read_boolean, read_date, read_number};
use crate::catalog::{Attribute, Catalog, CustomEventType, Event, EventKey, ProfileField, Provenance, ValueType};

/// How many of a hundred values must read as a type for the attribute to have it.
const FITTING_PERCENT: u64 = 99;

/// Counts of one attribute's values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Values that are neither missing, null nor empty.
    values: u64,
    /// Those that read as a number.
    numbers: u64,
    /// Those that read as a boolean.
    booleans: u64,
    /// Those that read as an instant.
    dates: u64,
    /// The sources that brought them.
    pub(super) sources: BTreeSet<String>,
}

/// Counts of one event's rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EventCounts {
    /// The event.
    pub(super) key: EventKey,
    /// How many there are.
    pub(super) rows: u64,
    /// The custom types among them.
    pub(super) types: BTreeSet<CustomEventType>,
    /// Its attributes.
    pub(super) attributes: BTreeMap<String, Counts>,
}

/// Counts of a whole store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Detected {
    /// Of user attributes, over all workspaces.
    pub(super) user: BTreeMap<String, Counts>,
    /// Of events, in the order of their keys.
    pub(super) events: Vec<EventCounts>,
}

impl Store {
    /// What the data shows: every user attribute and event, with detected types.
    ///
    /// An attribute has a type if at least 99 % of its values read as it, and is a string otherwise; numbers come before
    /// dates, so whole milliseconds are numbers until `schema` says otherwise. Missing, null and empty values say nothing.
    pub fn catalog(&self) -> Catalog {
        let counted;
        let detected = match &self.detected {
            Some(detected) => detected.as_ref(),
            None => {
                counted = Detected::of(self);
                &counted
            }
        };
        // An attribute without any value shows nothing, least of all its type.
        let seen = detected.user.iter().filter(|(_, counts)| counts.values > 0);
        Catalog {
            user_attributes: seen.map(|(name, counts)| (name.clone(), counts.attribute())).collect(),
            calculated: BTreeMap::new(),
            purposes: BTreeSet::new(),
            events: detected.events.iter().map(|counts| (counts.key.clone(), counts.event())).collect(),
            has_data: self.version > 0 || self.user_count() > 0,
        }
    }
}

impl Detected {
    /// Counts a whole store.
    pub(super) fn of(store: &Store) -> Self {
        let events = store.events.iter().map(|(key, table)| EventCounts::of(key, table)).collect();
        Self { user: count_user_attributes(&store.users), events }
    }

    /// The counts of an event.
    pub(super) fn event(&self, key: &EventKey) -> Option<&EventCounts> {
        self.events.binary_search_by(|counts| counts.key.cmp(key)).ok().and_then(|at| self.events.get(at))
    }
}

/// Counts user attributes over all workspaces.
pub(super) fn count_user_attributes(users: &Users) -> BTreeMap<String, Counts> {
    let mut counts = BTreeMap::<String, Counts>::new();
    for (field, column) in users.fields.values().flatten() {
        if let ProfileField::Attribute(name) = field {
            counts.entry(name.clone()).or_default().add(&column.dictionary, [&column.codes[..]]);
        }
    }
    counts
}

impl EventCounts {
    /// Counts the events of a key.
    pub(super) fn of(key: &EventKey, table: &EventTable) -> Self {
        let mut seen = [false; 256];
        for shard in &table.shards {
            shard.types.iter().for_each(|code| seen[usize::from(*code)] = true);
        }
        let types = CustomEventType::ALL.iter().filter(|(_, each)| seen[*each as usize]).map(|(_, each)| *each);
        let count = |name: &String, dictionary: &Dictionary| {
            let mut counts = Counts::default();
            counts.add(dictionary, table.shards.iter().filter_map(|shard| Some(&shard.columns.get(name)?[..])));
            counts
        };
        let attributes = table.attributes.iter().map(|(name, each)| (name.clone(), count(name, each))).collect();
        Self { key: key.clone(), rows: table.len(), types: types.collect(), attributes }
    }

    fn event(&self) -> Event {
        let seen = self.attributes.iter().filter(|(_, counts)| counts.values > 0);
        let attributes = seen.map(|(name, counts)| (name.clone(), counts.attribute())).collect();
        Event { attributes, products: BTreeMap::new(), types: self.types.clone(), tier: None, rows: self.rows }
    }
}

impl Counts {
    fn add<'a>(&mut self, dictionary: &Dictionary, columns: impl IntoIterator<Item = &'a [u32]>) {
        let mut rows = vec![0u64; dictionary.len()];
        for code in columns.into_iter().flatten() {
            if let Some(count) = rows.get_mut(*code as usize) {
                *count += 1;
            }
        }
        for (code, rows) in rows.into_iter().enumerate() {
            let Some(text) = dictionary.text(code as u32).filter(|text| rows > 0 && !text.is_empty()) else { continue };
            self.values += rows;
            self.numbers += if read_number(text).is_some() { rows } else { 0 };
            self.booleans += if read_boolean(text).is_some() { rows } else { 0 };
            self.dates += if read_date(text).is_some() { rows } else { 0 };
        }
    }

    fn attribute(&self) -> Attribute {
        let fits = |fitting: u64| fitting > 0 && fitting * 100 >= self.values * FITTING_PERCENT;
        let typed =
            [(ValueType::Number, self.numbers), (ValueType::Boolean, self.booleans), (ValueType::Date, self.dates)];
        let found = typed.into_iter().find(|(_, fitting)| fits(*fitting));
        let (value_type, fitting) = found.unwrap_or((ValueType::String, self.values));
        let sources = self.sources.iter().cloned().collect();
        let provenance = Provenance::Detected { fitting, values: self.values, sources };
        Attribute { value_type, provenance, allowed: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::interner::Interner;

    fn detected(values: &[&str]) -> ValueType {
        let mut interner = Interner::default();
        let codes: Vec<u32> = values.iter().map(|value| interner.intern(value)).collect();
        let mut counts = Counts::default();
        counts.add(&interner.finish(), [&codes[..]]);
        counts.attribute().value_type
    }

    #[test]
    fn types_follow_the_values() {
        assert_eq!(detected(&["1", "-2.5", ""]), ValueType::Number);
        assert_eq!(detected(&["1536494400000"]), ValueType::Number);
        assert_eq!(detected(&["true", "FALSE"]), ValueType::Boolean);
        assert_eq!(detected(&["2018-09-09", "2018-09-09T12:00:00Z", "5"]), ValueType::Date);
        assert_eq!(detected(&["1", "x"]), ValueType::String);
        assert_eq!((detected(&[]), detected(&[""])), (ValueType::String, ValueType::String));
    }

    #[test]
    fn one_in_a_hundred_rows_may_be_odd() {
        let mut values = vec!["1"; 99];
        values.push("x");
        assert_eq!(detected(&values), ValueType::Number);
        values.push("x");
        assert_eq!(detected(&values), ValueType::String);
    }
}
