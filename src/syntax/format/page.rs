//! The text that is being written, with the comments and blank lines of the old one carried over.
//!
//! Comments come out before the first thing that stands after them; one at the end of a line stays at the end of that line. A
//! comment inside something that is written on one line moves to a line of its own before it. Several blank lines become
//! one; a block neither begins nor ends with one.

use crate::base::Span;
use crate::syntax::Comment;

/// The text so far.
pub(super) struct Page<'a> {
    source: &'a str,
    comments: &'a [Comment],
    out: String,
    /// Where the last thing that was written ended in the source.
    end: usize,
    /// Whether a block has just been opened, so that no blank line may follow.
    fresh: bool,
}

/// A comment as it is written.
pub(super) fn words<'a>(source: &'a str, comment: &Comment) -> &'a str {
    let span = comment.span;
    source.get(span.start as usize..span.end as usize).unwrap_or("").trim_end()
}

impl<'a> Page<'a> {
    pub(super) fn new(source: &'a str, comments: &'a [Comment]) -> Self {
        Self { source, comments, out: String::new(), end: 0, fresh: true }
    }

    /// Whether a blank line stands between two places of the source.
    pub(super) fn has_blank(&self, from: usize, to: usize) -> bool {
        let gap = self.source.get(from..to).unwrap_or("");
        let mut lines = gap.split('\n').skip(1).peekable();
        // The last piece is the start of the line that `to` stands on, which is always blank.
        while let Some(line) = lines.next() {
            if lines.peek().is_some() && line.trim().is_empty() {
                return true;
            }
        }
        false
    }

    /// Whether the source runs over several lines between two places, or has a comment there.
    pub(super) fn is_broken(&self, span: Span) -> bool {
        let text = self.source.get(span.start as usize..span.end as usize).unwrap_or("");
        text.contains('\n') || self.has_comment(span)
    }

    /// Whether a comment stands inside a span.
    pub(super) fn has_comment(&self, span: Span) -> bool {
        self.comments.iter().any(|comment| span.start <= comment.span.start && comment.span.start < span.end)
    }

    /// Asks for a blank line before whatever comes next.
    pub(super) fn part(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.fresh = true;
    }

    /// Writes one line for something that covers a span.
    pub(super) fn line(&mut self, depth: usize, text: &str, span: Span) {
        self.comments_before(depth, span.end as usize);
        self.blank_before(span.start as usize);
        self.push(depth, text);
        self.end = self.end.max(span.end as usize);
        self.trailing();
    }

    /// Writes a line that opens a block; what follows stands inside it.
    pub(super) fn open(&mut self, depth: usize, text: &str, start: usize, head_end: usize) {
        self.comments_before(depth, head_end);
        self.blank_before(start);
        self.push(depth, text);
        let brace = self.source.get(head_end..).and_then(|rest| rest.find(['{', '(']));
        self.end = self.end.max(brace.map_or(head_end, |at| head_end + at + 1));
        self.trailing();
        self.fresh = true;
    }

    /// Writes the line that closes a block which ends at a place of the source.
    pub(super) fn close(&mut self, depth: usize, text: &str, end: usize) {
        self.comments_before(depth + 1, end);
        self.push(depth, text);
        self.end = self.end.max(end);
        self.trailing();
    }

    /// The whole text, with the comments that stand after everything else.
    pub(super) fn finish(mut self) -> String {
        self.comments_before(0, usize::MAX);
        self.out
    }

    fn comments_before(&mut self, depth: usize, place: usize) {
        while let Some((comment, rest)) = self.comments.split_first()
            && (comment.span.start as usize) < place
        {
            self.comments = rest;
            self.blank_before(comment.span.start as usize);
            self.push(depth, words(self.source, comment));
            self.end = self.end.max(comment.span.end as usize);
        }
    }

    fn blank_before(&mut self, start: usize) {
        if !self.fresh && self.has_blank(self.end, start) && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self.fresh = false;
    }

    /// Takes the comment that stands at the end of the line just written along.
    fn trailing(&mut self) {
        if let Some((comment, rest)) = self.comments.split_first()
            && !comment.own_line
            && let Some(between) = self.source.get(self.end..comment.span.start as usize)
            && between.chars().all(|c| c == ' ' || c == '\t' || c == ',' || c == '}' || c == '{')
        {
            self.comments = rest;
            self.out.pop();
            self.out.push_str("  ");
            self.out.push_str(words(self.source, comment));
            self.out.push('\n');
            self.end = comment.span.end as usize;
        }
    }

    fn push(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
}
