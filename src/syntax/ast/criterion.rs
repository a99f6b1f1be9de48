//! Boolean structure and the kinds of criterion.

use super::{Abandoned, Aggregate, EventTest, InputRef, Number, Picked, Sequence, Test, TimeFilter};
use crate::base::{Name, Spanned};
use crate::catalog::InstallEdge;

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joiner {
    /// All must hold.
    And,
    /// Any may hold.
    Or,
}

/// Terms joined by one joiner, then what is taken away. Mixed joiners are reported by the parser; the tree then holds
/// the grouping in which `and` binds tighter.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// How the terms are joined; `None` where there are fewer than two.
    pub joiner: Option<Joiner>,
    /// The terms; empty in a group of exclusions only.
    pub terms: Vec<Spanned<Criterion>>,
    /// One criterion or group after each `exclude`.
    pub excludes: Vec<Spanned<Criterion>>,
}

/// One criterion, or something built of several.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// `( … )`.
    Group(Group),
    /// `not …`.
    Not(Box<Spanned<Criterion>>),
    /// `label: …`, before one criterion or one group, after any `not`.
    Labelled {
        /// The label.
        label: Spanned<Name>,
        /// What it names.
        of: Box<Spanned<Criterion>>,
    },
    /// `everyone`.
    Everyone,
    /// `audience x`.
    Audience(Spanned<Name>),
    /// `criterion x`.
    Named(Spanned<Name>),
    /// `user "a" …` or `user list "a" …`.
    UserAttribute {
        /// Whether `list` was written.
        list: bool,
        /// The attribute.
        attribute: Spanned<String>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `first seen …` or `last seen …`.
    Seen {
        /// `first` (true) or `last`.
        first: bool,
        /// When.
        time: Spanned<TimeFilter>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `identity email exists` and string tests.
    Identity {
        /// The identity type, as written.
        identity: Spanned<Name>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `calculated "ltv_90d" >= 100`.
    Calculated {
        /// The attribute.
        attribute: Spanned<String>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `consent gdpr "marketing" is granted`.
    Consent {
        /// The law, as written.
        regulation: Spanned<Name>,
        /// The purpose.
        purpose: Spanned<String>,
        /// What it must be.
        state: Spanned<ConsentState>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `device os is "iOS"`.
    Device {
        /// What is asked of the device, as written.
        field: Spanned<Name>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `location city is "Paris"`.
    Location {
        /// What is asked of the location, as written.
        field: Spanned<Name>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `location within 25 km of "Paris, FR"`.
    Near {
        /// How far at most.
        distance: Spanned<Distance>,
        /// From where.
        place: Spanned<Place>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `attribution install where …`.
    Attribution {
        /// Install or uninstall.
        edge: Spanned<InstallEdge>,
        /// What its attributes must be.
        filter: Option<Spanned<Condition>>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `event "Name" …`, `purchase …`, `screen "Home" …` with a count.
    Event(Box<EventTest>),
    /// `first event "Name" …`, `latest purchase …`.
    Picked(Box<Picked>),
    /// `event A then event B …`.
    Sequence(Box<Sequence>),
    /// `cart abandoned for 4 days …`, `item abandoned for 4 days …`.
    Abandoned(Box<Abandoned>),
    /// `sum of "amount" over event "Purchase" > 100`.
    Aggregate(Box<Aggregate>),
}

/// What `consent` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentState {
    /// `is granted`; of `ccpa`, opted out.
    Granted,
    /// `is rejected`.
    Rejected,
    /// `is not present`.
    NotPresent,
}

/// `25 km`.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// How many.
    pub count: Number,
    /// Of what.
    pub unit: DistanceUnit,
}

/// A unit of distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistanceUnit {
    /// Kilometres.
    Kilometre,
    /// Miles of 1,609.344 metres.
    Mile,
}

/// Where a distance is measured from.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// `"Paris, FR"`.
    City(String),
    /// `48.8566, 2.3522`: degrees north and east.
    Point(Spanned<Number>, Spanned<Number>),
}

/// A condition over the attributes of one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `( … )`.
    Group(ConditionGroup),
    /// `not …`.
    Not(Box<Spanned<Condition>>),
    /// `"price" > 20`, `product "price" > 20`.
    Attribute {
        /// `product` or `action`, as written.
        qualifier: Option<Spanned<Name>>,
        /// The attribute.
        attribute: Spanned<String>,
        /// What it must be.
        test: Spanned<Test>,
    },
}

/// Conditions joined by one joiner.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionGroup {
    /// How the terms are joined; `None` where there is one.
    pub joiner: Option<Joiner>,
    /// The terms; at least one.
    pub terms: Vec<Spanned<Condition>>,
}
