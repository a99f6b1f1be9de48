//! The formatter: tree and comments to canonical text.
//!
//! In: the text of one file. Out: the same file in canonical form. What always holds: formatting twice gives what formatting
//! once gave; every comment is kept; the tree stays the same, which is checked before the text is given out. A file with
//! errors is not formatted.

mod page;
mod print;
mod words;

use super::{Parsed, parse};
use crate::base::{Source, SourceId};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// How wide a line may be before a group is written on several.
const WIDTH: usize = 100;

/// The canonical form of a file.
///
/// # Errors
/// The file's own errors, with spans into source 0.
///
/// ```
/// let text = "version 1\naudience a \"A\" { match { user \"n\" > 5 and everyone } }";
/// let formatted = aud::syntax::format(text).unwrap();
/// assert!(formatted.contains("    user \"n\" > 5\n    and everyone\n"));
/// assert_eq!(aud::syntax::format(&formatted).unwrap(), formatted);
/// ```
pub fn format(text: &str) -> Result<String, Diagnostics> {
    let parsed = parsed(text);
    if parsed.diagnostics.has_errors() {
        return Err(parsed.diagnostics);
    }
    let formatted = print::file(&parsed, text);
    let again = self::parsed(&formatted);
    let same = !again.diagnostics.has_errors()
        && shape(&again) == shape(&parsed)
        && comments(&again, &formatted) == comments(&parsed, text);
    if same {
        Ok(formatted)
    } else {
        let mut diagnostics = Diagnostics::default();
        let message = "formatting would change what this file says, so it was left as it is";
        let help = "this is a fault of the formatter: please report it with the file";
        diagnostics.push(Diagnostic::new(Code::FormatterUnsound, message).help(help));
        Err(diagnostics)
    }
}

fn parsed(text: &str) -> Parsed {
    parse(&Source::new("", text), SourceId(0))
}

/// The tree without its places: what both sides of formatting must have in common.
fn shape(parsed: &Parsed) -> String {
    let text = format!("{:?}", parsed.file);
    let mut parts = text.split("Span { source: SourceId(");
    let mut shape = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shape.push_str(part.split_once(" }").map_or(part, |(_, rest)| rest));
    }
    shape
}

/// The comments' texts; their order may change where one moves out of a line, so they are sorted.
fn comments(parsed: &Parsed, text: &str) -> Vec<String> {
    let words = |at: &super::Comment| page::words(text, at).to_owned();
    let mut comments: Vec<String> = parsed.comments.iter().map(words).collect();
    comments.sort();
    comments
}
