//! What may be named, and its type: attributes, events, identity types, kinds of output.
//!
//! In: facts from the project file (declared) and from the data (detected). Out: a [`Catalog`] that the analysis asks.
//! Where a fact came from is kept as a tag ([`Provenance`]) and never looked into. Declared facts win over detected ones.

mod attribute;
mod calculation;
mod commerce;
mod event;
mod identity_type;
mod output;
pub mod place;
mod profile;

use std::collections::{BTreeMap, BTreeSet};

pub use attribute::{Attribute, Provenance, ValueType};
pub use calculation::Calculation;
pub use commerce::{platform_attribute, platform_attributes};
pub use event::{CustomEventType, Event, EventKey, EventKind, Part, Tier};
pub use identity_type::{IdentityType, LookupOrder};
pub use output::{DeleteBehaviour, OutputKind, Setting, SettingType};
pub use profile::{DeviceField, InstallEdge, LocationField, ProfileField, Regulation};

/// Everything that definitions may name in the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// User attributes by name.
    pub user_attributes: BTreeMap<String, Attribute>,
    /// Calculated attributes that come with profiles, by name.
    pub calculated: BTreeMap<String, Attribute>,
    /// The purposes of consent that the data knows.
    pub purposes: BTreeSet<(Regulation, String)>,
    /// Events by key.
    pub events: BTreeMap<EventKey, Event>,
    /// Whether any data was ever imported. Without data, a name never seen is no news.
    pub has_data: bool,
}

impl Catalog {
    /// The attributes, with their events, that another catalog does not know. Nothing else of an event is a fact of its own.
    #[must_use]
    pub fn beyond(mut self, known: &Self) -> Self {
        self.user_attributes.retain(|name, _| !known.user_attributes.contains_key(name));
        self.calculated.retain(|name, _| !known.calculated.contains_key(name));
        for (key, event) in &mut self.events {
            let Some(known) = known.events.get(key) else { continue };
            event.attributes.retain(|name, _| !known.attributes.contains_key(name));
            event.products.retain(|name, _| !known.products.contains_key(name));
        }
        self.events.retain(|_, event| !event.attributes.is_empty() || !event.products.is_empty());
        self
    }

    /// This catalog with another one's facts laid over it: where both know a name, `over` decides its type.
    #[must_use]
    pub fn overlaid(mut self, over: Self) -> Self {
        self.has_data |= over.has_data;
        self.user_attributes.extend(over.user_attributes);
        self.calculated.extend(over.calculated);
        self.purposes.extend(over.purposes);
        for (key, event) in over.events {
            let known = self.events.entry(key).or_default();
            known.tier = event.tier.or(known.tier);
            known.types.extend(event.types);
            known.rows += event.rows;
            known.attributes.extend(event.attributes);
            known.products.extend(event.products);
        }
        self
    }
}
