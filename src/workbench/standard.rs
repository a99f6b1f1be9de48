//! The stored memberships of standard audiences, over the rows of the store at hand (M23).

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::{Defined, Workbench, WorkbenchError};
use crate::base::{Address, Mpid};
use crate::eval::Stored;
use crate::members::Numbering;
use crate::plan;
use crate::state::{self, Snapshot};

impl Workbench {
    /// What the state holds of the standard audiences that are written. Without any of those it is not looked into.
    pub(super) fn stored(&self, defined: &Defined) -> Result<Stored, WorkbenchError> {
        if defined.model.audiences.values().all(|audience| audience.standard.is_none()) {
            return Ok(Stored::default());
        }
        let snapshot = state::open(self.system.clone(), &defined.project.state)?.snapshot()?;
        Ok(stored(defined, &snapshot))
    }
}

/// What a snapshot holds of the standard audiences that are written, under the addresses that they have now.
pub(super) fn stored(defined: &Defined, snapshot: &Snapshot) -> Stored {
    let continued = plan::continued(&defined.model, snapshot);
    let kept = continued
        .into_iter()
        .filter(|(written, record)| written.standard.is_some() && record.definition.standard.is_some());
    let kept: Vec<_> = kept.filter_map(|(written, record)| Some((written, record.members.as_ref()?))).collect();
    if kept.is_empty() {
        return Stored::default();
    }
    over_rows(defined, snapshot, kept.into_iter().map(|(written, members)| (written.address.clone(), members)))
}

/// What a snapshot holds of its standard audiences, under the addresses that they have in it.
pub(super) fn of_records(defined: &Defined, snapshot: &Snapshot) -> Stored {
    let standard = snapshot.audiences.iter().filter(|record| record.definition.standard.is_some());
    let kept: Vec<_> =
        standard.filter_map(|record| Some((record.definition.address.clone(), record.members.as_ref()?))).collect();
    if kept.is_empty() { Stored::default() } else { over_rows(defined, snapshot, kept) }
}

fn over_rows<'a>(
    defined: &Defined,
    snapshot: &Snapshot,
    kept: impl IntoIterator<Item = (Address, &'a RoaringBitmap)>,
) -> Stored {
    // The store's rows as a numbering: row to MPID and back.
    let rows = Numbering::new(defined.store.users.mpids.iter().map(|mpid| Mpid(*mpid)).collect());
    let row = |number: u32| rows.number(*snapshot.mpids.get(number as usize)?);
    let members = kept.into_iter().map(|(address, members)| (address, members.iter().filter_map(row).collect()));
    Stored(members.collect::<BTreeMap<_, _>>())
}
