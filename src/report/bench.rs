//! What a run of a workload measured, as text and as JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use super::number;
use crate::workload::Run;

/// The report for machines: every repetition and every answer.
pub fn json(run: &Run) -> Value {
    serde_json::to_value(run).unwrap_or_else(|error| json!({ "version": 1, "error": error.to_string() }))
}

/// The report for people: medians and whether the answers are right.
pub fn text(run: &Run) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}"); // writing to a string cannot fail
    };
    let (users, events) = (number(run.users), number(run.events));
    line(format!("{}: {users} users, {events} events, {} threads", run.size, run.threads));
    line(format!("{} audiences: {} different criteria, {} combinations", run.audiences, run.leaves, run.nodes));
    let mut times = |name: &str, seconds: &[f64]| {
        if let (Some(least), Some(median)) = (seconds.iter().copied().reduce(f64::min), median(seconds)) {
            line(format!("  {name:<28} {:>11} fastest, {:>11} median of {}", time(least), time(median), seconds.len()));
        }
    };
    times("import", &run.import.seconds);
    times("open", &run.open.seconds);
    if let Some(evaluate) = &run.evaluate {
        times("evaluate, the first time", &[evaluate.first]);
        times("evaluate", &evaluate.seconds);
        times("evaluate, counts and sums", &evaluate.with_answers);
    }
    if let Some(increment) = &run.increment {
        times("new events, later clock", &increment.seconds);
        times("of it, taking the events", &increment.appending);
    }
    line(format!("  {:<28} {:>11}", "store on disk", mebibytes(run.store_bytes)));
    line(format!("  {:<28} {:>11}", "memory after opening", mebibytes(run.open.memory.rss)));
    if let Some(evaluate) = &run.evaluate {
        let memory = &evaluate.memory;
        let (own, files) = (mebibytes(memory.anonymous), mebibytes(memory.file));
        line(format!("  {:<28} {:>11}: {own} own, {files} of files", "while evaluating", mebibytes(memory.rss)));
        line(verdict("answers", evaluate.equal, &evaluate.differing));
    }
    if let Some(increment) = &run.increment {
        let (events, moves) = (number(increment.events), number(increment.moves));
        let kept = mebibytes(increment.kept_bytes);
        line(format!("{events} new events and the later time moved {moves} memberships; {kept} kept beside them"));
        line(verdict("later answers", increment.equal, &increment.differing));
    }
    for each in &run.profile {
        line(format!("  {:<28} {:>11} for {}", each.kind, time(each.seconds), each.leaves));
    }
    out
}

fn verdict(what: &str, equal: Option<bool>, differing: &[u64]) -> String {
    match equal {
        None => format!("nothing is expected of the {what}"),
        Some(true) => format!("all {what} are as expected"),
        Some(false) => format!("{} {what} differ: audiences {}", differing.len(), few(differing)),
    }
}

fn few(numbers: &[u64]) -> String {
    let mut few: Vec<String> = numbers.iter().take(10).map(u64::to_string).collect();
    if numbers.len() > few.len() {
        few.push("…".to_owned());
    }
    few.join(", ")
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn time(seconds: f64) -> String {
    if seconds < 1.0 { format!("{:.2} ms", seconds * 1000.0) } else { format!("{seconds:.2} s") }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}
