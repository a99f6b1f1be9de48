//! Windows in words.

use crate::base::{Duration, Moment, TimeFilter};

/// When something happened: `in the 30 days before the evaluation`.
pub(super) fn when(time: TimeFilter) -> String {
    match time {
        TimeFilter::WithinLast(last) => within(last),
        TimeFilter::BetweenAgo { newer, older } => format!("between {newer} and {older} before the evaluation"),
        TimeFilter::MoreThanAgo(ago) => format!("more than {ago} before the evaluation"),
        TimeFilter::Before(day) => format!("before {}", moment(day)),
        TimeFilter::After(at @ Moment::Day(_)) => format!("on {} or later", moment(at)),
        TimeFilter::After(at) => format!("at {} or later", moment(at)),
        TimeFilter::On(at @ Moment::Day(_)) => format!("on {}", moment(at)),
        TimeFilter::On(at) => format!("at {} exactly", moment(at)),
        TimeFilter::Between(from, to) => format!("from {} to {}, both included", moment(from), moment(to)),
    }
}

/// `in the 30 days before the evaluation`, `in the hour before the evaluation`.
pub(super) fn within(last: Duration) -> String {
    match last.largest_unit() {
        (1, unit) => format!("in the {unit} before the evaluation"),
        _ => format!("in the {last} before the evaluation"),
    }
}

/// The farthest back that a filter may reach, where that is counted from the evaluation.
pub(super) fn reach(time: TimeFilter) -> Option<Duration> {
    match time {
        TimeFilter::WithinLast(last) => Some(last),
        TimeFilter::BetweenAgo { older, .. } => Some(older),
        _ => None,
    }
}

/// `9 September 2018`, or an instant.
pub(super) fn moment(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.start().to_chrono().format("%-d %B %Y").to_string(),
        Moment::Instant(at) => format!("{} UTC", at.to_chrono().format("%-d %B %Y, %H:%M:%S")),
    }
}
