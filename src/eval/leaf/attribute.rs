//! Fields of profiles: whether each user's code is in what the predicate accepts.
//!
//! Few runs of codes are compared with bounds; other sets are looked up, those of up to sixteen questions in one go.
//!
//! Of devices a profile may have several, any of which may pass (M21). A location that is too old is missing.

use std::borrow::Cow;
use std::ops::Range;

use super::check::accepts_missing;
use super::codes::CodeSet;
use super::near::oldest_location;
use super::reading::{Reading, Several};
use super::{Context, Kernel, Selection};
use crate::base::WorkspaceName;
use crate::catalog::ProfileField;
use crate::eval::bits::{fill, fill_first, set};
use crate::eval::program::Family;
use crate::eval::scan::{self, TABLE_LEAVES};
use crate::ir::Predicate;
use crate::store::{ABSENT, SHARD_USERS, Store};

/// Questions about one field in one workspace.
pub(super) struct Values<'a> {
    store: &'a Store,
    /// The code of each user; users beyond the end have none.
    codes: &'a [u32],
    /// When each value was said and from when on it counts, where it can be too old.
    ages: Option<(&'a [i64], i64)>,
    tests: Vec<Test>,
    tables: Vec<Table>,
}

/// The answers to some questions by code.
struct Table {
    /// The places of the questions among the slots, ascending.
    slots: Vec<usize>,
    /// For each code, the answer to question `i` as bit `i`.
    answers: Vec<u16>,
}

/// What one question comes down to.
enum Test {
    /// Every user or none, the attribute being nowhere.
    Everywhere(bool),
    /// Users whose code is in the set.
    Codes(CodeSet),
    /// Users whose code a table says.
    Looked(bool),
}

impl<'a> Values<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<(WorkspaceName, ProfileField), Predicate>) -> Self {
        let (workspace, field) = &family.of;
        let store = context.store;
        let Some(column) = store.users.fields.get(workspace).and_then(|columns| columns.get(field)) else {
            let tests = family.tests.iter().map(|predicate| Test::Everywhere(accepts_missing(predicate)));
            return Self { store, codes: &[], ages: None, tests: tests.collect(), tables: Vec::new() };
        };
        let several = if matches!(field, ProfileField::Device(_)) { Several::Each } else { Several::List };
        let reading = Reading::new(&column.dictionary);
        let accepted = |predicate| reading.accepted(predicate, several, context.now);
        let ages = matches!(field, ProfileField::Location(_)).then(|| {
            let times = store.users.field_times.get(workspace).and_then(|times| times.get(field));
            (times.map_or(&[][..], |times| times), oldest_location(context.now))
        });
        let (tests, tables) = arrange(family.tests.iter().map(accepted).collect());
        Self { store, codes: &column.codes, ages, tests, tables }
    }

    /// The codes of the users of a selection; of what is too old, none.
    fn codes(&self, selection: Selection<'_>) -> Cow<'a, [u32]> {
        let code = |row: usize| self.codes.get(row).copied().unwrap_or(ABSENT);
        match (self.ages, selection) {
            (None, Selection::Shard(shard)) => {
                let start = (shard * SHARD_USERS).min(self.codes.len());
                let end = (start + self.store.shard_len(shard)).min(self.codes.len());
                Cow::Borrowed(self.codes.get(start..end).unwrap_or(&[]))
            }
            (None, Selection::Users(..)) => selection.rows(self.store).map(code).collect(),
            (Some((times, oldest)), _) => {
                let recent = |row: usize| times.get(row).is_some_and(|at| *at >= oldest);
                selection.rows(self.store).map(|row| if recent(row) { code(row) } else { ABSENT }).collect()
            }
        }
    }
}

/// A dictionary with more codes than this has no table, which would not stay in the cache.
const MOST_CODES: usize = 1 << 16;
/// What a scan costs for each run, and a look-up for each question and all together: rough microseconds for a shard, which only have
/// to say which of the two is likely the shorter.
const RUN_COST: usize = 4;
const QUESTION_COST: usize = 2;
const LOOK_UP_COST: usize = 40;

/// Decides which sets are scanned for and which are looked up.
fn arrange(sets: Vec<CodeSet>) -> (Vec<Test>, Vec<Table>) {
    let constant = |set: &CodeSet| set.is_empty() || set.is_full();
    let scan_cost = |set: &CodeSet| set.runs().map_or(usize::MAX / MOST_CODES, |runs| runs.len() * RUN_COST);
    let asked: Vec<&CodeSet> = sets.iter().filter(|set| !constant(set)).collect();
    let scanned: usize = asked.iter().map(|set| scan_cost(set)).sum();
    let looked_up = asked.len() * QUESTION_COST + asked.len().div_ceil(TABLE_LEAVES) * LOOK_UP_COST;
    let all = scanned > looked_up;
    let in_table = |set: &CodeSet| set.codes() <= MOST_CODES && !constant(set) && (all || set.runs().is_none());
    let places: Vec<usize> = sets.iter().enumerate().filter(|(_, set)| in_table(set)).map(|(at, _)| at).collect();
    let tables = places.chunks(TABLE_LEAVES).map(|slots| Table::new(slots, &sets)).collect();
    let test = |set: CodeSet| if in_table(&set) { Test::Looked(set.contains(ABSENT)) } else { Test::Codes(set) };
    (sets.into_iter().map(test).collect(), tables)
}

impl Table {
    fn new(slots: &[usize], sets: &[CodeSet]) -> Self {
        let sets: Vec<&CodeSet> = slots.iter().filter_map(|slot| sets.get(*slot)).collect();
        let codes = sets.first().map_or(0, |set| set.codes() as u32);
        let answer = |code| sets.iter().enumerate().fold(0, |all, (at, set)| all | u16::from(set.contains(code)) << at);
        Self { slots: slots.to_vec(), answers: (0..codes).map(answer).collect() }
    }

    fn look_up(&self, codes: &[u32], slots: &mut [&mut [u64]]) {
        let mut wanted = self.slots.iter().peekable();
        let asked = slots.iter_mut().enumerate().filter(|(at, _)| wanted.next_if(|slot| *slot == at).is_some());
        let mut asked: Vec<&mut [u64]> = asked.map(|(_, slot)| &mut **slot).collect();
        scan::in_table(codes, &self.answers, &mut asked);
    }
}

impl Kernel for Values<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let users = selection.len(self.store);
        let codes = self.codes(selection);
        self.tables.iter().for_each(|table| table.look_up(&codes, slots));
        for (test, slot) in self.tests.iter().zip(slots) {
            match test {
                Test::Everywhere(holds) => fill_first(slot, if *holds { users } else { 0 }),
                Test::Codes(accepted) => {
                    scan_for(accepted, &codes, users, slot);
                    absent(accepted.contains(ABSENT), codes.len()..users, slot);
                }
                Test::Looked(has_absent) => absent(*has_absent, codes.len()..users, slot),
            }
        }
    }
}

fn scan_for(accepted: &CodeSet, codes: &[u32], users: usize, slot: &mut [u64]) {
    match accepted.runs() {
        _ if accepted.is_empty() => slot.fill(0),
        _ if accepted.is_full() => fill_first(slot, users),
        Some(runs) => scan::in_runs(codes, runs, slot),
        None => fill(slot, codes, |code| accepted.contains(*code)),
    }
}

/// Users beyond the end of the column have no value.
fn absent(accepted: bool, users: Range<usize>, slot: &mut [u64]) {
    if accepted {
        users.for_each(|user| set(slot, user));
    }
}
