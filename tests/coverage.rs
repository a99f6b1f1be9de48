//! Every row of the language's tables and every rule of meaning has its cases: one that is parsed, one whose model is kept, one
//! that is evaluated, one that says what is wrong. `docs/coverage.md` is made from here.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn at(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The files below some folders, with their paths in the repository.
fn files(folders: &[&str], extensions: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in folders {
        for entry in walkdir::WalkDir::new(at(folder)).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            if extensions.iter().any(|wanted| path.extension().is_some_and(|extension| extension == *wanted)) {
                let shown = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_string_lossy().into_owned();
                found.push((shown, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Where a text stands first, or which file is called so.
fn place(files: &[(String, String)], needle: &str) -> Option<String> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.ends_with(&format!("/{needle}"))) {
        return Some(path.clone());
    }
    let (path, text) = files.iter().find(|(_, text)| text.contains(needle))?;
    let line = 1 + text[..text.find(needle)?].matches('\n').count();
    Some(format!("{path}:{line}"))
}

/// A cell of the table: where the case is, or why there is none. What is missing is noted.
fn cell(files: &[(String, String)], needle: &str, missing: &mut Vec<String>) -> String {
    if let Some(why) = needle.strip_prefix("n/a: ") {
        return format!("({why})");
    }
    place(files, needle).map_or_else(
        || {
            missing.push(needle.to_owned());
            "missing".to_owned()
        },
        |place| format!("`{place}`"),
    )
}

#[test]
fn every_row_and_every_rule_has_its_cases() {
    let grammar = files(&["tests/syntax/ok"], &["aud"]);
    let golden = files(&["tests/analyze/ir"], &["aud"]);
    let evaluator = files(&["tests/meaning", "tests/eval"], &["aud", "rs"]);
    let gallery = files(&["tests/ui"], &["txt"]);
    let mut table = String::from(
        "# What is covered\n\nMade by `tests/coverage.rs` from `tests/coverage/rows.txt`; a test fails where a case is missing.\n\n\
         | section | row or rule | parsed | model kept | evaluated | what is wrong |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    let mut missing = Vec::new();
    let rows = std::fs::read_to_string(at("tests/coverage/rows.txt")).unwrap();
    for row in rows.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let [section, name, parsed, kept, evaluated, codes] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("six cells: {row}");
        };
        if !kept.starts_with("n/a") {
            let file = place(&golden, kept).unwrap_or_default();
            let file = file.split(':').next().unwrap().rsplit('/').next().unwrap();
            assert!(at(&format!("tests/analyze/ir/expected@{file}.snap")).exists(), "no kept model for {kept}");
        }
        let wrong: Vec<String> = match codes.strip_prefix("n/a: ") {
            Some(why) => vec![format!("({why})")],
            None => codes.split(' ').map(|code| format!("{code} {}", cell(&gallery, code, &mut missing))).collect(),
        };
        writeln!(
            table,
            "| {section} | {name} | {} | {} | {} | {} |",
            cell(&grammar, parsed, &mut missing),
            cell(&golden, kept, &mut missing),
            cell(&evaluator, evaluated, &mut missing),
            wrong.join("<br>"),
        )
        .unwrap();
    }
    assert_eq!(missing, Vec::<String>::new(), "cases that are missing");
    let page = at("docs/coverage.md");
    if std::env::var_os("AUD_UPDATE").is_some() {
        std::fs::write(&page, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(kept, table, "docs/coverage.md is not up to date; AUD_UPDATE=1 writes it");
}

#[test]
fn every_rule_of_meaning_is_a_row() {
    let rows = std::fs::read_to_string(at("tests/coverage/rows.txt")).unwrap();
    for rule in (1..=26).map(|number| format!("| M{number} ")).chain(["| M3a ".to_owned()]) {
        assert!(rows.contains(&rule), "{rule}");
    }
}
