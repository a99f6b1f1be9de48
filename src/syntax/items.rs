//! Cuts a file into items, and a broken block into its parts, before the grammar reads them: one broken audience hides
//! no other, and one broken field no sibling.
//!
//! In: tokens. Out: ranges of tokens that do not overlap and leave none out. What is cut is decided by shape
//! (`audience name {`, `criterion name =`), since no word is reserved. An unclosed brace ends at the next line that
//! starts an item in its first column.

use std::ops::Range;

use crate::base::suggest;

use super::token::{Kind, Tokens};

/// The words that start an item, those that this build cannot read included.
pub(super) const ITEM_WORDS: [&str; 10] =
    ["version", "defaults", "audience", "criterion", "moved", "calculated", "bulk", "guard", "assert", "test"];

/// One piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its tokens.
    pub(super) tokens: Range<usize>,
    /// The index of the brace that opens its block.
    pub(super) open: Option<usize>,
    /// Whether that block is closed; the closing brace is then the last token.
    pub(super) closed: bool,
}

/// Cuts a whole file into items.
pub(super) fn cut(tokens: &Tokens) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while at < tokens.all.len() {
        let piece = if is_start(tokens, at) { item(tokens, at) } else { stray(tokens, at) };
        at = piece.tokens.end.max(at + 1);
        pieces.push(piece);
    }
    pieces
}

/// Whether an item starts at a token, judged by shape or, for a broken one, by its first word in the first column.
fn is_start(tokens: &Tokens, at: usize) -> bool {
    known_shape(tokens, at) || block_shape(tokens, at).is_some() || starts_column(tokens, at)
}

fn starts_column(tokens: &Tokens, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.column == 0)
        && (ITEM_WORDS.contains(&tokens.word(at)) || misspelt_shape(tokens, at))
}

/// Whether the tokens are `critreion name =` and the like: the shape of a line item behind a misspelt word.
fn misspelt_shape(tokens: &Tokens, at: usize) -> bool {
    let sign = tokens.word(at + 2);
    let number = tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Number);
    let shaped = number || tokens.is_word(at + 1) && (sign == "=" || sign == "to");
    let word = tokens.word(at);
    tokens.is_word(at) && shaped && nearest_item(word).is_some()
}

/// The word that an item starts with, or was most likely meant to.
pub(super) fn nearest_item(word: &str) -> Option<&str> {
    const LONGEST: usize = 20;
    if ITEM_WORDS.contains(&word) || word.len() > LONGEST {
        return Some(word).filter(|word| word.len() <= LONGEST);
    }
    suggest::best(word, ITEM_WORDS)
}

/// Whether the tokens are the start of an item that stands nowhere else in the language.
fn known_shape(tokens: &Tokens, at: usize) -> bool {
    if !tokens.is_word(at) {
        return false;
    }
    let (word, text) = (|index| tokens.is_word(index), |index| tokens.is_text(index));
    let brace = |index| tokens.is_bracket(index, b'{');
    match tokens.word(at) {
        "version" => tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Number),
        "defaults" => brace(at + 1),
        "audience" => word(at + 1) && (brace(at + 2) || text(at + 2) && brace(at + 3)),
        "criterion" | "calculated" => word(at + 1) && tokens.word(at + 2) == "=",
        "moved" => word(at + 1) && tokens.word(at + 2) == "to" && word(at + 3),
        "guard" => word(at + 1) && brace(at + 2),
        "bulk" => tokens.word(at + 1) == "connect",
        "assert" => {
            let claims = tokens.word(at + 1) == "disjoint" && tokens.is_bracket(at + 2, b'(');
            word(at + 1) && (claims || tokens.word(at + 2) == "inside")
        }
        "test" => text(at + 1) && brace(at + 2),
        _ => false,
    }
}

/// The opening brace of `word {`, `word word {`, `word "text" {`, `word word "text" {` or `word word word {` at the start
/// of a line, so that a misspelt item is still an item.
fn block_shape(tokens: &Tokens, at: usize) -> Option<usize> {
    if !tokens.is_word(at) || !tokens.get(at).is_some_and(|token| token.first_of_line) {
        return None;
    }
    for index in at + 1..at + 4 {
        let hidden = tokens.is_text(index) && braces(tokens, index).0 > 0;
        if hidden || tokens.is_bracket(index, b'{') {
            return Some(index);
        }
        if tokens.is_text(index) {
            return tokens.is_bracket(index + 1, b'{').then_some(index + 1);
        }
        // What goes on in the next line, or is an item itself, is no part of the header.
        let same_line = tokens.get(index).is_some_and(|token| !token.first_of_line);
        if !tokens.is_word(index) || !same_line || known_shape(tokens, index) {
            return None;
        }
    }
    tokens.is_bracket(at + 4, b'{').then_some(at + 4)
}

/// The opening brace of the block item that starts at a token.
fn header_brace(tokens: &Tokens, at: usize) -> Option<usize> {
    let known = known_shape(tokens, at).then(|| (at + 1..at + 4).find(|index| tokens.is_bracket(*index, b'{')));
    known.flatten().or_else(|| block_shape(tokens, at))
}

/// Whether a word is a name that goes on with what is before it: it stands on the same line, or an item starts behind it.
fn names_on(tokens: &Tokens, at: usize) -> bool {
    tokens.is_word(at) && (tokens.get(at).is_some_and(|token| !token.first_of_line) || known_shape(tokens, at + 1))
}

/// The item that starts at a token.
fn item(tokens: &Tokens, at: usize) -> Piece {
    let fixed = match tokens.word(at) {
        "version" if known_shape(tokens, at) => Some(2),
        "moved" if known_shape(tokens, at) => Some(4),
        // The name behind `inside` may be any word, also one that items start with.
        "assert" if tokens.word(at + 2) == "inside" && names_on(tokens, at + 3) => Some(4),
        _ => None,
    };
    if let Some(length) = fixed {
        return Piece { tokens: at..at + length, open: None, closed: true };
    }
    if let Some(open) = header_brace(tokens, at) {
        return block(tokens, at, open);
    }
    let mut parens = 0usize;
    let mut end = at + 1;
    while let Some(token) = tokens.get(end) {
        match token.kind {
            _ if braces(tokens, end).0 > 0 => return block(tokens, at, end),
            Kind::Bracket(b'(') => parens += 1,
            Kind::Bracket(b')') => parens = parens.saturating_sub(1),
            _ if token.column == 0 && known_shape(tokens, end) => break,
            _ if parens == 0 && ends_line_item(tokens, at, end) => break,
            _ => {}
        }
        end += 1;
    }
    Piece { tokens: at..end, open: None, closed: true }
}

/// Whether a new item starts at `end`, inside what may still be `criterion x = …`.
fn ends_line_item(tokens: &Tokens, start: usize, end: usize) -> bool {
    // A criterion goes on behind these, or a name stands there, which may be any word.
    let continues = matches!(
        tokens.word(end - 1),
        "and"
            | "or"
            | "not"
            | "exclude"
            | "="
            | "("
            | "&&"
            | "||"
            | "!"
            | ","
            | ":"
            | "audience"
            | "criterion"
            | "identity"
            | "type"
            | "in"
            | "user"
            | "event"
            | "inside"
            | "device"
            | "location"
            | "consent"
            | "screen"
    );
    let label = tokens.word(end + 1) == ":";
    let broken = starts_column(tokens, end) && !continues && !label && end > start + 1;
    known_shape(tokens, end) || block_shape(tokens, end).is_some() || broken
}

/// The block item that starts at a token and opens at another.
fn block(tokens: &Tokens, at: usize, open: usize) -> Piece {
    let mut depth = 0usize;
    let mut end = open;
    while let Some(token) = tokens.get(end) {
        if end > open && token.column == 0 && known_shape(tokens, end) {
            break;
        }
        let (opened, closed) = braces(tokens, end);
        depth += opened;
        if closed > 0 {
            depth = depth.saturating_sub(closed);
            if depth == 0 {
                return Piece { tokens: at..end + 1, open: Some(open), closed: true };
            }
        }
        end += 1;
    }
    Piece { tokens: at..end, open: Some(open), closed: false }
}

/// How many braces a token opens and closes. A text without its closing quote hides those at the end of its line.
fn braces(tokens: &Tokens, index: usize) -> (usize, usize) {
    match tokens.get(index).map(|token| token.kind) {
        Some(Kind::Bracket(b'{')) => (1, 0),
        Some(Kind::Bracket(b'}')) => (0, 1),
        Some(Kind::Text { closed: false }) => {
            let text = tokens.word(index);
            let closing =
                text.bytes().rev().take_while(|byte| matches!(byte, b'}' | b' ')).filter(|byte| *byte == b'}');
            (usize::from(text.ends_with('{')), closing.count())
        }
        _ => (0, 0),
    }
}

/// Tokens that start no item, up to the next one that does.
fn stray(tokens: &Tokens, at: usize) -> Piece {
    let end = (at + 1..tokens.all.len()).find(|index| is_start(tokens, *index)).unwrap_or(tokens.all.len());
    Piece { tokens: at..end, open: None, closed: true }
}

/// A brace without partner, and where the author most likely left its block.
#[derive(Clone, Copy, Debug)]
pub(super) struct BrokenBrace {
    /// The brace.
    pub(super) open: usize,
    /// The first token that is indented no deeper than the line of the brace.
    pub(super) end: usize,
}

/// The brace that an unclosed block most likely lacks the partner of: the innermost one whose line is indented deeper
/// than the line of the brace that closed it, else the innermost one left open.
pub(super) fn culprit(tokens: &Tokens, piece: &Piece) -> Option<BrokenBrace> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut indent = 0;
    let mut found = None;
    for index in piece.tokens.clone() {
        let token = tokens.get(index)?;
        if token.first_of_line {
            indent = token.column;
        }
        let (opened, closed) = braces(tokens, index);
        open.extend((0..opened).map(|_| (index, indent)));
        for _ in 0..closed {
            let Some((brace, line)) = open.pop() else { break };
            let outer = open.iter().any(|(_, column)| *column == indent);
            if token.first_of_line && indent < line && outer && found.is_none() {
                found = Some((brace, line));
            }
        }
    }
    let (open, line) = found.or(open.last().copied()).or(piece.open.map(|open| (open, 0)))?;
    let left = |index: &usize| tokens.get(*index).is_some_and(|token| token.first_of_line && token.column <= line);
    let end = (open + 1..piece.tokens.end).find(left).unwrap_or(piece.tokens.end);
    Some(BrokenBrace { open, end })
}

/// Cuts the inside of a block (`inside`, without its braces) into parts that start with one of `words`, or with a word
/// that starts a line. Blocks inside a part stay whole; a broken one ends where its author left it.
pub(super) fn parts(tokens: &Tokens, inside: Range<usize>, words: &[&str], broken: Option<BrokenBrace>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut start, mut at) = (inside.start, inside.start);
    while at < inside.end {
        if at > start && starts_part(tokens, start, at, words) {
            pieces.push(Piece { tokens: start..at, open: None, closed: true });
            start = at;
        }
        if tokens.is_bracket(at, b'{') {
            let mut whole = match broken.filter(|broken| broken.open == at) {
                Some(broken) => Piece { tokens: start..broken.end.max(at + 1), open: Some(at), closed: false },
                None => block(tokens, start, at),
            };
            if whole.tokens.end > inside.end {
                whole = Piece { tokens: start..inside.end, closed: false, ..whole };
            }
            at = whole.tokens.end;
            pieces.push(whole);
            start = at;
            continue;
        }
        at += 1;
    }
    if start < inside.end {
        pieces.push(Piece { tokens: start..inside.end, open: None, closed: true });
    }
    pieces
}

fn starts_part(tokens: &Tokens, start: usize, at: usize, words: &[&str]) -> bool {
    if !tokens.is_word(at) || matches!(tokens.word(at - 1), "," | ".") {
        return false;
    }
    let first = tokens.get(at).is_some_and(|token| token.first_of_line);
    first || at > start + 1 && words.contains(&tokens.word(at))
}
