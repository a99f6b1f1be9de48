//! Stores in which a criterion can be asked of users by itself, whatever population they are in.
//!
//! In: a store. Out: the same, with everybody in the population of a workspace that nobody reads. Sightings, events and fields
//! stay as they are in every other workspace, so that criteria see what they saw.

use std::sync::Arc;

use crate::base::{Name, Now, WorkspaceName};
use crate::catalog::EventKind;
use crate::store::{Products, Seen, Store, Verified};

/// A store in which every row is in the population of one more workspace: seen there at that instant, and never opted out.
pub(crate) fn opened(store: &Store, apart: &WorkspaceName, at: Now) -> Store {
    let mut opened = silenced(store);
    let mut users = (*store.users).clone();
    let at: Verified<i64> = std::iter::repeat_n(at.ms(), store.user_count()).collect();
    users.seen.insert(apart.clone(), Seen { first: at.clone(), last: at });
    opened.users = Arc::new(users);
    opened
}

/// A store in which nobody has opted out. Opting out is a sighting too, so the events stay; without attributes they say
/// nothing.
pub(super) fn silenced(store: &Store) -> Store {
    let mut events = (*store.events).clone();
    let of_key = events.iter_mut().filter(|(key, _)| key.kind == EventKind::OptOut);
    for segment in of_key.flat_map(|(_, segments)| segments) {
        let table = Arc::make_mut(segment);
        table.attributes.clear();
        table.actions.clear();
        table.products.clear();
        for shard in &mut table.shards {
            shard.columns.clear();
            shard.actions.clear();
            shard.products = Products::default();
        }
    }
    let mut silenced = store.clone();
    silenced.events = Arc::new(events);
    silenced
}

/// The name of a workspace that the store does not know.
pub(crate) fn apart(store: &Store) -> Option<WorkspaceName> {
    let mut name = "_".to_owned();
    loop {
        let apart = Name::new(&name).ok()?;
        if !store.users.seen.contains_key(&apart) && store.inputs.iter().all(|input| input.workspace != apart) {
            return Some(apart);
        }
        name.push('_');
    }
}
