//! Standard audiences: evaluated once, then stored (M23).
//!
//! In: a model and the memberships that are stored. Out: the membership of every standard audience that an evaluation needs:
//! the stored one, or else one evaluated over the events of its range, whatever the retention, as of an instant of its own.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use super::program::{Program, nested_first};
use super::run::run;
use crate::base::{Address, Now, TimeFilter, Timestamp};
use crate::ir::{Audience, Model, Standard, Status};
use crate::store::Store;

/// The memberships of standard audiences as they were stored, over the rows of the store at hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored(pub BTreeMap<Address, RoaringBitmap>);

/// The instant that a standard audience holds for, given the clock: the end of its range, or the clock where that is earlier.
pub fn as_of(standard: Standard, now: Now) -> Now {
    match standard {
        Standard::All => now,
        Standard::Between(from, to) => {
            let end = TimeFilter::Between(from, to).window(now).to;
            Now(Timestamp(end.min(now.ms())))
        }
    }
}

/// The memberships of the active standard audiences that are asked for, and of those that any audience asked for nests.
pub(super) fn memberships(
    model: &Model,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
) -> BTreeMap<Address, RoaringBitmap> {
    let is_active = |each: &&Audience| each.status == Status::Active;
    let is_stored = |each: &Audience| each.standard.is_some() && stored.0.contains_key(&each.address);
    let active = model.audiences.values().filter(is_active);
    let kept = active.clone().filter(|each| is_stored(each));
    let mut known: BTreeMap<Address, RoaringBitmap> =
        kept.filter_map(|each| Some((each.address.clone(), stored.0.get(&each.address)?.clone()))).collect();
    // What is stored is not evaluated, so nothing that only it nests is needed.
    let asked = active.filter(|each| only.is_none_or(|only| only.contains(&each.address)) && !is_stored(each));
    for audience in nested_first(model, &asked.collect::<Vec<_>>(), |nested| !is_stored(nested)) {
        let Some(standard) = audience.standard else { continue };
        let program = Program::standard(model, audience);
        let members = run(&program, store, as_of(standard, now), &known).pop().unwrap_or_default();
        known.insert(audience.address.clone(), members);
    }
    known
}
