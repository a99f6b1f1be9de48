//! What can be asked of the events of a user.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::criterion::Count;
use super::predicate::{Condition, Predicate};
use crate::base::{Duration, InputName, TimeFilter};
use crate::catalog::{Calculation, CustomEventType, EventKey, Part};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Events.
    #[default]
    Event,
    /// The products of events, each by itself.
    Item,
}

impl Unit {
    fn is_event(&self) -> bool {
        *self == Self::Event
    }
}

/// Which events: those of a key that pass the filter, in the window, up to `now` and inside the retention (M9, M10).
///
/// The filter holds of an event where it holds with one of its products, or of an event without products where it holds with
/// none of their attributes there (M21).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Events {
    /// Their key.
    pub event: EventKey,
    /// Only events of this custom type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<CustomEventType>,
    /// Events or products.
    #[serde(default, skip_serializing_if = "Unit::is_event")]
    pub unit: Unit,
    /// What their attributes must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// When; `None` is any time inside the retention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeFilter>,
    /// The inputs read.
    pub inputs: BTreeSet<InputName>,
}

impl Events {
    /// All events of a key that come through some inputs.
    pub fn of(event: EventKey, inputs: BTreeSet<InputName>) -> Self {
        Self { event, event_type: None, unit: Unit::Event, filter: None, time: None, inputs }
    }
}

/// How many events there are (M11).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EventTest {
    /// Which events.
    #[serde(flatten)]
    pub events: Events,
    /// How many of them.
    pub count: Count,
}

/// The first or the latest of a user's events of a key, type and inputs up to `now`: its filter and time are asked of that
/// one (section 2 of the language). Of several at that instant, any may pass (M22).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PickedTest {
    /// Which of them.
    pub pick: Pick,
    /// Which events, and what the one picked must satisfy.
    #[serde(flatten)]
    pub events: Events,
}

/// The first or the latest of several events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// The first.
    First,
    /// The latest.
    Latest,
}

/// Events one after the other (M19).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sequence {
    /// What comes first.
    pub first: Events,
    /// What follows, in order; at least one.
    pub steps: Vec<Step>,
}

/// One event after another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Step {
    /// Which event.
    pub events: Events,
    /// At most so long after the one before; `None` is any later time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// None of these strictly between the two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Events>,
}

/// Something was put into the cart and not bought for a while (M18). The unit says whether the cart or single products.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AbandonedTest {
    /// The cart or one product.
    pub unit: Unit,
    /// For how long.
    pub wait: Duration,
    /// What the add-to-cart must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Condition>,
    /// The inputs read.
    pub inputs: BTreeSet<InputName>,
}

/// A value calculated over events, and what it must satisfy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AggregateTest {
    /// How it is calculated.
    pub calculation: Calculation,
    /// Over which attribute; `None` where none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<AttributeRef>,
    /// Over which events.
    pub events: Events,
    /// What the value must satisfy.
    pub predicate: Predicate,
}

/// An attribute of an event, bare or of a part of it (M21).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AttributeRef {
    /// The part; `None` is the event's own attribute, then the action's, then the product's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// Its name.
    pub name: String,
}
