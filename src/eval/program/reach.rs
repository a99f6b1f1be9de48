//! Which events an audience reads.
//!
//! In: an audience. Out: those inside the retention (M10), or those of a standard audience's range, whatever the retention
//! (M23); never those after `now` (M9).

use super::Period;
use crate::base::{Duration, Now, TimeFilter, Timestamp, Window};
use crate::ir::{Audience, Model, Standard};

/// Which events an audience reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    retention: Option<Duration>,
    range: Window,
}

impl Reach {
    /// All events up to `now`.
    pub const ALL: Self = Self { retention: None, range: Window::ALL };

    /// The events that an audience of a model reads.
    pub fn of(model: &Model, audience: &Audience) -> Self {
        match audience.standard {
            None => Self { retention: model.event_retention, ..Self::ALL },
            Some(Standard::All) => Self::ALL,
            // The calendar does not look at `now`.
            Some(Standard::Between(from, to)) => {
                Self { range: TimeFilter::Between(from, to).window(Now(Timestamp(0))), ..Self::ALL }
            }
        }
    }

    /// When events happened that a criterion with a time filter reads.
    pub fn period(self, time: Option<TimeFilter>) -> Period {
        let period = time.map_or(Period::ALL, Period::of);
        period.retained(self.retention).inside(self.range).until_now()
    }
}
