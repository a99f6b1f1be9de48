//! The lines of the output: indentation, blank lines, columns and comments.
//!
//! In: lines in the order they are printed, with where they come from. Out: the text. Every comment of the source comes
//! out once: before the line that it stood before or inside of, or behind the line that it stood behind.

use crate::base::{Source, Span};
use crate::syntax::Comment;

/// The width from which groups are broken into lines.
pub(super) const WIDTH: usize = 120;
/// The width up to which what could be several lines is written as one.
pub(super) const SHORT: usize = 100;

struct Line {
    indent: usize,
    /// Columns, padded so that they stand below each other in neighbouring lines; one in most lines.
    cells: Vec<String>,
    trailing: Option<String>,
}

/// Collects the lines of the output.
pub(super) struct Lines<'a> {
    source: &'a Source,
    /// Every comment that is still to be printed, doc comments included, ascending.
    comments: Vec<Comment>,
    next: usize,
    out: Vec<Line>,
    /// How deep the next line stands.
    pub(super) indent: usize,
    /// Whether a line has just opened a block: nothing is left blank behind it.
    opened: bool,
}

impl<'a> Lines<'a> {
    /// No lines yet. The comments are in the order of the source.
    pub(super) fn new(source: &'a Source, comments: Vec<Comment>) -> Self {
        Self { source, comments, next: 0, out: Vec::new(), indent: 0, opened: true }
    }

    /// Whether a comment lies in a range of the source.
    pub(super) fn has_comment(&self, span: Span) -> bool {
        let first = self.comments.partition_point(|comment| comment.span.start < span.start).max(self.next);
        self.comments.get(first).is_some_and(|comment| comment.span.start < span.end)
    }

    /// Whether the source leaves a blank line before a place.
    fn blank_before(&self, start: u32) -> bool {
        let before = self.source.text.get(..start as usize).unwrap_or("");
        let space = before.len() - before.trim_end().len();
        let space = before.get(before.len() - space..).unwrap_or("");
        space.bytes().filter(|byte| *byte == b'\n').count() > 1
    }

    /// Where the word starts that joins a criterion to the one before it; the criterion's own start where none does.
    pub(super) fn joined_start(&self, start: u32) -> u32 {
        let before = self.source.text.get(..start as usize).unwrap_or("").trim_end();
        let word = ["and", "or", "exclude"].iter().find_map(|word| before.strip_suffix(word));
        let Some(at) = word.map(|rest| rest.len() as u32) else { return start };
        let last = self.comments.partition_point(|comment| comment.span.start <= at).checked_sub(1);
        let in_comment = last.and_then(|last| self.comments.get(last)).is_some_and(|comment| at < comment.span.end);
        if in_comment { start } else { at }
    }

    /// Leaves a line blank, unless the last one is, or opens a block.
    pub(super) fn blank(&mut self) {
        if !self.opened && self.out.last().is_some_and(|line| !line.cells.is_empty()) {
            self.out.push(Line { indent: 0, cells: Vec::new(), trailing: None });
        }
    }

    /// Prints the comments before a place, each on a line of its own, and leaves blank lines where the source does.
    pub(super) fn comments_before(&mut self, start: u32) {
        while let Some(comment) = self.comments.get(self.next).cloned().filter(|comment| comment.span.start < start) {
            self.next += 1;
            if comment.own_line && self.blank_before(comment.span.start) {
                self.blank();
            }
            let text = self.comment_text(&comment);
            self.push(vec![text]);
        }
    }

    /// A comment on a line of its own; one that stood behind something does not become a doc comment by that.
    fn comment_text(&self, comment: &Comment) -> String {
        let text = self.source.slice(comment.span).trim_end();
        match text.strip_prefix("##") {
            Some(rest) if !comment.own_line => format!("#{}", rest.trim_start_matches('#')),
            _ => text.to_owned(),
        }
    }

    /// Prepares the line of something at a place: the comments before it, then those inside it.
    pub(super) fn start(&mut self, span: Span) {
        self.start_block(span.start);
        self.comments_inside(span);
    }

    /// Prepares the line of something at a place, whose own lines will take the comments inside it.
    pub(super) fn start_block(&mut self, start: u32) {
        self.comments_before(start);
        if self.blank_before(self.joined_start(start)) {
            self.blank();
        }
    }

    /// Prints the comments inside something that stays on one line, before that line.
    pub(super) fn comments_inside(&mut self, span: Span) {
        while let Some(comment) = self.comments.get(self.next).cloned().filter(|comment| comment.span.start < span.end)
        {
            self.next += 1;
            let own_line = Comment { own_line: false, ..comment };
            let text = self.comment_text(&own_line);
            self.push(vec![text]);
        }
    }

    /// Makes plain comments of what is left of an item, so that none becomes the documentation of the next one.
    pub(super) fn leave(&mut self, span: Span) {
        let left = self.comments.iter_mut().skip(self.next).take_while(|comment| comment.span.start < span.end);
        left.for_each(|comment| comment.own_line = false);
    }

    /// Prints a line.
    pub(super) fn push(&mut self, cells: Vec<String>) {
        self.out.push(Line { indent: self.indent, cells, trailing: None });
        self.opened = false;
    }

    /// Prints a line that opens a block, with the comment behind it, if it is before `inside`.
    pub(super) fn open(&mut self, line: String, inside: u32) {
        self.push(vec![line]);
        let behind = self.comments.get(self.next).filter(|comment| !comment.own_line && comment.span.start < inside);
        if let Some(comment) = behind.cloned() {
            self.trail(&comment);
        }
        self.indent += 1;
        self.opened = true;
    }

    /// Prints the comments before the end of a block, then the line that closes it.
    pub(super) fn close(&mut self, line: Vec<String>, end: u32) {
        self.comments_before(end);
        self.indent = self.indent.saturating_sub(1);
        self.push(line);
    }

    /// Takes the comment that stands behind a place on its line.
    pub(super) fn trailing(&mut self, end: u32) {
        let Some(comment) = self.comments.get(self.next).filter(|comment| comment.span.start >= end).cloned() else {
            return;
        };
        let between = self.source.text.get(end as usize..comment.span.start as usize).unwrap_or("\n");
        let behind = matches!(between.trim_matches([' ', '\t', '\r']), "" | "and" | "or" | "exclude" | ",");
        if !comment.own_line && behind {
            self.trail(&comment);
        }
    }

    fn trail(&mut self, comment: &Comment) {
        let text = self.source.slice(comment.span).trim_end().to_owned();
        match self.out.last_mut() {
            Some(line) if line.trailing.is_none() => {
                line.trailing = Some(text);
                self.next += 1;
            }
            _ => {}
        }
    }

    /// The text of all lines.
    pub(super) fn finish(mut self) -> String {
        self.comments_before(u32::MAX);
        align_cells(&mut self.out);
        let columns = trailing_columns(&self.out);
        let mut text = String::new();
        for (line, column) in self.out.iter().zip(columns) {
            if !line.cells.is_empty() {
                text.push_str(&" ".repeat(line.indent * 2));
                text.extend(line.cells.iter().map(String::as_str));
            }
            if let Some(trailing) = &line.trailing {
                let width = width(line);
                text.push_str(&" ".repeat(column.saturating_sub(width).max(1)));
                text.push_str(trailing);
            }
            text.push('\n');
        }
        text
    }
}

fn width(line: &Line) -> usize {
    line.indent * 2 + line.cells.iter().map(|cell| cell.chars().count()).sum::<usize>()
}

/// Pads the columns of neighbouring lines with as many of them.
fn align_cells(lines: &mut [Line]) {
    let mut from = 0;
    while from < lines.len() {
        let (columns, indent) = (lines[from].cells.len(), lines[from].indent);
        // Comments of their own do not part what they stand between.
        let belongs = |line: &Line| {
            let comment = line.cells.len() == 1 && line.cells[0].starts_with('#');
            line.indent == indent && (comment || line.cells.len() == columns)
        };
        let length = if columns < 2 { 1 } else { lines[from..].iter().take_while(|line| belongs(line)).count() };
        let run = &mut lines[from..from + length];
        for column in 0..columns.saturating_sub(1) {
            let cells = || run.iter().filter(|line| line.cells.len() == columns);
            let widest = cells().map(|line| line.cells[column].chars().count()).max().unwrap_or(0);
            for line in run.iter_mut().filter(|line| line.cells.len() == columns) {
                let missing = widest - line.cells[column].chars().count();
                let gap = if widest == 0 { 0 } else { missing + 1 };
                line.cells[column].push_str(&" ".repeat(gap));
            }
        }
        from += length;
    }
}

/// The column of the comment behind each line: one below the other in neighbouring lines of bearable width.
fn trailing_columns(lines: &[Line]) -> Vec<usize> {
    let mut columns = vec![0; lines.len()];
    let mut from = 0;
    while from < lines.len() {
        let fits = |line: &Line| line.trailing.is_some() && width(line) <= WIDTH;
        let indent = lines[from].indent;
        let run = lines[from..].iter().take_while(|line| fits(line) && line.indent == indent).count();
        let widest = lines[from..from + run].iter().map(width).max().unwrap_or(width(&lines[from]));
        for column in &mut columns[from..from + run.max(1)] {
            *column = widest + 2;
        }
        from += run.max(1);
    }
    columns
}
