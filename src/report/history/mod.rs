//! Histories, as text and as JSON: what became of an audience, and where one user was.
//!
//! In: [`AudienceHistory`](crate::workbench::AudienceHistory) or [`UserHistory`](crate::workbench::UserHistory). Out: text, or a document that
//! `docs/state.md` describes. People are counted; the one user that was asked about is named by no identity, and by the MPID only where that was asked for.

mod audience;
mod user;

pub use audience::{audience, audience_json};
pub use user::{user, user_json};

/// The version of both JSON schemas. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;
