//! Tests in the language (section 7): users, what happens to them, and who is expected where. Never deployed.

use std::collections::BTreeMap;

use crate::base::{Address, InputName, Mpid, Name, Origin, Timestamp};
use crate::catalog::{CustomEventType, DeviceField, EventKey, IdentityType, InstallEdge, LocationField, Regulation};

use super::audience::VariantName;

/// One test.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its title.
    pub title: String,
    /// When it starts.
    pub now: Timestamp,
    /// Its users, in the order written; those made `from` others hold what those hold.
    pub users: Vec<TestUser>,
    /// What is expected at the start, then what happens, step by step in the order of time.
    pub steps: Vec<Then>,
    /// Where it was written.
    pub origin: Origin,
}

/// A user of a test. It has a profile in every workspace, seen at the test's `now`.
#[derive(Clone, Debug, PartialEq)]
pub struct TestUser {
    /// Its name in the test.
    pub name: Name,
    /// Its number, where one was written.
    pub mpid: Option<Mpid>,
    /// When it was first seen, where that was written.
    pub first_seen: Option<Timestamp>,
    /// What is known of it at the start.
    pub facts: Vec<Fact>,
}

/// A point in time: what has happened until then, and what is expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Then {
    /// The instant.
    pub now: Timestamp,
    /// What happened since the step before, each with the number of its user.
    pub facts: Vec<(usize, Fact)>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
}

/// Something that is so, or that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// An identity.
    Identity(IdentityType, String),
    /// A user attribute.
    Attribute(String, Sent),
    /// A user attribute is gone.
    NoAttribute(String),
    /// A calculated attribute that comes with the profile.
    Calculated(String, Sent),
    /// Consent for a purpose; for `ccpa`, `true` means opted out.
    Consent(Regulation, String, bool),
    /// Something about a device.
    Device(DeviceField, String),
    /// A location known at an instant.
    Location(Timestamp, BTreeMap<LocationField, String>),
    /// The attribution of an install or uninstall.
    Attribution(InstallEdge, BTreeMap<String, Sent>),
    /// An event.
    Event(Box<Happening>),
}

/// A value as a source sends it.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// `null`: the key is there without a value.
    Null,
    /// A text, or a number or boolean as the text that was written.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

/// An event that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Its key.
    pub event: EventKey,
    /// Its custom type.
    pub event_type: CustomEventType,
    /// What it carries.
    pub deed: Deed,
    /// The input that it comes through; `None` is the first input of the first workspace of whichever audience asks.
    pub input: Option<InputName>,
    /// Its event id (M20).
    pub id: Option<String>,
    /// How many times it happens at that instant.
    pub times: u64,
    /// When.
    pub at: Timestamp,
}

/// What an event carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deed {
    /// The event's own attributes.
    pub attributes: BTreeMap<String, Sent>,
    /// The attributes of each of its products.
    pub products: Vec<BTreeMap<String, Sent>>,
}

/// What is expected of memberships.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// A user is in an audience or a part of it, or is not.
    Member {
        /// The number of the user.
        user: usize,
        /// Whether it is in.
        inside: bool,
        /// The audience.
        audience: Address,
        /// The part of it.
        variant: VariantName,
        /// Where it was written.
        origin: Origin,
    },
    /// Exactly these users are in an audience or a part of it.
    Members {
        /// The audience.
        audience: Address,
        /// The part of it.
        variant: VariantName,
        /// The numbers of the users.
        users: Vec<usize>,
        /// Where it was written.
        origin: Origin,
    },
}

impl Scenario {
    /// The audiences that it expects something of, as often as it does.
    pub fn audiences(&self) -> impl Iterator<Item = &Address> {
        self.steps.iter().flat_map(|step| &step.expectations).map(Expectation::audience)
    }
}

impl Expectation {
    /// The audience that it is about.
    pub fn audience(&self) -> &Address {
        match self {
            Self::Member { audience, .. } | Self::Members { audience, .. } => audience,
        }
    }

    /// The part of the audience that it is about.
    pub fn variant(&self) -> &VariantName {
        match self {
            Self::Member { variant, .. } | Self::Members { variant, .. } => variant,
        }
    }

    /// Where it was written.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Member { origin, .. } | Self::Members { origin, .. } => *origin,
        }
    }
}
