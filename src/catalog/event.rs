//! Events: what names one, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attribute::Attribute;

/// The kinds of event that the platform tells apart. More kinds arrive with more criteria.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// An event that the customer named.
    Custom,
}

/// What names one kind of event: all events of a key are stored and scanned together.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct EventKey {
    /// The kind.
    pub kind: EventKind,
    /// The name, matched exactly (M1).
    pub name: Arc<str>,
}

impl EventKey {
    /// A custom event of some name.
    pub fn custom(name: impl Into<Arc<str>>) -> Self {
        Self { kind: EventKind::Custom, name: name.into() }
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EventKind::Custom => write!(f, "event {}", serde_json::Value::from(&*self.name)),
        }
    }
}

macro_rules! custom_event_types {
    ($($name:ident $text:literal)*) => {
        /// The custom event types of the platform's events API.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[repr(u8)]
        pub enum CustomEventType { $(#[doc = concat!("`", $text, "`.")] $name,)* }

        impl CustomEventType {
            /// Every type with its name; the position is the code that a store keeps.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];
        }
    };
}

custom_event_types! {
    Other "other"
    Navigation "navigation"
    Location "location"
    Search "search"
    Transaction "transaction"
    UserContent "user_content"
    UserPreference "user_preference"
    Social "social"
    Media "media"
    Attribution "attribution"
    Unknown "unknown"
}

impl CustomEventType {
    /// The name in events and in the language.
    pub fn name(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("unknown", |(name, _)| name)
    }

    /// The type of a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, each)| *each)
    }
}

/// How an organisation treats an event; only `personalize` events can be criteria.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Usable in criteria.
    Personalize,
    /// Kept, not usable.
    Preserve,
    /// Forwarded, not usable.
    Connect,
}

/// What is known of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Its attributes by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// The custom types it was seen with.
    pub types: BTreeSet<CustomEventType>,
    /// The tier that the project file gives it; none given means `personalize`.
    pub tier: Option<Tier>,
    /// How many were stored.
    pub rows: u64,
}
