//! What is stored, as text and as JSON: counts and places, no value of anybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::number;
use super::number::{counted, people};
use crate::base::Timestamp;
use crate::store::{Damage, Exported, Folded, Stats, Verification};

/// What is stored, for people.
pub fn stats_text(stats: &Stats) -> String {
    let mut out = String::new();
    let per = |bytes: u64, count: u64| if count == 0 { 0.0 } else { bytes as f64 / count as f64 };
    let (events, bytes) = (stats.event_count(), stats.bytes());
    let of_events = stats.files.iter().filter(|file| file.name.starts_with("events-")).map(|file| file.bytes).sum();
    let _ = writeln!(
        out,
        "{} with {}, {}; data version {}",
        people(stats.users),
        counted(stats.identities, "identity", "identities"),
        counted(events, "event", "events"),
        stats.version
    );
    let _ = writeln!(
        out,
        "{} in {}: {:.1} an event, {:.1} a person",
        counted(bytes, "byte", "bytes"),
        counted(stats.files.len() as u64, "file", "files"),
        per(of_events, events),
        per(bytes - of_events, stats.users)
    );
    let _ = writeln!(out, "{} of recent writes in no file so far", counted(stats.recent, "batch", "batches"));
    for event in &stats.events {
        let between = event.between.map(|(from, to)| format!(", {} to {}", Timestamp(from), Timestamp(to)));
        let _ = writeln!(
            out,
            "  {}  {} in {}, {}{}",
            event.key,
            number(event.rows),
            counted(event.segments, "segment", "segments"),
            counted(event.texts, "text", "texts"),
            between.unwrap_or_default()
        );
    }
    for (source, path, rows) in &stats.sources {
        let _ = writeln!(out, "  from {source}: {path}, {}", counted(*rows, "row", "rows"));
    }
    out
}

/// What is stored, for programs.
pub fn stats_json(stats: &Stats) -> Value {
    let events = stats.events.iter().map(|event| {
        json!({
            "event": event.key.to_string(), "rows": event.rows, "segments": event.segments, "texts": event.texts,
            "first": event.between.map(|(from, _)| Timestamp(from).to_string()),
            "last": event.between.map(|(_, to)| Timestamp(to).to_string()),
        })
    });
    let files = stats.files.iter().map(|file| json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes }));
    let sources =
        stats.sources.iter().map(|(source, path, rows)| json!({ "source": source, "path": path, "rows": rows }));
    json!({
        "version": 1, "store": stats.id, "data_version": stats.version, "users": stats.users,
        "identities": stats.identities, "events": events.collect::<Vec<_>>(), "files": files.collect::<Vec<_>>(),
        "bytes": stats.bytes(), "recent_batches": stats.recent, "sources": sources.collect::<Vec<_>>(),
    })
}

/// What reading everything came to, for people.
pub fn verification_text(found: &Verification) -> String {
    let mut out = String::new();
    for damage in &found.damages {
        let _ = writeln!(out, "damaged: {}", place(damage));
    }
    if found.damages.is_empty() {
        let are = if found.files == 1 { "is" } else { "are" };
        let (files, bytes) = (counted(found.files, "file", "files"), counted(found.bytes, "byte", "bytes"));
        let _ = writeln!(out, "{files} with {bytes} {are} whole");
    } else {
        let are = if found.damages.len() == 1 { "is" } else { "are" };
        let _ = writeln!(out, "{} {are} damaged", counted(found.damages.len() as u64, "place", "places"));
        let mut ways: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for damage in &found.damages {
            ways.entry(damage.way_out()).or_default().insert(name(damage));
        }
        for (way, names) in ways {
            let _ = writeln!(out, "{}: {way}", names.into_iter().collect::<Vec<_>>().join(", "));
        }
    }
    out
}

fn name(damage: &Damage) -> &str {
    damage.file.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn place(damage: &Damage) -> String {
    let Damage { file, shard, column, what } = damage;
    let shard = shard.map(|shard| format!(", shard {shard}")).unwrap_or_default();
    let column = column.as_ref().map(|column| format!(", column {column}")).unwrap_or_default();
    format!("{}{shard}{column}: {what}", file.display())
}

/// What reading everything came to, for programs.
pub fn verification_json(found: &Verification) -> Value {
    let damages = found.damages.iter().map(|damage| {
        json!({
            "file": damage.file.display().to_string(), "shard": damage.shard, "column": damage.column,
            "what": damage.what,
        })
    });
    json!({ "version": 1, "files": found.files, "bytes": found.bytes, "damages": damages.collect::<Vec<_>>() })
}

/// What became files, for people.
pub fn folded_text(folded: &Folded) -> String {
    format!(
        "{} of recent writes put into files; {} of events instead of {}, {} instead of {}\n",
        counted(folded.batches, "batch", "batches"),
        counted(folded.segments, "file", "files"),
        folded.segments_before,
        counted(folded.bytes, "byte", "bytes"),
        number(folded.bytes_before),
    )
}

/// What became files, for programs.
pub fn folded_json(folded: &Folded) -> Value {
    json!({
        "version": 1, "batches": folded.batches,
        "segments": { "before": folded.segments_before, "after": folded.segments },
        "bytes": { "before": folded.bytes_before, "after": folded.bytes },
    })
}

/// What was exported, for people.
pub fn exported_text(exported: &Exported, folder: &Path) -> String {
    let mut out = String::new();
    let width = exported.files.iter().map(|file| file.name.len()).max().unwrap_or(0);
    for file in &exported.files {
        let is_table = file.name.ends_with(".parquet");
        let rows = if is_table { counted(file.rows, "row", "rows") } else { String::new() };
        let _ = writeln!(out, "  {:width$}  {rows:>17}  {:>14} bytes", file.name, number(file.bytes));
    }
    let files = counted(exported.files.len() as u64, "file", "files");
    let (users, bytes) = (people(exported.users), counted(exported.bytes(), "byte", "bytes"));
    let _ = writeln!(out, "{users} in {files} with {bytes} in {}", folder.display());
    let _ = writeln!(out, "they hold personal data: keep them as private as the data");
    out
}

/// What was exported, for programs. Version 1: `version`, `users`, `bytes`, and `files` with `name`, `rows` and `bytes` each.
pub fn exported_json(exported: &Exported) -> Value {
    let files = exported.files.iter().map(|file| json!({ "name": file.name, "rows": file.rows, "bytes": file.bytes }));
    json!({
        "version": 1, "users": exported.users, "bytes": exported.bytes(), "files": files.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_told_as_several() {
        let stats = Stats { users: 1, identities: 1, recent: 1, ..Stats::default() };
        insta::assert_snapshot!(stats_text(&stats), @r"
        1 person with 1 identity, 0 events; data version 0
        0 bytes in 0 files: 0.0 an event, 0.0 a person
        1 batch of recent writes in no file so far
        ");
        let exported = Exported { users: 1, ..Exported::default() };
        insta::assert_snapshot!(exported_text(&exported, Path::new("out")), @r"
        1 person in 0 files with 0 bytes in out
        they hold personal data: keep them as private as the data
        ");
    }

    #[test]
    fn each_damage_has_its_way_out() {
        let damage =
            |file: &str| Damage { file: file.into(), shard: None, column: None, what: "it is short".to_owned() };
        let damages = ["d/users-1.arrow", "d/recent.db", "d/forgotten.json", "d/users-1.arrow"].map(damage).to_vec();
        insta::assert_snapshot!(verification_text(&Verification { files: 3, bytes: 9, damages }), @r"
        damaged: d/users-1.arrow: it is short
        damaged: d/recent.db: it is short
        damaged: d/forgotten.json: it is short
        damaged: d/users-1.arrow: it is short
        4 places are damaged
        forgotten.json: restore it from a backup: without it an import would bring people back who were forgotten
        recent.db: restore it from a backup; or, to give up the recent writes that are in no other file so far, remove it, and nothing else
        users-1.arrow: run `aud import --rebuild`, which reads all sources again and keeps who was forgotten
        ");
    }
}
