//! Audiences to look at: all of them in a table, or one in full.
//!
//! In: [`ListRow`]s or a [`ShowView`], plain values that a surface fills from definitions and state. Out: text or a JSON
//! document (described in `docs/plan.md`). Users are only ever counted.

mod list;
mod show;
mod written;

pub use list::{ListRow, Tab, list, list_json};
pub use show::{ShowView, show, show_json};
pub use written::{written, written_json};

/// The version of both JSON schemas. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;
