//! Instants of users in order: which users' instants pass an edge as time passes.
//!
//! In: columns of users. Out: for an edge and two nows, the rows whose instants pass it between them. Made once; what is written
//! later is added in runs of its own, each in order. An instant that is not true of its row any more may still be there: it
//! touches a user more than need be, which changes no answer. Instants that have passed all edges are left out.

use std::collections::HashMap;
use std::ops::Range;

use rapidhash::fast::RandomState;

use super::watch::{Edge, Source};
use crate::base::Now;
use crate::base::value::read_date;
use crate::store::{Dictionary, Store};

/// How many runs there may be before they become one.
const MANY: usize = 8;

/// Instants and their rows.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    runs: Vec<Run>,
    /// The greatest age of an edge.
    oldest: i64,
}

/// Instants in order, each with its row.
#[derive(Debug, Default)]
struct Run {
    times: Vec<i64>,
    rows: Vec<u32>,
}

impl Run {
    fn new(mut entries: Vec<(i64, u32)>) -> Self {
        entries.sort_unstable();
        entries.dedup();
        Self { times: entries.iter().map(|(at, _)| *at).collect(), rows: entries.iter().map(|(_, row)| *row).collect() }
    }

    /// How many instants have passed an edge.
    fn passed(&self, age: i64, now: Now) -> usize {
        let edge = now.ms().saturating_sub(age);
        self.times.partition_point(|at| *at < edge)
    }
}

impl Timeline {
    /// All instants of a source that have not passed every edge, the oldest of which is at an age.
    pub(super) fn new(store: &Store, source: &Source, oldest: i64, now: Now) -> Self {
        let mut timeline = Self { runs: Vec::new(), oldest };
        let from = now.ms().saturating_sub(oldest);
        let mut entries = Vec::new();
        each(store, source, &mut |row, at| {
            if at >= from {
                entries.push((at, row));
            }
        });
        timeline.runs.push(Run::new(entries));
        timeline
    }

    /// Adds the instants that some rows have now.
    pub(super) fn add(&mut self, store: &Store, source: &Source, rows: &[u32], now: Now) {
        let from = now.ms().saturating_sub(self.oldest);
        let mut entries = Vec::new();
        for row in rows {
            of_row(store, source, *row as usize, &mut |at| {
                if at >= from {
                    entries.push((at, *row));
                }
            });
        }
        if entries.is_empty() {
            return;
        }
        self.runs.push(Run::new(entries));
        if self.runs.len() > MANY {
            let runs = std::mem::take(&mut self.runs);
            let all = runs.iter().flat_map(|run| run.times.iter().copied().zip(run.rows.iter().copied()));
            let is_true = |(at, row): &(i64, u32)| {
                let mut found = false;
                of_row(store, source, *row as usize, &mut |each| found |= each == *at);
                found && *at >= from
            };
            self.runs.push(Run::new(all.filter(is_true).collect()));
        }
    }

    /// The rows whose instants pass an edge between two nows.
    pub(super) fn passing(&self, age: i64, before: Now, now: Now, mut take: impl FnMut(&[u32])) {
        for run in &self.runs {
            let passing: Range<usize> = run.passed(age, before)..run.passed(age, now);
            take(run.rows.get(passing).unwrap_or(&[]));
        }
    }

    /// The rows with an instant after `now`.
    pub(super) fn after(&self, now: Now, mut take: impl FnMut(&[u32])) {
        for run in &self.runs {
            take(run.rows.get(run.passed(-1, now)..).unwrap_or(&[]));
        }
    }

    /// The next `now` at which an instant passes an edge.
    pub(super) fn next(&self, edge: Edge, now: Now) -> Option<i64> {
        let (from, to) = edge.inside;
        let next = |run: &Run| {
            let at = run.passed(edge.age, now).max(run.times.partition_point(|at| *at < from));
            run.times.get(at).copied().filter(|at| *at <= to)
        };
        self.runs.iter().filter_map(next).min().map(|at| at.saturating_add(edge.age).saturating_add(1))
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.runs.iter().map(|run| run.times.capacity() * 8 + run.rows.capacity() * 4).sum()
    }
}

/// The next `now` at which an instant of a source passes each of some edges. One pass over the source, and nothing is kept.
pub(super) fn next(store: &Store, source: &Source, edges: &[Edge], now: Now) -> Vec<Option<i64>> {
    let from = |edge: &Edge| now.ms().saturating_sub(edge.age).max(edge.inside.0);
    let bounds: Vec<(i64, i64)> = edges.iter().map(|edge| (from(edge), edge.inside.1)).collect();
    // Most instants have passed all edges: one comparison for them.
    let (first, last) = (bounds.iter().map(|each| each.0).min(), bounds.iter().map(|each| each.1).max());
    let (first, last) = (first.unwrap_or(i64::MAX), last.unwrap_or(i64::MIN));
    let mut earliest: Vec<Option<i64>> = vec![None; edges.len()];
    each(store, source, &mut |_, at| {
        if first <= at && at <= last {
            for (earliest, (from, to)) in earliest.iter_mut().zip(&bounds) {
                if *from <= at && at <= *to && earliest.is_none_or(|known| at < known) {
                    *earliest = Some(at);
                }
            }
        }
    });
    let passes = |(at, edge): (Option<i64>, &Edge)| Some(at?.saturating_add(edge.age).saturating_add(1));
    earliest.into_iter().zip(edges).map(passes).collect()
}

/// Every instant of every row.
fn each(store: &Store, source: &Source, take: &mut impl FnMut(u32, i64)) {
    let users = &store.users;
    let mut column = |times: &[i64]| times.iter().enumerate().for_each(|(row, at)| take(row as u32, *at));
    match source {
        Source::First(workspace) => {
            if let Some(seen) = users.seen.get(workspace) {
                column(&seen.first);
            }
        }
        Source::Last(workspace) => {
            if let Some(seen) = users.seen.get(workspace) {
                column(&seen.last);
            }
        }
        Source::Said(workspace, field) => {
            if let Some(times) = users.field_times.get(workspace).and_then(|times| times.get(field)) {
                column(times);
            }
        }
        Source::Held(workspace, field) => {
            let Some(column) = users.fields.get(workspace).and_then(|fields| fields.get(field)) else { return };
            let dates = dates(&column.dictionary);
            for (row, code) in column.codes.iter().enumerate() {
                dates.get(code).into_iter().flatten().for_each(|at| take(row as u32, *at));
            }
        }
        Source::Identities => {
            let Some(dictionary) = &users.identities.dictionary else { return };
            let dates = dates(dictionary);
            for row in 0..store.user_count() {
                for code in users.identities.values.get(users.identities.range(row as u32)).unwrap_or(&[]) {
                    dates.get(code).into_iter().flatten().for_each(|at| take(row as u32, *at));
                }
            }
        }
        Source::Events(_) | Source::Dates(..) | Source::Given(_) => {}
    }
}

/// Every instant of one row.
fn of_row(store: &Store, source: &Source, row: usize, take: &mut impl FnMut(i64)) {
    let users = &store.users;
    let instant = |times: Option<&[i64]>| times.and_then(|times| times.get(row)).copied();
    match source {
        Source::First(workspace) => {
            instant(users.seen.get(workspace).map(|seen| &seen.first[..])).into_iter().for_each(take);
        }
        Source::Last(workspace) => {
            instant(users.seen.get(workspace).map(|seen| &seen.last[..])).into_iter().for_each(take);
        }
        Source::Said(workspace, field) => {
            let times = users.field_times.get(workspace).and_then(|times| times.get(field));
            instant(times.map(|times| &times[..])).into_iter().for_each(take);
        }
        Source::Held(workspace, field) => {
            if let Some(column) = users.fields.get(workspace).and_then(|fields| fields.get(field)) {
                dates_of(&column.dictionary, column.code(row), take);
            }
        }
        Source::Identities => {
            let Some(dictionary) = &users.identities.dictionary else { return };
            for code in users.identities.values.get(users.identities.range(row as u32)).unwrap_or(&[]) {
                dates_of(dictionary, *code, take);
            }
        }
        Source::Events(_) | Source::Dates(..) | Source::Given(_) => {}
    }
}

/// The instants that the values of a dictionary are read as, by code; of lists, those of their entries.
pub(super) fn dates(dictionary: &Dictionary) -> HashMap<u32, Vec<i64>, RandomState> {
    let mut dates: HashMap<u32, Vec<i64>, RandomState> = HashMap::default();
    for code in 0..dictionary.len() as u32 {
        dates_of(dictionary, code, &mut |at| dates.entry(code).or_default().push(at));
    }
    dates
}

fn dates_of(dictionary: &Dictionary, code: u32, take: &mut impl FnMut(i64)) {
    if let Some(text) = dictionary.text(code) {
        read_date(text).into_iter().for_each(|at| take(at.0));
    } else if let Some(entries) = dictionary.list(code) {
        entries.iter().filter_map(|entry| read_date(entry)).for_each(|at| take(at.0));
    }
}
