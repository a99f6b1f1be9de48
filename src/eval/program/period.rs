//! Windows before `now` is known.
//!
//! In: time filters and retentions. Out: a [`Period`] that is equal for equal meanings (`within last 30 days` and no filter
//! under a retention of 30 days are one), and that turns into instants once there is a `now`.

use crate::base::{Duration, Now, TimeFilter, Window};

/// A range of instants, part of it relative to `now`. An instant is inside where both parts hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// Not older than this many ms before `now`.
    oldest: Option<i64>,
    /// At least this many ms before `now`; 0 is up to `now`.
    newest: Option<i64>,
    /// Between these instants, whatever `now` is.
    fixed: Window,
}

impl Period {
    /// Every instant.
    pub const ALL: Self = Self { oldest: None, newest: None, fixed: Window::ALL };

    /// The instants of a time filter (M7, M8).
    pub fn of(time: TimeFilter) -> Self {
        match time {
            TimeFilter::WithinLast(last) => Self { oldest: Some(last.0), newest: Some(0), ..Self::ALL },
            TimeFilter::BetweenAgo { newer, older } => {
                Self { oldest: Some(older.0), newest: Some(newer.0), ..Self::ALL }
            }
            TimeFilter::MoreThanAgo(ago) => Self { newest: Some(ago.0.saturating_add(1)), ..Self::ALL },
            // The calendar does not look at `now`.
            TimeFilter::Before(_) | TimeFilter::After(_) | TimeFilter::On(_) | TimeFilter::Between(..) => {
                Self { fixed: time.window(Now(crate::base::Timestamp(0))), ..Self::ALL }
            }
        }
    }

    /// What of it lies inside a retention (M10); `None` is unlimited.
    #[must_use]
    pub fn retained(self, retention: Option<Duration>) -> Self {
        let oldest = self.oldest.into_iter().chain(retention.map(|kept| kept.0)).min();
        Self { oldest, ..self }
    }

    /// What of it lies inside some instants.
    #[must_use]
    pub fn inside(self, window: Window) -> Self {
        Self { fixed: self.fixed.and(window), ..self }
    }

    /// What of it is not after `now` (M9).
    #[must_use]
    pub fn until_now(self) -> Self {
        Self { newest: Some(self.newest.unwrap_or(0).max(0)), ..self }
    }

    /// The ages at which an instant passes from one side of it to the other: `t < now - age` says that it has. Of an instant
    /// outside of the window no passing matters.
    pub(in crate::eval) fn edges(self) -> (impl Iterator<Item = i64>, Window) {
        // Up to the newest is inside, so that an instant enters one later than it would leave.
        (self.oldest.into_iter().chain(self.newest.map(|age| age.saturating_sub(1))), self.fixed)
    }

    /// Whether an instant that passes an edge of some age leaves it, and whether it comes into it.
    pub(in crate::eval) fn passes(self, age: i64) -> (bool, bool) {
        (self.oldest == Some(age), self.newest.is_some_and(|newest| newest.saturating_sub(1) == age))
    }

    /// Its instants at a `now`.
    pub fn window(self, now: Now) -> Window {
        let from = self.oldest.map_or(i64::MIN, |age| now.ms().saturating_sub(age));
        let to = self.newest.map_or(i64::MAX, |age| now.ms().saturating_sub(age));
        Window { from, to }.and(self.fixed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Day, Moment, Timestamp};

    const NOW: Now = Now(Timestamp(1_536_498_000_000));

    fn days(count: u64) -> Duration {
        Duration::of(count, "days").unwrap()
    }

    #[test]
    fn agrees_with_the_filter_it_came_from() {
        let day = Moment::Day(Day::parse("2018-09-07").unwrap());
        let instant = Moment::Instant(Timestamp(NOW.ms() + 5));
        for time in [
            TimeFilter::WithinLast(days(3)),
            TimeFilter::BetweenAgo { newer: days(1), older: days(3) },
            TimeFilter::MoreThanAgo(days(3)),
            TimeFilter::Before(day),
            TimeFilter::After(instant),
            TimeFilter::On(day),
            TimeFilter::Between(day, instant),
        ] {
            let retention = Window { from: NOW.ms() - days(2).0, to: i64::MAX };
            assert_eq!(Period::of(time).window(NOW), time.window(NOW));
            let until = Period::of(time).until_now().retained(Some(days(2)));
            assert_eq!(until.window(NOW), time.window(NOW).and(Window::until(NOW)).and(retention));
        }
    }

    #[test]
    fn one_meaning_is_one_period() {
        let within = Period::of(TimeFilter::WithinLast(days(30))).until_now();
        assert_eq!(within.retained(Some(days(90))), Period::ALL.until_now().retained(Some(days(30))));
        assert_ne!(within, within.retained(Some(days(29))));
    }
}
