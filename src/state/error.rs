//! What can go wrong with a state. Every message says what to do next, and none of them holds a password.

use std::path::PathBuf;

use super::LockInfo;

/// What can go wrong with a state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another run holds the lock.
    #[error("the state is locked by {0}; once that run is surely over: aud state unlock {id}", id = .0.id)]
    Locked(Box<LockInfo>),
    /// The lock was taken away, or never held.
    #[error("the lock {0} is not held any more; nothing was written")]
    LockLost(String),
    /// The state moved since it was read.
    #[error("the state changed meanwhile: serial {found} instead of {expected}; plan again")]
    Moved {
        /// The serial that the changeset was made for.
        expected: u64,
        /// The serial that was found.
        found: u64,
    },
    /// The state was written by a newer version of the program.
    #[error("the state has format {found}, and this build reads up to {known}; use a newer aud")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest format known.
        known: u32,
    },
    /// A record cannot be read.
    #[error("the state is damaged: {0}")]
    Damaged(String),
    /// A changeset contradicts what is deployed. Its maker is wrong, not the user.
    #[error("the changes do not fit the state: {0}; nothing was written")]
    Unfit(String),
    /// There is a file, and it may not be written.
    #[error("the state `{path}` cannot be written: the file, its folder or the disk is read-only", path = .0.display())]
    ReadOnly(PathBuf),
    /// The file can neither be opened nor made.
    #[error("the state `{path}` cannot be opened: check that its folder may be read and written", path = .0.display())]
    Unopened(PathBuf),
    /// Somebody else wrote for longer than we wait.
    #[error("the state `{path}` is being written by another run; try again", path = .0.display())]
    Busy(PathBuf),
    /// Somebody else reads the file, so that what was removed from it cannot be overwritten.
    #[error("the state is being read by another run, and not everything could be removed; run the command again")]
    InUse,
    /// A document that is to become the state belongs to another state.
    #[error(
        "the document is of another state (lineage {found}) than the one here (lineage {held}); nothing was written; to put it in the place of this one all the same, force it"
    )]
    OtherLineage {
        /// The lineage of the document.
        found: String,
        /// The lineage of the state.
        held: String,
    },
    /// A document that is to become the state is no newer than it.
    #[error(
        "the document has serial {found}, and the state here is at {held} already; nothing was written; pull the state again, or, to go back to the document all the same, force it"
    )]
    NotHigher {
        /// The serial of the document.
        found: u64,
        /// The serial of the state.
        held: u64,
    },
    /// A document of a later version of the program.
    #[error(
        "the document has version {found}, and this build reads up to {known}; use a newer aud; nothing was written"
    )]
    NewerDocument {
        /// The version found.
        found: u64,
        /// The newest version known.
        known: u64,
    },
    /// A document that is no whole state.
    #[error("the document is no whole state: {0}; nothing was written")]
    Document(String),
    /// What was deployed then was not recorded.
    #[error("what was deployed at serial {asked} is not recorded; it is from serial {from} on, up to {to}")]
    NotRecorded {
        /// The serial asked about.
        asked: u64,
        /// The first serial that is recorded.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// The database server does not answer.
    #[error(
        "the state's database {server} cannot be reached: {why}; check the address, and that the server runs and lets this machine in"
    )]
    Unreachable {
        /// Where it should be, without any password.
        server: String,
        /// What the attempt ended with.
        why: String,
    },
    /// The database server does not accept who we are, or what we may do there.
    #[error("the state's database {server} does not let us in: {why}; check user, password and rights")]
    Unauthorized {
        /// Where it is, without any password.
        server: String,
        /// What the server says.
        why: String,
    },
    /// The connection was lost before anything was made permanent.
    #[error("the connection to the state's database {0} was lost; nothing was written; run the command again")]
    Lost(String),
    /// The connection was lost while a transaction was being made permanent.
    #[error(
        "the connection to the state's database {0} was lost while the changes were being made permanent; whether they are is not known: the next `aud plan` shows what is deployed, and the next `aud apply` goes on from there"
    )]
    LostAtCommit(String),
    /// The server takes reading only, such as a replica.
    #[error("the state's database {0} can only be read; name the server that takes writes")]
    ReplicaOnly(String),
    /// Other runs wrote for longer than we wait.
    #[error("the state's database {0} is being written by another run; try again")]
    BusyServer(String),
    /// Where the state lies cannot be found out.
    #[error("where the state lies is not known: {0}")]
    Unlocated(String),
    /// The database failed.
    #[error("state database: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

impl StateError {
    /// A record that cannot be read.
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    /// A change that contradicts what is deployed.
    pub(super) fn unfit(what: impl Into<String>) -> Self {
        Self::Unfit(what.into())
    }

    /// The same, with the place of the database where a record is damaged.
    pub(super) fn at(self, place: &str) -> Self {
        match self {
            Self::Damaged(what) => Self::Damaged(format!("`{place}`: {what}")),
            other => other,
        }
    }
}
