//! What one apply changes.

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::base::{Address, Fingerprint, Mpid, Now, OutputName, Timestamp};
use crate::ir::{Audience, VariantName};

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
    /// What for, such as `apply` or `state mv`.
    pub reason: String,
    /// The id of the data store that was evaluated.
    pub store: String,
    /// The `now` of the evaluation, which is the time of the journal and of deliveries, and the version of the data.
    pub evaluated: (Now, u64),
    /// MPIDs that get the next user numbers, in order.
    pub new_users: Vec<Mpid>,
    /// What happens to audiences, in order.
    pub changes: Vec<StateChange>,
    /// What is to be delivered.
    pub deliveries: Vec<NewDelivery>,
    /// The audiences that were evaluated, whether or not their members changed.
    pub checked: Vec<Checked>,
    /// The guards that were overridden on purpose.
    pub allowed: Vec<Allowed>,
}

/// An audience that was evaluated with the changeset's `now` and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its address after the changes.
    pub address: Address,
    /// Everything that decides the members but data and time.
    pub key: Fingerprint,
    /// Before this instant its members cannot change by time alone; `None` where they never do.
    pub until: Option<Timestamp>,
}

/// A guard that was overridden on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// The audience and its guard, such as `lapsed_spenders.drops`.
    pub what: String,
    /// Why.
    pub reason: String,
    /// What the guard measured.
    pub measured: String,
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
