//! The boxed source with labels under it; miette does the drawing.
//!
//! In: the labels of one diagnostic. Out: boxes. Labels that stand close together share a box; the box of the main label
//! comes first, then the others in the order of their labels. A label over many lines is shown by its first line.

use std::collections::HashMap;
use std::fmt;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
};

use crate::base::visible::visible_source;
use crate::base::{SourceId, SourceMap};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::report::{Style, visible};

/// Lines between two labels that still share a box.
const NEAR: usize = 2;
/// A label over more lines than this is cut to its first line.
const TALLEST: usize = 6;
/// Bytes of a line beyond which only what stands around a label is shown.
const LONGEST: usize = 400;
/// Bytes that are shown of a long line before and after the start of a label.
const AROUND: usize = 70;

/// Draws boxes over the texts of one run; keeps what it prepared of each text.
pub(super) struct Snippets<'a> {
    sources: &'a SourceMap,
    texts: HashMap<SourceId, Text>,
    style: Style,
}

impl<'a> Snippets<'a> {
    pub(super) fn new(sources: &'a SourceMap, style: Style) -> Self {
        Self { sources, texts: HashMap::new(), style }
    }

    /// The boxes of a diagnostic; empty where it has no place.
    pub(super) fn draw(&mut self, diagnostic: &Diagnostic) -> String {
        self.boxes(&diagnostic.labels, diagnostic.severity)
    }

    /// The boxes of some labels, the first of which is the main one.
    pub(super) fn boxes(&mut self, labels: &[Label], severity: Severity) -> String {
        let mut out = String::new();
        for mut cluster in self.clusters(labels) {
            let Some(text) = self.texts.get(&cluster.source) else { continue };
            cluster.marks.sort_by_key(|mark| (mark.start, mark.rank));
            if !text.has_long_line(&cluster) {
                out.push_str(&boxed(&cluster, text, severity, self.style));
                continue;
            }
            for mark in cluster.marks {
                let (text, mark) = text.excerpt(mark);
                let cluster = Cluster { source: cluster.source, last_line: 0, marks: vec![mark] };
                out.push_str(&boxed(&cluster, &text, severity, self.style));
            }
        }
        out
    }

    /// The labels by box, the box of the main label first.
    fn clusters(&mut self, labels: &[Label]) -> Vec<Cluster> {
        let mut marks = Vec::new();
        for (rank, label) in labels.iter().enumerate() {
            let Some(source) = self.sources.get(label.span.source) else { continue };
            let text = self.texts.entry(label.span.source).or_insert_with(|| Text::new(source));
            marks.push((label.span.source, text.mark(label, rank)));
        }
        marks.sort_by_key(|(source, mark)| (*source, mark.start, mark.rank));
        let mut clusters: Vec<Cluster> = Vec::new();
        for (source, mark) in marks {
            match clusters.last_mut() {
                Some(last) if last.source == source && mark.first_line <= last.last_line + NEAR => {
                    last.last_line = last.last_line.max(mark.last_line);
                    last.marks.push(mark);
                }
                _ => clusters.push(Cluster { source, last_line: mark.last_line, marks: vec![mark] }),
            }
        }
        clusters.sort_by_key(|cluster| cluster.marks.iter().map(|mark| mark.rank).min());
        clusters
    }
}

/// Labels that share a box.
struct Cluster {
    source: SourceId,
    last_line: usize,
    marks: Vec<Mark>,
}

/// A label fitted to its text. Rank 0 is the main one.
struct Mark {
    start: usize,
    end: usize,
    first_line: usize,
    last_line: usize,
    rank: usize,
    text: String,
}

/// One text as it is shown: nothing unseen in it, and a line feed at its end, so that a label can stand after the text.
struct Text {
    name: String,
    shown: String,
    /// Byte offset of the start of each line.
    lines: Vec<usize>,
    /// The line and the column, from 0, that the text starts at in its file.
    origin: (usize, usize),
}

impl Text {
    fn new(source: &crate::base::Source) -> Self {
        let mut shown = visible_source(&source.text).into_owned();
        shown.push('\n');
        let breaks = shown.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        Self { name: visible(&source.path.to_string_lossy()).into_owned(), shown, lines, origin: (0, 0) }
    }

    /// Whether a label of the cluster stands on a line that is too long to be shown whole.
    fn has_long_line(&self, cluster: &Cluster) -> bool {
        let first = cluster.marks.iter().map(|mark| mark.first_line).min().unwrap_or(0);
        (first..=cluster.last_line).any(|line| {
            let (start, end) = self.range(line);
            end - start > LONGEST
        })
    }

    /// What stands around a label on its first line, and the label in it.
    fn excerpt(&self, mark: Mark) -> (Self, Mark) {
        let (start, end) = self.range(mark.first_line);
        let from = self.shown.floor_char_boundary(mark.start.saturating_sub(AROUND).max(start));
        let to = self.shown.ceil_char_boundary((mark.start + AROUND).min(end.saturating_sub(1)).max(from));
        let cut = if from > start { "…" } else { "" };
        let rest = if to + 1 < end { "…" } else { "" };
        let shown = format!("{cut}{}{rest}\n", self.shown.get(from..to).unwrap_or_default());
        let column = self.shown.get(start..from).map_or(0, |before| before.chars().count());
        let moved = |offset: usize| offset.clamp(from, to) - from + cut.len();
        let mark = Mark { start: moved(mark.start), end: moved(mark.end), first_line: 0, last_line: 0, ..mark };
        let origin = (self.origin.0 + self.line(start), column - usize::from(!cut.is_empty()).min(column));
        let lines = vec![0, shown.len()];
        (Self { name: self.name.clone(), shown, lines, origin }, mark)
    }

    /// The number of the line of an offset, from 0.
    fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The offsets of a line, its line feed included.
    fn range(&self, line: usize) -> (usize, usize) {
        let start = self.lines.get(line).copied().unwrap_or(self.shown.len());
        (start, self.lines.get(line + 1).copied().unwrap_or(self.shown.len()))
    }

    /// A label with its span moved to whole characters inside the text, without blanks at its end.
    fn mark(&self, label: &Label, rank: usize) -> Mark {
        let length = self.shown.len() - 1;
        let (start, end) = ((label.span.start as usize).min(length), (label.span.end as usize).min(length));
        let (mut start, mut end) = (self.shown.floor_char_boundary(start), self.shown.ceil_char_boundary(end));
        let inside = self.shown.get(start..end).unwrap_or_default();
        if !inside.trim().is_empty() || inside.contains('\n') {
            end -= inside.len() - inside.trim_end().len();
        }
        if start == end && start == length {
            // The end of the text: right after its last word, not on an empty line that nobody wrote.
            start = self.shown.trim_end().len();
            end = start;
        }
        let first_line = self.line(start);
        let mut last_line = self.line(end);
        if last_line - first_line > TALLEST {
            let first = self.shown.get(start..self.range(first_line).1).unwrap_or_default();
            (end, last_line) = (start + first.trim_end().len(), first_line);
        }
        Mark { start, end, first_line, last_line, rank, text: visible(&label.text).into_owned() }
    }
}

impl SourceCode for Drawing<'_> {
    /// The whole lines from a span to the last label. The context asked for is ignored: a box shows the lines of its
    /// labels, also that of a label without length that stands at the start of a line.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, MietteError> {
        let text = self.text;
        let start = span.offset();
        let last = (start + span.len().saturating_sub(1)).max(start);
        let (from, _) = text.range(text.line(start));
        let (_, to) = text.range(text.line(last).max(self.cluster.last_line));
        let data = text.shown.as_bytes().get(from..to).ok_or(MietteError::OutOfBounds)?;
        let column = text.shown.get(from..start).map_or(0, |before| before.chars().count());
        // All labels given at once belong into one box, which miette makes where it thinks that their lines overlap.
        let reaches_the_next = usize::MAX / 2;
        let column = column + text.origin.1;
        let line = text.line(start) + text.origin.0;
        let whole = (from, to - from).into();
        Ok(Box::new(MietteSpanContents::new_named(text.name.clone(), data, whole, line, column, reaches_the_next)))
    }
}

/// What miette is given to draw: places and their texts, and nothing else.
struct Drawing<'a> {
    cluster: &'a Cluster,
    text: &'a Text,
}

impl fmt::Debug for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text.name)
    }
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl miette::Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = self.cluster.marks.iter().map(|mark| mark.rank).min();
        Some(Box::new(self.cluster.marks.iter().map(move |mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let span = (mark.start, mark.end - mark.start);
            if Some(mark.rank) == first {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

/// One box, or the bare place where it cannot be drawn.
fn boxed(cluster: &Cluster, text: &Text, severity: Severity, style: Style) -> String {
    let mut theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let main = match severity {
        Severity::Error => theme.styles.error,
        Severity::Warning => theme.styles.warning,
    };
    let other = theme.styles.help;
    theme.styles.highlights = cluster.marks.iter().map(|mark| if mark.rank == 0 { main } else { other }).collect();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
        .with_context_lines(0)
        .with_width(style.width.max(20));
    let mut drawn = String::new();
    match handler.render_report(&mut drawn, &Drawing { cluster, text }) {
        // The first line is the message, which is empty here: the header above the box has it.
        Ok(()) => drawn.lines().skip(1).map(|line| format!("{}\n", line.trim_end())).collect(),
        Err(fmt::Error) => format!("   --> {}\n", text.name),
    }
}
