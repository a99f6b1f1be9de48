//! What a client and a service say to each other when a plan is made, or applied, where the data is.
//!
//! In: what a client wants. Out: JSON documents ([`PlanCall`], [`PlanAnswer`], [`ApplyCall`], [`ApplyAnswer`]), and back. The client brings its definitions and
//! the service has project file, data and state, so that secrets and people never leave it: answers hold numbers of people. A plan travels as the text of a
//! saved plan, sealed like one, and is applied only as long as it fits, whoever carried it.
//!
//! What always holds: every document says its version first. Fields may be added without another version; what a reader does not know it leaves alone. A document
//! of a later version is refused, and so is one that says none.

mod apply;
mod plan;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use apply::{Applied, ApplyAnswer, ApplyCall};
pub use plan::{Choice, Override, PlanAnswer, PlanCall, Planned, Written};

/// The version of all documents.
pub const VERSION: u32 = 1;

/// The largest document that is read, in bytes: a saved plan of its largest size, as a JSON text.
pub const MAX_BYTES: usize = 2 << 30;

/// Where a client asks, below the address that `--server` names.
pub mod path {
    /// Takes a [`PlanCall`](super::PlanCall), answers with a [`PlanAnswer`](super::PlanAnswer).
    pub const PLAN: &str = "/v1/plan";
    /// Takes an [`ApplyCall`](super::ApplyCall), answers with an [`ApplyAnswer`](super::ApplyAnswer).
    pub const APPLY: &str = "/v1/apply";
}

/// Something that kept a call from being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Problem {
    /// What it is, for programs.
    pub kind: ProblemKind,
    /// What it is, for people.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// Kinds of problems. A client treats one that it does not know as [`ProblemKind::Failed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The caller may not do this.
    Forbidden,
    /// Another run holds the lock of the state.
    Locked,
    /// The plan was made from something that is different now.
    Stale,
    /// A guard or an assertion is broken, and was not allowed to be.
    Broken,
    /// Anything else.
    #[serde(other)]
    Failed,
}

/// Why a document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON of this form.
    #[error("this is no document of the service: {0}")]
    Form(serde_json::Error),
    /// It says no version.
    #[error("the document has no `version`; this build reads version {VERSION}")]
    NoVersion,
    /// A later build wrote it.
    #[error("the document has version {found}, and this build reads version {VERSION}; use a newer `aud`")]
    Version {
        /// The version that it has.
        found: u64,
    },
    /// It is longer than any that is read.
    #[error("the document has {found} bytes, and at most {MAX_BYTES} are read")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
}

/// The version may stand anywhere in a document, so it is read first and alone.
#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

#[derive(Serialize, Deserialize, schemars::JsonSchema)]
struct Document<T> {
    /// The version of this form.
    version: u32,
    /// What is said.
    content: T,
}

/// A document as bytes.
pub fn write<T: Serialize>(content: &T) -> Vec<u8> {
    // Maps are ordered and floats finite: this cannot fail.
    serde_json::to_vec(&Document { version: VERSION, content }).unwrap_or_default()
}

/// A document read back.
///
/// # Errors
/// Says what does not fit.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    if bytes.len() > MAX_BYTES {
        return Err(DocumentError::TooLong { found: bytes.len() });
    }
    let head: Head = crate::ir::from_json(bytes).map_err(DocumentError::Form)?;
    match head.version {
        Some(version) if version == u64::from(VERSION) => {}
        Some(found) => return Err(DocumentError::Version { found }),
        None => return Err(DocumentError::NoVersion),
    }
    let document: Document<T> = crate::ir::from_json(bytes).map_err(DocumentError::Form)?;
    Ok(document.content)
}

/// Every document, for their JSON Schema.
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Documents {
    plan_call: Document<PlanCall>,
    plan_answer: Document<PlanAnswer>,
    apply_call: Document<ApplyCall>,
    apply_answer: Document<ApplyAnswer>,
}

/// The JSON Schema (2020-12) of all documents, under their names, with a line feed at the end.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Documents);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
