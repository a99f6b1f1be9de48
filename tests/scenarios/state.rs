//! What is deployed at the end of a story, in the words of a reader: users by MPID, definitions in the language.

use std::collections::BTreeMap;

use aud::base::Timestamp;
use aud::ir::{Audience, Model};
use aud::state::Snapshot;
use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::backend::Backend;
use super::page;
use crate::support::Sandbox;

pub(crate) fn json(sandbox: &Sandbox, backend: &Backend) -> String {
    let state = backend.state(sandbox);
    let snapshot = state.snapshot().unwrap();
    let mut audiences: Vec<(u64, Value)> = snapshot
        .audiences
        .iter()
        .map(|record| {
            let document = json!({
                "id": record.id,
                "definition": lines(&record.definition),
                "revision": record.revision,
                "revisions": state.revisions(record.id).unwrap().len(),
                "salt": record.salt,
                "members": record.members.as_ref().map(|members| people(&snapshot, members)),
                "evaluated": record.evaluated.map(time),
            });
            (record.id, document)
        })
        .collect();
    audiences.sort_by_key(|(id, _)| *id);
    let journal = state.journal_since(i64::MIN).unwrap();
    let journal: Vec<Value> = journal
        .iter()
        .map(|entry| {
            json!({
                "audience": entry.audience, "at": time(entry.at), "revision": entry.revision, "serial": entry.serial,
                "entered": people(&snapshot, &entry.adds), "left": people(&snapshot, &entry.drops),
            })
        })
        .collect();
    let commits: Vec<Value> = state
        .commits()
        .unwrap()
        .iter()
        .map(|commit| {
            let allowed: BTreeMap<&str, &str> =
                commit.allowed.iter().map(|each| (each.what.as_str(), each.reason.as_str())).collect();
            json!({ "serial": commit.serial, "for": commit.reason, "now": time(commit.now.0), "allowed": allowed })
        })
        .collect();
    let pending: Vec<Value> = state
        .pending()
        .unwrap()
        .iter()
        .map(|delivery| {
            json!({
                "audience": delivery.connection.audience, "part": delivery.connection.variant.to_string(),
                "output": delivery.connection.output, "sequence": delivery.sequence, "name": delivery.downstream_name,
                "enter": people(&snapshot, &delivery.adds), "leave": people(&snapshot, &delivery.drops),
            })
        })
        .collect();
    page::pretty(&json!({
        "serial": snapshot.serial,
        "locked": state.lock_info().unwrap().is_some(),
        "audiences": audiences.into_iter().map(|(_, audience)| audience).collect::<Vec<_>>(),
        "commits": commits,
        "journal": journal,
        "pending": pending,
    }))
}

/// An instant of an evaluation; not one of the clock.
fn time(at: Timestamp) -> String {
    let at = at.to_string();
    if page::is_of_the_clock(&at) { "<clock>".to_owned() } else { at }
}

fn lines(audience: &Audience) -> Vec<String> {
    let audiences = BTreeMap::from([(audience.address.clone(), audience.clone())]);
    let model = Model {
        project: String::new(),
        audiences,
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: None,
        profile_retention: None,
    };
    model.text().lines().skip(2).map(str::to_owned).collect()
}

/// MPIDs in order, those that follow each other as a range.
fn people(snapshot: &Snapshot, users: &RoaringBitmap) -> String {
    let mut mpids: Vec<i64> = users.iter().map(|number| snapshot.mpids[number as usize].0).collect();
    mpids.sort_unstable();
    // The number of somebody who was forgotten has an MPID that is nobody's.
    let gone = mpids.extract_if(.., |mpid| !(1..=40).contains(mpid)).count();
    let runs = mpids.chunk_by(|one, next| one + 1 == *next).map(|run| match run {
        [one] => one.to_string(),
        run => format!("{}–{}", run[0], run[run.len() - 1]),
    });
    runs.chain((gone > 0).then(|| format!("{gone} forgotten"))).collect::<Vec<_>>().join(" ")
}
