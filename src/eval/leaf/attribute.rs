//! Fields of profiles: a look-up of each user's code in what the predicate accepts.
//!
//! Of devices a profile may have several, any of which may pass (M21). A location that is too old is missing.

use std::borrow::Cow;

use super::check::accepts_missing;
use super::codes::CodeSet;
use super::near::oldest_location;
use super::reading::{Several, accepted};
use super::{Context, Kernel, Selection};
use crate::base::WorkspaceName;
use crate::catalog::ProfileField;
use crate::eval::bits::{fill, fill_first, pack};
use crate::eval::program::Family;
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
}

/// What one question comes down to.
enum Test {
    /// Every user or none, the attribute being nowhere.
    Everywhere(bool),
    /// Users whose code is in the set.
    Codes(CodeSet),
}

impl<'a> Values<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<(WorkspaceName, ProfileField), Predicate>) -> Self {
        let (workspace, field) = &family.of;
        let store = context.store;
        let Some(column) = store.users.fields.get(workspace).and_then(|columns| columns.get(field)) else {
            let tests = family.tests.iter().map(|predicate| Test::Everywhere(accepts_missing(predicate)));
            return Self { store, codes: &[], ages: None, tests: tests.collect() };
        };
        let several = if matches!(field, ProfileField::Device(_)) { Several::Each } else { Several::List };
        let test = |predicate| Test::Codes(accepted(&column.dictionary, predicate, several, context.now));
        let ages = matches!(field, ProfileField::Location(_)).then(|| {
            let times = store.users.field_times.get(workspace).and_then(|times| times.get(field));
            (times.map_or(&[][..], |times| times), oldest_location(context.now))
        });
        Self { store, codes: &column.codes, ages, tests: family.tests.iter().map(test).collect() }
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

impl Kernel for Values<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let users = selection.len(self.store);
        let codes = self.codes(selection);
        let mut scattered = Vec::new();
        for (test, slot) in self.tests.iter().zip(slots.iter_mut()) {
            match test {
                Test::Everywhere(holds) => fill_first(slot, if *holds { users } else { 0 }),
                Test::Codes(set) if set.is_scattered() && codes.len() == users => scattered.push((set, slot)),
                Test::Codes(set) => look_up(set, &codes, users, slot),
            }
        }
        for some in scattered.chunks_mut(u16::BITS as usize) {
            match some {
                [(set, slot)] => look_up(set, &codes, users, slot),
                several => look_up_together(several, &codes),
            }
        }
    }
}

/// Looks each code up once for up to sixteen sets.
fn look_up_together(tests: &mut [(&CodeSet, &mut &mut [u64])], codes: &[u32]) {
    let size = tests.iter().map(|(set, _)| set.codes()).max().unwrap_or(0);
    let mut passes = vec![0u16; size];
    for (at, (set, _)) in tests.iter().enumerate() {
        set.each(|code| passes[code] |= 1 << at);
    }
    tests.iter_mut().for_each(|(_, slot)| slot.fill(0));
    let mut found = [0u16; 64];
    for (word, codes) in codes.chunks(64).enumerate() {
        for (found, code) in found.iter_mut().zip(codes) {
            *found = passes.get(*code as usize).copied().unwrap_or(0);
        }
        let found = found.get(..codes.len()).unwrap_or(&[]);
        for (at, (_, slot)) in tests.iter_mut().enumerate() {
            if let Some(into) = slot.get_mut(word) {
                *into = pack(found, |passes| passes >> at & 1 == 1);
            }
        }
    }
}

fn look_up(set: &CodeSet, codes: &[u32], users: usize, slot: &mut [u64]) {
    if set.is_empty() {
        return slot.fill(0);
    }
    if set.is_full() {
        return fill_first(slot, users);
    }
    match (set.as_range(), set.as_word()) {
        (Some(range), _) => {
            let (first, len) = (range.start, range.end - range.start);
            fill(slot, codes, |code| code.wrapping_sub(first) < len);
        }
        // Few distinct values: the set stays in a register. Codes beyond it do not occur, so the shift may wrap.
        (_, Some(word)) => fill(slot, codes, |code| word >> (code % 64) & 1 == 1),
        _ => fill(slot, codes, |code| set.contains(*code)),
    }
    if set.contains(ABSENT) && codes.len() < users {
        for user in codes.len()..users {
            if let Some(word) = slot.get_mut(user / 64) {
                *word |= 1 << (user % 64);
            }
        }
    }
}
