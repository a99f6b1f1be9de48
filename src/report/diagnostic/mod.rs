//! Diagnostics as text for people, as one line each, as JSON, as SARIF, and as workflow commands of GitHub.
//!
//! In: [`Diagnostic`](crate::diagnostic::Diagnostic)s and the [`SourceMap`](crate::base::SourceMap) that their spans
//! point into. Out: strings, in the order given. Always: a span that does not fit its source is shortened, never a
//! reason to fail; without colour no escape sequence is in the output, whatever the source holds.

mod concise;
mod diff;
mod github;
mod human;
mod json;
mod sarif;
mod snippet;
mod summary;

pub use concise::concise;
pub use github::github;
pub use human::{human, snippet};
pub use json::{EditRecord, FixRecord, LabelRecord, Place, Record, VERSION, json, records};
pub use sarif::sarif;
pub use summary::summary;
