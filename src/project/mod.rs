//! The project file `aud.yaml`, checked.
//!
//! In: a folder and a [`System`](crate::system::System). Out: a [`Project`], with diagnostics as exact as the language's for unknown keys, wrong
//! types and dangling references. Knows nothing of the language. Invariants: workspaces, inputs, outputs and sources have
//! unique names; every reference between them resolves; every path is absolute or relative to the same folder as the
//! project folder itself; secrets are references, never values; no two environments have one state.

mod decode;
mod load;
mod model;
mod node;
mod source;
mod syntax_error;
mod yaml;

pub use load::{FILE_NAME, find, load};
pub use model::{
    Environment, Input, InputKind, Limits, Output, Project, Retention, Secret, StateLocation, UnknownEnvironment,
    Workspace,
};
pub use source::{
    DataSource, EventId, EventMapping, Format, LocationMapping, NameMapping, NamedColumn, ProfileMapping, TimeMapping,
    ValueMapping,
};
