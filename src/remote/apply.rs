//! Applying a plan where the data is.

use serde::{Deserialize, Serialize};

use super::Problem;

/// A plan that a client wants applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ApplyCall {
    /// The plan as it was answered.
    pub saved: String,
    /// Who applies, for the history; a service that knows its caller says so itself.
    #[serde(default)]
    pub by: Option<String>,
    /// The git commit of the client's definitions.
    #[serde(default)]
    pub commit: Option<String>,
    /// What the lock and the history say about the run, such as `aud apply`.
    pub reason: String,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplyAnswer {
    /// The plan is applied; deliveries may still be pending or have faulted.
    Applied(Applied),
    /// Something went wrong; whether anything was written says the message.
    Problem(Problem),
}

/// What an apply did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Applied {
    /// The serial of the state after it.
    pub serial: u64,
    /// Deliveries that are still to be made.
    pub pending: u64,
    /// Deliveries that an output did not take.
    pub faulted: u64,
    /// The document of `aud apply --json`.
    pub shown: serde_json::Value,
}
