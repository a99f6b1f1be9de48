//! Guards, tests, bulk connections and calculated attributes to lines.
//!
//! A short block that was written on one line stays on one; every other has one entry a line.

use super::criteria::add_calculated;
use super::document::{Doc, Entry, flat_entries};
use super::lines::SHORT;
use super::print::{Printer, Row, texts};
use super::scenario::{Node, nodes};
use crate::base::{Span, Spanned};
use crate::syntax::ast::{Bound, BulkConnect, Claim, Guard, Item, Limit, Measure, NamedCalculation, scenario};
use crate::syntax::mistakes::quote;

impl Printer<'_> {
    /// Whether blank lines stand around an item.
    pub(super) fn is_block(&self, item: &Item) -> bool {
        match item {
            Item::Defaults(_) | Item::Audience(_) | Item::Test(_) => true,
            Item::BulkConnect(bulk) => self.short_bulk(bulk).is_none(),
            Item::Guard(guard) => self.short_block(&guard_header(guard), &limits(guard), guard.span).is_none(),
            Item::Criterion(_) | Item::Moved(_) | Item::Calculated(_) | Item::Assert(_) => false,
        }
    }

    pub(super) fn calculation(&mut self, item: &NamedCalculation) {
        let mut pieces = Vec::new();
        add_calculated(&mut pieces, &item.value);
        let span = item.value.calculation.span.to(item.value.events.span);
        self.line_item(format!("calculated {} =", item.address.value), &[Entry { word: "", pieces, span }], item.span);
    }

    pub(super) fn bulk(&mut self, bulk: &BulkConnect) {
        if let Some(line) = self.short_bulk(bulk) {
            self.lines.start(bulk.span);
            self.lines.push(vec![line]);
            return;
        }
        let rows = self.bulk_rows(bulk);
        self.block(&bulk_header(bulk), rows, bulk.span);
    }

    fn bulk_rows(&self, bulk: &BulkConnect) -> Vec<Row> {
        let mut rows = self.connect_rows(&bulk.connect);
        if let Some(whole) = bulk.tags.iter().map(|tag| tag.span).reduce(Span::to) {
            let cells = vec!["tags".to_owned(), texts(&bulk.tags)];
            rows.push(Row { span: self.with_word(whole, 1), cells, inner: Vec::new() });
        }
        rows.sort_by_key(|row| row.span.start);
        rows
    }

    fn short_bulk(&self, bulk: &BulkConnect) -> Option<String> {
        let rows = self.bulk_rows(bulk).into_iter();
        let entries: Vec<Entry> = rows.map(|row| text_entry(row.cells.join(" "), row.span)).collect();
        self.short_block(&bulk_header(bulk), &entries, bulk.span)
    }

    pub(super) fn guard(&mut self, guard: &Guard) {
        self.entry_block(&guard_header(guard), &limits(guard), guard.span);
    }

    /// A block on one line, where it was written so, is short and holds no comment.
    fn short_block(&self, header: &str, entries: &[Entry], span: Span) -> Option<String> {
        let was_one_line = !self.source.slice(span).contains('\n');
        if !was_one_line || self.lines.has_comment(span) {
            return None;
        }
        let line = match entries {
            [] => format!("{header} {{ }}"),
            entries => format!("{header} {{ {} }}", flat_entries(entries)),
        };
        (self.lines.indent * 2 + line.chars().count() <= SHORT).then_some(line)
    }

    /// A block with one entry a line, or on one line where it is short.
    fn entry_block(&mut self, header: &str, entries: &[Entry], span: Span) {
        if let Some(line) = self.short_block(header, entries, span) {
            self.lines.start(span);
            self.lines.push(vec![line]);
            return;
        }
        self.lines.start_block(span.start);
        if entries.is_empty() && !self.lines.has_comment(span) {
            self.lines.push(vec![format!("{header} {{ }}")]);
            return;
        }
        let first = entries.first().map_or(span.end, |entry| entry.span.start);
        self.lines.open(format!("{header} {{"), first);
        self.entries(entries);
        self.lines.close(vec!["}".to_owned()], span.end);
    }

    pub(super) fn test(&mut self, test: &scenario::Test) {
        let header = format!("test {}", quote(&test.title));
        self.lines.start_block(test.span.start);
        if test.entries.is_empty() && !self.lines.has_comment(test.span) {
            self.lines.push(vec![format!("{header} {{ }}")]);
            return;
        }
        let first = test.entries.first().map_or(test.span.end, |entry| entry.span.start);
        self.lines.open(format!("{header} {{"), first);
        for node in nodes(&test.entries) {
            match node {
                Node::Line(entry) => self.entries(&[entry]),
                Node::Block { header, entries, span } => {
                    self.entry_block(&header, &entries, span);
                    self.lines.trailing(span.end);
                }
            }
        }
        self.lines.close(vec!["}".to_owned()], test.span.end);
    }
}

fn text_entry(text: String, span: Span) -> Entry {
    Entry { word: "", pieces: vec![Doc::Text(text)], span }
}

fn bulk_header(bulk: &BulkConnect) -> String {
    format!("bulk connect {}", bulk.connect.output.value)
}

fn guard_header(guard: &Guard) -> String {
    format!("guard {}", guard.audience.value)
}

fn limits(guard: &Guard) -> Vec<Entry> {
    guard.limits.iter().map(|limit| text_entry(limit_words(limit), limit.span)).collect()
}

fn limit_words(limit: &Spanned<Limit>) -> String {
    let measure = match limit.measure.value {
        Measure::Adds => "adds",
        Measure::Drops => "drops",
        Measure::Size => "size",
    };
    let percent = if limit.percent { "%" } else { "" };
    match &limit.bound {
        Bound::Compare(operator, number) => {
            format!("{measure} {} {}{percent}", operator.value.words(), number.text)
        }
        Bound::Between(low, high) => format!("{measure} between {}{percent} and {}{percent}", low.text, high.text),
    }
}

/// `assert disjoint(a, b)`, `assert a inside b`.
pub(super) fn claim_words(claim: &Claim) -> String {
    match claim {
        Claim::Disjoint(names) => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!("assert disjoint({})", names.join(", "))
        }
        Claim::Inside(a, b) => format!("assert {} inside {}", a.value, b.value),
    }
}
