//! The parts of an event: the event itself, its action, its products (M21).
//!
//! In: the name of an attribute. Out: what there is of it in each part. A bare name is the event's where the event has the
//! key, else its action's, else its product's.

use crate::catalog::Part;
use crate::store::{Dictionary, EventTable};

/// What there is for an attribute of a name in each part of an event.
#[derive(Clone, Copy)]
pub(super) struct Parts<T> {
    pub(super) own: Option<T>,
    pub(super) action: Option<T>,
    pub(super) product: Option<T>,
}

impl<T> Default for Parts<T> {
    /// Nothing in any part.
    fn default() -> Self {
        Self { own: None, action: None, product: None }
    }
}

impl<T> Parts<T> {
    /// What there is of a part by its place: the event's own, the action's, the product's.
    pub(super) fn get(&self, part: usize) -> Option<&T> {
        match part {
            0 => self.own.as_ref(),
            1 => self.action.as_ref(),
            _ => self.product.as_ref(),
        }
    }

    /// Something else for each part.
    pub(super) fn map<U>(self, of: impl Fn(T) -> U) -> Parts<U> {
        Parts { own: self.own.map(&of), action: self.action.map(&of), product: self.product.map(&of) }
    }
}

impl<'a> Parts<&'a Dictionary> {
    /// The dictionaries of an attribute in the parts that a criterion asks (M21).
    pub(super) fn of(table: &'a EventTable, part: Option<Part>, name: &str) -> Self {
        let asks = |asked| part.is_none_or(|part| Some(part) == asked);
        Self {
            own: table.attributes.get(name).filter(|_| asks(None)).map(|dictionary| &**dictionary),
            action: table.actions.get(name).filter(|_| asks(Some(Part::Action))).map(|dictionary| &**dictionary),
            product: table.products.get(name).filter(|_| asks(Some(Part::Product))).map(|dictionary| &**dictionary),
        }
    }
}
