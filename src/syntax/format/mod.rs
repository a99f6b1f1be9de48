//! Text to canonical text.
//!
//! In: the text of one file. Out: the same file laid out as everybody's, with every comment. What is printed is read
//! again and compared: a file whose meaning would change is refused. Always: formatting what was formatted changes
//! nothing.

mod blocks;
mod criteria;
mod document;
mod entry;
mod lines;
mod print;
mod scenario;

use super::ast::Same;
use super::{Parsed, parse};
use crate::base::{Source, SourceId, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Lays out the text of one file.
///
/// # Errors
/// The diagnostics of a file that cannot be read, with spans into `text` (source 0).
///
/// ```
/// let text = "version 1\naudience a \"A\" { match { user \"n\" > 5 and everyone } }";
/// let formatted = aud::syntax::format(text).unwrap();
/// assert!(formatted.contains("    user \"n\" > 5\n    and everyone\n"));
/// assert_eq!(aud::syntax::format(&formatted).unwrap(), formatted);
/// ```
pub fn format(text: &str) -> Result<String, Diagnostics> {
    let source = Source::new("", text);
    let parsed = parse(&source, SourceId(0));
    if parsed.diagnostics.has_errors() {
        return Err(parsed.diagnostics);
    }
    let printed = print::print(&source, &parsed);
    if sound(&parsed, &printed) { Ok(printed) } else { Err(unsound()) }
}

/// Whether what was printed reads as what was written, and keeps as many comments.
fn sound(written: &Parsed, printed: &str) -> bool {
    let again = parse(&Source::new("", printed), SourceId(0));
    let same_tree = again.diagnostics.is_empty() && again.file.same(&written.file);
    same_tree && again.comments.len() == written.comments.len()
}

fn unsound() -> Diagnostics {
    let mut found = Diagnostics::default();
    let diagnostic = Diagnostic::new(Code::FormatterUnsound, "formatting would change what this file says")
        .label(Span::new(SourceId(0), 0, 0), "left as it is")
        .help("this is a fault of the formatter and none of the file; please report it");
    found.push(diagnostic);
    found
}
