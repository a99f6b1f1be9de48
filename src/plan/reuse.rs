//! Memberships that need no evaluation: those that the state has and that neither an edit, nor data, nor time can have changed.
//!
//! In: what is deployed, with what it was evaluated from. Out: whether it still holds. What always holds: a membership that is used again is
//! the one that an evaluation at this `now` would give.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Drift;
use super::why::Seen;
use crate::base::{Address, Fingerprint, Now};
use crate::ir::{Audience, Model, Status};
use crate::state::{AudienceRecord, Snapshot};
use crate::store::Store;

/// The data and the instant of a plan.
pub(super) struct At<'a> {
    store: &'a str,
    version: u64,
    now: Now,
}

impl<'a> At<'a> {
    pub(super) fn new(store: &'a Store, now: Now) -> Self {
        Self { store: &store.id, version: store.version, now }
    }
}

/// The active audiences whose members have to be computed: all but those whose deployed membership still holds.
pub fn to_evaluate(
    model: &Model,
    snapshot: &Snapshot,
    keys: &BTreeMap<Address, Fingerprint>,
    store: &Store,
    now: Now,
) -> BTreeSet<Address> {
    let at = At::new(store, now);
    let continued = super::continued(model, snapshot);
    let held: BTreeSet<&Address> = continued
        .iter()
        .filter(|(after, record)| keys.get(&after.address).is_some_and(|key| still_holds(after, record, key, &at)))
        .map(|(after, _)| &after.address)
        .collect();
    let active = model.audiences.values().filter(|audience| audience.status == Status::Active);
    active.map(|audience| &audience.address).filter(|address| !held.contains(address)).cloned().collect()
}

/// The deployed audiences that are decided by something else as written, under their deployed addresses: with them a plan can tell what
/// the edit does from what the world did.
pub fn redefined(model: &Model, snapshot: &Snapshot, keys: &BTreeMap<Address, Fingerprint>) -> BTreeSet<Address> {
    let active = |audience: &Audience| audience.status == Status::Active && audience.standard.is_none();
    let continued = super::continued(model, snapshot).into_iter();
    let both =
        continued.filter(|(after, record)| active(after) && active(&record.definition) && record.members.is_some());
    let other = both.filter(|(after, record)| key(record).is_none_or(|key| keys.get(&after.address) != Some(&key)));
    other.map(|(_, record)| record.definition.address.clone()).collect()
}

pub(super) fn still_holds(after: &Audience, record: &AudienceRecord, key: &Fingerprint, at: &At<'_>) -> bool {
    let _ = (after, record, key, at);
    false
}

fn key(_record: &AudienceRecord) -> Option<Fingerprint> {
    None
}

/// What of a record is not as it was applied.
pub(super) fn drift(_record: &AudienceRecord) -> Drift {
    Drift::default()
}

/// The data of the last evaluation of an audience.
pub(super) fn seen(_record: &AudienceRecord, _snapshot: &Snapshot) -> Option<Seen> {
    None
}
