//! Standard audiences: evaluated once, then stored (M23).
//!
//! In: a model and the memberships that are stored. Out: the membership of every standard audience that an evaluation needs:
//! the stored one, or else one evaluated over the events of its range, whatever the retention, as of an instant of its own.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use super::program::{Program, nested_first};
use super::run::{run, run_rows};
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

/// The memberships of the active standard audiences that are asked for, and of those that any audience asked for nests; with `rows`,
/// those that are not stored among these rows only.
pub(super) fn memberships(
    model: &Model,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
    rows: Option<&RoaringBitmap>,
) -> BTreeMap<Address, RoaringBitmap> {
    let mut known = kept(model, stored);
    for (audience, standard) in evaluated(model, only, stored) {
        let program = Program::standard(model, audience);
        let at = as_of(standard, now);
        let members = match rows {
            Some(rows) => run_rows(&program, store, at, &known, rows).pop(),
            None => run(&program, store, at, &known).pop(),
        };
        let members = members.unwrap_or_default();
        known.insert(audience.address.clone(), members);
    }
    known
}

fn is_stored(audience: &Audience, stored: &Stored) -> bool {
    audience.standard.is_some() && stored.0.contains_key(&audience.address)
}

/// The memberships of active standard audiences that are stored.
pub(super) fn kept(model: &Model, stored: &Stored) -> BTreeMap<Address, RoaringBitmap> {
    let active = model.audiences.values().filter(|each| each.status == Status::Active && is_stored(each, stored));
    active.filter_map(|each| Some((each.address.clone(), stored.0.get(&each.address)?.clone()))).collect()
}

/// The standard audiences that have to be evaluated, each after those that it nests.
pub(super) fn evaluated<'m>(
    model: &'m Model,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
) -> Vec<(&'m Audience, Standard)> {
    let active = model.audiences.values().filter(|each| each.status == Status::Active);
    // What is stored is not evaluated, so nothing that only it nests is needed.
    let asked = active.filter(|each| only.is_none_or(|only| only.contains(&each.address)) && !is_stored(each, stored));
    let all = nested_first(model, &asked.collect::<Vec<_>>(), |nested| !is_stored(nested, stored));
    all.into_iter().filter_map(|audience| Some((audience, audience.standard?))).collect()
}
