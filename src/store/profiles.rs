//! Profiles of one workspace while they grow: sightings and user attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Dictionary;
use super::column::{ABSENT, Column, LIST, NULL, list_text};
use super::interner::Interner;
use super::users::{Seen, Users};
use super::verified::Verified;
use crate::base::WorkspaceName;
use crate::catalog::ProfileField;

/// A column of user attributes in a builder.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProfileTarget {
    pub(super) profiles: usize,
    pub(super) column: usize,
}

/// What one workspace knows of its users. Columns may be shorter than there are users.
#[derive(Debug)]
pub(super) struct Profiles {
    pub(super) workspace: WorkspaceName,
    /// First sightings in ms since 1970, `i64::MAX` for never.
    pub(super) first: Vec<i64>,
    /// Last sightings, `i64::MIN` for never.
    pub(super) last: Vec<i64>,
    pub(super) fields: Vec<ProfileColumn>,
}

/// One field.
#[derive(Debug)]
pub(super) struct ProfileColumn {
    pub(super) field: ProfileField,
    pub(super) codes: Vec<u32>,
    /// When each value was said; only where that was told.
    pub(super) times: Vec<i64>,
    pub(super) texts: Interner,
}

impl Profiles {
    pub(super) fn new(workspace: WorkspaceName) -> Self {
        Self { workspace, first: Vec::new(), last: Vec::new(), fields: Vec::new() }
    }

    pub(super) fn see(&mut self, row: u32, at_ms: i64) {
        let row = row as usize;
        if self.first.len() <= row {
            self.first.resize(row + 1, i64::MAX);
            self.last.resize(row + 1, i64::MIN);
        }
        self.first[row] = self.first[row].min(at_ms);
        self.last[row] = self.last[row].max(at_ms);
    }

    pub(super) fn column(&mut self, field: &ProfileField) -> usize {
        self.fields.iter().position(|column| column.field == *field).unwrap_or_else(|| {
            self.fields.push(ProfileColumn::empty(field.clone()));
            self.fields.len() - 1
        })
    }

    pub(super) fn finish(mut self, count: usize, users: &mut Users) {
        self.first.resize(count, i64::MAX);
        self.last.resize(count, i64::MIN);
        users.seen.insert(self.workspace.clone(), Seen { first: self.first.into(), last: self.last.into() });
        let mut columns = BTreeMap::new();
        let mut times = BTreeMap::new();
        for mut column in self.fields {
            column.codes.resize(count, ABSENT);
            column.times.resize(count, i64::MIN);
            let dictionary: Arc<Dictionary> = Arc::new(column.texts.finish());
            times.insert(column.field.clone(), Verified::from(column.times));
            columns.insert(column.field, Column { codes: column.codes.into(), dictionary });
        }
        users.fields.insert(self.workspace.clone(), columns);
        users.field_times.insert(self.workspace, times);
    }
}

impl ProfileColumn {
    pub(super) fn of(field: &ProfileField, column: &Column, times: Option<&Verified<i64>>) -> Self {
        Self {
            field: field.clone(),
            codes: column.codes.to_vec(),
            times: times.map(|times| times.to_vec()).unwrap_or_default(),
            texts: Interner::of(&column.dictionary),
        }
    }

    pub(super) fn empty(field: ProfileField) -> Self {
        Self { field, codes: Vec::new(), times: Vec::new(), texts: Interner::default() }
    }

    /// Sets the value of a row; what is known of a device is added to what other devices showed.
    pub(super) fn set_or_add(&mut self, row: usize, code: u32, at_ms: Option<i64>) {
        match self.field {
            // What is not there says nothing of other devices.
            ProfileField::Device(_) if code <= NULL => {}
            ProfileField::Device(_) => {
                let text = self.texts.text(code).to_owned();
                match text.strip_prefix(LIST) {
                    Some(json) => {
                        let entries: Vec<String> = serde_json::from_str(json).unwrap_or_default();
                        entries.iter().for_each(|entry| self.add(row, entry, at_ms));
                    }
                    None => self.add(row, &text, at_ms),
                }
            }
            _ => self.set(row, code, at_ms),
        }
    }

    pub(super) fn set(&mut self, row: usize, code: u32, at_ms: Option<i64>) {
        if self.codes.len() <= row {
            self.codes.resize(row + 1, ABSENT);
        }
        if let Some(at_ms) = at_ms {
            if self.times.len() <= row {
                self.times.resize(row + 1, i64::MIN);
            }
            if at_ms < self.times[row] {
                return;
            }
            self.times[row] = at_ms;
        }
        self.codes[row] = code;
    }

    /// Adds a text to those that a row has: one alone is a text, several are a list. The time is the latest.
    pub(super) fn add(&mut self, row: usize, value: &str, at_ms: Option<i64>) {
        let value = value.trim_start_matches(LIST);
        let code = self.codes.get(row).copied().unwrap_or(ABSENT);
        let text = self.texts.text(code);
        let mut known: Vec<String> = match text.strip_prefix(LIST) {
            Some(json) => serde_json::from_str(json).unwrap_or_default(),
            None if code > NULL => vec![text.to_owned()],
            None => Vec::new(),
        };
        if !known.iter().any(|each| each == value) {
            known.push(value.to_owned());
        }
        let code = match known.as_slice() {
            [only] => self.texts.intern(only),
            several => self.texts.intern(&list_text(several)),
        };
        let told = self.times.get(row).copied().unwrap_or(i64::MIN);
        self.set(row, code, at_ms.map(|at_ms| at_ms.max(told)));
    }
}
