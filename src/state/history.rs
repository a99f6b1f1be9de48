//! What was deployed once, and how that came: commits, revisions, the journal, audiences by the addresses they had.

use roaring::RoaringBitmap;

use super::Allowed;
use crate::base::{Address, Now, Timestamp};
use crate::ir::Audience;

/// One commit: everything that changed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The serial that it made.
    pub serial: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// The git commit of the project, where there was one.
    pub commit: Option<String>,
    /// What for, such as `apply` or `state mv`.
    pub reason: String,
    /// The `now` of its evaluation.
    pub now: Now,
    /// The id of the data store.
    pub store: String,
    /// The version of the data.
    pub data_version: u64,
    /// The guards that were overridden on purpose.
    pub allowed: Vec<Allowed>,
}

/// How much a commit changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Definitions that were created or changed.
    pub revisions: u64,
    /// Audiences that somebody entered or left.
    pub audiences: u64,
    /// Who entered, counted once for each audience.
    pub adds: u64,
    /// Who left, counted once for each audience.
    pub drops: u64,
}

/// An audience that has or had an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its number.
    pub id: u64,
    /// The address that it has now, or had when it was deleted.
    pub address: Address,
    /// When and by whom it was created.
    pub created: (Timestamp, String),
    /// When and by whom it was deleted.
    pub deleted: Option<(Timestamp, String)>,
    /// The serial of the commit that deleted it; `None` where a format before 4 did.
    pub deleted_serial: Option<u64>,
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
    /// The serial of the commit; `None` where a format before 4 wrote it.
    pub serial: Option<u64>,
    /// The definition.
    pub definition: Audience,
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
