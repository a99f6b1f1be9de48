//! Memberships that are given: those of standard audiences, which were evaluated before (M23).

use roaring::RoaringBitmap;

use super::{Context, Kernel, Selection};
use crate::base::Address;
use crate::eval::bits::set;
use crate::eval::program::Family;
use crate::store::{SHARD_USERS, Store};

/// Questions about given memberships.
pub(super) struct Given<'a> {
    store: &'a Store,
    /// The members; none of an audience that is not known.
    members: Vec<Option<&'a RoaringBitmap>>,
}

impl<'a> Given<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<(), Address>) -> Self {
        let members = family.tests.iter().map(|address| context.given.get(address)).collect();
        Self { store: context.store, members }
    }
}

impl Kernel for Given<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        for (members, slot) in self.members.iter().zip(slots) {
            slot.fill(0);
            let Some(members) = members else { continue };
            match selection {
                Selection::Shard(shard) => {
                    let first = (shard * SHARD_USERS) as u32;
                    let rows = members.range(first..first + self.store.shard_len(shard) as u32);
                    rows.for_each(|row| set(slot, (row - first) as usize));
                }
                Selection::Users(..) => {
                    let rows = selection.rows(self.store).enumerate();
                    rows.filter(|(_, row)| members.contains(*row as u32)).for_each(|(user, _)| set(slot, user));
                }
            }
        }
    }
}
