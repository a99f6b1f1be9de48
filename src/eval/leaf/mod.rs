//! Leaves: questions bound to the columns that answer them.
//!
//! In: the questions of a program, a store, a `now`. Out: kernels, each of which answers one family of questions for a
//! selection of users. One file for each family. A kernel borrows the store's columns; it allocates only what it counts in.

mod aggregate;
mod attribute;
mod by_user;
mod cart;
mod check;
mod codes;
mod event;
mod filter;
mod given;
mod identity;
mod near;
mod parts;
mod picked;
mod reading;
mod rows;
mod seen;
mod selection;
mod sequence;
mod values;

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

pub(super) use rows::Source;
pub(super) use selection::Selection;
pub(super) use values::Values;

use super::program::{Families, Family, Questions};
use crate::base::{Address, Now};
use crate::store::Store;

/// A family of questions bound to its columns.
pub(super) trait Kernel: Send + Sync {
    /// Writes the bits of the selection, question by question. Every word of every slot is written; slots have room for all
    /// users of the selection.
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]);
}

/// A kernel with the slots of its questions.
pub(super) struct Bound<'a> {
    pub(super) kernel: Box<dyn Kernel + 'a>,
    pub(super) slots: &'a [u32],
}

/// What all kernels are made from.
pub(super) struct Context<'a> {
    pub(super) store: &'a Store,
    pub(super) now: Now,
    /// Memberships that are given and not evaluated.
    given: &'a BTreeMap<Address, RoaringBitmap>,
}

impl<'a> Context<'a> {
    pub(super) fn new(store: &'a Store, now: Now, given: &'a BTreeMap<Address, RoaringBitmap>) -> Self {
        Self { store, now, given }
    }

    /// Binds every family. Predicates are decided here, once for each distinct value.
    pub(super) fn bind(&self, questions: &'a Questions) -> Vec<Bound<'a>> {
        let mut bound = bind(&questions.events, |family| Box::new(event::Counts::new(self, family)));
        bound.extend(bind(&questions.aggregates, |family| Box::new(aggregate::Aggregates::new(self, family))));
        bound.extend(bind(&questions.sequences, |family| Box::new(sequence::Sequences::new(self, family))));
        bound.extend(bind(&questions.carts, |family| Box::new(cart::Carts::new(self, family))));
        bound.extend(bind(&questions.picked, |family| Box::new(picked::Picks::new(self, family))));
        bound.extend(bind(&questions.places, |family| Box::new(near::Places::new(self, family))));
        bound.extend(bind(&questions.given, |family| Box::new(given::Given::new(self, family))));
        bound.extend(bind(&questions.attributes, |family| Box::new(attribute::Values::new(self, family))));
        bound.extend(bind(&questions.identities, |family| Box::new(identity::Values::new(self, family))));
        bound.extend(bind(&questions.sightings, |family| Box::new(seen::Sightings::new(self, family))));
        bound
    }
}

fn bind<'a, K: Sync, T: Sync>(
    families: &'a Families<K, T>,
    kernel: impl Fn(&'a Family<K, T>) -> Box<dyn Kernel + 'a> + Sync + Send,
) -> Vec<Bound<'a>> {
    let bound = families.as_slice().par_iter().map(|family| Bound { kernel: kernel(family), slots: &family.slots });
    bound.collect()
}
