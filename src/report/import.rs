//! What an import did, as text and as JSON.
//!
//! Shows counts, reasons and places only: no value of a row, since rows are about people.

use std::fmt::Write;

use serde_json::{Value, json};

use super::number::{counted, people};
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
        let users = people(report.users);
        line(&mut out, format_args!("{users} known; data version {} in {seconds:.1} s", report.version_after));
    }
    out
}

fn source_text(out: &mut String, source: &SourceReport) {
    let files = |count: u64| counted(count, "file", "files");
    if source.files_read == 0 {
        line(out, format_args!("{}  {} unchanged", source.name, files(source.files_skipped)));
        return;
    }
    let (one, several) = if source.of_batches { ("batch", "batches") } else { ("row", "rows") };
    let (rows, events) = (counted(source.rows, one, several), counted(source.events, "event", "events"));
    let new_users = counted(source.new_users, "new person", "new people");
    line(out, format_args!("{}  {}, {rows}: {events}, {new_users}", source.name, files(source.files_read)));
    if source.rows == 0 {
        line(out, format_args!("    no rows at all: is the file complete?"));
    }
    left_out(out, source, (one, several));
    for (limit, beyond) in &source.beyond {
        let (count, file, at) = (number(beyond.count), &beyond.file, beyond.line);
        line(out, format_args!("    {count} {limit}, taken as they are; the first: {file}:{at}"));
    }
    let bad = source.bad_rows();
    if bad > 0 {
        let bad = match source.of_batches {
            true => format!("{} could not be read:", counted(bad, "batch or event", "batches or events")),
            false => format!("{} could not be read:", counted(bad, "row", "rows")),
        };
        line(out, format_args!("    {bad}"));
    }
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

/// What is in no event, or in one that was there.
fn left_out(out: &mut String, source: &SourceReport, rows: (&str, &str)) {
    let (batches, is, was) = (("batch", "batches"), ("is", "are"), ("was", "were"));
    let mut aside = |count: u64, what: (&str, &str), verb: (&str, &str), rest: &str, end: (&str, &str)| {
        let number = |(one, several)| if count == 1 { one } else { several };
        if count > 0 {
            let what = counted(count, what.0, what.1);
            line(out, format_args!("    {what} {} {rest}{}", number(verb), number(end)));
        }
    };
    let out = (" and was left out", " and were left out");
    aside(source.without_user, rows, ("names", "name"), "no user", out);
    aside(source.forgotten, rows, is, "about people who were forgotten", out);
    aside(source.development, batches, is, "from development", out);
    aside(source.repeated_batches, batches, was, "stored before under the same request id", out);
    aside(source.duplicates, ("event", "events"), was, "stored before under the same id", ("", ""));
    for (event_type, count) in &source.only_seen {
        let of_type = visible(event_type);
        let events = (&*format!("event of type {of_type}"), &*format!("events of type {of_type}"));
        let sightings = ("a sighting: no criterion asks for it", "sightings: no criterion asks for them");
        aside(*count, events, is, "only ", sightings);
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

    #[test]
    fn one_is_not_told_as_several() {
        let source = SourceReport {
            name: "orders".to_owned(),
            files_read: 1,
            rows: 1,
            events: 1,
            new_users: 1,
            without_user: 1,
            forgotten: 1,
            duplicates: 1,
            ..SourceReport::default()
        };
        let report =
            ImportReport { sources: vec![source], rebuilt: None, version_before: 0, version_after: 1, users: 1 };
        insta::assert_snapshot!(text(&report, 1234), @r"
        orders  1 file, 1 row: 1 event, 1 new person
            1 row names no user and was left out
            1 row is about people who were forgotten and was left out
            1 event was stored before under the same id
        1 person known; data version 1 in 1.2 s
        ");
    }
}
