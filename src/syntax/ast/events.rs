//! Criteria about events.

use super::{Condition, Count, InputRef, Quantity, Test, TimeFilter};
use crate::base::{Name, Spanned};
use crate::catalog::{Calculation, EventKind};

/// What an event criterion begins with.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// `event "Name"` or `screen "Name"`.
    Named {
        /// `Custom` or `Screen`.
        kind: EventKind,
        /// The name.
        name: Spanned<String>,
    },
    /// `purchase`, `session`; `item purchase`.
    Kind {
        /// The kind.
        kind: Spanned<EventKind>,
        /// Whether `item` was written: products are counted instead of events.
        item: bool,
    },
}

/// Which events: `event "Name" [type navigation] [where …] [time]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Events {
    /// What they are.
    pub what: What,
    /// Their custom type, as written.
    pub event_type: Option<Spanned<Name>>,
    /// What their attributes must be.
    pub filter: Option<Spanned<Condition>>,
    /// When; left out, any time inside the retention.
    pub time: Option<Spanned<TimeFilter>>,
}

/// `event "Name" [type navigation] [where …] [count] [time] [in …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTest {
    /// Which events.
    pub events: Events,
    /// How often; left out, at least once.
    pub count: Option<Spanned<Count>>,
    /// `in shop.web`.
    pub scope: Vec<Spanned<InputRef>>,
}

/// `first event "Name" …`, `latest event "Name" …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Picked {
    /// `first` (true) or `latest`.
    pub first: bool,
    /// Which events, and what the one picked must be.
    pub events: Events,
    /// `in shop.web`.
    pub scope: Vec<Spanned<InputRef>>,
}

/// `event A then event B [within 2 days] [without event C] …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The first step.
    pub first: Spanned<Events>,
    /// The steps after it; at least one.
    pub steps: Vec<Step>,
    /// `in shop.web`, of the whole.
    pub scope: Vec<Spanned<InputRef>>,
}

/// `then event B [where] [within 2 days] [time] [without event C [where]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The event.
    pub events: Spanned<Events>,
    /// At most so long after the step before.
    pub within: Option<Spanned<Quantity>>,
    /// What must not lie between.
    pub without: Vec<Spanned<Events>>,
}

/// `cart abandoned for 4 days [where …] [in …]`, `item abandoned …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Abandoned {
    /// `item` (true) or `cart`.
    pub item: bool,
    /// For how long.
    pub wait: Spanned<Quantity>,
    /// What the add-to-cart must be.
    pub filter: Option<Spanned<Condition>>,
    /// `in shop.web`.
    pub scope: Vec<Spanned<InputRef>>,
}

/// `sum of "amount" over event "Purchase" [where (…)] [time] > 100 [in …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    /// What is calculated.
    pub value: Calculated,
    /// What it must be.
    pub test: Spanned<Test>,
    /// `in shop.web`.
    pub scope: Vec<Spanned<InputRef>>,
}

/// `sum of "amount" over event "Purchase" [where (…)] [time]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Calculated {
    /// How.
    pub calculation: Spanned<Calculation>,
    /// `product` or `action` before the attribute, as written.
    pub qualifier: Option<Spanned<Name>>,
    /// The attribute; none for counts and times.
    pub attribute: Option<Spanned<String>>,
    /// Over which events.
    pub events: Spanned<Events>,
}
