//! Who holds the lock, and waiting for it.

use std::fmt;
use std::time::Duration;

use crate::base::{self, Timestamp};

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    /// The lock's id, which the unlock command takes.
    pub id: String,
    /// User and machine.
    pub owner: String,
    /// The process on that machine.
    pub pid: u32,
    /// What it is doing.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// When it last showed that it lives.
    pub heartbeat: Timestamp,
    /// How many ms before it was asked, by the clock of this machine; negative where the clocks differ. Shown, and never decided by.
    pub silent_ms: i64,
    /// Whether the process is known to be gone: it ran on this machine and does not any more.
    pub dead: bool,
}

impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {}) since {}, for `{}`", self.owner, self.pid, self.since, self.reason)?;
        match self.silent_ms {
            ..0 => f.write_str("; its last sign of life is in our future, so one of the two clocks is wrong")?,
            0..1000 => {}
            silent => write!(f, "; its last sign of life was {} ago", rounded(silent))?,
        }
        f.write_str(if self.dead { "; that process is gone" } else { "" })
    }
}

/// A length in the largest unit that it fills, rounded down: a person wants to know whether it is seconds or days.
fn rounded(ms: i64) -> base::Duration {
    let unit = base::Duration::UNITS[1..].iter().find(|(_, unit)| *unit <= ms).map_or(1000, |(_, unit)| *unit);
    base::Duration(ms / unit * unit)
}

/// The pauses between tries to take a lock: each twice as long as the one before, up to ten seconds, all together no longer than
/// `patience`. Lengths and no instants, so that no clock decides.
pub(super) fn pauses(patience: Duration) -> impl Iterator<Item = Duration> {
    let mut left = patience;
    let mut next = Duration::from_millis(200);
    std::iter::from_fn(move || {
        let pause = next.min(left);
        left -= pause;
        next = (next * 2).min(Duration::from_secs(10));
        (!pause.is_zero()).then_some(pause)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let all: Vec<Duration> = pauses(Duration::from_secs(60)).collect();
        assert_eq!(all.iter().sum::<Duration>(), Duration::from_secs(60));
        assert_eq!(all[..3], [200, 400, 800].map(Duration::from_millis));
        assert!(all.iter().all(|pause| *pause <= Duration::from_secs(10)));
        assert_eq!(pauses(Duration::ZERO).count(), 0);
    }

    #[test]
    fn ages_are_rounded_down() {
        let told = [1500, 59_999, 61_000, 7_300_000, 900_000_000].map(|ms| rounded(ms).to_string());
        assert_eq!(told, ["1 second", "59 seconds", "1 minute", "2 hours", "10 days"]);
    }
}
