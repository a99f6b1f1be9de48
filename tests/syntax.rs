//! Tests of `syntax`: fixtures with their trees and their diagnostics, limits, and properties.

mod dump;
mod generate;

use std::path::Path;

use proptest::prelude::*;

use aud::base::{Source, SourceId};
use aud::diagnostic::Diagnostic;
use aud::syntax::ast::Same;
use aud::syntax::{Parsed, format, parse};

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

/// The comments of a text without their markers, sorted: formatting may move one, never lose one.
fn comments(text: &str) -> Vec<String> {
    let (source, parsed) = read(text);
    let plain = parsed.comments.iter().map(|comment| source.slice(comment.span));
    let mut all: Vec<String> = plain.map(|text| text.trim_matches(['#', ' ', '\t', '\r']).to_owned()).collect();
    all.sort();
    all
}

/// Formatting is the same twice, says the same, and keeps the comments.
fn assert_formats(text: &str) {
    let once = format(text).unwrap_or_else(|found| panic!("{found:?}\n{text}"));
    let twice = format(&once).unwrap_or_else(|found| panic!("{found:?}\n{once}"));
    assert_eq!(once, twice, "from\n{text}");
    assert!(read(text).1.file.same(&read(&once).1.file), "{text}\nbecame\n{once}");
    assert_eq!(comments(text), comments(&once), "{text}\nbecame\n{once}");
}

#[test]
fn ok() {
    for (name, text) in fixtures("ok") {
        assert_eq!(diagnostics(&text), "", "{name}");
        let (_, parsed) = read(&text);
        let formatted = format(&text).unwrap();
        snapshot(format!("ok-{name}"), format!("{}\n\n{formatted}", dump::tree(&parsed)));
        assert_formats(&text);
    }
}

#[test]
fn err() {
    for (name, text) in fixtures("err") {
        let found = diagnostics(&text);
        assert_ne!(found, "", "{name}");
        assert!(format(&text).is_err(), "{name}");
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
    for unit in ["test \"a\" {", "test \"a\" {\n", "user a {", "at +1 day {", "then ", "without ", "sum of "] {
        let text = unit.repeat((1 << 16) / unit.len());
        assert!(survives(&text) > 0, "{unit}");
        assert!(survives(&in_match(&text)) > 0, "{unit}");
        assert!(survives(&format!("version 1\ntest \"t\" {{ {text} }}")) > 0, "{unit}");
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

/// How many seconds a processor worked for this thread: other programs do not add to it.
fn of_thread() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// How many times as long a text of twice the length takes: about 2 where the time is linear, 4 where it is quadratic.
fn growth(text: impl Fn(usize) -> String, length: usize) -> f64 {
    let seconds = |text: &str| {
        let times = (0..3).map(|_| {
            let start = of_thread();
            survives(text);
            of_thread() - start
        });
        times.fold(f64::INFINITY, f64::min)
    };
    seconds(&text(2 * length)) / seconds(&text(length))
}

#[test]
fn reading_takes_linear_time() {
    let in_test = |facts: &str| format!("version 1\ntest \"t\" {{ user ann {{ {facts} }} }}\n");
    type Text = Box<dyn Fn(usize) -> String>;
    let cases: [(&str, Text); 9] = [
        ("parentheses", Box::new(|n| "(".repeat(n))),
        ("tests in tests", Box::new(|n| "test \"a\" {".repeat(n / 10))),
        ("tests in lines", Box::new(|n| "test \"a\" {\n".repeat(n / 10))),
        ("joined criteria", Box::new(|n| in_match(&vec!["everyone"; n / 12].join(" and ")))),
        ("steps", Box::new(|n| in_match(&vec!["purchase"; n / 14].join(" then ")))),
        ("facts", Box::new(move |n| in_test(&"attribute \"a\" 5 ".repeat(n / 16)))),
        ("unreadable facts", Box::new(move |n| in_test(&"atribute \"a\" 5\n".repeat(n / 16)))),
        ("pairs", Box::new(move |n| in_test(&format!("purchase {{ {} }}", vec!["\"a\" 5"; n / 8].join(", "))))),
        ("users in users", Box::new(|n| format!("version 1\ntest \"t\" {{ {}", "user ann {".repeat(n / 10)))),
    ];
    for (name, text) in cases {
        // The machine may be busy: only what is slow each time is slow.
        let found: Vec<f64> = (0..3).map(|_| growth(&text, 1 << 13)).take_while(|growth| *growth > 3.0).collect();
        assert!(found.len() < 3, "{name}: {found:?}");
    }
}

#[test]
fn ten_megabytes_of_openings_are_read() {
    const LENGTH: usize = 10 << 20;
    for unit in ["(", "test \"a\" {"] {
        assert!(survives(&unit.repeat(LENGTH / unit.len())) > 0, "{unit}");
    }
    assert_eq!(survives(&in_match(&vec!["everyone"; 1_000_000].join(" and "))), 0);
}

#[test]
fn odd_bytes_are_told_apart() {
    for text in ["version 1\n\0", "version 1\ntest \"a\0\" { \0 }", "version 1\naudience a { match { \0 } }"] {
        assert!(survives(text) > 0, "{text:?}");
    }
    let test = "version 1\n\ntest \"t\" {\n  user a { session }  # one\n  expect a in b\n}\n";
    let windows = format!("\u{feff}{}", test.replace('\n', "\r\n"));
    assert_eq!(diagnostics(&windows), "");
    assert!(read(&windows).1.file.same(&read(test).1.file));
    assert_eq!(format(&windows).unwrap(), test);
}

#[test]
fn tests_that_differ_are_not_the_same() {
    let test = |inside: &str| {
        let (_, parsed) = read(&format!("version 1\ntest \"t\" {{ {inside} }}"));
        assert!(parsed.diagnostics.is_empty(), "{inside}");
        parsed.file
    };
    let all = [
        "",
        "now 2026-01-01",
        "now 2026-01-02",
        "user a { }",
        "user a from b { }",
        "user a { mpid 1 }",
        "user a { first seen 2026-01-01 }",
        "user a { first seen 1 day ago }",
        "user a { identity email \"x\" }",
        "user a { identity other \"x\" }",
        "user a { attribute \"x\" 1 }",
        "user a { attribute \"x\" \"1\" }",
        "user a { attribute \"x\" true }",
        "user a { attribute \"x\" null }",
        "user a { attribute \"x\" [1] }",
        "user a { no attribute \"x\" }",
        "user a { calculated \"x\" 1 }",
        "user a { consent gdpr \"x\" granted }",
        "user a { consent gdpr \"x\" rejected }",
        "user a { device os \"x\" }",
        "user a { location city \"x\" }",
        "user a { location 1, 2 }",
        "user a { location 1, 2 at 1 day ago }",
        "user a { attribution install }",
        "user a { attribution install { \"x\" 1 } }",
        "user a { session }",
        "user a { session 2 times }",
        "user a { session in web }",
        "user a { session id \"x\" }",
        "user a { session at 1 day ago }",
        "user a { session { \"x\" 1 } }",
        "user a { session product { \"x\" 1 } }",
        "user a { event \"x\" }",
        "user a { event \"x\" type search }",
        "at 2026-01-01 { }",
        "at +1 day { }",
        "at +1 day { a does session }",
        "at +1 day { b does session }",
        "at +1 day { expect a in b }",
        "expect a in b",
        "expect a not in b",
        "expect a in b / c",
        "expect members of b are [a]",
        "expect members of b / c are [a]",
        "expect members of b are []",
    ];
    for (index, one) in all.iter().enumerate() {
        for (other_index, other) in all.iter().enumerate() {
            assert_eq!(test(one).same(&test(other)), index == other_index, "{one} | {other}");
        }
    }
}

#[test]
fn flat_chains_may_be_long() {
    let text = in_match(&vec!["everyone"; 20_000].join("\nand "));
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

/// Every fixture, sound or not.
fn all_fixtures() -> Vec<String> {
    fixtures("ok").into_iter().chain(fixtures("err")).map(|(_, text)| text).collect()
}

/// Nothing panics; spans lie in the text and on character boundaries; what formats does so soundly.
fn assert_robust(text: &str) {
    let (source, parsed) = read(text);
    for label in parsed.diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        let range = label.span.start as usize..label.span.end as usize;
        assert!(source.text.get(range).is_some(), "{label:?} in {text:?}");
    }
    for edit in parsed.diagnostics.iter().filter_map(|each| each.fix.as_ref()).flat_map(|fix| &fix.edits) {
        let range = edit.span.start as usize..edit.span.end as usize;
        assert!(source.text.get(range).is_some(), "{edit:?} in {text:?}");
    }
    if format(text).is_ok() {
        assert_formats(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_is_read(text in "(?s).{0,200}") {
        assert_robust(&text);
    }

    #[test]
    fn arbitrary_words_are_read(text in generate::word_salad()) {
        assert_robust(&text);
        assert_robust(&in_match(&text));
    }

    #[test]
    fn mutated_files_are_read(
        pick in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, generate::word_salad()), 1..4),
    ) {
        let all = all_fixtures();
        let mut text: Vec<char> = pick.get(&all).chars().collect();
        for (at, remove, insert) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + remove).min(text.len());
            text.splice(at..end, insert.chars().take(8));
        }
        assert_robust(&text.into_iter().collect::<String>());
    }

    #[test]
    fn valid_files_format(text in generate::file()) {
        prop_assert_eq!(diagnostics(&text), "", "{}", text);
        assert_formats(&text);
    }
}

#[test]
fn examples_of_the_language_reference_check_and_are_canonical() {
    const PROJECT: &str = "version: 1
project: shop
audiences: audiences
workspaces:
  shop: { inputs: { ios: { kind: platform }, web: { kind: platform } } }
outputs:
  push_service: { kind: file, settings: { path: push } }
  warehouse: { kind: file, settings: { path: warehouse } }
";
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/language.md")).unwrap();
    let examples: Vec<&str> = page.split("```aud\n").skip(1).map(|after| after.split_once("```").unwrap().0).collect();
    assert!(examples.len() >= 4);
    for example in examples {
        assert_eq!(format(example).unwrap_or_else(|found| panic!("{found:?}")), example);
        let sandbox = crate::support::Sandbox::empty();
        sandbox.write("aud.yaml", PROJECT);
        sandbox.write("audiences/example.aud", example);
        let run = sandbox.aud(&["check"]).fine();
        assert!(!run.out.contains("warning"), "{}", run.out);
    }
}

/// The text after the edits of a fix.
fn fixed(text: &str, fix: &aud::diagnostic::Fix) -> String {
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    out
}

#[test]
fn every_fix_mends_what_it_is_for() {
    for (name, text) in fixtures("err") {
        let (_, parsed) = read(&text);
        for diagnostic in parsed.diagnostics.iter() {
            let Some(fix) = &diagnostic.fix else { continue };
            let mended = fixed(&text, fix);
            let after = read(&mended).1.diagnostics;
            let count = |found: &aud::diagnostic::Diagnostics| {
                found.iter().filter(|each| each.code == diagnostic.code && each.message == diagnostic.message).count()
            };
            assert!(
                count(&after) < count(&parsed.diagnostics),
                "{name}: {} ({}) is not mended by {fix:?}:\n{}",
                diagnostic.message,
                diagnostic.code,
                diagnostics(&mended)
            );
            let (before, after) = (parsed.diagnostics.iter().count(), after.iter().count());
            assert!(after < before, "{name}: {fix:?} leaves {after} of {before}");
        }
    }
}
