//! How long memberships hold: the next instant at which time alone can change one.
//!
//! Out: for each audience an instant before which its membership stays what it is, as long as nothing is written. It is the
//! first one at which an instant that the audience reads passes an edge of a window: never later than a change, earlier where what
//! passes the edge decides nothing.

use std::collections::BTreeMap;

use super::layer::Layer;
use super::{Live, as_of};
use crate::base::{Address, Now, Timestamp};
use crate::ir::Standard;

impl Live {
    /// Until when the membership of an audience holds by time alone: at every `now` before it, it is the same. `None` where time
    /// alone never changes it.
    pub fn valid_until(&self, address: &Address) -> Option<Timestamp> {
        self.valid_until_all().get(address).copied().flatten()
    }

    /// The same of every audience.
    pub fn valid_until_all(&self) -> BTreeMap<Address, Option<Timestamp>> {
        let mut known: BTreeMap<Address, Option<i64>> = BTreeMap::new();
        for (address, range, layer) in &self.standard {
            let next = of_layer(layer, &known, false).remove(address).flatten();
            // Its own clock stops at the end of its range; those of the audiences that it nests may go on.
            let next = match next {
                Some(next) if !reaches(*range, next) => of_layer(layer, &known, true).remove(address).flatten(),
                next => next,
            };
            known.insert(address.clone(), next);
        }
        known.extend(of_layer(&self.layer, &known, false));
        let all = self.memberships.audiences.keys();
        let until = |address: &Address| known.get(address).copied().flatten().filter(|next| *next < i64::MAX);
        all.map(|address| (address.clone(), until(address).map(Timestamp))).collect()
    }
}

/// Whether a standard audience is still evaluated at an instant (M23).
fn reaches(range: Standard, at: i64) -> bool {
    let clock = Now(Timestamp(at));
    as_of(range, clock) == clock
}

/// The next `now` at which each audience of a layer can change, given that of standard audiences.
fn of_layer(layer: &Layer, known: &BTreeMap<Address, Option<i64>>, is_still: bool) -> BTreeMap<Address, Option<i64>> {
    let of_leaf = layer.next(|address| known.get(address).copied().flatten(), is_still);
    let audiences = layer.program.audiences().enumerate();
    let next = |audience| {
        let leaves = layer.leaves_of(audience).into_iter();
        leaves.filter_map(|leaf| of_leaf.get(leaf as usize).copied().flatten()).min()
    };
    audiences.map(|(at, address)| (address.clone(), next(at))).collect()
}
