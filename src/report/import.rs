//! What an import did, as text and as JSON.
//!
//! Shows counts, reasons and places only: no value of a row, since rows are about people.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{number, visible};
use crate::store::{ImportReport, SourceReport};

/// The report for people.
pub fn text(report: &ImportReport, elapsed_ms: u64) -> String {
    let mut out = String::new();
    if report.sources.is_empty() {
        line(&mut out, format_args!("no sources: name your data under `data` in aud.yaml"));
    }
    for source in &report.sources {
        source_text(&mut out, source);
    }
    if let Some(reason) = &report.rebuilt {
        line(&mut out, format_args!("read everything anew, since {reason}"));
    }
    let seconds = elapsed_ms as f64 / 1000.0;
    if report.version_after == report.version_before {
        line(&mut out, format_args!("nothing new; data version {}", report.version_after));
    } else {
        let users = number(report.users);
        line(&mut out, format_args!("{users} people known; data version {} in {seconds:.1} s", report.version_after));
    }
    out
}

fn source_text(out: &mut String, source: &SourceReport) {
    let files = |count: u64| format!("{} file{}", number(count), if count == 1 { "" } else { "s" });
    if source.files_read == 0 {
        line(out, format_args!("{}  {} unchanged", source.name, files(source.files_skipped)));
        return;
    }
    let what = if source.of_batches { "batches" } else { "rows" };
    let (rows, events, new_users) = (number(source.rows), number(source.events), number(source.new_users));
    let read = files(source.files_read);
    line(out, format_args!("{}  {read}, {rows} {what}: {events} events, {new_users} new people", source.name));
    if source.rows == 0 {
        line(out, format_args!("    no rows at all: is the file complete?"));
    }
    let mut aside = |count: u64, what: &str| {
        if count > 0 {
            line(out, format_args!("    {} {what}", number(count)));
        }
    };
    aside(source.without_user, &format!("{what} name no user and were left out"));
    aside(source.forgotten, &format!("{what} are about people who were forgotten and were left out"));
    aside(source.development, "batches are from development and were left out");
    aside(source.repeated_batches, "batches were stored before under the same request id and were left out");
    aside(source.duplicates, "events were stored before under the same id");
    for (event_type, count) in &source.only_seen {
        let event_type = visible(event_type);
        aside(*count, &format!("events of type {event_type} are only sightings: no criterion asks for them"));
    }
    for (limit, beyond) in &source.beyond {
        let (file, line) = (&beyond.file, beyond.line);
        aside(beyond.count, &format!("{limit}, taken as they are; the first: {file}:{line}"));
    }
    aside(
        source.bad_rows(),
        if what == "rows" { "rows could not be read:" } else { "batches or events could not be read:" },
    );
    for (reason, count) in &source.bad {
        line(out, format_args!("      {} with {reason}", number(*count)));
    }
    for example in &source.examples {
        line(out, format_args!("      {example}"));
    }
    if let Some(file) = &source.rejected {
        line(out, format_args!("      they lie in {file}, as they were: keep it as private as the data"));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// The report as JSON, version 1: `version`, `sources` (each `name`, `files_read`, `files_skipped`, `rows`, `batch_events`, `events`,
/// `new_users`, `without_user`, `forgotten`, `development`, `repeated_batches`, `duplicates`, `only_seen` by type of event, `beyond` by limit
/// (each `most`, `count`, `file`, `line`), `bad_rows`, `bad` by reason, `examples`, `rejected` (path or null)), `rebuilt` (reason or null), `users`,
/// `version_before`, `version_after`, `elapsed_ms`.
pub fn json(report: &ImportReport, elapsed_ms: u64) -> Value {
    json!({
        "version": 1,
        "sources": report.sources.iter().map(source_json).collect::<Vec<_>>(),
        "rebuilt": report.rebuilt.as_ref().map(ToString::to_string),
        "users": report.users,
        "version_before": report.version_before,
        "version_after": report.version_after,
        "elapsed_ms": elapsed_ms,
    })
}

fn source_json(source: &SourceReport) -> Value {
    let bad: serde_json::Map<_, _> =
        source.bad.iter().map(|(reason, count)| (reason.to_string(), Value::from(*count))).collect();
    let beyond: serde_json::Map<_, _> = source
        .beyond
        .iter()
        .map(|(limit, beyond)| {
            let told = json!({ "most": limit.most(), "count": beyond.count, "file": beyond.file, "line": beyond.line });
            (limit.name().to_owned(), told)
        })
        .collect();
    json!({
        "name": source.name,
        "files_read": source.files_read,
        "files_skipped": source.files_skipped,
        "rows": source.rows,
        "batch_events": source.batch_events,
        "events": source.events,
        "new_users": source.new_users,
        "without_user": source.without_user,
        "forgotten": source.forgotten,
        "development": source.development,
        "repeated_batches": source.repeated_batches,
        "duplicates": source.duplicates,
        "only_seen": source.only_seen,
        "beyond": beyond,
        "bad_rows": source.bad_rows(),
        "bad": bad,
        "examples": source.examples.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rejected": source.rejected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told() {
        let source = SourceReport {
            name: "orders".to_owned(),
            files_read: 1,
            rows: 541_909,
            events: 406_829,
            without_user: 135_080,
            ..SourceReport::default()
        };
        let report =
            ImportReport { sources: vec![source], rebuilt: None, version_before: 0, version_after: 1, users: 4372 };
        insta::assert_snapshot!(text(&report, 1234), @r"
        orders  1 file, 541,909 rows: 406,829 events, 0 new people
            135,080 rows name no user and were left out
        4,372 people known; data version 1 in 1.2 s
        ");
        assert_eq!(json(&report, 1)["sources"][0]["without_user"], 135_080);
    }
}
