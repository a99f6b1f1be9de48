//! A numbering of users: number to MPID and back.

use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use roaring::RoaringBitmap;

use crate::base::Mpid;

/// An append-only numbering of users. Invariant: every number has one MPID and every MPID one number; numbers are
/// consecutive from 0 and never change.
#[derive(Clone, Debug, Default)]
pub struct Numbering {
    mpids: Vec<Mpid>,
    numbers: HashMap<Mpid, u32, RandomState>,
}

impl Numbering {
    /// The numbering in which number `i` is `mpids[i]`. Repeated MPIDs keep their first number.
    pub fn new(mpids: Vec<Mpid>) -> Self {
        let mut numbers = HashMap::with_capacity_and_hasher(mpids.len(), RandomState::default());
        for (number, mpid) in mpids.iter().enumerate() {
            numbers.entry(*mpid).or_insert(number as u32);
        }
        Self { mpids, numbers }
    }

    /// How many users have a number.
    pub fn len(&self) -> usize {
        self.mpids.len()
    }

    /// Whether nobody has a number.
    pub fn is_empty(&self) -> bool {
        self.mpids.is_empty()
    }

    /// The MPID of a number.
    pub fn mpid(&self, number: u32) -> Option<Mpid> {
        self.mpids.get(number as usize).copied()
    }

    /// The number of an MPID, if it has one.
    pub fn number(&self, mpid: Mpid) -> Option<u32> {
        self.numbers.get(&mpid).copied()
    }

    /// The number of an MPID; a new one where it has none.
    pub fn number_or_add(&mut self, mpid: Mpid) -> u32 {
        let next = self.mpids.len() as u32;
        let number = *self.numbers.entry(mpid).or_insert(next);
        if number == next {
            self.mpids.push(mpid);
        }
        number
    }

    /// The MPIDs of all numbers from `from` on, in order.
    pub fn mpids_from(&self, from: usize) -> &[Mpid] {
        self.mpids.get(from..).unwrap_or(&[])
    }

    /// The same users in this numbering; users that are new to it get numbers in the order of `rows`.
    pub fn translate(&mut self, rows: &RoaringBitmap, mpid_of_row: impl Fn(u32) -> Option<Mpid>) -> RoaringBitmap {
        rows.iter().filter_map(mpid_of_row).map(|mpid| self.number_or_add(mpid)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn translation_goes_by_mpid_and_appends() {
        let mut state = Numbering::new(vec![Mpid(30), Mpid(10)]);
        let rows: RoaringBitmap = [0, 2].into_iter().collect();
        let store = [Mpid(10), Mpid(20), Mpid(40)];
        let numbers = state.translate(&rows, |row| store.get(row as usize).copied());
        assert_eq!(numbers.iter().collect::<Vec<_>>(), vec![1, 2]);
        assert_eq!(state.mpids_from(2), &[Mpid(40)]);
    }
}
