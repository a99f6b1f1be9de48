//! The state changed by hand: another address for an audience, audiences forgotten.
//!
//! In: addresses. Out: the serial of the one commit. Always under the lock; nothing is evaluated, and nothing is delivered.

use super::audiences::unknown;
use super::{Workbench, WorkbenchError};
use crate::base::{Address, Now, OutputName, Timestamp};
use crate::state::{Changeset, Snapshot, StateChange};

/// What an audience that is forgotten leaves where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its address.
    pub address: Address,
    /// How many people it has.
    pub size: u64,
    /// The outputs that they stay in, each once.
    pub outputs: Vec<OutputName>,
}

impl Workbench {
    /// Gives an audience another address in the state, and gives the serial.
    ///
    /// # Errors
    /// An address that is not deployed, one that is taken, a held lock.
    pub fn state_mv(&self, from: &Address, to: &Address) -> Result<u64, WorkbenchError> {
        self.mend("state mv", |snapshot| {
            deployed(snapshot, from)?;
            if snapshot.audiences.iter().any(|each| each.definition.address == *to) {
                return Err(WorkbenchError::Unknown(format!("`{to}` is deployed already; nothing was changed")));
            }
            Ok(vec![StateChange::Rename { from: from.clone(), to: to.clone() }])
        })
    }

    /// What audiences would leave where it is if they were forgotten.
    ///
    /// # Errors
    /// An address that is not deployed, an audience that is protected, unless `force`d, or that one which stays nests.
    pub fn state_to_remove(&self, addresses: &[Address], force: bool) -> Result<Vec<Left>, WorkbenchError> {
        left(&self.state()?.snapshot()?, addresses, force)
    }

    /// Forgets audiences in the state, and gives the serial. What they delivered stays where it is.
    ///
    /// # Errors
    /// As [`Self::state_to_remove`]; a held lock.
    pub fn state_rm(&self, addresses: &[Address], force: bool) -> Result<u64, WorkbenchError> {
        self.mend("state rm", |snapshot| {
            let left = left(snapshot, addresses, force)?;
            Ok(left.into_iter().map(|each| StateChange::Delete { address: each.address }).collect())
        })
    }

    fn mend(
        &self,
        reason: &str,
        changes: impl FnOnce(&Snapshot) -> Result<Vec<StateChange>, WorkbenchError>,
    ) -> Result<u64, WorkbenchError> {
        let mut state = self.state()?;
        let lock = state.lock(&format!("aud {reason}"))?;
        let committed = (|| -> Result<u64, WorkbenchError> {
            let snapshot = state.snapshot()?;
            let changes = changes(&snapshot)?;
            let store = state.commits()?.pop().map(|commit| commit.store).unwrap_or_default();
            let now = self.system().now();
            Ok(state.commit(
                &lock,
                &Changeset {
                    expected_serial: snapshot.serial,
                    at: Timestamp(now.ms()),
                    by: self.user(),
                    commit: self.commit(),
                    reason: reason.to_owned(),
                    store,
                    evaluated: snapshot.evaluated.unwrap_or((Now(Timestamp(now.ms())), 0)),
                    new_users: Vec::new(),
                    changes,
                    deliveries: Vec::new(),
                    checked: Vec::new(),
                    allowed: Vec::new(),
                },
            )?)
        })();
        let unlocked = state.unlock(&lock);
        let serial = committed?;
        unlocked?;
        Ok(serial)
    }
}

fn left(snapshot: &Snapshot, addresses: &[Address], force: bool) -> Result<Vec<Left>, WorkbenchError> {
    let mut left: Vec<Left> = Vec::new();
    for address in addresses {
        let definition = &deployed(snapshot, address)?.definition;
        if definition.protect && !force {
            let message = format!("`{address}` is protected; --force forgets it all the same");
            return Err(WorkbenchError::Unknown(message));
        }
        let stays = snapshot.audiences.iter().filter(|each| !addresses.contains(&each.definition.address));
        if let Some(nesting) = stays.map(|each| &each.definition).find(|each| each.nested().contains(address)) {
            let message = format!("`{}` nests `{address}` and stays; nothing was changed", nesting.address);
            return Err(WorkbenchError::Unknown(message));
        }
        if left.iter().any(|each| each.address == *address) {
            continue;
        }
        let mut outputs: Vec<OutputName> = definition.connections.iter().map(|each| each.output.clone()).collect();
        outputs.sort();
        outputs.dedup();
        let members = deployed(snapshot, address)?.members.as_ref();
        left.push(Left { address: address.clone(), size: members.map_or(0, |members| members.len()), outputs });
    }
    Ok(left)
}

fn deployed<'s>(snapshot: &'s Snapshot, address: &Address) -> Result<&'s crate::state::AudienceRecord, WorkbenchError> {
    let found = snapshot.audiences.iter().find(|each| each.definition.address == *address);
    found.ok_or_else(|| unknown(address.as_str(), snapshot.audiences.iter().map(|each| &each.definition.address)))
}
