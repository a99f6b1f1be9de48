//! Whom an output can receive: members with an identity that it accepts.
//!
//! In: members, and the kinds of the outputs. Out: for each output how many of them it can receive at all, and by each type of identity.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::{Frame, Size};
use crate::base::OutputName;
use crate::catalog::{IdentityType, OutputKind};
use crate::store::Store;

/// How many members an output can receive.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// The output.
    pub output: OutputName,
    /// Members with at least one identity that it accepts.
    pub any: Size,
    /// Members with none.
    pub none: Size,
    /// Members with an identity of a type, for the types that it accepts and anybody has, in the order of the types.
    pub by_type: Vec<(IdentityType, Size)>,
}

/// What each of some outputs can receive of some members.
pub fn reach<'o>(
    frame: &Frame,
    store: &Store,
    members: &RoaringBitmap,
    outputs: impl Iterator<Item = (&'o OutputName, &'o OutputKind)>,
) -> Vec<Reach> {
    let sets = type_sets(store, members);
    let of = |(output, kind): (&'o OutputName, &'o OutputKind)| {
        let accepts = |set: u64| {
            (IdentityType::ALL.iter().enumerate()).any(|(at, (_, each))| set >> at & 1 == 1 && kind.accepts(*each))
        };
        let count = |keep: &dyn Fn(u64) -> bool| {
            sets.iter().filter(|(set, _)| keep(**set)).map(|(_, users)| users).sum::<u64>()
        };
        let types = IdentityType::ALL.iter().enumerate().filter(|(_, (_, each))| kind.accepts(*each));
        let by_type = types.filter_map(|(at, (_, each))| {
            let users = count(&|set| set >> at & 1 == 1);
            (users > 0).then(|| (*each, frame.size(users)))
        });
        Reach {
            output: output.clone(),
            any: frame.size(count(&accepts)),
            none: frame.size(count(&|set| !accepts(set))),
            by_type: by_type.collect(),
        }
    };
    outputs.map(of).collect()
}

/// How many users have which types of identity: a set is a bit for each type.
fn type_sets(store: &Store, members: &RoaringBitmap) -> BTreeMap<u64, u64> {
    let identities = &store.users.identities;
    let mut sets = BTreeMap::new();
    for row in members {
        let types = identities.types.get(identities.range(row)).unwrap_or(&[]);
        let set = types.iter().fold(0u64, |set, each| set | 1u64.checked_shl(u32::from(*each)).unwrap_or(0));
        *sets.entry(set).or_insert(0) += 1;
    }
    sets
}
