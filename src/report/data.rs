//! What is stored, as text and as JSON: counts and places, no value of anybody.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::number;
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
        "{} people with {} identities, {} events; data version {}",
        number(stats.users),
        number(stats.identities),
        number(events),
        stats.version
    );
    let _ = writeln!(
        out,
        "{} bytes in {} files: {:.1} an event, {:.1} a person",
        number(bytes),
        stats.files.len(),
        per(of_events, events),
        per(bytes - of_events, stats.users)
    );
    let _ = writeln!(out, "{} batches of recent writes in no file so far", number(stats.recent));
    for event in &stats.events {
        let between = event.between.map(|(from, to)| format!(", {} to {}", Timestamp(from), Timestamp(to)));
        let _ = writeln!(
            out,
            "  {}  {} in {} segments, {} texts{}",
            event.key,
            number(event.rows),
            event.segments,
            number(event.texts),
            between.unwrap_or_default()
        );
    }
    for (source, path, rows) in &stats.sources {
        let _ = writeln!(out, "  from {source}: {path}, {} rows", number(*rows));
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
        let _ = writeln!(out, "{} files with {} bytes are whole", found.files, number(found.bytes));
    } else {
        let _ =
            writeln!(out, "{} places are damaged; `aud import --rebuild` reads all sources again", found.damages.len());
    }
    out
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
        "{} batches of recent writes put into files; {} files of events instead of {}, {} bytes instead of {}\n",
        number(folded.batches),
        folded.segments,
        folded.segments_before,
        number(folded.bytes),
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
        let rows = if is_table { format!("{} rows", number(file.rows)) } else { String::new() };
        let _ = writeln!(out, "  {:width$}  {rows:>17}  {:>14} bytes", file.name, number(file.bytes));
    }
    let (users, files, bytes) = (number(exported.users), exported.files.len(), number(exported.bytes()));
    let _ = writeln!(out, "{users} people in {files} files with {bytes} bytes in {}", folder.display());
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
