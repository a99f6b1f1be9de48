//! The records of what is deployed now: a snapshot, its audiences, and what is still to be delivered.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

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
    /// The latest evaluation that its members are known to be the answer of; `None` where that is not known.
    pub checked: Option<CheckedAt>,
    /// What somebody changed in the database behind our back.
    pub drift: Drift,
}

/// An evaluation that the members of an audience are the answer of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAt {
    /// Its `now`.
    pub now: Now,
    /// The data store that it read.
    pub store: String,
    /// The version of its data.
    pub data_version: u64,
    /// Everything that decided the members but data and time.
    pub key: Fingerprint,
    /// Before this instant nothing changes by time alone; `None` where nothing ever does.
    pub until: Option<Timestamp>,
}

/// What of a deployed audience is not as it was written: the database was changed by something else. The record says what was last applied all the
/// same, since that is what outputs were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The definition does not have the fingerprint that was recorded with it.
    pub definition: bool,
    /// The members do not have the seal that was recorded with them.
    pub members: bool,
}

impl Drift {
    /// Whether anything was changed.
    pub fn any(self) -> bool {
        self.definition || self.members
    }
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
