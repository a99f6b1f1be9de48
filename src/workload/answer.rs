//! What a workload expects of a membership: how many are in it, and the XOR of their MPIDs, neither of which depends on order.

use rayon::prelude::*;
use roaring::RoaringBitmap;
use serde::Serialize;

use super::Workload;
use crate::members::Memberships;
use crate::store::Store;

/// The answer to one audience. In JSON `[count, "xor"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "(u64, String)")]
pub struct Answer {
    /// How many members it has.
    pub count: u64,
    /// The XOR of their MPIDs; 0 where there are none.
    pub xor: i64,
}

impl From<Answer> for (u64, String) {
    fn from(answer: Answer) -> Self {
        (answer.count, answer.xor.to_string())
    }
}

/// The answer to each audience, in the order of the workload. Runs on the rayon pool that it is called in.
pub fn answers(workload: &Workload, store: &Store, memberships: &Memberships) -> Vec<(u64, Answer)> {
    let nobody = RoaringBitmap::new();
    let answer = |(number, address): &(u64, _)| {
        let members = memberships.audiences.get(address).unwrap_or(&nobody);
        let xor = members.iter().filter_map(|row| store.users.mpid(row)).fold(0, |xor, mpid| xor ^ mpid.0);
        (*number, Answer { count: members.len(), xor })
    };
    workload.numbers.par_iter().map(answer).collect()
}
