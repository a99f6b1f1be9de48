//! What would change, in people: a value that records what it was made from.
//!
//! In: the model, what is deployed (a state's snapshot), memberships and who can be reached. Out: [`Plan`]. Making a plan
//! changes nothing; a plan made twice from the same things is the same. Applying it is `apply`'s work, wording it
//! `report`'s.
//!
//! What always holds: the changes of a plan are in the order in which they are applied; every bitmap is over the numbers
//! of the state that the plan was made from, with `new_users` appended.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::base::{Address, Fingerprint, Mpid, Now, Origin, OutputName};
use crate::catalog::IdentityType;
use crate::ir::{Audience, VariantName};

/// What would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What it was made from.
    pub made_from: MadeFrom,
    /// MPIDs that get the next user numbers of the state, in order.
    pub new_users: Vec<Mpid>,
    /// What happens to each audience that anything happens to: deletions, then the others by address.
    pub changes: Vec<Change>,
    /// How many audiences stay exactly as they are.
    pub unchanged: usize,
    /// Deliveries of earlier applies that are still to be made.
    pub pending: u64,
    /// The audiences that the plan was limited to; empty for all.
    pub targets: Vec<Address>,
}

/// What a plan was made from. A plan is stale when any of it is different.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeFrom {
    /// The version of the program.
    pub tool: String,
    /// The definitions.
    pub definitions: Fingerprint,
    /// The outputs as configured.
    pub outputs: Fingerprint,
    /// The state.
    pub lineage: String,
    /// The state's serial.
    pub serial: u64,
    /// The store.
    pub store: String,
    /// The store's version.
    pub data_version: u64,
    /// The `now` of the evaluation.
    pub now: Now,
}

/// What happens to one audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It goes.
    Delete,
    /// It is new.
    Create,
    /// Its definition changes.
    Update,
    /// Its definition stays and people enter or leave.
    Refresh,
}

/// One audience that anything happens to.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// Its address after the change; for a deletion, before it.
    pub address: Address,
    /// The address that it had, where it is renamed.
    pub renamed_from: Option<Address>,
    /// The definition as deployed.
    pub before: Option<Box<Audience>>,
    /// The definition as written.
    pub after: Option<Box<Audience>>,
    /// The fields that differ, in the order of the language.
    pub fields: Vec<FieldChange>,
    /// The salt of its split after the change.
    pub salt: Option<String>,
    /// Who is in it before and after.
    pub people: People,
    /// The same for each variant after the change, in bucket order, Control last; empty without a split.
    pub variants: Vec<(VariantName, People)>,
    /// What each connection would be sent.
    pub connections: Vec<ConnectionChange>,
}

/// A field of a definition that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// The field, as the language calls it: `match`, `tags`, `connect warehouse`.
    pub field: String,
    /// As deployed; `None` where it is new.
    pub old: Option<String>,
    /// As written; `None` where it goes.
    pub new: Option<String>,
    /// Where the new one was written.
    pub origin: Origin,
}

/// Members before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    /// How many before.
    pub before: u64,
    /// Who after; `None` where it is not evaluated.
    pub after: Option<RoaringBitmap>,
    /// Who enters.
    pub adds: RoaringBitmap,
    /// Who leaves.
    pub drops: RoaringBitmap,
}

/// What one connection would be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionChange {
    /// Which part of the audience.
    pub variant: VariantName,
    /// Where it goes.
    pub output: OutputName,
    /// The name that the output sees.
    pub downstream_name: String,
    /// Who enters.
    pub adds: RoaringBitmap,
    /// Who leaves.
    pub drops: RoaringBitmap,
    /// How many identities of each type that the output accepts belong to these users.
    pub identities: BTreeMap<IdentityType, u64>,
    /// How many of these users have no identity that the output accepts.
    pub unreachable: u64,
}
