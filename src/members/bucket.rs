//! The stable variant of a user (rules M15 and M16).

use rayon::prelude::*;
use roaring::RoaringBitmap;
use sha2::{Digest, Sha256};

use crate::base::Mpid;

/// The bucket of a user, 0 to 99: the first eight bytes of SHA-256 of `{salt}:{mpid}` as a big-endian number h, then
/// floor(h × 100 / 2^64).
pub fn bucket(salt: &str, mpid: Mpid) -> u8 {
    let hash = Sha256::digest(format!("{salt}:{mpid}"));
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    ((u128::from(u64::from_be_bytes(first)) * 100) >> 64) as u8
}

/// Ranges of buckets, in order: variant `i` owns the buckets from the sum of the shares before it on.
#[derive(Clone, Debug)]
pub struct Buckets {
    /// The first bucket that variant `i` does not own; the last range, Control's, ends at 100.
    ends: Vec<u8>,
}

impl Buckets {
    /// Ranges for the shares of the variants in the order written; Control takes what is left.
    pub fn new(shares: impl IntoIterator<Item = u8>) -> Self {
        let mut end = 0u8;
        let mut ends: Vec<u8> = shares
            .into_iter()
            .map(|share| {
                end = end.saturating_add(share).min(100);
                end
            })
            .collect();
        ends.push(100);
        Self { ends }
    }

    /// Which range a bucket falls in; the last one is Control.
    pub fn range_of(&self, bucket: u8) -> usize {
        self.ends.iter().position(|end| bucket < *end).unwrap_or(self.ends.len() - 1)
    }

    /// The members of each range, Control last. `mpid_of` gives the MPID of a member's number.
    pub fn divide(
        &self,
        salt: &str,
        members: &RoaringBitmap,
        mpid_of: impl Fn(u32) -> Option<Mpid> + Sync,
    ) -> Vec<RoaringBitmap> {
        let numbers: Vec<u32> = members.iter().collect();
        let ranges: Vec<u8> = numbers
            .par_iter()
            .map(|number| mpid_of(*number).map_or(u8::MAX, |mpid| self.range_of(bucket(salt, mpid)) as u8))
            .collect();
        (0..self.ends.len())
            .map(|range| {
                let inside = numbers.iter().zip(&ranges).filter(|(_, each)| usize::from(**each) == range);
                inside.map(|(number, _)| *number).collect()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_shares() {
        let buckets = Buckets::new([40, 40]);
        assert_eq!([0, 39, 40, 79, 80, 99].map(|b| buckets.range_of(b)), [0, 0, 1, 1, 2, 2]);
        assert_eq!(Buckets::new([100]).range_of(99), 0);
    }

    #[test]
    fn shares_come_out_about_right_and_nobody_is_lost() {
        let everyone: RoaringBitmap = (0..20_000).collect();
        let parts = Buckets::new([40, 40]).divide("shop/a/t", &everyone, |n| Some(Mpid(i64::from(n) - 77)));
        assert_eq!(parts.iter().map(|p| p.len()).sum::<u64>(), 20_000);
        assert!(parts[0].len().abs_diff(8000) < 300 && parts[2].len().abs_diff(4000) < 300);
    }
}
