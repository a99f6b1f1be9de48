//! What a plan was made from, and what of it is different now.
//!
//! In: two [`MadeFrom`]. Out: each part that differs, worded. The `now` is no part of it: a saved plan brings its own.

use std::collections::BTreeMap;
use std::fmt;

use super::change::MadeFrom;
use crate::base::{Fingerprint, Now, OutputName};
use crate::project::{Output, Secret};
use crate::state::Snapshot;
use crate::store::Store;

/// A part of what a plan was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The version of the program.
    Tool,
    /// The definitions.
    Definitions,
    /// The outputs as configured.
    Outputs,
    /// The state: another one altogether.
    State,
    /// The state's serial.
    Serial,
    /// The store: another one altogether.
    Store,
    /// The store's version.
    DataVersion,
    /// The environment.
    Environment,
}

/// A part that is not what it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which part.
    pub part: Part,
    /// What the plan was made from.
    pub planned: String,
    /// What is there now.
    pub found: String,
}

impl MadeFrom {
    /// What a plan made now would be made from.
    pub fn new(
        tool: &str,
        definitions: Fingerprint,
        outputs: &BTreeMap<OutputName, Output>,
        snapshot: &Snapshot,
        store: &Store,
        now: Now,
    ) -> Self {
        Self {
            tool: tool.to_owned(),
            definitions,
            outputs: outputs_fingerprint(outputs),
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            store: store.id.to_string(),
            data_version: store.version,
            now,
            environment: None,
            shadow: false,
        }
    }
}

/// The fingerprint of outputs as configured: names, kinds, settings and where secrets are to be found, but not what the
/// secrets are, nor where the outputs were written.
pub fn outputs_fingerprint(outputs: &BTreeMap<OutputName, Output>) -> Fingerprint {
    Fingerprint::of_parts(outputs.values().flat_map(|output| {
        // A map of JSON values is ordered and always has a JSON form.
        let settings = serde_json::to_string(&output.settings).unwrap_or_default();
        let secrets: Vec<String> =
            output.secrets.iter().map(|(key, secret)| format!("{key}={}", place(secret))).collect();
        [output.name.to_string(), output.kind.name.to_owned(), settings, secrets.join("\n")]
    }))
}

/// Where a secret is to be found, in the same words in every checkout of a project.
fn place(secret: &Secret) -> String {
    match secret {
        Secret::Env(variable) => format!("env {variable}"),
        Secret::File(path) => format!("file {}", path.file_name().unwrap_or_default().display()),
    }
}

/// What of a plan's origin is different now, in a fixed order; empty where the plan still holds.
pub fn stale(plan: &MadeFrom, now_is: &MadeFrom) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |part, planned: String, now: String| {
        if planned != now {
            found.push(Difference { part, planned, found: now });
        }
    };
    compare(Part::Tool, plan.tool.clone(), now_is.tool.clone());
    if plan.definitions != now_is.definitions {
        compare(Part::Definitions, plan.definitions.short(), now_is.definitions.short());
    }
    if plan.outputs != now_is.outputs {
        compare(Part::Outputs, plan.outputs.short(), now_is.outputs.short());
    }
    // Serials of different states, and versions of different stores, say nothing about each other.
    // A state that nothing was applied to has no lineage yet.
    let is_fresh = plan.lineage.is_empty() || now_is.lineage.is_empty();
    if !is_fresh {
        compare(Part::State, plan.lineage.clone(), now_is.lineage.clone());
    }
    if is_fresh || plan.lineage == now_is.lineage {
        compare(Part::Serial, plan.serial.to_string(), now_is.serial.to_string());
    }
    compare(Part::Store, plan.store.clone(), now_is.store.clone());
    if plan.store == now_is.store {
        compare(Part::DataVersion, plan.data_version.to_string(), now_is.data_version.to_string());
    }
    let environment = |of: &MadeFrom| {
        let name = of.environment.as_ref().map_or_else(|| "the project's own".to_owned(), ToString::to_string);
        if of.shadow { format!("{name}, shadow") } else { name }
    };
    compare(Part::Environment, environment(plan), environment(now_is));
    found
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, planned, found } = self;
        match part {
            Part::Tool => write!(f, "the plan was made by aud {planned}, and this is aud {found}"),
            Part::Definitions => write!(f, "the definitions changed ({planned} → {found})"),
            Part::Outputs => write!(f, "the outputs in aud.yaml changed ({planned} → {found})"),
            Part::State => write!(f, "the plan was made for another state ({planned}, and this is {found})"),
            Part::Serial => write!(f, "something was applied meanwhile (state serial {planned} → {found})"),
            Part::Store => write!(f, "the plan was made from another store ({planned}, and this is {found})"),
            Part::Environment => {
                write!(f, "the plan was made for another environment ({planned}, and this is {found})")
            }
            Part::DataVersion => write!(f, "data was imported meanwhile (version {planned} → {found})"),
        }
    }
}
