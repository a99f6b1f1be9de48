//! What a batch says of profiles: sightings and fields, in columns that are copied where others hold them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_buffer::ArrowNativeType;

use super::super::column::{ABSENT, Column, LIST, NULL, list_text};
use super::super::error::StoreError;
use super::super::users::{Seen, UNKNOWN, Users};
use super::super::verified::Verified;
use super::super::writes::{ProfileWrite, WrittenValue};
use super::growing::{Growing, kept};
use super::{Changed, Rows, Sightings, sort};
use crate::base::WorkspaceName;
use crate::catalog::ProfileField;

/// Never seen, as the first and as the last sighting.
const NEVER: (i64, i64) = (i64::MAX, i64::MIN);

/// Makes every column as long as there are users.
pub(super) fn grow(users: &mut Users, added: &[i64]) {
    if added.is_empty() {
        return;
    }
    let mut mpids = std::mem::take(&mut users.mpids).into_vec();
    mpids.extend_from_slice(added);
    let count = mpids.len();
    users.mpids = mpids.into();
    for seen in users.seen.values_mut() {
        resize(&mut seen.first, count, NEVER.0);
        resize(&mut seen.last, count, NEVER.1);
    }
    for column in users.fields.values_mut().flat_map(BTreeMap::values_mut) {
        resize(&mut column.codes, count, ABSENT);
    }
    for times in users.field_times.values_mut().flat_map(BTreeMap::values_mut) {
        resize(times, count, i64::MIN);
    }
    let end = users.identities.offsets.last().copied().unwrap_or(0);
    resize(&mut users.identities.offsets, count + 1, end);
}

fn resize<T: ArrowNativeType>(column: &mut Verified<T>, count: usize, value: T) {
    let mut values = std::mem::take(column).into_vec();
    values.resize(count, value);
    *column = values.into();
}

/// Sees users.
pub(super) fn see(users: &mut Users, sightings: Sightings, changed: &mut Changed) {
    let count = users.mpids.len();
    for (workspace, sightings) in sightings {
        let seen = users
            .seen
            .entry(workspace.clone())
            .or_insert_with(|| Seen { first: vec![NEVER.0; count].into(), last: vec![NEVER.1; count].into() });
        let mut rows = Vec::new();
        raise(&mut seen.first, &sightings, |at, first| at < first, &mut rows);
        raise(&mut seen.last, &sightings, |at, last| at > last, &mut rows);
        sort(&mut rows);
        if !rows.is_empty() {
            changed.sightings.insert(workspace, rows);
        }
    }
}

/// Sets the instants that others go beyond. A column in which nothing does is not touched.
fn raise(column: &mut Verified<i64>, sightings: &[(u32, i64)], beyond: impl Fn(i64, i64) -> bool, rows: &mut Vec<u32>) {
    let goes = |column: &[i64], row: u32, at: i64| column.get(row as usize).is_some_and(|known| beyond(at, *known));
    let going: Vec<&(u32, i64)> = sightings.iter().filter(|(row, at)| goes(column, *row, *at)).collect();
    if going.is_empty() {
        return;
    }
    let mut values = std::mem::take(column).into_vec();
    for (row, at) in going {
        if let Some(known) = values.get_mut(*row as usize).filter(|known| beyond(*at, **known)) {
            *known = *at;
        }
        rows.push(*row);
    }
    *column = values.into();
}

/// Says of users that they were last written to in a version.
pub(super) fn mark(users: &mut Users, rows: impl Iterator<Item = u32>, version: u64) {
    let mut changed = std::mem::take(&mut users.changed).into_vec();
    changed.resize(users.mpids.len(), UNKNOWN);
    for row in rows {
        if let Some(changed) = changed.get_mut(row as usize) {
            *changed = version;
        }
    }
    users.changed = changed.into();
}

/// A column under work.
struct Open {
    codes: Vec<u32>,
    times: Vec<i64>,
    texts: Growing,
    rows: Vec<u32>,
}

/// Sets fields.
pub(super) fn set(
    users: &mut Users,
    profiles: &[ProfileWrite],
    workspaces: &[WorkspaceName],
    rows: &Rows,
    changed: &mut Changed,
) -> Result<(), StoreError> {
    let mut open: BTreeMap<(u32, &ProfileField), Open> = BTreeMap::new();
    for write in profiles {
        let ProfileWrite::Field { row, workspace, field, value, at_ms } = write else { continue };
        let (Some(name), Some(row)) = (workspaces.get(*workspace as usize), rows.of(*row)) else { continue };
        let column = open.entry((*workspace, field)).or_insert_with(|| Open::new(users, name, field));
        if column.set(row as usize, field, value, *at_ms) {
            column.rows.push(row);
        }
    }
    for ((workspace, field), mut column) in open {
        let Some(name) = workspaces.get(workspace as usize) else { continue };
        let too_much = || StoreError::TooMuchText { column: format!("{field:?}") };
        let dictionary = column.texts.finish().ok_or_else(too_much)?;
        let codes = column.codes.into();
        users.fields.entry(name.clone()).or_default().insert(field.clone(), Column { codes, dictionary });
        users.field_times.entry(name.clone()).or_default().insert(field.clone(), column.times.into());
        sort(&mut column.rows);
        if !column.rows.is_empty() {
            changed.fields.insert((name.clone(), field.clone()), column.rows);
        }
    }
    Ok(())
}

impl Open {
    fn new(users: &mut Users, workspace: &WorkspaceName, field: &ProfileField) -> Self {
        let count = users.mpids.len();
        let column = users.fields.get_mut(workspace).and_then(|fields| fields.remove(field));
        let times = users.field_times.get_mut(workspace).and_then(|times| times.remove(field));
        let (mut codes, dictionary) = match column {
            Some(Column { codes, dictionary }) => (codes.into_vec(), dictionary),
            None => (Vec::new(), Arc::default()),
        };
        let mut times = times.map(Verified::into_vec).unwrap_or_default();
        codes.resize(count, ABSENT);
        times.resize(count, i64::MIN);
        Self { codes, times, texts: Growing::of(dictionary), rows: Vec::new() }
    }

    /// Sets a value, unless a later one said something else. Says whether it was set.
    fn set(&mut self, row: usize, field: &ProfileField, value: &WrittenValue, at_ms: Option<i64>) -> bool {
        let Self { codes, times, texts, .. } = self;
        let (Some(code), Some(time)) = (codes.get_mut(row), times.get_mut(row)) else { return false };
        let adds = matches!((field, value), (ProfileField::Device(_), WrittenValue::Text(_)));
        if at_ms.is_some_and(|at_ms| at_ms < *time) && !adds {
            return false;
        }
        *time = at_ms.map_or(*time, |at_ms| at_ms.max(*time));
        *code = match value {
            WrittenValue::Absent => ABSENT,
            WrittenValue::Null => NULL,
            WrittenValue::Text(text) if adds => added(texts, *code, kept(text)),
            WrittenValue::Text(text) => texts.code(kept(text)),
            WrittenValue::List(entries) => texts.code(&list_text(entries)),
        };
        true
    }
}

/// The code of what devices showed so far and one text more: one alone is a text, several are a list.
fn added(texts: &mut Growing, code: u32, text: &str) -> u32 {
    let mut known: Vec<String> = match texts.raw(code) {
        None => Vec::new(),
        Some(kept) => match kept.strip_prefix(LIST) {
            Some(json) => serde_json::from_str(json).unwrap_or_default(),
            None => vec![kept.to_owned()],
        },
    };
    if known.iter().any(|each| each == text) {
        return code;
    }
    known.push(text.to_owned());
    match known.as_slice() {
        [only] => texts.code(only),
        several => texts.code(&list_text(several)),
    }
}
