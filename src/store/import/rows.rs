//! Rows that were read and wait for their users.
//!
//! Event attributes are in the builder's logs already; a row keeps its time, the identities that it names, and where the
//! rest of it is.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet, HashTable};
use rapidhash::fast::RandomState;
use std::hash::BuildHasher;

use super::super::Store;
use super::super::builder::Builder;
use super::super::interner::Interner;
use super::super::profiles::ProfileTarget;
use crate::base::Mpid;
use crate::catalog::{EventKey, IdentityType, LookupOrder};
use crate::project::{DataSource, Project};

/// No log: the row is no event.
pub(super) const NO_EVENT: u32 = u32::MAX;
/// The position of a row that is no event and carries what its batch says of the profile.
pub(super) const PROFILE: u32 = u32::MAX;
/// Stands for the type of an identity where an MPID is named.
pub(super) const MPID: u8 = u8::MAX;
/// No event id.
pub(super) const NO_ID: u32 = 0;

/// One row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// When, in ms since 1970.
    pub(super) at_ms: i64,
    /// Which identities, a number of [`Rows::combinations`].
    pub(super) who: u32,
    /// The log that its event is in, or [`NO_EVENT`].
    pub(super) log: u32,
    /// Its event's position in the log.
    pub(super) position: u32,
    /// Its event id, or [`NO_ID`].
    pub(super) id: u32,
    /// Which row of its source it is: where its fields are in [`SourceRows::values`]; or which batch it is of.
    pub(super) values: u32,
    /// The source that it is from.
    pub(super) source: u16,
    /// The input that it came through.
    pub(super) input: u8,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    /// What rows of each source share, by the source's position in the project.
    pub(super) sources: Vec<SourceRows>,
    pub(super) combinations: Combinations,
    /// Event ids to codes, over all events.
    pub(super) ids: Interner,
    /// User and event id of every event that has one.
    pub(super) stored_ids: HashSet<(u32, u32), RandomState>,
}

/// What the rows of one source share.
#[derive(Debug, Default)]
pub(super) struct SourceRows {
    /// How many were taken.
    pub(super) rows: u32,
    /// The columns of the fields that its rows say something of.
    pub(super) targets: Vec<ProfileTarget>,
    /// Codes of fields: for each row one of each target, `UNSAID` where it says nothing.
    pub(super) values: Vec<u32>,
    /// Its batches, where it has such; [`Row::values`] says which one a row is of.
    pub(super) batches: Vec<BatchRow>,
    /// What batches say of profiles.
    pub(super) sayings: Vec<Saying>,
    /// The user attributes that batches said.
    pub(super) user_attributes: BTreeSet<String>,
    /// The attributes of events that batches said: log, whether it is of a product, name.
    pub(super) attributes: BTreeSet<(u32, bool, String)>,
    /// Whether rows with one id are one event.
    pub(super) grouped: bool,
    /// The logs that its events are in.
    pub(super) logs: BTreeSet<u32>,
}

/// One batch. Its rows stand together.
#[derive(Clone, Copy, Debug)]
pub(super) struct BatchRow {
    /// When it was said: all its rows are taken then.
    pub(super) at_ms: i64,
    /// Its request id, or [`NO_ID`].
    pub(super) request: u32,
    /// Where its sayings begin.
    pub(super) from: u32,
    /// Where they end.
    pub(super) to: u32,
}

/// Something said of a profile.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saying {
    pub(super) target: ProfileTarget,
    pub(super) code: u32,
    pub(super) at_ms: i64,
}

/// The sources that brought each attribute.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub(super) user: BTreeMap<String, BTreeSet<String>>,
    pub(super) calculated: BTreeMap<String, BTreeSet<String>>,
    /// Attributes of events and of their actions.
    pub(super) events: BTreeMap<(EventKey, String), BTreeSet<String>>,
    pub(super) products: BTreeMap<(EventKey, String), BTreeSet<String>>,
}

impl Brought {
    /// A source brought rows, with events of some keys.
    pub(super) fn add<'k>(&mut self, source: &DataSource, keys: impl Iterator<Item = &'k EventKey>) {
        for each in &source.profile.user_attributes {
            self.user.entry(each.name.clone()).or_default().insert(source.name.clone());
        }
        for each in &source.profile.calculated {
            self.calculated.entry(each.name.clone()).or_default().insert(source.name.clone());
        }
        let Some(event) = &source.event else { return };
        for key in keys {
            for each in event.attributes.iter().chain(&event.action) {
                self.events.entry((key.clone(), each.name.clone())).or_default().insert(source.name.clone());
            }
            for each in &event.product {
                self.products.entry((key.clone(), each.name.clone())).or_default().insert(source.name.clone());
            }
        }
    }
}

impl Rows {
    /// What the rows of a source share.
    pub(super) fn of_source(&mut self, source: u16) -> &mut SourceRows {
        let at = usize::from(source);
        if self.sources.len() <= at {
            self.sources.resize_with(at + 1, SourceRows::default);
        }
        &mut self.sources[at]
    }

    /// Remembers the event ids of a store, so that no event comes twice.
    pub(super) fn remember_ids(&mut self, store: &Store) {
        for table in store.events.values().flatten() {
            let Some(dictionary) = &table.ids else { continue };
            for (at, shard) in table.shards.iter().enumerate() {
                for (user, id) in shard.users.iter().zip(shard.ids.iter()) {
                    let Some(text) = dictionary.text(*id) else { continue };
                    let row = (at * super::super::SHARD_USERS) as u32 + u32::from(*user);
                    let id = self.ids.intern(text);
                    self.stored_ids.insert((row, id));
                }
            }
        }
    }

    /// The batch that a row is of.
    pub(super) fn batch(&self, row: &Row) -> Option<BatchRow> {
        self.sources.get(usize::from(row.source))?.batches.get(row.values as usize).copied()
    }

    /// When a row is taken: batches are taken whole.
    pub(super) fn taken_at(&self, row: &Row) -> i64 {
        self.batch(row).map_or(row.at_ms, |batch| batch.at_ms)
    }

    /// Which sources brought which attributes.
    pub(super) fn brought(&self, project: &Project, builder: &Builder) -> Brought {
        let mut brought = Brought::default();
        for (source, kept) in project.sources.iter().zip(&self.sources).filter(|(_, kept)| kept.rows > 0) {
            let logs = kept.logs.iter().filter_map(|log| builder.logs.get(*log as usize));
            brought.add(source, logs.map(|(key, _)| key));
            for name in &kept.user_attributes {
                brought.user.entry(name.clone()).or_default().insert(source.name.clone());
            }
            for (log, of_product, name) in &kept.attributes {
                let Some((key, _)) = builder.logs.get(*log as usize) else { continue };
                let of = if *of_product { &mut brought.products } else { &mut brought.events };
                of.entry((key.clone(), name.clone())).or_default().insert(source.name.clone());
            }
        }
        brought
    }
}

/// Numbers in the order in which they came, each once.
#[derive(Debug, Default)]
struct IndexSet {
    all: Vec<i64>,
    places: HashMap<i64, u32, RandomState>,
}

impl IndexSet {
    fn number(&mut self, of: i64) -> u32 {
        let Self { all, places } = self;
        *places.entry(of).or_insert_with(|| {
            all.push(of);
            all.len() as u32 - 1
        })
    }
}

/// Sets of identities that rows name together, each kept once.
#[derive(Debug, Default)]
pub(super) struct Combinations {
    identities: Vec<(u8, u32)>,
    /// MPIDs that were named, each once.
    mpids: IndexSet,
    ends: Vec<u32>,
    numbers: HashTable<u32>,
    hasher: RandomState,
}

impl Combinations {
    /// The number of a set, given as types and value codes in the order of types.
    pub(super) fn number(&mut self, set: &[(u8, u32)]) -> u32 {
        let Self { identities, ends, numbers, hasher, .. } = self;
        let hash = hasher.hash_one(set);
        if let Some(number) = numbers.find(hash, |number| at(identities, ends, *number) == set) {
            return *number;
        }
        let number = ends.len() as u32;
        identities.extend_from_slice(set);
        ends.push(identities.len() as u32);
        numbers.insert_unique(hash, number, |number| hasher.hash_one(at(identities, ends, *number)));
        number
    }

    /// An MPID as part of a set, where it stands first.
    pub(super) fn mpid(&mut self, mpid: Mpid) -> (u8, u32) {
        (MPID, self.mpids.number(mpid.0))
    }

    /// The MPID that a set names.
    pub(super) fn mpid_of(&self, set: &[(u8, u32)]) -> Option<Mpid> {
        let (MPID, number) = set.first()? else { return None };
        self.mpids.all.get(*number as usize).copied().map(Mpid)
    }

    /// The set of a number.
    pub(super) fn set(&self, number: u32) -> &[(u8, u32)] {
        at(&self.identities, &self.ends, number)
    }

    /// Puts every set into the order in which its identities are looked up; an MPID stays first. No sets may be added any more.
    pub(super) fn sort_by(&mut self, order: &LookupOrder) {
        if *order == LookupOrder::default() {
            return;
        }
        let ranks: Vec<usize> = IdentityType::ALL.iter().map(|(_, identity)| order.rank(*identity)).collect();
        let rank = |(identity, _): &(u8, u32)| ranks.get(usize::from(*identity)).map(|rank| rank + 1);
        let mut from = 0;
        for end in &self.ends {
            let set = self.identities.get_mut(from..*end as usize);
            set.unwrap_or_default().sort_by_key(|each| rank(each).unwrap_or(0));
            from = *end as usize;
        }
        self.numbers.clear();
    }

    /// How many sets there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn at<'a>(identities: &'a [(u8, u32)], ends: &[u32], number: u32) -> &'a [(u8, u32)] {
    let end = |at: usize| ends.get(at).map_or(0, |end| *end as usize);
    let number = number as usize;
    identities.get(number.checked_sub(1).map_or(0, end)..end(number)).unwrap_or(&[])
}
