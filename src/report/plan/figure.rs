//! Numbers of people as a plan shows them: exact, or as much of them as may be told.
//!
//! In: a count. Out: [`Figure`], with its words for people and its form in JSON. What always holds: a figure that is not exact holds nothing from which the
//! count could be read.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::report::number;

/// A number of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// So many.
    Exact(u64),
    /// At least one, and fewer than this.
    Below(u64),
    /// So many or more.
    AtLeast(u64),
    /// At least one. How many is not told, since it would give a suppressed count away.
    Withheld,
}

impl Figure {
    /// Whether it is nobody. Nobody is never suppressed.
    pub fn is_zero(self) -> bool {
        self == Self::Exact(0)
    }

    /// The count, where it is told.
    pub fn exact(self) -> Option<u64> {
        match self {
            Self::Exact(count) => Some(count),
            _ => None,
        }
    }

    /// Whether this is one person, for sure.
    pub fn is_one(self) -> bool {
        self == Self::Exact(1)
    }

    /// All of them together: what is told of it.
    pub(super) fn sum(figures: impl Iterator<Item = Self> + Clone) -> Self {
        let told = figures.clone().filter_map(Self::exact).sum();
        if figures.clone().all(|figure| figure.exact().is_some()) { Self::Exact(told) } else { Self::AtLeast(told) }
    }

    /// With `person` or `people` behind it.
    pub(super) fn people(self) -> String {
        format!("{self} {}", if self.is_one() { "person" } else { "people" })
    }

    /// With a sign before it; nothing for nobody.
    pub(super) fn signed(self, sign: char) -> String {
        if self.is_zero() { String::new() } else { format!("{sign}{self}") }
    }

    /// About how many, for the length of a bar: never more than is told.
    pub(super) fn at_least(self) -> u64 {
        match self {
            Self::Exact(count) | Self::AtLeast(count) => count,
            Self::Below(_) | Self::Withheld => 1,
        }
    }
}

impl From<u64> for Figure {
    fn from(count: u64) -> Self {
        Self::Exact(count)
    }
}

/// As people read it: `1,204`, `<10`, `≥1,204`, `?`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(count) => f.write_str(&number(*count)),
            Self::Below(bound) => write!(f, "<{}", number(*bound)),
            Self::AtLeast(count) => write!(f, "≥{}", number(*count)),
            Self::Withheld => f.write_str("?"),
        }
    }
}

/// A number where it is exact, otherwise a text: `"<10"`, `">=1204"`, `"withheld"`.
impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(count) => serializer.serialize_u64(*count),
            Self::Below(bound) => serializer.serialize_str(&format!("<{bound}")),
            Self::AtLeast(count) => serializer.serialize_str(&format!(">={count}")),
            Self::Withheld => serializer.serialize_str("withheld"),
        }
    }
}

impl JsonSchema for Figure {
    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of people. A text only where small counts are suppressed: \"<10\" is at least one and fewer than ten, \
                            \">=120\" is so many or more, \"withheld\" is at least one, where more would give a suppressed count away.",
            "oneOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": "^(<[0-9]+|>=[0-9]+|withheld)$" }
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_worded() {
        let all = [Figure::Exact(1204), Figure::Below(10), Figure::AtLeast(1204), Figure::Withheld];
        assert_eq!(all.map(|each| each.to_string()), ["1,204", "<10", "≥1,204", "?"]);
        assert_eq!(serde_json::to_string(&all).unwrap(), r#"[1204,"<10",">=1204","withheld"]"#);
        assert_eq!([Figure::Exact(1), Figure::Exact(0)].map(Figure::people), ["1 person", "0 people"]);
        assert_eq!([Figure::Exact(0), Figure::Below(5)].map(|each| each.signed('+')), ["", "+<5"]);
    }
}
