//! Events: what names one, and what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::attribute::Attribute;

macro_rules! event_kinds {
    ($($name:ident $text:literal)*) => {
        /// The kinds of event that the platform tells apart.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum EventKind { $(#[doc = concat!("`", $text, "`.")] $name,)* }

        impl EventKind {
            /// Every kind with its word in the language.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];
        }
    };
}

event_kinds! {
    Custom "event"
    Screen "screen"
    Purchase "purchase"
    Refund "refund"
    AddToCart "add_to_cart"
    RemoveFromCart "remove_from_cart"
    Checkout "checkout"
    CheckoutOption "checkout_option"
    Click "click"
    ViewDetail "view_detail"
    AddToWishlist "add_to_wishlist"
    RemoveFromWishlist "remove_from_wishlist"
    PromotionView "promotion_view"
    PromotionClick "promotion_click"
    Impression "impression"
    Session "session"
    Crash "crash"
    Install "install"
    Uninstall "uninstall"
    Upgrade "upgrade"
    OptOut "opt_out"
}

impl EventKind {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, each)| *each == self).map_or("event", |(word, _)| word)
    }

    /// The kind that a word of the language asks for. Opting out is no criterion.
    pub fn of_word(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(each, _)| *each == word).map(|(_, kind)| *kind);
        found.filter(|kind| *kind != Self::OptOut)
    }

    /// Whether its events have names of the customer's own.
    pub fn is_named(self) -> bool {
        matches!(self, Self::Custom | Self::Screen)
    }

    /// Whether its events are about products or promotions, which `product` and `action` ask for.
    pub fn is_commerce(self) -> bool {
        (Self::Purchase..=Self::Impression).contains(&self)
    }

    /// Whether criteria about it are scoped by workspace and not by input.
    pub fn is_by_workspace(self) -> bool {
        matches!(self, Self::Crash | Self::Install | Self::Uninstall | Self::Upgrade)
    }
}

/// The part of a commerce event that an attribute belongs to, where a criterion says which (M21).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What was done: its total amount, its transaction.
    Action,
    /// One of the products, or promotions, that it was done with.
    Product,
}

impl Part {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Product => "product",
        }
    }
}

/// What names one kind of event: all events of a key are stored and scanned together.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
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

    /// A screen of some name.
    pub fn screen(name: impl Into<Arc<str>>) -> Self {
        Self { kind: EventKind::Screen, name: name.into() }
    }

    /// A kind whose events have no names.
    pub fn of(kind: EventKind) -> Self {
        Self { kind, name: "".into() }
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind.is_named() {
            true => write!(f, "{} {}", self.kind.word(), serde_json::Value::from(&*self.name)),
            false => f.write_str(self.kind.word()),
        }
    }
}

macro_rules! custom_event_types {
    ($($name:ident $text:literal)*) => {
        /// The custom event types of the platform's events API.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// Its attributes by name: its own, and of a commerce event those of its action too.
    pub attributes: BTreeMap<String, Attribute>,
    /// The attributes of its products by name.
    pub products: BTreeMap<String, Attribute>,
    /// The custom types it was seen with.
    pub types: BTreeSet<CustomEventType>,
    /// The tier that the project file gives it; none given means `personalize`.
    pub tier: Option<Tier>,
    /// How many were stored.
    pub rows: u64,
}
