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
