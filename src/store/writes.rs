//! A batch of changes to a store, everything resolved: whose each is, and when.
//!
//! In: changes one by one, by row. Out: [`Writes`], which [`Store::append`](super::Store::append) makes a store with more in it
//! of, and which can be kept and applied again: the same batches in the same order give the same store.
//!
//! What always holds: rows below `first_new` are those of the store that the batch was made for, rows from there on are its
//! new users, in their order. Events lie in columns by key, as a store keeps them, so that applying a batch reads no text.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rapidhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::Store;
use super::builder::{EventRow, ProfileValue};
use super::forgotten::Forgotten;
use super::log::EventLog;
use super::without::nobody;
use crate::base::{InputName, Mpid, WorkspaceName};
use crate::catalog::{EventKey, IdentityType, ProfileField};

/// How many inputs a batch can name: a store keeps them in eight bits.
const MAX_INPUTS: usize = 256;

/// A batch of changes.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Writes {
    /// The row of the first new user.
    pub(super) first_new: u32,
    /// The numbers of the new users.
    pub(super) new_users: Vec<Mpid>,
    /// The inputs that events name, by position.
    pub(super) inputs: Vec<InputName>,
    /// The workspaces that changes of profiles name, by position.
    pub(super) workspaces: Vec<WorkspaceName>,
    /// In the order they came.
    pub(super) profiles: Vec<ProfileWrite>,
    /// Events by key, each key once.
    pub(super) events: Vec<(EventKey, EventLog)>,
    /// Events with an id in the order they came: the place in `events`, the row there.
    pub(super) with_ids: Vec<(u32, u32)>,
    /// The place of each key in `events`.
    #[serde(skip)]
    places: HashMap<EventKey, usize, RandomState>,
}

/// A change of what is known of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ProfileWrite {
    /// The user was seen in a workspace.
    Seen { row: u32, workspace: u32, at_ms: i64 },
    /// A field of a profile; with an instant, unless a later one said something else. A text of a device is added.
    Field { row: u32, workspace: u32, field: ProfileField, value: WrittenValue, at_ms: Option<i64> },
    /// An identity, trimmed; it leaves the user that had it so far.
    Identity { row: u32, identity: IdentityType, value: String, from: Option<u32> },
}

/// A value of a field that can be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum WrittenValue {
    Absent,
    Null,
    Text(String),
    List(Vec<String>),
}

/// What was kept of a batch, before anybody looked at it.
#[derive(Deserialize)]
struct Kept {
    first_new: u32,
    new_users: Vec<Mpid>,
    inputs: Vec<InputName>,
    workspaces: Vec<WorkspaceName>,
    profiles: Vec<ProfileWrite>,
    events: Vec<(EventKey, EventLog)>,
    with_ids: Vec<(u32, u32)>,
}

/// What was kept is no batch of changes: its columns do not fit each other.
#[derive(Debug, thiserror::Error)]
#[error("the columns of a batch of changes do not fit each other")]
pub struct NotWrites;

impl TryFrom<Kept> for Writes {
    type Error = NotWrites;

    fn try_from(kept: Kept) -> Result<Self, NotWrites> {
        let Kept { first_new, new_users, inputs, workspaces, profiles, events, with_ids } = kept;
        let places: HashMap<_, _, _> = events.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect();
        let sound =
            inputs.len() <= MAX_INPUTS && places.len() == events.len() && events.iter().all(|(_, log)| log.is_sound());
        let batch = Self { first_new, new_users, inputs, workspaces, profiles, events, with_ids, places };
        if sound { Ok(batch) } else { Err(NotWrites) }
    }
}

impl Writes {
    /// An empty batch of changes to a store.
    pub fn to(store: &Store) -> Self {
        Self { first_new: store.user_count() as u32, ..Self::default() }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.new_users.is_empty() && self.profiles.is_empty() && self.events.iter().all(|(_, log)| log.users.is_empty())
    }

    /// How many events there are.
    pub fn event_count(&self) -> u64 {
        self.events.iter().map(|(_, log)| log.users.len() as u64).sum()
    }

    /// The row of a user that the store does not have yet. The number must be new to the store and to the batch.
    pub fn new_user(&mut self, mpid: Mpid) -> u32 {
        self.new_users.push(mpid);
        self.first_new + self.new_users.len() as u32 - 1
    }

    /// The position of an input, for events; `None` where there are too many.
    pub fn input(&mut self, input: &InputName) -> Option<u8> {
        let at = place(&mut self.inputs, input, MAX_INPUTS)?;
        u8::try_from(at).ok()
    }

    /// A sighting of a user in a workspace, at an instant in ms since 1970.
    pub fn see(&mut self, row: u32, workspace: &WorkspaceName, at_ms: i64) {
        let workspace = self.workspace(workspace);
        self.profiles.push(ProfileWrite::Seen { row, workspace, at_ms });
    }

    /// Sets a field of a profile; with an instant in ms since 1970, unless a later one said something else. A text of a device is
    /// added to what other devices of the profile showed. It is no sighting.
    pub fn field(
        &mut self,
        row: u32,
        workspace: &WorkspaceName,
        field: &ProfileField,
        value: ProfileValue<'_>,
        at_ms: Option<i64>,
    ) {
        let value = match value {
            ProfileValue::Absent => WrittenValue::Absent,
            ProfileValue::Null => WrittenValue::Null,
            ProfileValue::Text(text) => WrittenValue::Text(text.to_owned()),
            ProfileValue::List(entries) => WrittenValue::List(entries.to_vec()),
        };
        let workspace = self.workspace(workspace);
        self.profiles.push(ProfileWrite::Field { row, workspace, field: field.clone(), value, at_ms });
    }

    /// Gives an identity to a user, trimmed; it leaves the user that had it so far, whose row is `from`. An empty one is nobody's
    /// and is left out.
    pub fn identity(&mut self, row: u32, identity: IdentityType, value: &str, from: Option<u32>) {
        if let Some(value) = crate::identity::clean(value) {
            self.profiles.push(ProfileWrite::Identity { row, identity, value: value.to_owned(), from });
        }
    }

    /// Adds an event of a user, which is also a sighting in the input's workspace; its input is a position that
    /// [`input`](Self::input) gave. One whose id the user has already, in the store or in the batch, is left out when the batch
    /// is applied (M20).
    pub fn event(&mut self, row: u32, key: &EventKey, event: EventRow<'_>) {
        let at = match self.places.get(key) {
            Some(at) => *at,
            None => {
                self.places.insert(key.clone(), self.events.len());
                self.events.push((key.clone(), EventLog::default()));
                self.events.len() - 1
            }
        };
        let Some((_, log)) = self.events.get_mut(at) else { return };
        log.event(row, event);
        if event.id.is_some() {
            self.with_ids.push((at as u32, log.users.len() as u32 - 1));
        }
    }

    /// Takes out what is about people who were forgotten. A new user among them keeps the row, as nobody, so that all other rows
    /// stay what they are.
    pub(super) fn without(&mut self, forgotten: &Forgotten) {
        let is_forgotten = |write: &ProfileWrite| match write {
            ProfileWrite::Identity { identity, value, .. } => forgotten.has(*identity, value),
            _ => false,
        };
        let row_of = |write: &ProfileWrite| match write {
            ProfileWrite::Seen { row, .. } | ProfileWrite::Field { row, .. } | ProfileWrite::Identity { row, .. } => {
                *row
            }
        };
        let first_new = self.first_new;
        let mut gone: BTreeSet<u32> = self.profiles.iter().filter(|each| is_forgotten(each)).map(row_of).collect();
        gone.retain(|row| *row >= first_new);
        let named = self.new_users.iter().enumerate().filter(|(_, mpid)| forgotten.has_mpid(**mpid));
        gone.extend(named.map(|(at, _)| first_new + at as u32));
        self.profiles.retain(|write| !is_forgotten(write) && !gone.contains(&row_of(write)));
        for row in &gone {
            if let Some(mpid) = self.new_users.get_mut((row - first_new) as usize) {
                *mpid = nobody();
            }
        }
        let rows: Vec<u32> = gone.into_iter().collect();
        for (_, log) in self.events.iter_mut().filter(|_| !rows.is_empty()) {
            let table = std::mem::take(log).finish();
            *log = EventLog::of(&[Arc::new(table.without(&rows).unwrap_or(table))]);
        }
        if !rows.is_empty() {
            let ids = self
                .events
                .iter()
                .enumerate()
                .flat_map(|(at, (_, log))| log.with_ids().map(move |(row, ..)| (at as u32, row)));
            self.with_ids = ids.collect();
        }
    }

    fn workspace(&mut self, workspace: &WorkspaceName) -> u32 {
        place(&mut self.workspaces, workspace, usize::MAX).unwrap_or_default() as u32
    }
}

/// The position of a name, which is added if need be.
fn place<T: Clone + PartialEq>(names: &mut Vec<T>, name: &T, most: usize) -> Option<usize> {
    let known = names.iter().position(|each| each == name);
    known.or_else(|| {
        (names.len() < most).then(|| {
            names.push(name.clone());
            names.len() - 1
        })
    })
}
