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
mod tally;
mod values;

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

pub(super) use near::LOCATION_AGE_MS;
pub(super) use parts::Parts;
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
    /// The family's number.
    pub(super) family: usize,
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
        self.bind_some(questions, |_| true)
    }

    /// Binds the families that are wanted. They are numbered in the order in which they stand here.
    pub(super) fn bind_some(&self, questions: &'a Questions, wanted: impl Fn(usize) -> bool + Sync) -> Vec<Bound<'a>> {
        let mut bound = Vec::new();
        let mut first = 0;
        macro_rules! bind {
            ($($of:ident => $kernel:path,)*) => {
                $(
                    bound.extend(bind(&questions.$of, first, &wanted, |family| Box::new($kernel(self, family))));
                    first += questions.$of.as_slice().len();
                )*
            };
        }
        bind! {
            events => event::Counts::new,
            aggregates => aggregate::Aggregates::new,
            sequences => sequence::Sequences::new,
            carts => cart::Carts::new,
            picked => picked::Picks::new,
            places => near::Places::new,
            given => given::Given::new,
            attributes => attribute::Values::new,
            identities => identity::Values::new,
            sightings => seen::Sightings::new,
        }
        bound
    }
}

fn bind<'a, K: Sync, T: Sync>(
    families: &'a Families<K, T>,
    first: usize,
    wanted: &(impl Fn(usize) -> bool + Sync),
    kernel: impl Fn(&'a Family<K, T>) -> Box<dyn Kernel + 'a> + Sync + Send,
) -> Vec<Bound<'a>> {
    let families = families.as_slice().par_iter().enumerate().map(|(at, family)| (first + at, family));
    let bound = families.filter(|(number, _)| wanted(*number));
    bound.map(|(number, family)| Bound { kernel: kernel(family), slots: &family.slots, family: number }).collect()
}
