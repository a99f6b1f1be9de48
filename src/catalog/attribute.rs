//! Attributes of users and events, and the types that their values are read as (rule M5).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::number::grouped;

/// What an attribute's values are read as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Text.
    String,
    /// A 64-bit float.
    Number,
    /// True or false.
    Boolean,
    /// An instant.
    Date,
    /// Several texts.
    List,
}

impl ValueType {
    /// Every type with its name in `aud.yaml`.
    pub const ALL: [(&'static str, Self); 5] = [
        ("string", Self::String),
        ("number", Self::Number),
        ("boolean", Self::Boolean),
        ("date", Self::Date),
        ("list", Self::List),
    ];

    /// The name in `aud.yaml` and in messages.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, each)| *each == self).map_or("string", |(name, _)| name)
    }
}

impl ValueType {
    /// The name with its article, as sentences need it: `a number`.
    pub fn with_article(self) -> String {
        format!("a {}", self.name())
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ValueType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, each)| *each).ok_or(())
    }
}

/// Where a type came from; shown to the user who wonders.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Provenance {
    /// Given under `schema` in the project file.
    Declared,
    /// Read off the data.
    Detected {
        /// How many values could be read as the type.
        fitting: u64,
        /// How many values there were.
        values: u64,
        /// The sources that brought them.
        sources: Vec<String>,
    },
}

impl Provenance {
    /// Why the values are read as a type, as a clause: `detected as a number in 48,112 of 48,112 values (source purchases)`.
    pub fn explain(&self, value_type: ValueType) -> String {
        let a_type = value_type.with_article();
        match self {
            Self::Declared => format!("declared {a_type} under `schema` in aud.yaml"),
            Self::Detected { fitting, values, sources } => {
                let from = match sources.as_slice() {
                    [] => String::new(),
                    [one] => format!(" (source {one})"),
                    several => format!(" (sources {})", several.join(", ")),
                };
                format!("detected as {a_type} in {} of {} values{from}", grouped(*fitting), grouped(*values))
            }
        }
    }
}

/// What is known of one attribute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attribute {
    /// How its values are read.
    pub value_type: ValueType,
    /// Where the type came from.
    pub provenance: Provenance,
    /// The only values there may be, if the project file lists them.
    pub allowed: Option<Vec<String>>,
    /// The values that the data shows, where they are few over many rows: for suggestions alone, others may come.
    pub seen: Vec<String>,
}

impl Attribute {
    /// An attribute that the project file declares.
    pub fn declared(value_type: ValueType) -> Self {
        Self { value_type, provenance: Provenance::Declared, allowed: None, seen: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explains_where_a_type_came_from() {
        let detected = Provenance::Detected { fitting: 999, values: 48_112, sources: vec!["purchases".to_owned()] };
        assert_eq!(
            detected.explain(ValueType::Number),
            "detected as a number in 999 of 48,112 values (source purchases)"
        );
        assert_eq!(Provenance::Declared.explain(ValueType::List), "declared a list under `schema` in aud.yaml");
    }
}
