//! Numbers and times as people read them.

use crate::base::{Now, Timestamp};

pub use crate::base::number::grouped as number;

/// `1 delivery`, `2 deliveries`.
pub(super) fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { several })
}

/// `1 person`, `1,204 people`.
pub(super) fn people(count: u64) -> String {
    counted(count, "person", "people")
}

/// An instant to the second, without the marks of RFC 3339: `2026-11-23 14:20:00`.
pub(super) fn instant(at: Timestamp) -> String {
    at.to_chrono().format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The `now` of an evaluation, with its zone.
pub(super) fn now(now: Now) -> String {
    format!("{} UTC", instant(now.0))
}
