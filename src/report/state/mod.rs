//! The state for looking at: what is deployed, one record, the commits, and what was mended by hand.
//!
//! In: a [`Snapshot`](crate::state::Snapshot), its records, commits with their extents. Out: text, or documents that `docs/state.md` describes. People are
//! only ever counted.

mod connections;
mod history;
mod list;
mod mended;
mod show;

pub use history::{history, history_json};
pub use list::{list, list_json};
pub use mended::{
    moved, moved_json, pulled, pushed, pushed_json, removed, removed_json, to_remove, unlocked, unlocked_json,
};
pub use show::{show, show_json};

use crate::state::Drift;

/// The version of all JSON schemas. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;

/// A git commit, short.
pub(super) fn git(commit: &str) -> &str {
    commit.get(..8).unwrap_or(commit)
}

/// What of a record something else has changed.
fn drifted(drift: Drift) -> Option<&'static str> {
    match (drift.definition, drift.members) {
        (true, true) => Some("definition and members"),
        (true, false) => Some("definition"),
        (false, true) => Some("members"),
        (false, false) => None,
    }
}

fn drift_json(drift: Drift) -> serde_json::Value {
    serde_json::json!({ "definition": drift.definition, "members": drift.members })
}
