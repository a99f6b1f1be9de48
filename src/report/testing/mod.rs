//! What came of tests, as people and programs read it.
//!
//! In: a [`Report`](crate::testing::Report) and the texts that its places point into. Out: text with the explanation of every
//! membership that is not as expected, a JSON document (described in `docs/testing.md`), or JUnit XML for a CI server.

mod coverage;
mod json;
mod junit;
mod text;

pub use coverage::coverage;
pub use json::json;
pub use junit::junit;
pub use text::{Detail, text};

/// The version of the JSON schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;
