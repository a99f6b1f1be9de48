//! The records of a state.

use std::fmt;

use roaring::RoaringBitmap;

use crate::base::time::DAY_MS;
use crate::base::{Address, Fingerprint, Mpid, Now, OutputName, Timestamp};
use crate::ir::{Audience, VariantName};

use super::Departed;

/// Which state it is and how far it got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Identifies the state through all its serials; empty for a state that nothing was applied to.
    pub lineage: String,
    /// Raised by one with every commit; 0 for a state that nothing was applied to.
    pub serial: u64,
}

/// Everything that is deployed, as of one instant.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Identifies the state through all its serials; empty for a state that nothing was applied to.
    pub lineage: String,
    /// Raised by one with every commit; 0 for a state that nothing was applied to.
    pub serial: u64,
    /// The MPID of each user number.
    pub mpids: Vec<Mpid>,
    /// Audiences by address.
    pub audiences: Vec<AudienceRecord>,
    /// How many deliveries are still to be made.
    pub pending: u64,
    /// The `now` of the last apply that evaluated, and the fingerprint of the data it saw.
    pub evaluated: Option<(Now, u64)>,
}

/// One deployed audience.
#[derive(Clone, Debug)]
pub struct AudienceRecord {
    /// Its number, which it keeps through renames and never shares.
    pub id: u64,
    /// The definition as last applied.
    pub definition: Audience,
    /// The definition's fingerprint.
    pub fingerprint: Fingerprint,
    /// How often it was applied with a changed definition, from 1.
    pub revision: u64,
    /// The salt of its split, fixed when the split was first applied (M16).
    pub salt: Option<String>,
    /// When and by whom it was created.
    pub created: (Timestamp, String),
    /// When and by whom its definition last changed.
    pub updated: (Timestamp, String),
    /// Its members, over the state's user numbers; `None` for a draft.
    pub members: Option<RoaringBitmap>,
    /// The `now` of the evaluation that last changed its members; of a standard audience, of the only one (M23).
    pub evaluated: Option<Timestamp>,
}

/// How long after its evaluation a standard audience can be connected (M23).
const CONNECTABLE: i64 = 30 * DAY_MS;

/// Where a standard audience that was evaluated stands, with the instant at which it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandardState {
    /// It can be connected, up to this instant.
    Ready(Timestamp),
    /// It cannot be connected since this instant; what is connected stays.
    Expired(Timestamp),
}

impl StandardState {
    /// The word that people read.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready(_) => "ready",
            Self::Expired(_) => "expired",
        }
    }
}

impl AudienceRecord {
    /// Where a standard audience stands at `now`; `None` for real-time audiences, and for drafts, which were not evaluated.
    pub fn standard_state(&self, now: Now) -> Option<StandardState> {
        self.definition.standard.filter(|_| self.members.is_some())?;
        let evaluated = self.evaluated.unwrap_or(self.created.0);
        let until = Timestamp(evaluated.0.saturating_add(CONNECTABLE));
        Some(if now.0 > until { StandardState::Expired(until) } else { StandardState::Ready(until) })
    }
}

/// One applied definition of an audience.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its number, from 1.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The git commit of the project, where there was one.
    pub commit: Option<String>,
    /// The definition.
    pub definition: Audience,
}

/// What names a connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionKey {
    /// The audience's number.
    pub audience: u64,
    /// Which part of it.
    pub variant: VariantName,
    /// Where it goes.
    pub output: OutputName,
}

/// What a delivery does to its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryAction {
    /// They entered.
    Add,
    /// They left.
    Drop,
}

impl DeliveryAction {
    /// The word in files and databases.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Drop => "drop",
        }
    }
}

/// A delivery that is still to be made: some users enter or leave one connection.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its number in the outbox.
    pub id: u64,
    /// Its connection.
    pub connection: ConnectionKey,
    /// Its place in the connection's order, from 1 without gaps.
    pub sequence: u64,
    /// The audience's address when it was made.
    pub address: Address,
    /// The name that the output sees.
    pub downstream_name: String,
    /// The `now` of the evaluation that changed the membership.
    pub at: Timestamp,
    /// Who enters.
    pub adds: RoaringBitmap,
    /// Who leaves.
    pub drops: RoaringBitmap,
    /// Those who leave that were forgotten, and whom nothing else knows any more.
    pub departed: Vec<Departed>,
}

/// A delivery as a changeset asks for it; the state gives number and sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// The audience's address after the changes; for a deletion, before them.
    pub address: Address,
    /// Whether it is the audience of that address which the changeset deletes, since another may take the address.
    pub of_deleted: bool,
    /// Which part of it.
    pub variant: VariantName,
    /// Where it goes.
    pub output: OutputName,
    /// The name that the output sees.
    pub downstream_name: String,
    /// Who enters.
    pub adds: RoaringBitmap,
    /// Who leaves.
    pub drops: RoaringBitmap,
}

/// Everything that one apply changes, written in one transaction.
#[derive(Clone, Debug)]
pub struct Changeset {
    /// The serial of the state that it was made for.
    pub expected_serial: u64,
    /// When it is applied; the time of definitions and revisions.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The git commit of the project, where there is one.
    pub commit: Option<String>,
    /// The `now` of the evaluation, which is the time of the journal and of deliveries, and the version of the data.
    pub evaluated: (Now, u64),
    /// MPIDs that get the next user numbers, in order.
    pub new_users: Vec<Mpid>,
    /// What happens to audiences, in order.
    pub changes: Vec<StateChange>,
    /// What is to be delivered.
    pub deliveries: Vec<NewDelivery>,
}

/// What happens to one audience.
#[derive(Clone, Debug, PartialEq)]
pub enum StateChange {
    /// A new audience. Gets the next number.
    Create {
        /// Its definition.
        definition: Box<Audience>,
        /// The salt of its split.
        salt: Option<String>,
    },
    /// A changed definition, under the address it already has. Raises the revision.
    Update {
        /// The new definition.
        definition: Box<Audience>,
        /// The salt of its split.
        salt: Option<String>,
    },
    /// A new address for the same audience; its revision stays. Renames that follow each other happen at once, so that
    /// audiences may swap addresses.
    Rename {
        /// The address it had.
        from: Address,
        /// The address it gets.
        to: Address,
    },
    /// The audience goes, with its membership; that all members left goes to the journal. Its revisions, its journal and
    /// what is still to be delivered stay.
    Delete {
        /// Its address.
        address: Address,
    },
    /// New members, over the state's user numbers; who entered and left goes to the journal.
    Members {
        /// Its address.
        address: Address,
        /// The members from now on; `None` where it is not evaluated any more.
        members: Option<RoaringBitmap>,
    },
}

/// Who entered and left an audience with one apply.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// The audience's number.
    pub audience: u64,
    /// The `now` of the evaluation that changed the membership.
    pub at: Timestamp,
    /// The revision that was in force.
    pub revision: u64,
    /// The serial of the commit.
    pub serial: u64,
    /// Who entered.
    pub adds: RoaringBitmap,
    /// Who left.
    pub drops: RoaringBitmap,
}

/// The counters of an audience over the last 24 hours, from the journal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Members now.
    pub size: u64,
    /// Additions.
    pub adds: u64,
    /// Drops.
    pub drops: u64,
}

impl Metrics {
    /// (adds + drops) / size; `None` where the size is 0.
    pub fn volatility(&self) -> Option<f64> {
        (self.size > 0).then(|| (self.adds + self.drops) as f64 / self.size as f64)
    }
}

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    /// The lock's id, which the unlock command takes.
    pub id: String,
    /// User and machine.
    pub owner: String,
    /// The process on that machine.
    pub pid: u32,
    /// What it is doing.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// When it last showed that it lives.
    pub heartbeat: Timestamp,
    /// Whether the process is known to be gone: it ran on this machine and does not any more.
    pub dead: bool,
}

impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {}) since {}, for `{}`", self.owner, self.pid, self.since, self.reason)?;
        f.write_str(if self.dead { "; that process is gone" } else { "" })
    }
}
