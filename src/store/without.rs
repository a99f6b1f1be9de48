//! A store without some of its users, and without texts that nobody says.
//!
//! In: users or a segment of events, and rows. Out: the same without those rows. Rows of users keep their places: one that is gone is
//! nobody, under a number that names nobody. What always holds: no dictionary that comes out has a text that no row says.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::column::{Dictionary, NULL};
use super::events::{EventShard, EventTable};
use super::only::Taken;
use super::users::Users;
use super::verified::Verified;
use super::{SHARD_USERS, Store};
use crate::base::Mpid;

/// No row.
const NOBODY: u32 = u32::MAX;

impl Users {
    /// All users but some, with the numbers that those have from now on.
    pub(super) fn without(&self, gone: &BTreeMap<u32, Mpid>) -> Self {
        let place = |row: u32| if gone.contains_key(&row) { NOBODY } else { row };
        let rows: Vec<u32> = (0..self.mpids.len() as u32).map(place).collect();
        let mut users = self.only(&rows);
        let mut mpids = std::mem::take(&mut users.mpids).into_vec();
        for (row, mpid) in gone {
            if let Some(place) = mpids.get_mut(*row as usize) {
                *place = mpid.0;
            }
        }
        users.mpids = mpids.into();
        users
    }

    /// Numbers that no user has, one for each of some rows.
    pub(super) fn nobodies(&self, rows: &[u32]) -> BTreeMap<u32, Mpid> {
        let number = || loop {
            let mpid = nobody();
            if self.row(mpid).is_none() {
                return mpid;
            }
        };
        rows.iter().map(|row| (*row, number())).collect()
    }
}

/// A number that says nothing of anybody, another one each time.
pub fn nobody() -> Mpid {
    let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
    Mpid(high.cast_signed())
}

impl Store {
    /// The same without texts that no row says, among the users and in some segments of events.
    #[must_use]
    pub(super) fn tight(mut self, touched: impl Fn(&crate::catalog::EventKey) -> bool) -> Self {
        self.users = Arc::new(self.users.without(&BTreeMap::new()));
        let mut events = (*self.events).clone();
        for (_, segments) in events.iter_mut().filter(|(key, _)| touched(key)) {
            for segment in segments {
                if let Some(tight) = segment.without(&[]) {
                    *segment = Arc::new(tight);
                }
            }
        }
        self.events = Arc::new(events);
        self
    }
}

impl EventTable {
    /// The events of all users but those of some rows; `None` where that changes nothing.
    pub(super) fn without(&self, gone: &[u32]) -> Option<Self> {
        let place = |row: &u32| (*row as usize / SHARD_USERS, (*row as usize % SHARD_USERS) as u16);
        let gone: Vec<(usize, u16)> = gone.iter().map(place).collect();
        let is_gone = |shard: usize, user: u16| gone.contains(&(shard, user));
        let of_shard = |(shard, events): (usize, &EventShard)| -> Vec<Taken> {
            let own: Vec<(usize, u16)> = gone.iter().filter(|(each, _)| *each == shard).copied().collect();
            let there = events.users.iter().enumerate().filter(|(_, user)| own.is_empty() || !is_gone(shard, **user));
            there.map(|(at, user)| Taken { shard, at, user: *user }).collect()
        };
        let touches = self
            .shards
            .iter()
            .enumerate()
            .any(|(shard, events)| gone.iter().any(|(each, user)| *each == shard && events.users.contains(user)));
        if !touches && self.is_tight() {
            return None;
        }
        let kept: Vec<Vec<Taken>> = self.shards.iter().enumerate().map(of_shard).collect();
        Some(Self { recent: self.recent, ..self.taken(&kept) })
    }

    /// Whether some row says each text of each dictionary.
    fn is_tight(&self) -> bool {
        type Columns = fn(&EventShard) -> &BTreeMap<String, Verified<u32>>;
        let parts: [(&BTreeMap<String, Arc<Dictionary>>, Columns); 3] = [
            (&self.attributes, |shard| &shard.columns),
            (&self.actions, |shard| &shard.actions),
            (&self.products, |shard| &shard.products.columns),
        ];
        let columns = parts.iter().all(|(dictionaries, columns)| {
            dictionaries.iter().all(|(name, dictionary)| {
                is_said(dictionary, self.shards.iter().filter_map(|shard| columns(shard).get(name)))
            })
        });
        columns && self.ids.iter().all(|ids| is_said(ids, self.shards.iter().map(|shard| &shard.ids)))
    }
}

/// Whether each text of a dictionary is in some column.
fn is_said<'c>(dictionary: &Dictionary, columns: impl Iterator<Item = &'c Verified<u32>>) -> bool {
    let mut said = vec![false; dictionary.len()];
    for code in columns.flat_map(|codes| codes.iter()) {
        if let Some(said) = said.get_mut(*code as usize) {
            *said = true;
        }
    }
    said.iter().skip(NULL as usize + 1).all(|said| *said)
}
