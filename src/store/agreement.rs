//! Where the project file and the data say different things.
//!
//! In: what `schema` declares, and the values that a store holds. Out: [`Disagreement`]s. Values of people are shown only of
//! attributes that are declared to have a few known ones.

use std::collections::{BTreeMap, BTreeSet};

use super::Store;
use super::column::Dictionary;
use super::counts::{Counts, FITTING_PERCENT};
use super::detect::Detected;
use super::events::EventTable;
use crate::base::text::fold;
use crate::catalog::{Attribute, Catalog, EventKey, ProfileField, ValueType};

/// How many values that are not allowed are named.
const NAMED: usize = 5;

/// What is declared and looks otherwise in the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// What is declared.
    pub declared: DeclaredName,
    /// What the data says.
    pub data: DataSays,
}

/// What a schema declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeclaredName {
    /// A user attribute.
    User(String),
    /// A calculated attribute.
    Calculated(String),
    /// An event.
    Event(EventKey),
    /// An attribute of an event.
    Attribute(EventKey, String),
    /// An attribute of an event's products.
    Product(EventKey, String),
}

/// What the data says of it.
#[derive(Clone, Debug, PartialEq)]
pub enum DataSays {
    /// It was never seen.
    Never,
    /// Less than 99 % of the values can be read as the declared type.
    Type {
        /// The declared type.
        declared: ValueType,
        /// What the data alone would make of them.
        detected: ValueType,
        /// How many can be read as declared.
        fitting: u64,
        /// How many there are.
        values: u64,
    },
    /// There are values that the declaration does not list.
    Values {
        /// The first few, in order.
        others: Vec<String>,
        /// How many different ones there are.
        count: u64,
    },
}

impl Store {
    /// Where declared facts and the data disagree. A store without data disagrees with nothing.
    pub fn disagreements(&self, declared: &Catalog) -> Vec<Disagreement> {
        if self.version == 0 && self.user_count() == 0 {
            return Vec::new();
        }
        let counted;
        let detected = match &self.detected {
            Some(detected) => detected.as_ref(),
            None => {
                counted = Detected::of(self);
                &counted
            }
        };
        let mut found = Found(Vec::new());
        let texts = |of: fn(String) -> ProfileField, name: &str| self.profile_texts(&of(name.to_owned()));
        for (name, attribute) in &declared.user_attributes {
            let texts = || texts(ProfileField::Attribute, name);
            found.attribute(DeclaredName::User(name.clone()), attribute, detected.user.get(name), texts);
        }
        for (name, attribute) in &declared.calculated {
            let texts = || texts(ProfileField::Calculated, name);
            found.attribute(DeclaredName::Calculated(name.clone()), attribute, detected.calculated.get(name), texts);
        }
        for (key, event) in &declared.events {
            let Some(counts) = detected.event(key) else {
                found.0.push(Disagreement { declared: DeclaredName::Event(key.clone()), data: DataSays::Never });
                continue;
            };
            for (name, attribute) in &event.attributes {
                let place = DeclaredName::Attribute(key.clone(), name.clone());
                found.attribute(place, attribute, counts.attributes.get(name), || self.event_texts(key, name));
            }
            for (name, attribute) in &event.products {
                let place = DeclaredName::Product(key.clone(), name.clone());
                found.attribute(place, attribute, counts.products.get(name), || self.product_texts(key, name));
            }
        }
        found.0
    }

    /// The different texts of a field, over all workspaces.
    fn profile_texts(&self, field: &ProfileField) -> BTreeSet<String> {
        let columns = self.users.fields.values().filter_map(|fields| fields.get(field));
        columns.flat_map(|column| used(&column.dictionary, [&column.codes[..]])).collect()
    }

    /// The different texts of an attribute of an event or its action.
    fn event_texts(&self, key: &EventKey, name: &str) -> BTreeSet<String> {
        let of_segment = |table: &EventTable| {
            let own = table.attributes.get(name).map(|dictionary| {
                used(dictionary, table.shards.iter().filter_map(|shard| Some(&shard.columns.get(name)?[..])))
            });
            let action = table.actions.get(name).map(|dictionary| {
                used(dictionary, table.shards.iter().filter_map(|shard| Some(&shard.actions.get(name)?[..])))
            });
            own.into_iter().chain(action).flatten().collect::<Vec<_>>()
        };
        self.events.get(key).into_iter().flatten().flat_map(|segment| of_segment(segment)).collect()
    }

    /// The different texts of an attribute of an event's products.
    fn product_texts(&self, key: &EventKey, name: &str) -> BTreeSet<String> {
        let of_segment = |table: &EventTable| {
            let columns = table.shards.iter().filter_map(|shard| Some(&shard.products.columns.get(name)?[..]));
            table.products.get(name).map(|dictionary| used(dictionary, columns)).unwrap_or_default()
        };
        self.events.get(key).into_iter().flatten().flat_map(|segment| of_segment(segment)).collect()
    }
}

/// The texts of a dictionary that some row has.
fn used<'a>(dictionary: &Dictionary, columns: impl IntoIterator<Item = &'a [u32]>) -> Vec<String> {
    let mut has = vec![false; dictionary.len()];
    for code in columns.into_iter().flatten() {
        if let Some(place) = has.get_mut(*code as usize) {
            *place = true;
        }
    }
    let codes = has.iter().enumerate().filter(|(_, has)| **has).map(|(code, _)| code as u32);
    codes.filter_map(|code| dictionary.text(code)).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

struct Found(Vec<Disagreement>);

impl Found {
    fn attribute(
        &mut self,
        declared: DeclaredName,
        attribute: &Attribute,
        counts: Option<&Counts>,
        texts: impl FnOnce() -> BTreeSet<String>,
    ) {
        let data = match counts.filter(|counts| counts.values() > 0) {
            None => Some(DataSays::Never),
            Some(counts) => type_says(attribute.value_type, counts)
                .or_else(|| attribute.allowed.as_ref().and_then(|allowed| values_say(allowed, texts()))),
        };
        self.0.extend(data.map(|data| Disagreement { declared, data }));
    }
}

fn type_says(declared: ValueType, counts: &Counts) -> Option<DataSays> {
    let (fitting, values) = (counts.fitting(declared), counts.values());
    let disagrees = fitting * 100 < values * FITTING_PERCENT;
    disagrees.then(|| DataSays::Type { declared, detected: counts.value_type().0, fitting, values })
}

/// The values that are not allowed; case is ignored, as everywhere (M1).
fn values_say(allowed: &[String], texts: BTreeSet<String>) -> Option<DataSays> {
    let allowed: BTreeSet<_> = allowed.iter().map(|text| fold(text)).collect();
    let mut others: BTreeMap<String, String> = BTreeMap::new();
    for text in texts {
        let folded = fold(&text).into_owned();
        if !allowed.contains(folded.as_str()) {
            others.entry(folded).or_insert(text);
        }
    }
    let count = others.len() as u64;
    (count > 0).then(|| DataSays::Values { others: others.into_values().take(NAMED).collect(), count })
}
