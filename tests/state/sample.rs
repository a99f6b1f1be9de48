//! Audiences and changesets made by hand.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Address, Mpid, Name, Now, Origin, OutputName, Timestamp};
use aud::ir::{Access, Audience, Connection, ConnectionStatus, Criterion, Kind, Status, VariantName};
use aud::state::{Changeset, NewDelivery, StateChange, StateReader};
use roaring::RoaringBitmap;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// An active audience of everybody that goes to the output `warehouse`.
pub(crate) fn audience(address: &str) -> Audience {
    Audience {
        address: name(address),
        name: format!("The {address}"),
        external_name: format!("The {address}"),
        doc: None,
        workspaces: BTreeSet::from([name("shop")]),
        inputs: BTreeSet::new(),
        tags: BTreeSet::new(),
        status: Status::Active,
        access: Access::Usable,
        protect: false,
        standard: None,
        criterion: Criterion::new(Kind::Everyone).into(),
        split: None,
        connections: vec![Connection {
            variant: VariantName::Whole,
            output: name("warehouse"),
            status: ConnectionStatus::Sending,
            share: BTreeSet::new(),
            settings: BTreeMap::new(),
            origin: Origin::default(),
        }],
        origin: Origin::default(),
    }
}

pub(crate) fn users(numbers: impl IntoIterator<Item = u32>) -> RoaringBitmap {
    numbers.into_iter().collect()
}

pub(crate) fn numbers(bitmap: &RoaringBitmap) -> Vec<u32> {
    bitmap.iter().collect()
}

/// A changeset for the state as it is, evaluated one hour before it is applied.
pub(crate) fn changes(state: &(impl StateReader + ?Sized), at: i64, changes: Vec<StateChange>) -> Changeset {
    Changeset {
        expected_serial: state.head().unwrap().serial,
        at: Timestamp(at),
        by: "ann".to_owned(),
        commit: Some("c0ffee".to_owned()),
        reason: "apply".to_owned(),
        store: "the data".to_owned(),
        evaluated: (Now(Timestamp(at - HOUR)), u64::MAX - 1),
        new_users: Vec::new(),
        changes,
        deliveries: Vec::new(),
        checked: Vec::new(),
        allowed: Vec::new(),
    }
}

pub(crate) const HOUR: i64 = 3_600_000;

pub(crate) fn create(address: &str) -> StateChange {
    StateChange::Create { definition: Box::new(audience(address)), salt: None }
}

pub(crate) fn members(address: &str, of: impl IntoIterator<Item = u32>) -> StateChange {
    StateChange::Members { address: name(address), members: Some(users(of)) }
}

pub(crate) fn rename(from: &str, to: &str) -> StateChange {
    StateChange::Rename { from: name(from), to: name(to) }
}

pub(crate) fn delete(address: &str) -> StateChange {
    StateChange::Delete { address: name(address) }
}

pub(crate) fn delivery(
    address: &str,
    adds: impl IntoIterator<Item = u32>,
    drops: impl IntoIterator<Item = u32>,
) -> NewDelivery {
    let address: Address = name(address);
    let output: OutputName = name("warehouse");
    NewDelivery {
        downstream_name: format!("The {address}"),
        address,
        of_deleted: false,
        variant: VariantName::Whole,
        output,
        adds: users(adds),
        drops: users(drops),
    }
}

/// MPIDs of some users; the odd ones are negative.
pub(crate) fn mpids(numbers: std::ops::Range<i64>) -> Vec<Mpid> {
    numbers.map(|n| Mpid(if n % 2 == 0 { n * 1000 } else { -n * 1000 })).collect()
}
