//! An audience's members divided by its split, before and after a change (M15, M16).
//!
//! In: members and the split that was, or is, in force, with its salt. Out: who is in each variant and in Control. Where
//! the test stays the same, each user is hashed once for both sides.

use roaring::RoaringBitmap;

use super::people::Translation;
use crate::ir::{Split, VariantName};
use crate::members::Buckets;

/// Who an audience holds, as a whole and by variant.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    /// Everybody; `None` where it is not deployed, or not evaluated.
    pub whole: Option<RoaringBitmap>,
    /// By variant in bucket order, Control last; empty without a split.
    pub variants: Vec<(VariantName, RoaringBitmap)>,
}

/// A split in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test<'a> {
    /// Its definition.
    pub split: &'a Split,
    /// Its salt.
    pub salt: &'a str,
}

impl Test<'_> {
    fn shares(&self) -> impl Iterator<Item = u8> {
        self.split.variants.iter().map(|variant| variant.share)
    }

    fn divide(&self, members: &RoaringBitmap, users: &Translation) -> Vec<RoaringBitmap> {
        Buckets::new(self.shares()).divide(self.salt, members, |number| users.mpid(number))
    }

    fn same_buckets(&self, other: &Self) -> bool {
        self.salt == other.salt && self.shares().eq(other.shares())
    }

    fn named(&self, parts: impl IntoIterator<Item = RoaringBitmap>) -> Vec<(VariantName, RoaringBitmap)> {
        self.split.names().zip(parts).collect()
    }
}

impl Parts {
    /// The members of one part; nobody where there is no such part.
    pub(super) fn of(&self, variant: &VariantName) -> Option<&RoaringBitmap> {
        match variant {
            VariantName::Whole => self.whole.as_ref(),
            other => self.variants.iter().find(|(name, _)| name == other).map(|(_, members)| members),
        }
    }

    /// Divides the members before and after, each by the test that is in force then.
    pub(super) fn both(
        before: (Option<RoaringBitmap>, Option<Test<'_>>),
        after: (Option<RoaringBitmap>, Option<Test<'_>>),
        users: &Translation,
    ) -> (Self, Self) {
        let alone = |members: &Option<RoaringBitmap>, test: Option<Test<'_>>| match (members, test) {
            (Some(members), Some(test)) => test.named(test.divide(members, users)),
            _ => Vec::new(),
        };
        let (old, new) = match (&before, &after) {
            ((Some(was), Some(old)), (Some(is), Some(new))) if old.same_buckets(new) => {
                let parts = new.divide(&(was | is), users);
                let within = |members: &RoaringBitmap| parts.iter().map(|part| part & members).collect::<Vec<_>>();
                (old.named(within(was)), new.named(within(is)))
            }
            _ => (alone(&before.0, before.1), alone(&after.0, after.1)),
        };
        (Self { whole: before.0, variants: old }, Self { whole: after.0, variants: new })
    }
}
