//! What decides a membership besides data and time.
//!
//! In: the written audiences. Out: a key for each, equal exactly where criteria, workspaces, status, retention and all of these of the audiences that
//! it nests are. Names, tags, splits and connections are no part of it: they decide what is sent and not who is in.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::base::{Address, Fingerprint};
use crate::ir::{Audience, Model, Status};

/// The key of every audience. Audiences that nest each other in a circle, which no definition without errors does, share nothing and get keys
/// of their own.
pub fn keys(model: &Model) -> BTreeMap<Address, Fingerprint> {
    let retention = format!("{:?} {:?}", model.event_retention, model.profile_retention);
    let own: Vec<(&Audience, Fingerprint, Vec<&Address>)> = (model.audiences.values().collect::<Vec<_>>().par_iter())
        .map(|audience| (*audience, own(audience, &retention), audience.nested().into_iter().collect()))
        .collect();
    let by_address: BTreeMap<&Address, &(&Audience, Fingerprint, Vec<&Address>)> =
        own.iter().map(|each| (&each.0.address, each)).collect();
    let mut keys: BTreeMap<Address, Fingerprint> = BTreeMap::new();
    let mut entered: BTreeSet<&Address> = BTreeSet::new();
    // Each audience with whether all that it nests has a key. Not recursive: a chain may be as long as a project is large.
    let mut open: Vec<(&Address, bool)> = by_address.keys().map(|address| (*address, false)).collect();
    while let Some((address, done)) = open.pop() {
        let Some((_, own, nested)) = by_address.get(address) else { continue };
        if done {
            keys.insert(address.clone(), joined(own, nested, &keys));
        } else if entered.insert(address) {
            open.push((address, true));
            open.extend(nested.iter().map(|each| (*each, false)));
        }
    }
    keys
}

fn own(audience: &Audience, retention: &str) -> Fingerprint {
    // Maps and sets are ordered and floats finite: this form is canonical and cannot fail.
    let decides = (
        &audience.criterion,
        &audience.workspaces,
        &audience.inputs,
        audience.standard,
        audience.status == Status::Active,
    );
    let json = serde_json::to_vec(&decides).unwrap_or_default();
    Fingerprint::of_parts([json.as_slice(), retention.as_bytes()])
}

/// An audience's own part with the keys of what it nests. One that is not written adds its address alone.
fn joined(own: &Fingerprint, nested: &[&Address], keys: &BTreeMap<Address, Fingerprint>) -> Fingerprint {
    if nested.is_empty() {
        return *own;
    }
    let of_nested = nested.iter().flat_map(|address| {
        let key = keys.get(*address).map(|key| key.bytes().to_vec()).unwrap_or_default();
        [address.as_str().as_bytes().to_vec(), key]
    });
    Fingerprint::of_parts(std::iter::once(own.bytes().to_vec()).chain(of_nested))
}
