//! The ways in which a value is calculated over events.

use serde::{Deserialize, Serialize};

use super::attribute::ValueType;

macro_rules! calculations {
    ($($name:ident $text:literal $doc:literal)*) => {
        /// How a value is calculated over events (section 2 of the language).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Calculation { $(#[doc = $doc] $name,)* }

        impl Calculation {
            /// Every one with its words in the language.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($text, Self::$name),)*];

            /// Its words in the language.
            pub fn words(self) -> &'static str {
                Self::ALL.iter().find(|(_, each)| *each == self).map_or("", |(words, _)| words)
            }
        }
    };
}

calculations! {
    Count "count" "How many events: a number."
    Sum "sum" "The sum of the values that are numbers; 0 over none (M11)."
    Average "average" "The mean of the values that are numbers; missing over none."
    Minimum "minimum" "The least of the values that are numbers; missing over none."
    Maximum "maximum" "The greatest of the values that are numbers; missing over none."
    UniqueCount "unique count" "How many different values as sent; missing ones do not count (M11)."
    First "first" "The value of the first event that has one; of several at that instant, any (M22)."
    Latest "latest" "The value of the latest event that has one; of several at that instant, any (M22)."
    FirstTime "first time" "When the first event was: a date."
    LatestTime "latest time" "When the latest event was: a date."
    MostFrequent "most frequent" "The value that most events have; of several, the first in the order of their characters."
    UniqueList "unique list" "The different values as sent: a list; missing over none."
}

impl Calculation {
    /// Whether it is over an attribute.
    pub fn takes_attribute(self) -> bool {
        !matches!(self, Self::Count | Self::FirstTime | Self::LatestTime)
    }

    /// The type of its value; `None` where that is the attribute's own.
    pub fn value_type(self) -> Option<ValueType> {
        match self {
            Self::Count | Self::Sum | Self::Average | Self::Minimum | Self::Maximum | Self::UniqueCount => {
                Some(ValueType::Number)
            }
            Self::FirstTime | Self::LatestTime => Some(ValueType::Date),
            Self::UniqueList => Some(ValueType::List),
            Self::First | Self::Latest | Self::MostFrequent => None,
        }
    }
}
