//! Time arithmetic: instants, days, durations, and the windows that time filters open (rules M6 to M9).
//!
//! In: milliseconds since 1970-01-01T00:00:00Z. Out: closed ranges of milliseconds. Nothing here asks a clock: the one
//! `now` of an evaluation is a value ([`Now`]) that the caller made once. All arithmetic saturates.

use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Milliseconds in a day of 24 hours.
pub const DAY_MS: i64 = 86_400_000;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads an instant in RFC 3339, such as `2018-09-09T13:00:00Z` or `…+02:00`. Fractions beyond a millisecond are cut.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Self(at.timestamp_millis()))
    }

    /// The instant in chrono's form; instants beyond its range are clamped.
    pub fn to_chrono(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds only where there are some: `2026-11-23T14:20:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.0.rem_euclid(1000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        f.write_str(&self.to_chrono().to_rfc3339_opts(format, true))
    }
}

/// The one `now` of an evaluation, shared by all its audiences and recorded with the result (M6).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Now(pub Timestamp);

impl Now {
    /// Milliseconds since 1970.
    pub fn ms(self) -> i64 {
        self.0.0
    }
}

impl fmt::Display for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A UTC calendar day, as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Day(pub i32);

impl Day {
    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10)?;
        i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).ok().map(Self)
    }

    /// The day's first millisecond.
    pub fn start(self) -> Timestamp {
        Timestamp(i64::from(self.0) * DAY_MS)
    }

    /// The day's last millisecond.
    pub fn end(self) -> Timestamp {
        Timestamp(i64::from(self.0) * DAY_MS + DAY_MS - 1)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.start().to_chrono().format("%Y-%m-%d").fmt(f)
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a date (YYYY-MM-DD)"))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A length of time in milliseconds, never negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Duration(pub i64);

impl Duration {
    /// The units of the language, largest first, with their milliseconds.
    pub const UNITS: [(&'static str, i64); 5] =
        [("week", 7 * DAY_MS), ("day", DAY_MS), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000)];

    /// `count` times a unit, named in the singular or plural; `None` for an unknown unit or a length beyond 64 bits.
    pub fn of(count: u64, unit: &str) -> Option<Self> {
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let (_, ms) = Self::UNITS.iter().find(|(name, _)| *name == singular)?;
        i64::try_from(count).ok()?.checked_mul(*ms).map(Self)
    }

    /// The number and singular unit that people read best: days where whole (weeks are written as days), else smaller.
    pub fn largest_unit(self) -> (i64, &'static str) {
        let (unit, ms) = Self::UNITS[1..].iter().find(|(_, ms)| self.0 % ms == 0).unwrap_or(&("second", 1000));
        (self.0 / ms, unit)
    }
}

impl fmt::Display for Duration {
    /// As the language writes it: `30 days`, `1 hour`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = self.largest_unit();
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// A calendar bound: a whole UTC day or one instant (M8).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A whole day.
    Day(Day),
    /// An instant.
    Instant(Timestamp),
}

impl Moment {
    fn first(self) -> i64 {
        match self {
            Self::Day(day) => day.start().0,
            Self::Instant(at) => at.0,
        }
    }

    fn last(self) -> i64 {
        match self {
            Self::Day(day) => day.end().0,
            Self::Instant(at) => at.0,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::Instant(at) => at.fmt(f),
        }
    }
}

/// When something happened, relative to `now` or by the calendar (section 4 of the language; M7, M8).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeFilter {
    /// `within last 7 days`: now - N <= t <= now.
    WithinLast(Duration),
    /// `between 4 and 6 days ago`: now - older <= t <= now - newer.
    BetweenAgo {
        /// The nearer bound.
        newer: Duration,
        /// The farther bound.
        older: Duration,
    },
    /// `more than 30 days ago`: t < now - N.
    MoreThanAgo(Duration),
    /// `before D`: day D excluded; t < T for an instant.
    Before(Moment),
    /// `after D`: day D included; t >= T for an instant.
    After(Moment),
    /// `on D`: the whole day; t = T for an instant.
    On(Moment),
    /// `between D and E`: both inside, days whole.
    Between(Moment, Moment),
}

impl TimeFilter {
    /// The instants that pass, given `now`.
    pub fn window(self, now: Now) -> Window {
        let now = now.ms();
        match self {
            Self::WithinLast(last) => Window { from: now.saturating_sub(last.0), to: now },
            Self::BetweenAgo { newer, older } => {
                Window { from: now.saturating_sub(older.0), to: now.saturating_sub(newer.0) }
            }
            Self::MoreThanAgo(ago) => Window { from: i64::MIN, to: now.saturating_sub(ago.0).saturating_sub(1) },
            Self::Before(moment) => Window { from: i64::MIN, to: moment.first().saturating_sub(1) },
            Self::After(moment) => Window { from: moment.first(), to: i64::MAX },
            Self::On(moment) => Window { from: moment.first(), to: moment.last() },
            Self::Between(from, to) => Window { from: from.first(), to: to.last() },
        }
    }
}

impl fmt::Display for TimeFilter {
    /// As the language writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithinLast(last) => write!(f, "within last {last}"),
            Self::BetweenAgo { newer, older } => {
                let (unit, ms) = Duration::UNITS[1..]
                    .iter()
                    .find(|(_, ms)| newer.0 % ms == 0 && older.0 % ms == 0)
                    .unwrap_or(&("second", 1000));
                write!(f, "between {} and {} {unit}s ago", newer.0 / ms, older.0 / ms)
            }
            Self::MoreThanAgo(ago) => write!(f, "more than {ago} ago"),
            Self::Before(moment) => write!(f, "before {moment}"),
            Self::After(moment) => write!(f, "after {moment}"),
            Self::On(moment) => write!(f, "on {moment}"),
            Self::Between(from, to) => write!(f, "between {from} and {to}"),
        }
    }
}

/// A range of milliseconds, both ends inside. Empty where `from > to`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Window {
    /// First millisecond inside.
    pub from: i64,
    /// Last millisecond inside.
    pub to: i64,
}

impl Window {
    /// Every instant.
    pub const ALL: Self = Self { from: i64::MIN, to: i64::MAX };

    /// Every instant up to `now` (M9: events of the future do not count).
    pub fn until(now: Now) -> Self {
        Self { from: i64::MIN, to: now.ms() }
    }

    /// The instants in both.
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// Whether an instant is inside.
    pub fn contains(self, ms: i64) -> bool {
        self.from <= ms && ms <= self.to
    }

    /// Whether nothing is inside.
    pub fn is_empty(self) -> bool {
        self.from > self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn days(count: u64) -> Duration {
        Duration::of(count, "days").unwrap()
    }

    #[test]
    fn recency_as_the_page_reads_it() {
        let now = Now(at("2018-09-09T13:00:00Z"));
        let window = TimeFilter::BetweenAgo { newer: days(4), older: days(6) }.window(now);
        assert_eq!(window, Window { from: at("2018-09-03T13:00:00Z").0, to: at("2018-09-05T13:00:00Z").0 });
        let older = TimeFilter::MoreThanAgo(days(30)).window(now);
        assert!(!older.contains(now.ms() - days(30).0) && older.contains(now.ms() - days(30).0 - 1));
    }

    #[test]
    fn calendar_days_are_whole_utc_days() {
        let now = Now(Timestamp(0));
        let day = Moment::Day(Day::parse("2018-09-09").unwrap());
        let first = at("2018-09-09T00:00:00Z").0;
        let last = at("2018-09-09T23:59:59.999Z").0;
        assert_eq!(TimeFilter::On(day).window(now), Window { from: first, to: last });
        assert_eq!(TimeFilter::Before(day).window(now).to, first - 1);
        assert_eq!(TimeFilter::After(day).window(now).from, first);
    }

    #[test]
    fn texts_read_back() {
        assert_eq!(Day::parse("2024-02-29").unwrap().to_string(), "2024-02-29");
        assert!(Day::parse("2023-02-29").is_none() && Day::parse("2023-2-9").is_none());
        assert_eq!(Timestamp(1500).to_string(), "1970-01-01T00:00:01.500Z");
        assert_eq!(days(7).to_string(), "7 days");
        assert_eq!(Duration::of(1, "hour").unwrap().to_string(), "1 hour");
        assert_eq!(Duration::of(u64::MAX, "weeks"), None);
    }
}
