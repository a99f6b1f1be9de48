//! Time filters as written, units kept (section 4 of the language).

use std::fmt;

use crate::base::{Duration, Moment, Spanned, time};

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of 24 hours.
    Day,
    /// Weeks of seven days.
    Week,
}

impl Unit {
    /// Every unit with its singular name.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Second, "second"),
        (Self::Minute, "minute"),
        (Self::Hour, "hour"),
        (Self::Day, "day"),
        (Self::Week, "week"),
    ];

    /// The singular name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(each, _)| *each == self).map_or("day", |(_, name)| name)
    }
}

/// A count of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: Unit,
}

impl Quantity {
    /// The length; `None` where it is beyond 64 bits of milliseconds.
    pub fn duration(self) -> Option<Duration> {
        Duration::of(self.count, self.unit.name())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.count, self.unit.name(), if self.count == 1 { "" } else { "s" })
    }
}

/// A time filter.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeFilter {
    /// `within last 7 days`.
    WithinLast(Spanned<Quantity>),
    /// `between 4 and 6 days ago`: the bounds as written, in order.
    BetweenAgo {
        /// The first number.
        first: Spanned<u64>,
        /// The second number.
        second: Spanned<u64>,
        /// The unit of both.
        unit: Unit,
    },
    /// `more than 30 days ago`.
    MoreThanAgo(Spanned<Quantity>),
    /// `before 2018-09-09`.
    Before(Spanned<Moment>),
    /// `after 2018-09-09`.
    After(Spanned<Moment>),
    /// `on 2018-09-09`.
    On(Spanned<Moment>),
    /// `between 2018-09-07 and 2018-09-09`.
    Between(Spanned<Moment>, Spanned<Moment>),
}

impl TimeFilter {
    /// The filter without its spelling; `None` where a length is beyond 64 bits of milliseconds.
    pub fn meaning(&self) -> Option<time::TimeFilter> {
        Some(match self {
            Self::WithinLast(last) => time::TimeFilter::WithinLast(last.duration()?),
            Self::BetweenAgo { first, second, unit } => time::TimeFilter::BetweenAgo {
                newer: Quantity { count: first.value, unit: *unit }.duration()?,
                older: Quantity { count: second.value, unit: *unit }.duration()?,
            },
            Self::MoreThanAgo(ago) => time::TimeFilter::MoreThanAgo(ago.duration()?),
            Self::Before(moment) => time::TimeFilter::Before(moment.value),
            Self::After(moment) => time::TimeFilter::After(moment.value),
            Self::On(moment) => time::TimeFilter::On(moment.value),
            Self::Between(from, to) => time::TimeFilter::Between(from.value, to.value),
        })
    }
}
