//! Who is who: the users of a store by MPID, and the identities by which an output can reach them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::base::Mpid;
use crate::catalog::{IdentityType, OutputKind};
use crate::members::Numbering;
use crate::store::{Identity, Store};

/// The users of one store, found by MPID. The first look-up reads every MPID once; having a directory costs nothing.
pub struct Directory<'a> {
    store: &'a Store,
    rows: OnceLock<Numbering>,
}

/// Who of some users an output can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// How many of these users have an identity of each type that the output accepts; types that nobody has are left out.
    pub identities: BTreeMap<IdentityType, u64>,
    /// How many of these users have none.
    pub unreachable: u64,
}

impl<'a> Directory<'a> {
    /// The users of a store.
    pub fn new(store: &'a Store) -> Self {
        Self { store, rows: OnceLock::new() }
    }

    /// The row of a user; `None` for a user that the store does not know.
    pub fn row(&self, mpid: Mpid) -> Option<u32> {
        let mpids = || self.store.users.mpids.iter().copied().map(Mpid).collect();
        self.rows.get_or_init(|| Numbering::new(mpids())).number(mpid)
    }

    /// The identities of a row that a kind of output accepts, by type and then in the order they came.
    pub fn identities<'k>(&self, row: u32, kind: &'k OutputKind) -> impl Iterator<Item = Identity<'a>> + use<'a, 'k> {
        self.store.users.identities.of(row).filter(|identity| kind.accepts(identity.identity))
    }

    /// Whether a kind of output accepts any identity of a row.
    pub fn is_reachable(&self, row: u32, kind: &OutputKind) -> bool {
        self.identities(row, kind).next().is_some()
    }
}

/// Who of some users a kind of output can reach. A user with two values of a type counts once for it.
pub fn reach(directory: &Directory<'_>, kind: &OutputKind, mpids: impl IntoIterator<Item = Mpid>) -> Reach {
    // One counter for each type: users are many, types are few.
    let mut counts = [0u64; IdentityType::ALL.len()];
    let mut unreachable = 0;
    for mpid in mpids {
        let mut last = None;
        for identity in directory.row(mpid).into_iter().flat_map(|row| directory.identities(row, kind)) {
            // Equal types are neighbours.
            if last != Some(identity.identity)
                && let Some(count) = counts.get_mut(identity.identity as usize)
            {
                *count += 1;
            }
            last = Some(identity.identity);
        }
        unreachable += u64::from(last.is_none());
    }
    let types = IdentityType::ALL.iter().map(|(_, each)| *each).zip(counts);
    Reach { identities: types.filter(|(_, count)| *count > 0).collect(), unreachable }
}
