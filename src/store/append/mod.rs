//! A store with more in it, in memory.
//!
//! In: a store and a batch of changes. Out: the store with them, and what changed. Events become a new small segment of each
//! key; segments that came this way are merged when they get many, so that each is at least twice as long as the next. Columns
//! of users are written anew where the batch touches them, in place where nobody else holds them.
//!
//! What always holds: rows stay what they are; the same batches in the same order give the same store, also where a batch is
//! applied a second time, except for its events without an id.

mod events;
mod growing;
mod identities;
mod users;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rapidhash::fast::RandomState;

use super::error::StoreError;
use super::events::Segments;
use super::log::{DROPPED, EventLog};
use super::writes::{ProfileWrite, Writes};
use super::{SHARD_USERS, Store};
use crate::base::{InputName, WorkspaceName};
use crate::catalog::{EventKey, ProfileField};

/// What a batch of changes changed. Rows are ascending, each once.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// The version of the store before.
    pub from_version: u64,
    /// The version of the store with the changes.
    pub to_version: u64,
    /// Rows of new users.
    pub new_users: Range<u32>,
    /// Rows whose first or last sighting in a workspace changed.
    pub sightings: BTreeMap<WorkspaceName, Vec<u32>>,
    /// Rows whose field was said anew in a workspace.
    pub fields: BTreeMap<(WorkspaceName, ProfileField), Vec<u32>>,
    /// Rows that won or lost an identity.
    pub identities: Vec<u32>,
    /// The new events of each key, as they came: tables of their own, in which they have the users, times and values that they
    /// have in the store.
    pub events: BTreeMap<EventKey, Segments>,
    /// How many events were left out since their user has their id already (M20).
    pub duplicates: u64,
}

impl Changed {
    /// What this changed and then a later batch.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        let rows = |into: &mut Vec<u32>, more: Vec<u32>| {
            into.extend(more);
            sort(into);
        };
        self.to_version = later.to_version;
        self.new_users = match (self.new_users.is_empty(), later.new_users.is_empty()) {
            (true, _) => later.new_users,
            (_, true) => self.new_users,
            _ => self.new_users.start..later.new_users.end,
        };
        later.sightings.into_iter().for_each(|(of, more)| rows(self.sightings.entry(of).or_default(), more));
        later.fields.into_iter().for_each(|(of, more)| rows(self.fields.entry(of).or_default(), more));
        rows(&mut self.identities, later.identities);
        later.events.into_iter().for_each(|(key, more)| self.events.entry(key).or_default().extend(more));
        self.duplicates += later.duplicates;
        self
    }

    /// The rows of which anything but events changed, some of them several times.
    fn profile_rows(&self) -> impl Iterator<Item = u32> {
        let said = self.sightings.values().chain(self.fields.values()).flatten();
        self.new_users.clone().chain(said.chain(&self.identities).copied())
    }
}

/// Brings rows into order, each once.
fn sort(rows: &mut Vec<u32>) {
    rows.sort_unstable();
    rows.dedup();
}

impl Store {
    /// The store with a batch of changes, and what changed. The version is raised by one where anything did.
    ///
    /// Columns that no other clone of the store holds are changed in place, so that whoever drops the store before does not
    /// pay for copies.
    ///
    /// # Errors
    /// [`StoreError::Misplaced`] where the batch was made for a store with more users, [`StoreError::TooManyInputs`] and
    /// [`StoreError::TooMuchText`] where it does not fit. The store before is not changed then, unless it was given away.
    pub fn append(self, writes: Writes) -> Result<(Self, Changed), StoreError> {
        let Writes { first_new, new_users, inputs, workspaces, profiles, mut events, with_ids, .. } = writes;
        let mut changed = Changed { from_version: self.version, to_version: self.version, ..Changed::default() };
        let rows = Rows::new(&self, first_new, new_users)?;
        let (all_inputs, codes) = self.inputs_with(&inputs)?;
        for (_, log) in &mut events {
            log.recode_inputs(&codes);
            log.users.iter_mut().for_each(|user| *user = rows.of(*user).unwrap_or(DROPPED));
        }
        changed.duplicates = events::drop_known(&self, &mut events, &with_ids);
        events.retain(|(_, log)| log.sightings().next().is_some());
        changed.new_users = rows.new_rows();
        let Self { id, version, users: mut own, events: mut segments, detected, damages, .. } = self;
        let users = Arc::make_mut(&mut own);
        users::grow(users, &rows.added);
        users::see(users, sightings(&events, &all_inputs, &profiles, &workspaces, &rows), &mut changed);
        users::set(users, &profiles, &workspaces, &rows, &mut changed)?;
        identities::give(&mut users.identities, &profiles, &rows, &mut changed)?;
        let with_events: Vec<u32> = events.iter().flat_map(|(_, log)| log.sightings()).map(|(row, ..)| row).collect();
        if !events.is_empty() {
            events::add(Arc::make_mut(&mut segments), events, &mut changed);
        }
        let is_idle = rows.added.is_empty()
            && changed.sightings.is_empty()
            && changed.fields.is_empty()
            && changed.identities.is_empty()
            && changed.events.is_empty();
        changed.to_version = if is_idle { version } else { version + 1 };
        let version = changed.to_version;
        if !is_idle {
            users::mark(users, changed.profile_rows().chain(with_events), version);
        }
        Ok((Self { id, version, inputs: all_inputs, users: own, events: segments, detected, damages }, changed))
    }

    /// The inputs of the store and of a batch, and the code of each of the batch's.
    fn inputs_with(&self, more: &[InputName]) -> Result<(Arc<[InputName]>, Vec<u8>), StoreError> {
        let mut all = self.inputs.to_vec();
        let code = |input: &InputName| {
            let known = all.iter().position(|each| each == input);
            let at = known.unwrap_or_else(|| {
                all.push(input.clone());
                all.len() - 1
            });
            u8::try_from(at).map_err(|_| StoreError::TooManyInputs { count: at + 1 })
        };
        let codes = more.iter().map(code).collect::<Result<_, _>>()?;
        let same = all.len() == self.inputs.len();
        Ok((if same { Arc::clone(&self.inputs) } else { all.into() }, codes))
    }
}

/// Sightings by workspace: rows and instants.
type Sightings = BTreeMap<WorkspaceName, Vec<(u32, i64)>>;

/// All sightings of a batch: those that are said, and every event.
fn sightings(
    events: &[(EventKey, EventLog)],
    inputs: &[InputName],
    profiles: &[ProfileWrite],
    workspaces: &[WorkspaceName],
    rows: &Rows,
) -> Sightings {
    let mut by_place: Vec<(&WorkspaceName, Vec<(u32, i64)>)> = Vec::new();
    let mut place = |workspace| {
        by_place.iter().position(|(each, _)| *each == workspace).unwrap_or_else(|| {
            by_place.push((workspace, Vec::new()));
            by_place.len() - 1
        })
    };
    let of_inputs: Vec<usize> = inputs.iter().map(|input| place(&input.workspace)).collect();
    let said: Vec<usize> = workspaces.iter().map(place).collect();
    let of_events = events.iter().flat_map(|(_, log)| log.sightings());
    let of_events = of_events.filter_map(|(row, at, input)| Some((*of_inputs.get(usize::from(input))?, row, at)));
    let of_profiles = profiles.iter().filter_map(|write| match write {
        ProfileWrite::Seen { row, workspace, at_ms } => Some((*said.get(*workspace as usize)?, rows.of(*row)?, *at_ms)),
        _ => None,
    });
    for (place, row, at) in of_events.chain(of_profiles) {
        if let Some((_, sightings)) = by_place.get_mut(place) {
            sightings.push((row, at));
        }
    }
    by_place.retain(|(_, sightings)| !sightings.is_empty());
    by_place.into_iter().map(|(workspace, sightings)| (workspace.clone(), sightings)).collect()
}

/// The rows that a batch names, in the store that it is applied to.
struct Rows {
    /// The row of the batch's first new user.
    first_new: u32,
    /// The row of each new user of the batch.
    new: Vec<u32>,
    /// The numbers of the users that the store does not have, from row `users` on.
    added: Vec<i64>,
    /// How many users the store has.
    users: u32,
}

impl Rows {
    fn new(store: &Store, first_new: u32, new_users: Vec<crate::base::Mpid>) -> Result<Self, StoreError> {
        let users = store.user_count();
        if first_new as usize > users {
            return Err(StoreError::Misplaced { expected: first_new, users });
        }
        let mut rows = Self { first_new, new: Vec::new(), added: Vec::new(), users: users as u32 };
        let mut known: HashMap<i64, Option<u32>, RandomState> = new_users.iter().map(|mpid| (mpid.0, None)).collect();
        if !known.is_empty() {
            for (row, mpid) in store.users.mpids.iter().enumerate() {
                if let Some(known) = known.get_mut(mpid) {
                    *known = Some(row as u32);
                }
            }
        }
        for mpid in new_users {
            let next = rows.users + rows.added.len() as u32;
            let row = *known.entry(mpid.0).or_default().get_or_insert(next);
            if row == next {
                rows.added.push(mpid.0);
            }
            rows.new.push(row);
        }
        Ok(rows)
    }

    /// The row of the store that a row of the batch is.
    fn of(&self, row: u32) -> Option<u32> {
        match row.checked_sub(self.first_new) {
            None => Some(row),
            Some(new) => self.new.get(new as usize).copied(),
        }
    }

    fn new_rows(&self) -> Range<u32> {
        self.users..self.users + self.added.len() as u32
    }
}

/// The shard of a row, and the position in it.
fn place(row: u32) -> (usize, u16) {
    (row as usize / SHARD_USERS, (row as usize % SHARD_USERS) as u16)
}
