//! Names and types of the data: what there is, what could be declared, and where declared and data disagree.
//!
//! In: catalogs and disagreements. Out: text, JSON, and YAML for `schema` in aud.yaml. Shows names, types and counts; values
//! only of attributes that have a few known ones.

mod diff;
mod proposal;
mod view;

pub use diff::{diff, diff_json};
pub use proposal::{proposal, proposal_json};
pub use view::{view, view_json};

use crate::catalog::{EventKey, EventKind};

/// The version of the JSON documents.
const VERSION: u64 = 1;

/// The path of an event under `schema`: the keys that it stands below.
fn path_of(key: &EventKey) -> Vec<String> {
    match key.kind {
        EventKind::Custom => vec!["events".to_owned(), key.name.to_string()],
        EventKind::Screen => vec!["screens".to_owned(), key.name.to_string()],
        kind => vec![kind.word().to_owned()],
    }
}

/// A name as YAML writes it: in quotes, unless it is surely plain.
fn yaml_name(name: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    if plain { name.to_owned() } else { serde_json::Value::from(name).to_string() }
}
