//! What a value must satisfy. Always the positive form: negations stand around it (M4).

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::base::TimeFilter;
use crate::catalog::Part;

/// A finite 64-bit float that can be compared and hashed; negative zero is made zero.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Float(f64);

impl Float {
    /// A finite number; `None` for NaN and infinities, which no value is (M5).
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Eq for Float {}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// What a value must satisfy. The variant says how the value is read (M5): a value that cannot be read so is missing,
/// and a missing value satisfies none but [`Predicate::Empty`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Predicate {
    /// The key is there, whatever its value, null included (M3a).
    Exists,
    /// Missing key, null, empty string or empty list (M3a).
    Empty,
    /// Text: the whole of it.
    Is(String),
    /// Text: one of these whole texts.
    IsIn(Vec<String>),
    /// Text: a part of it.
    Contains(String),
    /// Text: its start.
    StartsWith(String),
    /// Text: its end.
    EndsWith(String),
    /// Text: a wildcard over the whole of it (M2).
    Matches(String),
    /// Number: equal.
    Equal(Float),
    /// Number: one of these.
    OneOf(Vec<Float>),
    /// Number: less than.
    Less(Float),
    /// Number: at most.
    AtMost(Float),
    /// Number: more than.
    Greater(Float),
    /// Number: at least.
    AtLeast(Float),
    /// Number: from low to high, both inside.
    Between(Float, Float),
    /// Boolean.
    Boolean(bool),
    /// Date: inside the window of a time filter; dates may lie in the future (M9).
    Time(TimeFilter),
    /// List: an entry equals this whole text (M3).
    Includes(String),
    /// List: an entry contains this text (M3).
    PartiallyMatches(String),
}

impl Predicate {
    /// Whether the language has an operator that writes its complement.
    pub fn has_negative(&self) -> bool {
        use Predicate as P;
        !matches!(
            self,
            P::Less(_) | P::AtMost(_) | P::Greater(_) | P::AtLeast(_) | P::Between(..) | P::Boolean(_) | P::Time(_)
        )
    }
}

/// A condition over the attributes of one event.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All of these; in normal form at least two.
    All(Vec<Condition>),
    /// Any of these; in normal form at least two.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// An attribute of the event.
    Attribute {
        /// The part of the event, where the criterion says which (M21).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part: Option<Part>,
        /// Its name.
        attribute: String,
        /// What it must satisfy.
        predicate: Predicate,
    },
}
