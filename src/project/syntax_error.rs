//! What the YAML parser could not read, in the words of the other diagnostics.
//!
//! In: the parser's error. Out: a diagnostic with place, label and help for what people get wrong most, and with the
//! parser's own words for the rest.

use super::yaml::{ErrorKind, ScanError};
use crate::base::{SourceId, Span};
use crate::diagnostic::{Code, Diagnostic};

/// The diagnostic of an error of the parser.
pub(super) fn syntax_error(error: &ScanError, text: &str, source: SourceId) -> Diagnostic {
    let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(0).min(text.len()));
    let (message, label, help) = wording(error.kind());
    let mut problem = Diagnostic::new(Code::InvalidYaml, message);
    problem.help = help.map(str::to_owned);
    if is_tab(error.kind())
        && let Some((from, to)) = indenting_tabs(text, at)
    {
        let span = Span::new(source, from, to);
        return problem.label(span, label);
    }
    let rest = text.get(at..).unwrap_or_default();
    let length = match error.kind() {
        // The words that were meant to be a key.
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            rest.lines().next().map_or(0, |it| it.trim_end().len())
        }
        _ => rest.chars().next().filter(|c| !c.is_whitespace()).map_or(0, char::len_utf8),
    };
    problem.label(Span::new(source, at, at + length), label)
}

/// The tabs before the first word of the line that an offset is in.
fn indenting_tabs(text: &str, at: usize) -> Option<(usize, usize)> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?;
    let indent = line.get(..line.len() - line.trim_start_matches([' ', '\t']).len())?;
    Some((start + indent.find('\t')?, start + indent.rfind('\t')? + 1))
}

fn is_tab(kind: &ErrorKind) -> bool {
    use ErrorKind as E;
    matches!(kind, E::TabInBlockIndentation | E::TabNotAllowed | E::TabInIndentation | E::TabAtBlockScalarStart)
}

/// Message, label and help for what people get wrong most; the parser's own words for the rest.
fn wording(kind: &ErrorKind) -> (String, &'static str, Option<&'static str>) {
    use ErrorKind as E;
    let (message, label, help) = match kind {
        kind if is_tab(kind) => ("a tab cannot indent YAML", "a tab", "indent with spaces"),
        E::UnclosedQuotedScalar => ("a quote is never closed", "opened here", "close it with the same kind of quote"),
        E::UnclosedFlowCollection { open } => {
            let (close, help) =
                if *open == '[' { (']', "close the list with `]`") } else { ('}', "close the map with `}`") };
            return (format!("a `{open}` is never closed by a `{close}`"), "opened here", Some(help));
        }
        // Named after the end of the file, but said of every token that cannot stand where a value is expected.
        E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::UnexpectedEofBlockSequence
        | E::UnexpectedEofBlockMapping
        | E::UnexpectedEof
        | E::ExpectedNodeContent => {
            ("a value is missing", "before this", "write the value, or remove what waits for it")
        }
        E::MismatchedFlowCollectionEnd { open, close } => {
            let help = if *open == '[' { "close the list with `]`" } else { "close the map with `}`" };
            return (format!("`{open}` is closed by `{close}`"), "the wrong bracket", Some(help));
        }
        E::MisplacedFlowCollectionEnd => {
            ("a closing bracket without an opening one", "opens nowhere", "remove it, or quote the text it belongs to")
        }
        E::ExpectedFlowMappingSeparator => {
            ("a `,` or a `}` is missing", "before this", "close the map with `}`, or separate its entries by `,`")
        }
        E::ExpectedFlowSequenceSeparator => {
            ("a `,` or a `]` is missing", "before this", "close the list with `]`, or separate its items by `,`")
        }
        E::SimpleKeyExpected | E::InvalidSimpleKey => {
            ("a key without a `:`", "the `:` is missing", "write `key: value`, with a space after the colon")
        }
        E::MappingValueNotAllowed => {
            ("a second `:` in one value", "this `:`", "quote a text that contains a colon and a space")
        }
        E::InvalidIndentation | E::ExpectedBlockMappingKey | E::ExpectedBlockSequenceEntry => (
            "the indentation does not fit the lines above",
            "starts in another column",
            "keys of one map, and dashes of one list, start in the same column",
        ),
        E::BlockSequenceEntryNotAllowed | E::BlockEntryInFlowCollection => {
            ("an item of a list cannot start here", "this `-`", "start items on lines of their own, below the key")
        }
        E::UnexpectedCharacter { character } => {
            return (
                format!("`{}` cannot start a value", character.escape_default()),
                "this character",
                Some("quote the text"),
            );
        }
        E::UnknownQuotedScalarEscape => (
            "an unknown escape in a text in double quotes",
            "in the text that starts here",
            "write `\\\\` for a backslash, or use single quotes, in which nothing is escaped",
        ),
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            ("something follows a closing quote", "after the quote", "quote the whole text")
        }
        E::RecursionLimitExceeded => ("lists and maps nest too deep", "one level too many", "nest them less"),
        other => return (format!("not YAML: {other}"), "cannot be read", None),
    };
    (message.to_owned(), label, Some(help))
}
