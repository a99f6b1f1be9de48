//! Entries to lines: one line each, unless that is too wide or has a comment inside.
//!
//! What does not fit is first broken where the language has a word to start a line with (`then`, `product`); a line that
//! still does not fit opens its groups, one entry a line.

use super::document::{Doc, Entry, GroupDoc, flat};
use super::lines::WIDTH;
use super::print::Printer;
use crate::base::Span;

impl Printer<'_> {
    /// The entries of a group, one a line.
    pub(super) fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.entry(entry);
            self.lines.trailing(entry.span.end);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let line = format!("{}{}", entry.word, flat(&entry.pieces));
        let whole = entry.pieces.iter().all(|piece| matches!(piece, Doc::Text(_)));
        if whole || self.fits(&line) && !self.has_comment(&entry.pieces) {
            self.lines.start(entry.span);
            self.lines.push(vec![line]);
            return;
        }
        self.lines.start_block(entry.span.start);
        if !self.has_comment(&entry.pieces) {
            self.lines.comments_inside(entry.span);
        }
        let segments: Vec<&[Doc]> = entry.pieces.split(|piece| matches!(piece, Doc::Break)).collect();
        let indent = self.lines.indent;
        for (index, segment) in segments.iter().enumerate() {
            let word = if index == 0 { entry.word } else { "" };
            self.segment(word, segment, entry.span, index + 1 == segments.len());
            self.lines.indent = indent + 1;
        }
        self.lines.indent = indent;
    }

    fn fits(&self, line: &str) -> bool {
        self.lines.indent * 2 + line.chars().count() <= WIDTH
    }

    fn has_comment(&self, pieces: &[Doc]) -> bool {
        groups(pieces).any(|group| self.lines.has_comment(group.span))
    }

    /// One line of an entry, its groups opened up where it does not fit or has a comment in one of them.
    fn segment(&mut self, word: &str, pieces: &[Doc], entry: Span, last: bool) {
        let line = format!("{word}{}", flat(pieces));
        let open = groups(pieces).next().is_some() && (!self.fits(&line) || self.has_comment(pieces));
        if !open {
            self.lines.push(vec![line]);
            return;
        }
        let mut line = word.to_owned();
        for piece in pieces {
            match piece {
                Doc::Text(text) => line.push_str(text),
                Doc::Break => line.push(' '),
                Doc::Group(group) => {
                    self.lines.comments_inside(Span { end: group.span.start, ..group.span });
                    let first = group.entries.first().map_or(group.span.end, |entry| entry.span.start);
                    let (open, close) = group.brackets.lines();
                    self.lines.open(format!("{line}{open}"), first);
                    self.entries(&group.entries);
                    self.lines.comments_before(group.span.end);
                    // What stands behind the parenthesis goes before it, where it stays.
                    if last {
                        self.lines.comments_inside(entry);
                    }
                    self.lines.indent -= 1;
                    line = close.to_owned();
                }
            }
        }
        self.lines.push(vec![line]);
    }
}

fn groups(pieces: &[Doc]) -> impl Iterator<Item = &GroupDoc> {
    pieces.iter().filter_map(|piece| match piece {
        Doc::Group(group) => Some(group),
        Doc::Text(_) | Doc::Break => None,
    })
}
