//! What a story leaves on paper: made the same on every machine, and compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;
use similar::TextDiff;

use crate::support::{Sandbox, files_below};

/// The words of a command; texts in quotes are one. `NOW` is the time.
pub(super) fn words(command: &str, now: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in command.split('"').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(
                piece.split_whitespace().map(|word| if word == "NOW" { now.to_owned() } else { word.to_owned() }),
            );
        }
    }
    words
}

/// Text without what differs from machine to machine.
pub(super) fn text(shown: &str, folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    let shown = shown.replace(&format!("{folder}/"), "").replace(&*folder, ".");
    // Said or not, depending on the clock of the machine.
    let is_about_the_clock = |line: &&str| line.starts_with("note: attributes are as last known");
    let lines = shown.lines().filter(|line| !is_about_the_clock(line));
    let lines: Vec<String> = lines.map(|line| dates(&numbers(line)).trim_end().to_owned()).collect();
    let mut page = lines.join("\n");
    page.truncate(page.trim_end().len());
    page + "\n"
}

/// A line without the times of the clock that stand in tables; no story has a time within an hour.
fn dates(line: &str) -> String {
    let is_date = |text: &str| {
        let pattern = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c });
        pattern.eq("0000-00-00 00:00:00".chars()) && !text.ends_with(":00:00")
    };
    let starts = line.char_indices().map(|(at, _)| at);
    let found = starts.filter_map(|at| line.get(at..at + 19)).find(|text| is_date(text));
    found.map_or_else(|| line.to_owned(), |date| line.replace(date, "<by the clock     >"))
}

/// A line without random numbers: those of locks, lineages and stores, of processes, and times of the clock.
fn numbers(line: &str) -> String {
    let mut told = String::new();
    let mut word = String::new();
    for c in line.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || "-:.".contains(c) && !word.is_empty() {
            word.push(c);
            continue;
        }
        told.push_str(if is_of_the_clock(&word) {
            "<clock>"
        } else if is_random(&word) {
            "<random>"
        } else {
            &word
        });
        word.clear();
        told.push(c);
    }
    told.trim_end_matches('\n').to_owned()
}

/// Whether it is an instant that no story wrote: those have whole seconds.
pub(super) fn is_of_the_clock(word: &str) -> bool {
    word.len() == 24 && word.ends_with('Z') && word.as_bytes()[10] == b'T' && word.as_bytes()[19] == b'.'
}

fn is_random(word: &str) -> bool {
    let is_hexadecimal = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    let is_uuid = word.len() == 36 && word.chars().filter(|c| *c == '-').count() == 4;
    is_uuid && is_hexadecimal(&word.replace('-', "")) || [32, 40, 64].contains(&word.len()) && is_hexadecimal(word)
}

/// A document, laid out, without what differs from run to run.
pub(super) fn json(out: &str) -> String {
    match serde_json::from_str::<Value>(out) {
        Ok(mut document) => {
            settle(&mut document);
            pretty(&document)
        }
        Err(_) => out.to_owned(),
    }
}

pub(super) fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap() + "\n"
}

fn settle(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let is_fingerprint =
                    ["definitions", "outputs", "lineage", "store", "tool", "fingerprint"].contains(&key.as_str());
                match value {
                    Value::String(text) if is_fingerprint && !text.is_empty() => "…".clone_into(text),
                    _ => settle(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(settle),
        Value::String(text) => *text = numbers(text),
        _ => {}
    }
}

/// Every delivered file in short: who enters (`+`) and who leaves (`-`), with the types of the identities that were sent.
///
/// Files of a connection are numbered from 1 without gaps, and every line carries its file's number.
pub(crate) fn delivered(sandbox: &Sandbox) -> Result<String, String> {
    let folder = sandbox.at("delivered");
    let mut page = String::new();
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for path in if folder.is_dir() { files_below(&folder) } else { Vec::new() } {
        let shown = path.strip_prefix(&folder).unwrap().display().to_string();
        let Some((connection, file)) = shown.rsplit_once('/').filter(|(_, file)| file.ends_with(".ndjson")) else {
            continue;
        };
        let next = numbers.entry(connection.to_owned()).or_default();
        *next += 1;
        if file != format!("{next:08}.ndjson") {
            return Err(format!("{shown} should be number {next}"));
        }
        page += &one_delivery(&shown, *next, &std::fs::read_to_string(&path).unwrap())?;
    }
    Ok(page)
}

fn one_delivery(shown: &str, number: u64, text: &str) -> Result<String, String> {
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut page = format!("{shown}\n");
    if let Some(first) = lines.first() {
        writeln!(page, "  {} at {}", first["audience"], numbers(first["at"].as_str().unwrap())).unwrap();
    }
    let leaves = |line: &&Value| line["action"] == "drop";
    if lines.iter().skip_while(leaves).any(|line| leaves(&line)) {
        return Err(format!("in {shown} somebody leaves after somebody entered"));
    }
    let mpid = |line: &Value| line["mpid"].as_str().unwrap().parse::<i64>().unwrap();
    // The numbers of users, and so the order, follow from how the data was read.
    lines.sort_by_key(|line| (!leaves(&line), mpid(line)));
    for line in &lines {
        if line["sequence"] != number {
            return Err(format!("{shown} holds {line}"));
        }
        let sign = if line["action"] == "add" { '+' } else { '-' };
        let types = line["identities"].as_array().unwrap().iter().map(|identity| identity["type"].as_str().unwrap());
        let types: Vec<&str> = types.collect();
        writeln!(page, "  {sign} {:<3} {}", line["mpid"].as_str().unwrap(), types.join(", ")).unwrap();
    }
    Ok(page.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n")
}

/// Compares what came out with what is written, or writes it.
pub(super) fn compare(folder: &Path, pages: &BTreeMap<String, String>, update: bool) -> Result<(), String> {
    let is_expected = |name: &str| {
        let stem = name.split(['.', '-']).next();
        stem.is_some_and(|stem| ["plan", "run", "state", "delivered"].contains(&stem)) && !name.ends_with(".aud")
    };
    let there = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = there.filter(|name| is_expected(name)).collect();
    if update {
        for name in there.iter().filter(|name| !pages.contains_key(*name)) {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
        pages.iter().for_each(|(name, page)| std::fs::write(folder.join(name), page).unwrap());
        return Ok(());
    }
    let mut differences = String::new();
    for name in there.iter().chain(pages.keys()).collect::<BTreeSet<_>>() {
        let written = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        let found = pages.get(name).map_or("", String::as_str);
        if written != found {
            let diff = TextDiff::from_lines(written.as_str(), found);
            writeln!(
                differences,
                "{}",
                diff.unified_diff().context_radius(2).header(&format!("{name} as written"), "found")
            )
            .unwrap();
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences) }
}
