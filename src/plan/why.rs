//! Why people enter and leave.
//!
//! In: who was in an audience and who will be, who would be by the definitions as deployed, and when each user was last written about. Out: a
//! [`Why`], which counts everybody who moves once.
//!
//! Whom the definition as deployed would leave where they were moves by the edit. Whom it would move too, moves by the world: by new data where anything was
//! written about them since the last evaluation, otherwise by time alone.

use std::collections::BTreeMap;
use std::sync::Mutex;

use roaring::RoaringBitmap;

use super::change::{Moves, Why};
use super::people::Translation;
use crate::members::Difference;
use crate::store::Store;

/// The data of an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The store.
    pub store: String,
    /// Its version.
    pub version: u64,
}

/// Tells whom something was written about since an evaluation.
pub(super) struct News<'a> {
    store: &'a Store,
    users: &'a Translation,
    /// The numbers of the users that are as they were, by the version of the data.
    quiet: Mutex<BTreeMap<u64, RoaringBitmap>>,
}

impl<'a> News<'a> {
    pub(super) fn new(store: &'a Store, users: &'a Translation) -> Self {
        Self { store, users, quiet: Mutex::default() }
    }

    /// Who of some users was written about since. Of another store nothing is known, and all of it counts as new.
    fn about(&self, people: &RoaringBitmap, since: Option<&Seen>) -> RoaringBitmap {
        match since {
            Some(seen) if seen.store == *self.store.id && seen.version == self.store.version => RoaringBitmap::new(),
            Some(seen) if seen.store == *self.store.id => people - &self.quiet(seen.version),
            _ => people.clone(),
        }
    }

    /// The users about whom nothing was written after a version. Users that are not in the store any more are none of them.
    fn quiet(&self, version: u64) -> RoaringBitmap {
        let mut known = self.quiet.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let find = || {
            let rows = 0..self.store.user_count() as u32;
            let quiet = rows.filter(|row| None::<u64>.is_some_and(|changed| changed <= version) && *row > 0);
            quiet.filter_map(|row| self.users.number_of(self.store.users.mpid(row)?)).collect()
        };
        known.entry(version).or_insert_with(find).clone()
    }
}

/// What of the moves is for which reason. `as_deployed` are the members by the definitions as deployed, where those are others; `is_repair` says that
/// the state did not hold what was last applied.
pub(super) fn why(
    before: Option<&RoaringBitmap>,
    moves: &Difference,
    as_deployed: Option<&RoaringBitmap>,
    news: &News<'_>,
    since: Option<&Seen>,
    is_repair: bool,
) -> Why {
    let nobody = RoaringBitmap::new();
    let stays = before.unwrap_or(&nobody);
    let deployed = as_deployed.unwrap_or(stays);
    // Without another definition nobody moves by the edit.
    let (edit_adds, edit_drops) = match as_deployed {
        Some(_) => (&moves.adds - deployed, &moves.drops & deployed),
        None => (RoaringBitmap::new(), RoaringBitmap::new()),
    };
    let (adds, drops) = (&moves.adds - &edit_adds, &moves.drops - &edit_drops);
    let mut why = Why { edit: Moves { adds: edit_adds.len(), drops: edit_drops.len() }, ..Why::default() };
    if is_repair {
        why.repair = Moves { adds: adds.len(), drops: drops.len() };
        return why;
    }
    let (new_adds, new_drops) = (news.about(&adds, since), news.about(&drops, since));
    why.data = Moves { adds: new_adds.len(), drops: new_drops.len() };
    why.time = Moves { adds: adds.len() - new_adds.len(), drops: drops.len() - new_drops.len() };
    why
}
