//! Where one user was.

use serde_json::{Value, json};

use super::VERSION;
use crate::report::Style;
use crate::report::number::instant;
use crate::report::state::git;
use crate::report::table::{Column, lines};
use crate::workbench::{Passage, UserHistory};

const COLUMNS: [Column; 7] = [
    Column("Evaluated for", false),
    Column("", false),
    Column("Audience", false),
    Column("Revision", true),
    Column("Serial", true),
    Column("By", false),
    Column("Git", false),
];

/// The history for people: a line for each time that the user entered or left an audience.
pub fn user(history: &UserHistory, style: Style) -> String {
    if history.passages.is_empty() {
        return "The state knows of no audience that this user entered or left in this time.\n".to_owned();
    }
    let rows: Vec<[String; 7]> = history.passages.iter().map(row).collect();
    lines(COLUMNS, &rows, style).join("\n") + "\n"
}

fn row(passage: &Passage) -> [String; 7] {
    let deleted = if passage.deleted { " (deleted)" } else { "" };
    let commit = passage.by_commit.as_ref();
    [
        instant(passage.now),
        word(passage).to_owned(),
        format!("{}{deleted}", passage.address),
        passage.revision.to_string(),
        passage.serial.to_string(),
        commit.map_or_else(String::new, |commit| commit.by.clone()),
        commit.and_then(|commit| commit.commit.as_deref()).map_or_else(String::new, |commit| git(commit).to_owned()),
    ]
}

fn word(passage: &Passage) -> &'static str {
    if passage.entered { "entered" } else { "left" }
}

/// The history as a JSON document.
pub fn user_json(history: &UserHistory) -> Value {
    let passage = |passage: &Passage| {
        let commit = passage.by_commit.as_ref();
        json!({
            "action": word(passage),
            "id": passage.audience,
            "address": passage.address,
            "deleted": passage.deleted,
            "now": passage.now.to_string(),
            "revision": passage.revision,
            "serial": passage.serial,
            "at": commit.map(|commit| commit.at.to_string()),
            "by": commit.map(|commit| &commit.by),
            "commit": commit.and_then(|commit| commit.commit.as_ref()),
            "reason": commit.map(|commit| &commit.reason),
        })
    };
    json!({
        "version": VERSION,
        "mpid": history.mpid,
        "passages": history.passages.iter().map(passage).collect::<Vec<_>>(),
    })
}
