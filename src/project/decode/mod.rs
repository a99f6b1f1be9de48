//! The tree of `aud.yaml` → a [`Project`], with everything that is wrong with it.
//!
//! In: the root of the tree and the project folder. Out: a project wherever nothing is in doubt that definitions refer
//! to, and diagnostics either way. Always: every part is looked at, whatever is wrong with the others, except that a file
//! of another version is not looked into at all.

mod environments;
mod events;
mod outputs;
mod profiles;
mod reader;
mod root;
mod schema;
mod sources;
mod state;
mod value;
mod workspaces;

pub(super) use root::project;
use root::{distinct_texts, path, text_value};
