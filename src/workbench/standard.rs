//! The stored memberships of standard audiences, over the rows of the store at hand (M23).

use std::collections::BTreeMap;

use super::{Defined, Workbench, WorkbenchError};
use crate::base::Mpid;
use crate::eval::Stored;
use crate::members::Numbering;
use crate::plan;
use crate::state::{self, Snapshot, StateReader};

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
    // The store's rows as a numbering: row to MPID and back.
    let rows = Numbering::new(defined.store.users.mpids.iter().map(|mpid| Mpid(*mpid)).collect());
    let row = |number: u32| rows.number(*snapshot.mpids.get(number as usize)?);
    let members = kept.into_iter().map(|(written, members)| {
        let rows = members.iter().filter_map(row).collect();
        (written.address.clone(), rows)
    });
    Stored(members.collect::<BTreeMap<_, _>>())
}
