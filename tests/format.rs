//! The formatter: canonical, idempotent, and nothing lost.
//!
//! Each `tests/format/*.aud` is formatted and held against the `*.expected` beside it (`AUD_UPDATE=1` writes them).

use std::path::{Path, PathBuf};

use aud::syntax::format;
use proptest::prelude::*;

fn folder(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn files(relative: &str) -> Vec<(PathBuf, String)> {
    let files = crate::support::files_below(&folder(relative)).into_iter();
    let definitions = files.filter(|path| path.extension().is_some_and(|extension| extension == "aud"));
    definitions.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn files_come_out_as_expected() {
    let cases = files("tests/format");
    assert!(cases.len() >= 3);
    for (path, text) in cases {
        let formatted = format(&text).unwrap_or_else(|found| panic!("{path:?}: {found:?}"));
        let expected = path.with_extension("expected");
        if std::env::var_os("AUD_UPDATE").is_some() {
            std::fs::write(&expected, &formatted).unwrap();
        }
        assert_eq!(formatted, std::fs::read_to_string(&expected).unwrap(), "{path:?}");
        assert_eq!(format(&formatted).unwrap(), formatted, "{path:?} a second time");
    }
}

#[test]
fn every_well_formed_file_of_the_repository_is_stable() {
    for (path, text) in files("tests/syntax/ok").into_iter().chain(files("audiences")).chain(files("tests/retail")) {
        let once = format(&text).unwrap_or_else(|found| panic!("{path:?}: {found:?}"));
        assert_eq!(format(&once).unwrap(), once, "{path:?}");
    }
}

#[test]
fn a_file_with_errors_is_left_alone() {
    assert!(format("version 1\naudience a { match { everyone }").is_err());
}

/// Pieces that a file can be cut into; comments and line breaks go between any two of them.
const PIECES: [&str; 43] = [
    "version 1",
    "audience",
    "a",
    "\"A\"",
    "{",
    "tags",
    "\"x\"",
    ",",
    "\"y\"",
    "status",
    "active",
    "match",
    "{",
    "one:",
    "user",
    "\"n\"",
    ">",
    "5",
    "and",
    "(",
    "event",
    "\"E\"",
    "where",
    "(",
    "\"p\"",
    "is",
    "\"q\"",
    "and",
    "\"r\"",
    "exists",
    ")",
    "at least 2 times",
    "within last 7 days",
    "or",
    "not",
    "everyone",
    ")",
    "exclude",
    "audience",
    "b",
    "}",
    "connect",
    "out",
    "}",
];

proptest! {
    #[test]
    fn comments_and_breaks_anywhere_are_kept(gaps in prop::collection::vec(0..6usize, PIECES.len())) {
        let mut text = String::new();
        let mut comments = 0;
        for (piece, gap) in PIECES.iter().zip(&gaps) {
            text.push_str(piece);
            match gap {
                0..3 => text.push(' '),
                3 => text.push('\n'),
                4 => text.push_str("\n\n\n"),
                _ => {
                    text.push_str(&format!(" # comment {comments}\n"));
                    comments += 1;
                }
            }
        }
        let formatted = format(&text).unwrap_or_else(|found| panic!("{found:?} in\n{text}"));
        for comment in 0..comments {
            let word = format!("# comment {comment}\n");
            prop_assert_eq!(formatted.matches(&word).count(), 1, "{} of\n{}\nin\n{}", word, text, formatted);
        }
        prop_assert!(!formatted.contains("\n\n\n"), "{}", formatted);
        prop_assert_eq!(format(&formatted).unwrap(), formatted);
    }
}
