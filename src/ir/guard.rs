//! What must hold of a plan: guards on how much an audience changes, assertions between audiences (M24).

use serde::{Deserialize, Serialize};

use super::predicate::Float;
use crate::base::{Address, Origin};

/// `guard audience { … }`: a plan that breaks one of its limits stops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Guard {
    /// The audience.
    pub audience: Address,
    /// What must hold; at least one.
    pub limits: Vec<Limit>,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// A bound of a guard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Limit {
    /// What is measured.
    pub measure: Measure,
    /// How it is bounded.
    pub bound: Bound,
    /// Whether numbers are per cent of the size before the plan; otherwise people.
    #[serde(default)]
    pub percent: bool,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a guard measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// How many people enter.
    Adds,
    /// How many people leave.
    Drops,
    /// How many people are in after the plan.
    Size,
}

/// How a number is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// `= n`.
    Equal(Float),
    /// `< n`.
    Less(Float),
    /// `<= n`.
    AtMost(Float),
    /// `> n`.
    Greater(Float),
    /// `>= n`.
    AtLeast(Float),
    /// `between a and b`, both inside.
    Between(Float, Float),
}

impl Measure {
    /// Every measure with its word in the language.
    pub const ALL: [(&'static str, Self); 3] = [("adds", Self::Adds), ("drops", Self::Drops), ("size", Self::Size)];
}

/// What must hold between memberships.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assertion {
    /// Nobody is in two of these.
    Disjoint {
        /// The audiences; at least two.
        audiences: Vec<Address>,
        /// Where it was written.
        #[serde(skip)]
        origin: Origin,
    },
    /// Whoever is in the first is in the second.
    Inside {
        /// The smaller audience.
        audience: Address,
        /// The larger audience.
        inside: Address,
        /// Where it was written.
        #[serde(skip)]
        origin: Origin,
    },
}
