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
    let mpids: &[i64] = &store.users.mpids;
    let answer = |(number, address): &(u64, _)| {
        let members = memberships.audiences.get(address).unwrap_or(&nobody);
        (*number, Answer { count: members.len(), xor: xor(members, mpids) })
    };
    workload.numbers.par_iter().map(answer).collect()
}

/// How many members are taken out of a bitmap at once.
const TAKEN: usize = 1024;

/// The XOR of the MPIDs of some rows.
fn xor(members: &RoaringBitmap, mpids: &[i64]) -> i64 {
    let (mut rows, mut taken, mut xor) = (members.iter(), [0u32; TAKEN], 0);
    loop {
        let taken = rows.next_many(&mut taken);
        if taken.is_empty() {
            return xor;
        }
        xor = taken.iter().filter_map(|row| mpids.get(*row as usize)).fold(xor, |xor, mpid| xor ^ mpid);
    }
}
