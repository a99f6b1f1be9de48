//! Operators, values and counts (section 3 of the language).

use std::fmt;

use super::TimeFilter;
use crate::base::Spanned;

/// A number as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Its text, which the formatter keeps.
    pub text: String,
    /// Its value; always finite.
    pub value: f64,
}

/// A written value.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `"text"`, unescaped.
    String(String),
    /// `12.5`.
    Number(Number),
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// An operator with one value.
    Compare {
        /// The operator.
        operator: Spanned<Operator>,
        /// The value.
        value: Spanned<Literal>,
    },
    /// `is in […]` or `is not in […]`.
    In {
        /// Whether `not` was written.
        negated: bool,
        /// The values.
        values: Vec<Spanned<Literal>>,
    },
    /// `between a and b`, both numbers.
    Between {
        /// The lower bound, inside.
        low: Spanned<Number>,
        /// The upper bound, inside.
        high: Spanned<Number>,
    },
    /// A time filter.
    Time(TimeFilter),
    /// `is true` or `is false`.
    Boolean(bool),
    /// `is empty` or `is not empty`.
    Empty {
        /// Whether `not` was written.
        negated: bool,
    },
    /// `exists` or `does not exist`.
    Exists {
        /// Whether `not` was written.
        negated: bool,
    },
}

/// The operators that take one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `is`.
    Is,
    /// `is not`.
    IsNot,
    /// `contains`.
    Contains,
    /// `does not contain`.
    DoesNotContain,
    /// `starts with`.
    StartsWith,
    /// `does not start with`.
    DoesNotStartWith,
    /// `ends with`.
    EndsWith,
    /// `does not end with`.
    DoesNotEndWith,
    /// `matches`.
    Matches,
    /// `does not match`.
    DoesNotMatch,
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `includes`.
    Includes,
    /// `does not include`.
    DoesNotInclude,
    /// `partially matches`.
    PartiallyMatches,
    /// `does not partially match`.
    DoesNotPartiallyMatch,
}

impl Operator {
    /// Every operator with the words that write it.
    pub const ALL: [(Self, &'static str); 20] = [
        (Self::Is, "is"),
        (Self::IsNot, "is not"),
        (Self::Contains, "contains"),
        (Self::DoesNotContain, "does not contain"),
        (Self::StartsWith, "starts with"),
        (Self::DoesNotStartWith, "does not start with"),
        (Self::EndsWith, "ends with"),
        (Self::DoesNotEndWith, "does not end with"),
        (Self::Matches, "matches"),
        (Self::DoesNotMatch, "does not match"),
        (Self::Equal, "="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::LessOrEqual, "<="),
        (Self::Greater, ">"),
        (Self::GreaterOrEqual, ">="),
        (Self::Includes, "includes"),
        (Self::DoesNotInclude, "does not include"),
        (Self::PartiallyMatches, "partially matches"),
        (Self::DoesNotPartiallyMatch, "does not partially match"),
    ];

    /// The words that write it.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(each, _)| *each == self).map_or("is", |(_, words)| words)
    }
}

/// How many times something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// `at least N times`.
    AtLeast(u64),
    /// `at most N times`.
    AtMost(u64),
    /// `more than N times`.
    MoreThan(u64),
    /// `fewer than N times`.
    FewerThan(u64),
    /// `exactly N times`.
    Exactly(u64),
    /// `between N and M times`.
    Between(u64, u64),
    /// `never`.
    Never,
}

impl fmt::Display for Count {
    /// As the language writes it: `at least 3 times`, `exactly 1 time`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, count) = match *self {
            Self::AtLeast(count) => ("at least", count),
            Self::AtMost(count) => ("at most", count),
            Self::MoreThan(count) => ("more than", count),
            Self::FewerThan(count) => ("fewer than", count),
            Self::Exactly(count) => ("exactly", count),
            Self::Between(low, high) => return write!(f, "between {low} and {high} times"),
            Self::Never => return f.write_str("never"),
        };
        write!(f, "{words} {count} {}", if count == 1 { "time" } else { "times" })
    }
}
