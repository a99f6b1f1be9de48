//! Entries to lines: one line each, unless that is too wide or has a comment inside.
//!
//! What does not fit is first broken where the language has a word to start a line with (`then`, `product`); a line that
//! still does not fit opens its groups, one entry a line.

use super::document::{Brackets, Doc, Entry, GroupDoc, flat};
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
        let segments: Vec<&[Doc]> = entry.pieces.split(|piece| matches!(piece, Doc::Break)).collect();
        let indent = self.lines.indent;
        let lines = segments.iter().enumerate().map(|(index, pieces)| {
            let word = if index == 0 { entry.word } else { "" };
            let line = format!("{word}{}", flat(pieces));
            let width = (indent + index.min(1)) * 2 + line.chars().count();
            let opens = groups(pieces).next().is_some() && (width > WIDTH || self.has_comment(pieces));
            (if opens { word.to_owned() } else { line }, opens, *pieces)
        });
        let lines: Vec<(String, bool, &[Doc])> = lines.collect();
        let opened = lines.iter().filter(|(_, opens, _)| *opens);
        let starts: Vec<u32> =
            opened.flat_map(|(.., pieces)| groups(pieces)).map(|group| self.place(group).start).collect();
        // Comments outside of groups that are opened go before them, and where none is left, to the end of the last one.
        let mut ends = starts.iter().copied().chain([entry.span.end]);
        self.lines.comments_inside(Span { end: ends.next().unwrap_or(entry.span.end), ..entry.span });
        for (line, opens, pieces) in lines {
            if opens {
                self.open_groups(line, pieces, &mut ends, entry.span);
            } else {
                self.lines.push(vec![line]);
            }
            self.lines.indent = indent + 1;
        }
        self.lines.indent = indent;
    }

    fn fits(&self, line: &str) -> bool {
        self.lines.indent * 2 + line.chars().count() <= WIDTH
    }

    fn has_comment(&self, pieces: &[Doc]) -> bool {
        groups(pieces).any(|group| self.lines.has_comment(self.place(group)))
    }

    /// Where a group stands with its brackets. The tree keeps no braces, so that they are looked up.
    fn place(&self, group: &GroupDoc) -> Span {
        if group.brackets == Brackets::Parentheses {
            return group.span;
        }
        let open = self.tokens.at_byte(group.span.start as usize).checked_sub(1);
        let mut close = self.tokens.at_byte(group.span.end as usize);
        if self.tokens.word(close) == "," {
            close += 1;
        }
        let start = open.and_then(|open| self.tokens.get(open)).map_or(group.span.start, |open| open.start as u32);
        let end = self.tokens.get(close).map_or(group.span.end, |close| close.end as u32);
        Span { start, end, ..group.span }
    }

    /// The lines of pieces whose groups are opened up. Each group takes the comments before the end given for it.
    fn open_groups(&mut self, mut line: String, pieces: &[Doc], ends: &mut impl Iterator<Item = u32>, entry: Span) {
        for piece in pieces {
            match piece {
                Doc::Text(text) => line.push_str(text),
                Doc::Break => line.push(' '),
                Doc::Group(group) => {
                    let first = group.entries.first().map_or(group.span.end, |entry| entry.span.start);
                    let (open, close) = group.brackets.lines();
                    self.lines.open(format!("{line}{open}"), first);
                    self.entries(&group.entries);
                    let end = self.place(group).end;
                    self.lines.comments_before(end);
                    self.lines.comments_inside(Span { end: ends.next().unwrap_or(entry.end), ..entry });
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
