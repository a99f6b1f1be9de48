//! Stories of a change, each in a folder that a newcomer can read: `tests/scenarios/README.md` tells how.
//!
//! Every story is lived through by the program itself, over SQLite and, where a server can be started, over PostgreSQL; both have to
//! give the same plans, the same state and the same deliveries.

mod backend;
mod page;
mod state;
mod story;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::support::Sandbox;
use story::Story;

pub(crate) use backend::Backend;
pub(crate) use page::delivered;
pub(crate) use state::json as state_json;

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// The folder of each scenario: those below an area that hold definitions or steps.
fn folders() -> Vec<PathBuf> {
    let wanted = std::env::var("AUD_SCENARIO").unwrap_or_default();
    let mut folders = Vec::new();
    for area in std::fs::read_dir(scenarios()).unwrap().map(|entry| entry.unwrap().path()) {
        if !area.is_dir() || area.ends_with("shared") {
            continue;
        }
        let inside = std::fs::read_dir(area).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(inside.filter(|folder| folder.is_dir() && folder.to_string_lossy().contains(&wanted)));
    }
    folders.sort();
    folders
}

/// The data of `shared/`, imported once and copied for every story.
pub(crate) fn imported() -> Sandbox {
    let sandbox = Sandbox::empty();
    let shared = scenarios().join("shared");
    std::fs::copy(shared.join("aud.yaml"), sandbox.at("aud.yaml")).unwrap();
    std::fs::create_dir(sandbox.at("data")).unwrap();
    std::fs::create_dir(sandbox.at("audiences")).unwrap();
    for file in ["people.csv", "events.csv"] {
        std::fs::copy(shared.join(file), sandbox.at("data").join(file)).unwrap();
    }
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

/// Lives through every story, and tells of all those that came out otherwise.
fn all_come_out_as_written(backend: &Backend) {
    let base = imported();
    // What is written is what comes out over SQLite.
    let update = std::env::var_os("AUD_UPDATE").is_some() && matches!(backend, Backend::Sqlite);
    let told: Vec<(PathBuf, Result<bool, String>)> = (folders().into_par_iter())
        .map(|folder| {
            let told = Story::read(&folder).and_then(|story| story.live(&base, backend, update));
            (folder, told)
        })
        .collect();
    let mut failures = String::new();
    let mut waiting = 0;
    for (folder, told) in &told {
        let shown = folder.strip_prefix(scenarios()).unwrap().display();
        match told {
            Ok(lived) => waiting += usize::from(!lived),
            Err(difference) => writeln!(failures, "── {shown}\n{difference}").unwrap(),
        }
    }
    println!("{} scenarios, {waiting} of them wait for a feature", told.len());
    assert!(failures.is_empty(), "\n{failures}");
    assert!(std::env::var_os("AUD_SCENARIO").is_some() || told.len() >= 60, "only {} scenarios", told.len());
}

#[test]
fn every_story_over_sqlite() {
    all_come_out_as_written(&Backend::Sqlite);
}

#[test]
fn every_story_over_postgres() {
    Backend::postgres().iter().for_each(all_come_out_as_written);
}
