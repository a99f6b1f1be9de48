//! Instants of tests.

use super::Reading;
use crate::base::{Duration, Moment, Span, Spanned, Timestamp};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::Quantity;
use crate::syntax::ast::scenario::{At, Entry, Fact, Test, Time, When};

/// The instant of a moment; of a day, its midnight.
pub(super) fn start(moment: Moment) -> Timestamp {
    match moment {
        Moment::Day(day) => day.start(),
        Moment::Instant(at) => at,
    }
}

/// The latest instant that the users of a test are given, and no later than its first step; for tests that say none, any.
pub(super) fn after_everything(test: &Test) -> Timestamp {
    let any = Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").unwrap_or(Timestamp(0));
    let facts = test.entries.iter().flat_map(|entry| match &entry.value {
        Entry::User(user) => user.facts.as_slice(),
        _ => &[],
    });
    let latest = facts.filter_map(|fact| when(&fact.value)).max();
    let first_step = test.entries.iter().find_map(|entry| match &entry.value {
        Entry::At(At { when: Spanned { value: When::Instant(moment), .. }, .. }) => Some(start(*moment)),
        _ => None,
    });
    match (latest, first_step) {
        (Some(latest), Some(step)) => latest.min(step),
        (latest, step) => latest.or(step).unwrap_or(any),
    }
}

/// When a fact says by the calendar that it was.
fn when(fact: &Fact) -> Option<Timestamp> {
    let time = match fact {
        Fact::FirstSeen(time) => Some(time),
        Fact::Location { at, .. } => at.as_ref(),
        Fact::Event(event) => event.at.as_ref(),
        _ => None,
    };
    match time?.value {
        Time::Moment(moment) => Some(start(moment)),
        Time::Ago(_) => None,
    }
}

impl Reading<'_, '_> {
    /// The instant of a time; `None`, and a diagnostic, where its length is beyond what can be counted.
    pub(super) fn instant(&mut self, time: &Spanned<Time>, now: Timestamp) -> Option<Timestamp> {
        match time.value {
            Time::Moment(moment) => Some(start(moment)),
            Time::Ago(quantity) => {
                self.length(quantity, time.span).map(|length| Timestamp(now.0.saturating_sub(length.0)))
            }
        }
    }

    /// A length of time.
    pub(super) fn length(&mut self, quantity: Quantity, span: Span) -> Option<Duration> {
        let length = quantity.duration();
        if length.is_none() {
            self.found.push(
                Diagnostic::new(Code::LengthTooLong, "this length of time is beyond what can be counted")
                    .label(span, "longer than 292 million years")
                    .help("write a shorter one"),
            );
        }
        length
    }
}
