//! A user who is forgotten, and what a state still has to say of one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Address, Mpid, OutputName, Timestamp};
use crate::catalog::IdentityType;
use crate::ir::VariantName;

/// A user who was forgotten, as long as an output is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    /// The number that the user has in the state.
    pub number: u32,
    /// The MPID that the number had.
    pub mpid: Mpid,
    /// The identities that the output takes, by type.
    pub identities: Vec<(IdentityType, String)>,
}

/// Everything that forgetting a user changes, written in one transaction: all memberships end, the connections that carry the user
/// drop them, nothing that was not delivered yet adds them, and their number has another MPID from then on.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The serial of the state that it was made for.
    pub expected_serial: u64,
    /// When; the time of the journal and of deliveries.
    pub at: Timestamp,
    /// By whom, for the history.
    pub by: String,
    /// The git commit of the project, where there is one.
    pub commit: Option<String>,
    /// What for, such as `aud forget`; never who was forgotten.
    pub reason: String,
    /// The id of the data store, and the version of its data.
    pub data: (String, u64),
    /// Who.
    pub mpid: Mpid,
    /// What the number has in its place: nobody's.
    pub instead: Mpid,
    /// The connections that carry the user.
    pub carried_by: Vec<Carrier>,
    /// The user's identities that each output takes.
    pub identities: BTreeMap<OutputName, Vec<(IdentityType, String)>>,
}

/// A connection that carries a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// The audience's address.
    pub address: Address,
    /// Which part of it.
    pub variant: VariantName,
    /// Where it goes.
    pub output: OutputName,
    /// The name that the output sees.
    pub downstream_name: String,
}
