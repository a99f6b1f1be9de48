//! Definitions as a JSON document of their own: what `aud emit ir` writes and `aud from-ir` reads.
//!
//! In: a [`Model`]. Out: `{ "version": 1, "project": …, "audiences": { … }, … }`, and back. The form is described by a JSON
//! Schema that follows from the types ([`json_schema`]). Invariant: reading what was written gives an equal model, origins
//! apart.

use serde::{Deserialize, Serialize};

use super::audience::{Model, VERSION};
use super::json::from_json;

/// The document.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
struct Document<M> {
    /// The version of this form. It is raised when a field is removed or gets another meaning; fields may be added without.
    version: u32,
    /// The definitions.
    #[serde(flatten)]
    model: M,
}

/// The version may stand anywhere in a document, so it is read first and alone.
#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

/// Why a document of definitions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It is not JSON of this form.
    #[error("these are no definitions as `aud emit ir` writes them: {0}")]
    Form(serde_json::Error),
    /// It says no version.
    #[error("the document has no `version`; this build reads version {VERSION}")]
    NoVersion,
    /// A newer build wrote it.
    #[error("the document has version {found}, and this build reads version {VERSION}; read it with a newer `aud`")]
    Version {
        /// The version that it has.
        found: u64,
    },
}

/// The definitions as a document, with a line feed at the end.
pub fn document(model: &Model) -> String {
    // Maps and sets are ordered and floats finite: this cannot fail.
    let text = serde_json::to_string_pretty(&Document { version: VERSION, model });
    text.unwrap_or_default() + "\n"
}

/// The definitions of a document.
///
/// # Errors
/// Says what does not fit, and where.
pub fn read_document(bytes: &[u8]) -> Result<Model, DocumentError> {
    let head: Head = from_json(bytes).map_err(DocumentError::Form)?;
    match head.version {
        Some(version) if version == u64::from(VERSION) => {}
        Some(found) => return Err(DocumentError::Version { found }),
        None => return Err(DocumentError::NoVersion),
    }
    let document: Document<Model> = from_json(bytes).map_err(DocumentError::Form)?;
    Ok(document.model)
}

/// The JSON Schema (2020-12) of the document, with a line feed at the end.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Document<Model>);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
