//! Why people enter and leave.
//!
//! In: who was in an audience and who will be, who would be by the definitions as deployed, and when each user was last written about. Out: everybody who
//! moves under one reason, counted and by example.
//!
//! Whom the definition as deployed would leave where they were moves by the edit. Whom it would move too, moves by the world: by new data where anything was
//! written about them since the last evaluation, otherwise by time alone.

use std::cell::RefCell;
use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::people::Translation;
use crate::base::Mpid;
use crate::members::Difference;
use crate::store::Store;

/// Why people enter and leave an audience. Every one of them is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Other criteria, its own or those of an audience that it nests.
    pub edit: Moves,
    /// Something was written about them since the last evaluation.
    pub data: Moves,
    /// Only time went on.
    pub time: Moves,
}

/// How many people move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moves {
    /// Enter.
    pub adds: u64,
    /// Leave.
    pub drops: u64,
}

/// Why somebody enters or leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The edit.
    Edit,
    /// New data.
    Data,
    /// Time passing.
    Time,
}

/// Somebody who enters or leaves, as an example. Never saved: it names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Who.
    pub mpid: Mpid,
    /// Whether they enter; otherwise they leave.
    pub enters: bool,
    /// Why.
    pub cause: Cause,
    /// The criterion that decides it, as the language writes it; `None` where none does, or it was not looked for.
    pub criterion: Option<String>,
}

impl Why {
    /// Each cause with who moves by it, in a fixed order.
    pub fn causes(&self) -> [(Cause, Moves); 3] {
        [(Cause::Edit, self.edit), (Cause::Data, self.data), (Cause::Time, self.time)]
    }
}

impl Cause {
    /// As a plan says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Edit => "your edit",
            Self::Data => "new data",
            Self::Time => "time passing",
        }
    }
}

impl Moves {
    /// Whether nobody moves.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

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
    quiet: RefCell<BTreeMap<u64, RoaringBitmap>>,
}

impl<'a> News<'a> {
    pub(super) fn new(store: &'a Store, users: &'a Translation) -> Self {
        Self { store, users, quiet: RefCell::default() }
    }

    /// Who of some users was written about since. Of another store nothing is known, and all of it counts as new.
    fn about(&self, people: &RoaringBitmap, since: Option<&Seen>) -> RoaringBitmap {
        match since {
            Some(seen) if seen.store == *self.store.id && seen.version == self.store.version => RoaringBitmap::new(),
            Some(seen) if seen.store == *self.store.id => self.without_quiet(people, seen.version),
            _ => people.clone(),
        }
    }

    /// The people without those about whom nothing was written after a version; users that are not in the store any more stay. All users are looked at
    /// once for each version.
    fn without_quiet(&self, people: &RoaringBitmap, version: u64) -> RoaringBitmap {
        let mut known = self.quiet.borrow_mut();
        let find = || {
            let rows = 0..self.store.user_count() as u32;
            let quiet = rows.filter(|row| self.store.users.changed(*row).is_some_and(|changed| changed <= version));
            quiet.filter_map(|row| self.users.number_of(self.store.users.mpid(row)?)).collect()
        };
        people - &*known.entry(version).or_insert_with(find)
    }
}

/// Who moves for which reason. Nobody is in two of these.
pub(super) struct Causes(Vec<(Cause, Difference)>);

/// Divides the moves by their reason. `as_deployed` are the members by the definitions as deployed, where those are others.
pub(super) fn causes(
    before: Option<&RoaringBitmap>,
    moves: &Difference,
    as_deployed: Option<&RoaringBitmap>,
    news: &News<'_>,
    since: Option<&Seen>,
) -> Causes {
    let nobody = RoaringBitmap::new();
    let deployed = as_deployed.or(before).unwrap_or(&nobody);
    // Without another definition nobody moves by the edit.
    let edit = match as_deployed {
        Some(_) => Difference { adds: &moves.adds - deployed, drops: &moves.drops & deployed },
        None => Difference::default(),
    };
    let rest = without(moves, &edit);
    let data = Difference { adds: news.about(&rest.adds, since), drops: news.about(&rest.drops, since) };
    let time = without(&rest, &data);
    Causes(vec![(Cause::Edit, edit), (Cause::Data, data), (Cause::Time, time)])
}

/// Everybody moves by the edit: the audience is new, or goes, or was or becomes a draft.
pub(super) fn all_by_edit(moves: &Difference) -> Causes {
    Causes(vec![(Cause::Edit, moves.clone())])
}

fn without(moves: &Difference, others: &Difference) -> Difference {
    Difference { adds: &moves.adds - &others.adds, drops: &moves.drops - &others.drops }
}

impl Causes {
    /// How many move for which reason.
    pub(super) fn counted(&self) -> Why {
        let mut why = Why::default();
        for (cause, moves) in &self.0 {
            let counted = Moves { adds: moves.adds.len(), drops: moves.drops.len() };
            *match cause {
                Cause::Edit => &mut why.edit,
                Cause::Data => &mut why.data,
                Cause::Time => &mut why.time,
            } = counted;
        }
        why
    }

    /// Some who enter and some who leave, at most `most` of each for each reason: those with the lowest numbers, so that they are the same ones each time.
    pub(super) fn samples(&self, most: usize, users: &Translation) -> Vec<Sample> {
        let some = |cause: Cause, people: &RoaringBitmap, enters: bool| -> Vec<Sample> {
            let mpids = people.iter().take(most).filter_map(|number| users.mpid(number));
            mpids.map(|mpid| Sample { mpid, enters, cause, criterion: None }).collect()
        };
        let both = self.0.iter().flat_map(|(cause, moves)| {
            some(*cause, &moves.adds, true).into_iter().chain(some(*cause, &moves.drops, false))
        });
        both.collect()
    }
}
