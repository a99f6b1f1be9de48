//! Memberships that need no evaluation: those that the state has and that neither an edit, nor data, nor time can have changed.
//!
//! In: what is deployed, with what it was evaluated from. Out: whether it still holds. What always holds: a membership that is used again is
//! the one that an evaluation at this `now` would give.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::why::Seen;
use crate::base::{Address, Fingerprint, Now, Timestamp};
use crate::ir::{Audience, Model, Status};
use crate::state::{AudienceRecord, Snapshot};
use crate::store::Store;

/// A membership that was evaluated, and how long time alone leaves it as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// The audience, under its address after the change.
    pub address: Address,
    /// Everything that decides the membership but data and time.
    pub key: Fingerprint,
    /// The first `now` at which time alone can change it; `None` where it never does.
    pub until: Option<Timestamp>,
}

/// How much of a plan had to be evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// Active audiences whose members were computed anew.
    pub evaluated: usize,
    /// Active audiences whose members are those of an earlier evaluation: same criteria, same data, and no window passed an edge.
    pub reused: usize,
}

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
    let other = both.filter(|(after, record)| {
        record.checked.as_ref().is_none_or(|checked| keys.get(&after.address) != Some(&checked.key))
    });
    other.map(|(_, record)| record.definition.address.clone()).collect()
}

/// Whether the deployed members are those that an evaluation would give.
pub(super) fn still_holds(after: &Audience, record: &AudienceRecord, key: &Fingerprint, at: &At<'_>) -> bool {
    let Some(checked) = record.checked.as_ref().filter(|_| after.status == Status::Active) else { return false };
    record.members.is_some()
        && !record.drift.members
        && checked.key == *key
        && (checked.store.as_str(), checked.data_version) == (at.store, at.version)
        && checked.now <= at.now
        && checked.until.is_none_or(|until| at.now.0 < until)
}

/// The data of the last evaluation of an audience: its own, or else that of the last apply, which a state of an earlier format knows no more of.
pub(super) fn seen(record: &AudienceRecord, snapshot: &Snapshot, store: &Store) -> Option<Seen> {
    let own =
        record.checked.as_ref().map(|checked| Seen { store: checked.store.clone(), version: checked.data_version });
    // The last apply does not say which store it saw. A version that this store never had is another one's.
    let last = || snapshot.evaluated.filter(|(_, version)| *version <= store.version);
    own.or_else(|| last().map(|(_, version)| Seen { store: store.id.to_string(), version }))
}
