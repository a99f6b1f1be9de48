//! A project file after all checks: workspaces, outputs, limits, and where things lie.
//!
//! In: what the decoder accepted. Out: types that every later layer reads. The invariants are those of the module.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::{Duration, InputName, Name, OutputName, Span, WorkspaceName, suggest};
use crate::catalog::{Catalog, LookupOrder, OutputKind};

use super::source::DataSource;

/// A checked project file.
#[derive(Clone, Debug)]
pub struct Project {
    /// The project's name; part of every split's salt (M16).
    pub name: String,
    /// The folder of `aud.yaml`.
    pub folder: PathBuf,
    /// The folder of the `*.aud` files.
    pub audiences: PathBuf,
    /// Workspaces in the order written; at least one.
    pub workspaces: Vec<Workspace>,
    /// Where the store lies.
    pub data_path: PathBuf,
    /// What `aud import` reads, in the order written.
    pub sources: Vec<DataSource>,
    /// In which order a row's identities are looked up to find its user.
    pub identity_order: LookupOrder,
    /// How far criteria look back.
    pub retention: Retention,
    /// What `schema` declares, to be laid over what the data shows.
    pub declared: Catalog,
    /// Configured outputs by name.
    pub outputs: BTreeMap<OutputName, Output>,
    /// Where the state lies.
    pub state: StateLocation,
    /// Limits that a project may move.
    pub limits: Limits,
    /// What it may be seen as, by name.
    pub environments: BTreeMap<Name, Environment>,
    /// As which of them it is seen; `None` for the project itself.
    pub environment: Option<Name>,
    /// Whether everything is recorded and nothing delivered.
    pub shadow: bool,
}

/// What a project has otherwise in an environment.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Where its state lies; no other environment's, and not the project's own.
    pub state: StateLocation,
    /// The outputs that it has otherwise, whole.
    pub outputs: BTreeMap<OutputName, Output>,
    /// Whether everything is recorded and nothing delivered.
    pub shadow: bool,
}

/// An environment that the project does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnknownEnvironment(String);

/// A workspace and its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    /// Its name.
    pub name: WorkspaceName,
    /// Its inputs in the order written.
    pub inputs: Vec<Input>,
}

/// An input of a workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Workspace and input.
    pub name: InputName,
    /// A platform or a feed.
    pub kind: InputKind,
}

/// The platform's two kinds of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// An app or a site.
    Platform,
    /// A partner's feed.
    Feed,
}

/// How far criteria look back (M10). `None` is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Of events.
    pub events: Option<Duration>,
    /// Of profiles.
    pub profiles: Option<Duration>,
}

/// Limits that a project may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep audiences may nest (M14).
    pub nesting_depth: u32,
    /// How many variants a split may have besides Control (M15).
    pub variants: u32,
}

/// A configured output.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: OutputName,
    /// What kind it is.
    pub kind: &'static OutputKind,
    /// Its settings, checked against the kind's: text, whole number or boolean.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Where its secrets are to be found, checked against the kind's.
    pub secrets: BTreeMap<String, Secret>,
    /// Where it stands in the project file.
    pub span: Span,
}

/// Where a secret is to be found. The value is read where it is used and kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// In an environment variable.
    Env(String),
    /// In a file, without the line break at its end.
    File(PathBuf),
}

/// Where a state lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateLocation {
    /// In one SQLite file.
    Sqlite(PathBuf),
    /// In a schema of a PostgreSQL database.
    Postgres {
        /// Where the URL of the database is to be found; it may hold a password.
        url: Secret,
        /// The schema.
        schema: String,
    },
}

impl Project {
    /// The project as it is in one of its environments: with that one's state and outputs. All else, the name that salts are made of (M16)
    /// included, is the same everywhere.
    ///
    /// # Errors
    /// [`UnknownEnvironment`] where it has none of that name.
    pub fn in_environment(mut self, name: &str) -> Result<Self, UnknownEnvironment> {
        let Some((name, environment)) = self.environments.get_key_value(name) else {
            let known = self.environments.keys().map(Name::as_str);
            let hint = match suggest::hint(name, known.clone()) {
                hint if !hint.is_empty() => hint,
                _ if self.environments.is_empty() => "; aud.yaml has no `environments`".to_owned(),
                _ => format!("; aud.yaml has {}", known.collect::<Vec<_>>().join(", ")),
            };
            return Err(UnknownEnvironment(format!("no environment `{name}`{hint}")));
        };
        self.environment = Some(name.clone());
        self.state.clone_from(&environment.state);
        self.shadow = environment.shadow;
        self.outputs.extend(environment.outputs.clone());
        Ok(self)
    }

    /// The workspace of a name.
    pub fn workspace(&self, name: &str) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.name == name)
    }

    /// Every input of every workspace, in the order written.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.workspaces.iter().flat_map(|workspace| &workspace.inputs)
    }
}
