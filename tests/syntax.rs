//! Tests of `syntax`: fixtures with their trees and their diagnostics, limits, and properties.

mod dump;

use std::path::Path;

use aud::base::{Source, SourceId};
use aud::diagnostic::Diagnostic;
use aud::syntax::{Parsed, parse};

fn read(text: &str) -> (Source, Parsed) {
    let source = Source::new("test.aud", text);
    let parsed = parse(&source, SourceId(0));
    (source, parsed)
}

/// One diagnostic as `code line:column-line:column message | help | fix`.
fn concise(source: &Source, diagnostic: &Diagnostic) -> String {
    let place = |span: aud::base::Span| {
        let (start, end) = (source.line_column(span.start), source.line_column(span.end));
        format!("{}:{}-{}:{}", start.0, start.1, end.0, end.1)
    };
    let mut line = diagnostic.code.to_string();
    for label in &diagnostic.labels {
        let at = place(label.span);
        line += &format!("\n  {at} {}", label.text);
    }
    line = line.replacen("\n  ", " ", 1);
    let (head, tail) = line.split_once('\n').map_or((line.as_str(), String::new()), |(h, t)| (h, format!("\n{t}")));
    let (code, label) = head.split_once(' ').unwrap_or((head, ""));
    let (at, label) = label.split_once(' ').unwrap_or((label, ""));
    let mut out = format!("{code} {at} {}\n  = {label}{tail}", diagnostic.message);
    if let Some(help) = &diagnostic.help {
        out += &format!("\n  help: {help}");
    }
    if let Some(fix) = &diagnostic.fix {
        let edits: Vec<String> = fix.edits.iter().map(|edit| format!("{} {:?}", place(edit.span), edit.text)).collect();
        out += &format!("\n  fix: {}: {}", fix.title, edits.join(", "));
    }
    out
}

fn diagnostics(text: &str) -> String {
    let (source, parsed) = read(text);
    let lines: Vec<String> = parsed.diagnostics.iter().map(|each| concise(&source, each)).collect();
    lines.join("\n")
}

/// The fixtures of a folder, by name.
fn fixtures(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/syntax").join(folder);
    let mut found: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "aud"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn snapshot(name: String, text: String) {
    insta::with_settings!({ snapshot_path => "syntax/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn ok() {
    for (name, text) in fixtures("ok") {
        assert_eq!(diagnostics(&text), "", "{name}");
        let (_, parsed) = read(&text);
        snapshot(format!("ok-{name}"), dump::tree(&parsed));
    }
}

#[test]
fn err() {
    for (name, text) in fixtures("err") {
        let found = diagnostics(&text);
        assert_ne!(found, "", "{name}");
        snapshot(format!("err-{name}"), found);
    }
}

/// Reads a text and says how long its diagnostics are; must neither overflow the stack nor take long.
fn survives(text: &str) -> usize {
    read(text).1.diagnostics.iter().count()
}

fn in_match(criteria: &str) -> String {
    format!("version 1\naudience a {{ match {{ {criteria} }} }}\n")
}

#[test]
fn size_is_no_danger() {
    const MEGABYTE: usize = 1 << 20;
    for unit in ["(", "not ", "{", "a: ("] {
        assert!(survives(&unit.repeat(MEGABYTE / unit.len())) > 0, "{unit}");
        assert!(survives(&in_match(&unit.repeat(MEGABYTE / unit.len()))) > 0, "{unit}");
    }
    for unit in [")", "}", "[", "\"", "'", "!", "a", "a ", "x: ", "#", "\\", "\0", "é", "-", "1", "and "] {
        let text = unit.repeat((1 << 16) / unit.len());
        assert!(survives(&text) > 0, "{unit}");
        assert!(survives(&in_match(&text)) > 0, "{unit}");
        assert!(survives(&in_match(&format!("user \"a\" {text}"))) > 0, "{unit}");
        assert!(survives(&in_match(&format!("event \"a\" where {text}"))) > 0, "{unit}");
    }
    for line in
        ["audience a {\n", "criterion x = (\n", "version 1\n", "tags\n", "audience a { tags \"\n", "moved a to\n"]
    {
        assert!(survives(&line.repeat((1 << 16) / line.len())) > 0, "{line}");
    }
}

#[test]
fn flat_chains_may_be_long() {
    let text = in_match(&vec!["user \"a\" is \"b\""; 200_000].join("\nand "));
    assert!(read(&text).1.diagnostics.is_empty());
    assert_eq!(survives(&in_match(&vec!["usr \"a\" is \"b\""; 1_000].join("\nand "))), 1_000);
    assert!(survives(&in_match(&format!("everyone {}", "exclude everyone and everyone ".repeat(20_000)))) > 0);
}

#[test]
fn nesting_ends_at_64_levels() {
    let nested = |depth: usize| in_match(&format!("{}everyone{}", "(".repeat(depth), ")".repeat(depth)));
    assert_eq!(diagnostics(&nested(64)), "");
    assert!(diagnostics(&nested(65)).starts_with("AUD0110 2:86-2:87"), "{}", diagnostics(&nested(65)));
    let nots = |count: usize| in_match(&format!("{}everyone", "not ".repeat(count)));
    assert_eq!(diagnostics(&nots(64)), "");
    assert!(diagnostics(&nots(65)).starts_with("AUD0110"));
    let conditions = in_match(&format!("event \"E\" where {}\"a\" = 1{}", "(".repeat(64), ")".repeat(64)));
    assert_eq!(diagnostics(&conditions), "");
}

#[test]
fn line_ends_and_byte_order_marks_do_not_matter() {
    let text = "version 1\n# one\n## two\naudience a { # three\n  match {\n    everyone\n  }\n}\n";
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let (_, plain) = read(text);
    let (source, parsed) = read(&windows);
    assert_eq!(diagnostics(&windows), "");
    assert_eq!(dump::tree(&parsed), dump::tree(&plain));
    let comments: Vec<&str> = parsed.comments.iter().map(|comment| source.slice(comment.span)).collect();
    assert_eq!(comments, ["# one", "# three"]);
}
