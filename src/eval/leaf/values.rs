//! The values of one attribute over the rows of a stream.
//!
//! In: an attribute and rows. Out: for each row the values that it gives: its own, else its action's, else those of the
//! products that it passes with (M21). Null is no value, but it is there, so that no other part is asked.

use std::sync::Arc;

use super::parts::Parts;
use super::rows::Rows;
use crate::ir::AttributeRef;
use crate::store::{ABSENT, Dictionary, EventTable, NULL};

/// An attribute bound to the dictionaries of a key.
pub(in crate::eval) struct Values<'a> {
    name: &'a str,
    /// Those of each segment.
    pub(super) dictionaries: Vec<Parts<&'a Dictionary>>,
}

/// A value that was sent: the segment and the part that it is of, and its code there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval) struct Value {
    pub(super) segment: usize,
    pub(super) part: usize,
    pub(super) code: u32,
}

/// The columns of an attribute in one shard of one segment.
#[derive(Default)]
pub(in crate::eval) struct Cells<'s> {
    segment: usize,
    parts: [Option<&'s [u32]>; 3],
}

impl<'a> Values<'a> {
    pub(in crate::eval) fn new(segments: &'a [Arc<EventTable>], attribute: &'a AttributeRef) -> Self {
        let of = |segment: &'a Arc<EventTable>| Parts::of(segment, attribute.part, &attribute.name);
        Self { name: &attribute.name, dictionaries: segments.iter().map(of).collect() }
    }

    /// The columns of a shard of a segment.
    pub(in crate::eval) fn cells<'s>(&self, rows: &Rows<'s>) -> Cells<'s> {
        let Some(parts) = self.dictionaries.get(rows.segment) else { return Cells::default() };
        let events = rows.events;
        let own = events.columns.get(self.name).filter(|_| parts.own.is_some());
        let action = events.actions.get(self.name).filter(|_| parts.action.is_some());
        let product = events.products.columns.get(self.name).filter(|_| parts.product.is_some());
        Cells { segment: rows.segment, parts: [own, action, product].map(|column| column.map(|column| &**column)) }
    }

    /// The text of a value; none for a list.
    pub(in crate::eval) fn text(&self, value: Value) -> Option<&'a str> {
        self.dictionaries.get(value.segment)?.get(value.part)?.text(value.code)
    }
}

impl<'s> Cells<'s> {
    /// The place of the segment.
    pub(super) fn segment(&self) -> usize {
        self.segment
    }

    /// The codes of the event's own attribute, where no other part has one.
    pub(super) fn own(&self) -> Option<Option<&'s [u32]>> {
        let [own, action, product] = self.parts;
        (action.is_none() && product.is_none()).then_some(own)
    }
}

impl Cells<'_> {
    /// The values that a row gives which passes.
    pub(in crate::eval) fn each(&self, rows: &Rows<'_>, row: usize, mut take: impl FnMut(Value)) {
        let [own, action, product] = self.parts;
        for (part, codes) in [own, action].into_iter().enumerate() {
            match codes.and_then(|codes| codes.get(row)).copied().unwrap_or(ABSENT) {
                ABSENT => {}
                NULL => return,
                code => return take(Value { segment: self.segment, part, code }),
            }
        }
        if let Some(codes) = product {
            let codes = rows.products(row).filter_map(|product| codes.get(product)).copied();
            codes.filter(|code| *code > NULL).for_each(|code| take(Value { segment: self.segment, part: 2, code }));
        }
    }
}
