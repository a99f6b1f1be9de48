//! The values of one attribute over the rows of a stream.
//!
//! In: an attribute and rows. Out: for each row the values that it gives: its own, else its action's, else those of the
//! products that it passes with (M21). Null is no value, but it is there, so that no other part is asked.

use super::parts::Parts;
use super::rows::Rows;
use crate::ir::AttributeRef;
use crate::store::{ABSENT, Dictionary, EventTable, NULL};

/// An attribute bound to the dictionaries of a key.
#[derive(Clone, Copy)]
pub(in crate::eval) struct Values<'a> {
    name: &'a str,
    pub(super) dictionaries: Parts<&'a Dictionary>,
}

/// A value that was sent: the part that it is of, and its code there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::eval) struct Value {
    pub(super) part: usize,
    pub(super) code: u32,
}

/// The columns of an attribute in one shard.
#[derive(Default)]
pub(in crate::eval) struct Cells<'s> {
    parts: [Option<&'s [u32]>; 3],
}

impl<'a> Values<'a> {
    pub(in crate::eval) fn new(table: &'a EventTable, attribute: &'a AttributeRef) -> Self {
        Self { name: &attribute.name, dictionaries: Parts::of(table, attribute.part, &attribute.name) }
    }

    /// The columns of a shard.
    pub(in crate::eval) fn cells<'s>(&self, rows: &Rows<'s>) -> Cells<'s> {
        let (events, parts) = (rows.events, &self.dictionaries);
        let own = events.columns.get(self.name).filter(|_| parts.own.is_some());
        let action = events.actions.get(self.name).filter(|_| parts.action.is_some());
        let product = events.products.columns.get(self.name).filter(|_| parts.product.is_some());
        Cells { parts: [own, action, product].map(|column| column.map(|column| &**column)) }
    }

    /// The text of a value; none for a list.
    pub(in crate::eval) fn text(&self, value: Value) -> Option<&'a str> {
        self.dictionaries.get(value.part)?.text(value.code)
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
                code => return take(Value { part, code }),
            }
        }
        if let Some(codes) = product {
            let codes = rows.products(row).filter_map(|product| codes.get(product)).copied();
            codes.filter(|code| *code > NULL).for_each(|code| take(Value { part: 2, code }));
        }
    }
}
