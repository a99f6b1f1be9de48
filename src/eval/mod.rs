//! Who is in which audience: the model and the data at one `now`, evaluated for all audiences together.
//!
//! In: a [`Model`], a [`Store`], a [`Now`]. Out: [`Memberships`] over the rows of that store.
//!
//! What happens, in order:
//! 1. `program` lowers the criteria of all audiences into one [`Program`]: leaves that read data and nodes that combine
//!    them. Equal questions become one leaf, nested audiences are shared nodes. A program knows neither data nor `now`.
//! 2. `leaf` binds each group of leaves to the columns that it reads: windows become instants, predicates become sets of
//!    dictionary codes, decided once for each distinct value.
//! 3. `run` goes through the data by shard and group of leaves on all cores; each leaf gives one bit for each user.
//! 4. `boolean` combines the bits block by block; each shard's result is one container of a Roaring bitmap.
//!
//! Standard audiences come first, each as a program of its own with an instant of its own (M23); their memberships are given
//! to the others. `facts` tells, for one user, which events a criterion looked at.
//!
//! [`Live`] keeps all of this from one `now` to the next, and makes right again only what can have changed. [`horizon`] says
//! until when memberships hold by time alone, without evaluating them.
//!
//! What always holds: the result does not depend on the number of threads, on how users fall into shards, or on which
//! other audiences are evaluated along. What the data does not have is missing, never an error.

mod bits;
mod boolean;
mod facts;
mod leaf;
mod live;
mod program;
mod run;
mod scan;
mod spare;
mod standard;

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::base::{Address, Now};
use crate::ir::Model;
use crate::members::Memberships;
use crate::store::Store;

pub use facts::{Matched, aggregated_values, matching_events, picked_events};
pub use live::{Advanced, Live, Whole, horizon};
pub use program::{Period, Program, Reach};
pub use standard::{Stored, as_of};

/// The members of the active audiences at `now`; with `only`, of those among them. Drafts have no members.
///
/// A standard audience has the membership that was stored for it, also where others nest it; one without is evaluated as of
/// the end of its range or `now`, the earlier, over the events of its range (M23).
///
/// Runs on the rayon pool that it is called in.
pub fn evaluate(
    model: &Model,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
) -> Memberships {
    let given = standard::memberships(model, store, now, only, stored, None);
    let program = Program::new(model, only);
    let bitmaps = run::run(&program, store, now, &given);
    memberships(&program, store, now, only, given, bitmaps)
}

/// What [`evaluate`] says of some users, by row: their own data is read, and nobody else's. Costs time for each of them, so that
/// it is for few.
pub fn evaluate_rows(
    model: &Model,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    stored: &Stored,
    rows: &RoaringBitmap,
) -> Memberships {
    let mut given = standard::memberships(model, store, now, only, stored, Some(rows));
    let program = Program::new(model, only);
    let bitmaps = run::run_rows(&program, store, now, &given, rows);
    given.values_mut().for_each(|members| *members &= rows);
    memberships(&program, store, now, only, given, bitmaps)
}

fn memberships(
    program: &Program,
    store: &Store,
    now: Now,
    only: Option<&BTreeSet<Address>>,
    given: BTreeMap<Address, RoaringBitmap>,
    bitmaps: Vec<RoaringBitmap>,
) -> Memberships {
    let addresses = program.audiences().cloned();
    let mut audiences: BTreeMap<Address, RoaringBitmap> = addresses.zip(bitmaps).collect();
    audiences.extend(given.into_iter().filter(|(address, _)| only.is_none_or(|only| only.contains(address))));
    Memberships { now, data_version: store.version, audiences }
}
