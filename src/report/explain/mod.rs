//! An explanation of one membership as people and programs read it.
//!
//! In: an [`Explanation`](crate::explain::Explanation) and the texts that its criteria come from. Out: a tree of ✓ and ✗ with
//! facts below each criterion, or a JSON document (described in `docs/explain.md`). Both hold personal data of the one user
//! that was asked for, and of nobody else.

mod json;
mod text;
mod words;

pub use json::json;
pub(super) use text::place;
pub use text::{text, tree};

/// The version of the JSON schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;
