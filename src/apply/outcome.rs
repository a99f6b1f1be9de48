//! What came of it.

use crate::base::Address;
use crate::outputs::{OutputError, Tally};
use crate::plan::{Action, Difference, Plan};
use crate::state::{ConnectionKey, StateError};

/// What an apply did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The state's serial after it.
    pub serial: u64,
    /// New audiences.
    pub created: u64,
    /// Audiences with a changed definition.
    pub updated: u64,
    /// Audiences whose definition stayed and whose members changed.
    pub refreshed: u64,
    /// Audiences with a new address; each is also among the updated or refreshed ones.
    pub renamed: u64,
    /// Audiences that went.
    pub deleted: u64,
    /// How many people entered audiences, counted once for each audience.
    pub entered: u64,
    /// How many people left audiences, counted once for each audience.
    pub left: u64,
    /// Deliveries that were made, those of earlier runs included.
    pub deliveries: u64,
    /// The people of these deliveries.
    pub people: Tally,
    /// What outputs did not take, at most one for each connection: a connection's later deliveries wait for it.
    pub faults: Vec<DeliveryFault>,
    /// Deliveries that are still to be made.
    pub pending: u64,
    /// Whether it was stopped before all deliveries were made.
    pub interrupted: bool,
}

/// A delivery that an output did not take.
#[derive(Debug)]
pub struct DeliveryFault {
    /// The connection.
    pub connection: ConnectionKey,
    /// The audience's address when the membership changed.
    pub address: Address,
    /// The delivery's number in the connection.
    pub sequence: u64,
    /// Why.
    pub error: OutputError,
}

/// How far an apply got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// Everything is recorded; deliveries begin.
    Committed {
        /// The new serial.
        serial: u64,
    },
    /// A delivery begins.
    Delivering {
        /// How many were handled before.
        done: u64,
        /// How many there are.
        total: u64,
        /// The audience.
        address: &'a Address,
        /// Its connection.
        connection: &'a ConnectionKey,
    },
}

/// Why an apply did not finish.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The plan was made from something else.
    #[error("the plan is stale: {}; plan again", list(.0))]
    Stale(Vec<Difference>),
    /// It was stopped before anything was written.
    #[error("stopped before anything was written")]
    Cancelled,
    /// The state refused, before anything was written.
    #[error(transparent)]
    State(#[from] StateError),
    /// The changes are recorded, and the state failed while deliveries were made.
    #[error("the state is at serial {serial}, and not everything was delivered; apply again to go on")]
    Undelivered {
        /// The state's serial.
        serial: u64,
        /// Why.
        source: StateError,
    },
    /// Everything was done, and the lock is still held.
    #[error("everything was applied (serial {serial}), and the lock could not be given back")]
    Unlock {
        /// The state's serial.
        serial: u64,
        /// Why.
        source: StateError,
    },
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join(", ")
}

impl Outcome {
    /// What a plan does, once it is committed.
    pub(super) fn of(plan: &Plan, serial: u64) -> Self {
        let mut outcome = Self { serial, ..Self::default() };
        for change in &plan.changes {
            *match change.action {
                Action::Delete => &mut outcome.deleted,
                Action::Create => &mut outcome.created,
                action if action.redefines() => &mut outcome.updated,
                _ => &mut outcome.refreshed,
            } += 1;
            outcome.renamed += u64::from(change.renamed_from.is_some());
            outcome.entered += change.people.adds.len();
            outcome.left += change.people.drops.len();
        }
        outcome
    }

    /// Counts a delivery that was made.
    pub(super) fn count(&mut self, tally: Tally) {
        self.deliveries += 1;
        self.people.adds += tally.adds;
        self.people.drops += tally.drops;
        self.people.unreachable += tally.unreachable;
        self.people.unknown += tally.unknown;
    }
}
