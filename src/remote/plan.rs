//! Making a plan where the data is.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::base::{Address, Name, Timestamp};
use crate::plan::{Counts, Plan, file};

/// What a client wants a plan of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlanCall {
    /// The environment; the project's own where none is named.
    #[serde(default)]
    pub environment: Option<Name>,
    /// Every `*.aud` file of the client, by path; they take the place of those that the service has.
    pub written: Vec<Written>,
    /// The `now` of the evaluation; the service's clock where none is given (M6).
    #[serde(default)]
    pub now: Option<Timestamp>,
    /// What the plan is limited to; everything where it is left out.
    #[serde(default)]
    pub choice: Choice,
    /// Audiences whose running test may be replaced.
    #[serde(default)]
    pub replace: Vec<Address>,
    /// Guards and assertions that may be broken.
    #[serde(default)]
    pub allow: Vec<Override>,
}

/// A file of definitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Written {
    /// Its path below the audience folder, with `/` between folders.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What a plan is limited to. What changed since a git revision is known to the client, which names those audiences as targets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Choice {
    /// These audiences; `null` for all, an empty list for none.
    #[serde(default)]
    pub targets: Option<Vec<Address>>,
    /// Not these.
    #[serde(default)]
    pub exclude: Vec<Address>,
    /// Audiences that carry all of these tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Audiences that are connected to any of these outputs.
    #[serde(default)]
    pub outputs: Vec<Name>,
}

/// A guard or an assertion that may be broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Override {
    /// Its name: `lapsed_spenders.drops`.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAnswer {
    /// There is a plan.
    Planned(Box<Planned>),
    /// The definitions have errors: the document of `aud check --json`.
    Invalid(serde_json::Value),
    /// The plan is refused: the document of `aud plan --json` for it.
    Refused(serde_json::Value),
    /// Something went wrong.
    Problem(Problem),
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Planned {
    /// The plan as a saved one: what [`ApplyCall`](super::ApplyCall) brings back. Holds MPIDs of users that are new to the state, and no identities.
    pub saved: String,
    /// The document of `aud plan --json`, for showing.
    pub shown: serde_json::Value,
    /// Whether there is nothing to do.
    pub empty: bool,
    /// Names of the guards and assertions that are broken, for the exit code.
    pub broken: Vec<String>,
}

impl Planned {
    /// A plan with the document that shows it.
    ///
    /// # Errors
    /// A plan that is too long to be saved.
    pub fn of(plan: &Plan, shown: serde_json::Value) -> Result<Self, file::PlanFileError> {
        // A saved plan is JSON, and so text.
        let saved = String::from_utf8_lossy(&file::encode(plan)?).into_owned();
        let broken = plan.broken().map(|check| check.name.clone()).collect();
        Ok(Self { saved, shown, empty: plan.is_empty(), broken })
    }

    /// The plan, checked as a saved one is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn plan(&self) -> Result<Plan, file::PlanFileError> {
        file::decode(self.saved.as_bytes())
    }

    /// The plan in numbers.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn counts(&self) -> Result<Counts, file::PlanFileError> {
        Ok(self.plan()?.counts())
    }
}
