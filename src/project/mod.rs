//! The project file `aud.yaml`, checked.
//!
//! In: a folder and a [`System`](crate::system::System). Out: a [`Project`], with diagnostics as exact as the language's for unknown keys, wrong
//! types and dangling references. Knows nothing of the language. Invariants: workspaces, inputs, outputs and sources have
//! unique names; every reference between them resolves; every path is absolute or relative to the same folder as the
//! project folder itself; secrets are references, never values.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::{Duration, InputName, OutputName, Span, WorkspaceName};
use crate::catalog::{Catalog, CustomEventType, EventKey, IdentityType, OutputKind};

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
    /// How far criteria look back.
    pub retention: Retention,
    /// What `schema` declares, to be laid over what the data shows.
    pub declared: Catalog,
    /// Configured outputs by name.
    pub outputs: BTreeMap<OutputName, Output>,
    /// Where the state lies.
    pub state_path: PathBuf,
    /// Limits that a project may move.
    pub limits: Limits,
}

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
    /// Where it stands in the project file.
    pub span: Span,
}

/// One source of data: some files of one format and how to read a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    /// Its name.
    pub name: String,
    /// The input that its rows come from.
    pub input: InputName,
    /// A path or pattern of files, as written; relative to the project folder.
    pub files: String,
    /// The format of the files.
    pub format: Format,
    /// Identity types and the columns that hold them.
    pub identities: Vec<(IdentityType, String)>,
    /// How a row is an event; `None` for sources of profiles.
    pub event: Option<EventMapping>,
    /// User attributes and the columns that hold them.
    pub user_attributes: Vec<(String, String)>,
    /// When a row of a source without events was true; `None`: the file's own time of change.
    pub seen: Option<TimeMapping>,
}

/// File formats that `aud import` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line, also gzipped.
    Csv,
}

/// How a row is an event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMapping {
    /// The event's name.
    pub name: NameMapping,
    /// Its custom type.
    pub event_type: CustomEventType,
    /// Its time.
    pub time: TimeMapping,
    /// The column of its id, for dropping duplicates (M20).
    pub id: Option<String>,
    /// Columns that become attributes under their own names.
    pub attributes: Vec<String>,
}

/// Where an event's name comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum NameMapping {
    /// Always this one.
    Constant(EventKey),
    /// What a column says.
    Column(String),
    /// One of two, by a test of the row.
    When {
        /// The column that is tested.
        column: String,
        /// The wildcard that it must match (M2).
        matches: String,
        /// The name where it does.
        then: EventKey,
        /// The name where it does not.
        otherwise: EventKey,
    },
}

/// Where a time comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeMapping {
    /// The column.
    pub column: String,
    /// chrono's format, read as UTC; `None`: the forms of rule M5.
    pub format: Option<String>,
}

impl Project {
    /// The workspace of a name.
    pub fn workspace(&self, name: &str) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.name == name)
    }

    /// Every input of every workspace, in the order written.
    pub fn inputs(&self) -> impl Iterator<Item = &Input> {
        self.workspaces.iter().flat_map(|workspace| &workspace.inputs)
    }
}
