//! The memory of this process, as Linux tells it in `/proc`.
//!
//! In: the [`System`]. Out: bytes; everything is 0 where the system does not tell.

use std::path::Path;

use serde::Serialize;

use crate::system::{System, read_text};

/// Resident memory in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// All of it.
    pub rss: u64,
    /// What belongs to no file: the process's own.
    pub anonymous: u64,
    /// Pages of mapped files, which the system may drop and read again.
    pub file: u64,
    /// Of these, pages that nobody wrote to.
    pub clean: u64,
    /// The most that was ever resident.
    pub peak: u64,
}

impl Memory {
    /// The memory at this moment.
    pub(super) fn now(system: &dyn System) -> Self {
        let status = read_text(system, Path::new("/proc/self/status")).unwrap_or_default();
        let maps = read_text(system, Path::new("/proc/self/smaps_rollup")).unwrap_or_default();
        Self {
            rss: bytes(&status, "VmRSS:"),
            anonymous: bytes(&status, "RssAnon:"),
            file: bytes(&status, "RssFile:") + bytes(&status, "RssShmem:"),
            clean: bytes(&maps, "Private_Clean:") + bytes(&maps, "Shared_Clean:"),
            peak: bytes(&status, "VmHWM:"),
        }
    }

    /// The larger of both, field by field.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            rss: self.rss.max(other.rss),
            anonymous: self.anonymous.max(other.anonymous),
            file: self.file.max(other.file),
            clean: self.clean.max(other.clean),
            peak: self.peak.max(other.peak),
        }
    }
}

/// The value of a line such as `VmRSS:   1234 kB`.
fn bytes(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_kib() {
        assert_eq!(bytes("VmHWM:\t  7 kB\nVmRSS:\t  2048 kB\n", "VmRSS:"), 2 << 20);
        assert_eq!(bytes("", "VmRSS:"), 0);
    }
}
