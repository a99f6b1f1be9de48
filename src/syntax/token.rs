//! Tokens: what is needed to cut a file into pieces before the grammar reads them.
//!
//! In: text. Out: [`Tokens`] in the order written, and the comments between them. Always: linear in time, no recursion,
//! tokens do not overlap and, with comments and white space, cover the whole text.

use crate::base::{SourceId, Span};

use super::Comment;

/// What a token is. Values are not read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `audience`, `vip`: letters, digits and `_`.
    Word,
    /// A text in double quotes; `closed` unless it ran into the end of its line.
    Text { closed: bool },
    /// A number or a date, with whatever touches it.
    Number,
    /// One of `{ } ( ) [ ]`.
    Bracket(u8),
    /// Any other character, or one operator of several (`<=`).
    Symbol,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// First byte.
    pub(super) start: usize,
    /// One past the last byte.
    pub(super) end: usize,
    /// Whether nothing but white space stands before it on its line.
    pub(super) first_of_line: bool,
    /// Bytes between the start of its line and the token.
    pub(super) column: usize,
}

/// The tokens of one text.
pub(super) struct Tokens<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Its tokens.
    pub(super) all: Vec<Token>,
    /// Its comments, doc comments included.
    pub(super) comments: Vec<Comment>,
}

/// Cuts a text into tokens.
pub(super) fn scan(text: &str, source: SourceId) -> Tokens<'_> {
    let bytes = text.as_bytes();
    let mut tokens = Tokens { text, all: Vec::with_capacity(text.len() / 6), comments: Vec::new() };
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let (mut line_start, mut first_of_line) = (at, true);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => {
                at += 1;
                (line_start, first_of_line) = (at, true);
            }
            b' ' | b'\t' | b'\r' => at += 1,
            b'#' => {
                let end = end_of_line(bytes, at);
                tokens.comments.push(Comment { span: Span::new(source, at, end), own_line: first_of_line });
                at = end;
            }
            _ => {
                let (kind, end) = token(text, at, byte);
                tokens.all.push(Token { kind, start: at, end, first_of_line, column: at - line_start });
                (at, first_of_line) = (end, false);
            }
        }
    }
    tokens
}

/// The kind and the end of the token that starts at `at`.
fn token(text: &str, at: usize, first: u8) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let next = bytes.get(at + 1).copied().unwrap_or(0);
    match first {
        b'"' => text_token(bytes, at),
        b'{' | b'}' | b'(' | b')' | b'[' | b']' => (Kind::Bracket(first), at + 1),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (Kind::Word, run(bytes, at, is_word)),
        b'0'..=b'9' => (Kind::Number, number_end(bytes, at)),
        b'-' | b'+' | b'.' if next.is_ascii_digit() => (Kind::Number, number_end(bytes, at + 1)),
        b'<' | b'>' | b'=' | b'!' | b'&' | b'|' => (Kind::Symbol, run(bytes, at, |byte| b"<>=!&|".contains(&byte))),
        // A character that the language does not use: with what touches it, so that `é` or `naïve` is one token.
        0x80.. => (Kind::Symbol, run(bytes, at, |byte| byte >= 0x80 || is_word(byte))),
        _ => (Kind::Symbol, at + 1),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().skip(at).position(|byte| !belongs(*byte)).map_or(bytes.len(), |length| at + length)
}

/// Where the line of `at` ends, line break apart.
pub(super) fn end_of_line(bytes: &[u8], at: usize) -> usize {
    let end = run(bytes, at, |byte| byte != b'\n');
    if end > at && bytes.get(end - 1) == Some(&b'\r') { end - 1 } else { end }
}

fn text_token(bytes: &[u8], start: usize) -> (Kind, usize) {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return (Kind::Text { closed: true }, at + 1),
            Some(b'\\') if bytes.get(at + 1).is_some_and(|byte| *byte != b'\n' && *byte != b'\r') => at += 2,
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => return (Kind::Text { closed: false }, at),
            Some(b'\n') | None => return (Kind::Text { closed: false }, at.min(bytes.len())),
            Some(_) => at += 1,
        }
    }
}

/// Numbers, dates and timestamps run on over digits, letters, `_`, `.`, and over `-`, `+`, `:` before a digit.
fn number_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        let joins = matches!(byte, b'-' | b'+' | b':') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if is_word(byte) || byte == b'.' || joins { at += 1 } else { break }
    }
    at
}

impl Tokens<'_> {
    /// The token at an index.
    pub(super) fn get(&self, index: usize) -> Option<&Token> {
        self.all.get(index)
    }

    /// The text of the token at an index; empty past the end.
    pub(super) fn word(&self, index: usize) -> &str {
        self.get(index).map_or("", |token| self.slice(token.start, token.end))
    }

    /// A part of the text; empty where it does not fit.
    pub(super) fn slice(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).unwrap_or("")
    }

    /// Whether the token at an index is a word.
    pub(super) fn is_word(&self, index: usize) -> bool {
        self.get(index).is_some_and(|token| token.kind == Kind::Word)
    }

    /// Whether the token at an index is a text.
    pub(super) fn is_text(&self, index: usize) -> bool {
        self.get(index).is_some_and(|token| matches!(token.kind, Kind::Text { .. }))
    }

    /// Whether the token at an index is this bracket.
    pub(super) fn is_bracket(&self, index: usize, bracket: u8) -> bool {
        self.get(index).is_some_and(|token| token.kind == Kind::Bracket(bracket))
    }

    /// The index of the first token that ends after a byte.
    pub(super) fn at_byte(&self, byte: usize) -> usize {
        self.all.partition_point(|token| token.end <= byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let tokens = scan(text, SourceId(0));
        tokens.all.iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn everything_is_covered() {
        assert_eq!(
            words("a{\"x\\\"}\" -7d<=2018-09-09T13:00:00+02:00# }\n)é"),
            ["a", "{", "\"x\\\"}\"", "-7d", "<=", "2018-09-09T13:00:00+02:00", ")", "é"]
        );
    }

    #[test]
    fn an_unterminated_text_ends_with_its_line() {
        let tokens = scan("\"abc\\\r\nvip", SourceId(0));
        assert_eq!(tokens.all[0].kind, Kind::Text { closed: false });
        assert_eq!((tokens.all[0].end, tokens.all[1].first_of_line), (5, true));
    }

    #[test]
    fn comments_know_whether_they_stand_alone() {
        let tokens = scan("a # one\r\n  ## two", SourceId(0));
        let found: Vec<_> = tokens.comments.iter().map(|c| (c.span.start, c.span.end, c.own_line)).collect();
        assert_eq!(found, [(2, 7, false), (11, 17, true)]);
    }
}
