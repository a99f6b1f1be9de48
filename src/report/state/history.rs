//! The commits of a state, the latest first.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{VERSION, git};
use crate::report::number::{instant, number};
use crate::report::table::{Column, lines};
use crate::report::{Style, visible};
use crate::state::{Commit, Extent};

const COLUMNS: [Column; 8] = [
    Column("Serial", true),
    Column("Applied", false),
    Column("By", false),
    Column("For", false),
    Column("Definitions", true),
    Column("Entered", true),
    Column("Left", true),
    Column("Git", false),
];

/// The table, with a line break at its end. Guards that were overridden stand below their commit.
pub fn history(commits: &[Commit], extents: &BTreeMap<u64, Extent>, style: Style) -> String {
    if commits.is_empty() {
        return "Nothing was applied so far.\n".to_owned();
    }
    let rows: Vec<[String; 8]> = commits.iter().map(|commit| row(commit, extent(commit, extents))).collect();
    let lines = lines(COLUMNS, &rows, style);
    let mut lines = lines.iter();
    let mut out: String = lines.next().map(|titles| format!("{titles}\n")).unwrap_or_default();
    for (commit, line) in commits.iter().zip(lines) {
        out.push_str(&format!("{line}\n"));
        for allowed in &commit.allowed {
            let text = format!("allowed {}: {} ({})", allowed.what, allowed.reason, allowed.measured);
            out.push_str(&format!("        {}\n", visible(&text)));
        }
    }
    out
}

fn extent(commit: &Commit, extents: &BTreeMap<u64, Extent>) -> Extent {
    extents.get(&commit.serial).copied().unwrap_or_default()
}

fn row(commit: &Commit, extent: Extent) -> [String; 8] {
    let counted = |sign: &str, count: u64| if count == 0 { String::new() } else { format!("{sign}{}", number(count)) };
    [
        commit.serial.to_string(),
        instant(commit.at),
        commit.by.clone(),
        commit.reason.clone(),
        counted("", extent.revisions),
        counted("+", extent.adds),
        counted("−", extent.drops),
        commit.commit.as_deref().map_or_else(String::new, |commit| git(commit).to_owned()),
    ]
}

/// The commits as a JSON document.
pub fn history_json(commits: &[Commit], extents: &BTreeMap<u64, Extent>) -> Value {
    let commit = |commit: &Commit| {
        let extent = extent(commit, extents);
        json!({
            "serial": commit.serial,
            "at": commit.at.to_string(),
            "by": commit.by,
            "commit": commit.commit,
            "reason": commit.reason,
            "now": commit.now.0.to_string(),
            "data_version": commit.data_version,
            "allowed": commit.allowed,
            "revisions": extent.revisions,
            "audiences": extent.audiences,
            "adds": extent.adds,
            "drops": extent.drops,
        })
    };
    json!({ "version": VERSION, "commits": commits.iter().map(commit).collect::<Vec<_>>() })
}
