//! Users: their numbers, sightings, attributes and identities.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::column::{Column, Dictionary};
use super::verified::Verified;
use crate::base::text::fold;
use crate::base::{Mpid, WorkspaceName};
use crate::catalog::{IdentityType, ProfileField};

/// All users. Row `i` of every column is user `i`.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// The MPID of each row.
    pub mpids: Verified<i64>,
    /// First and last sighting in each workspace.
    pub seen: BTreeMap<WorkspaceName, Seen>,
    /// What each workspace's profiles hold, by field.
    pub fields: BTreeMap<WorkspaceName, BTreeMap<ProfileField, Column>>,
    /// When each value of `fields` was said, in ms since 1970: `i64::MIN` where it never was.
    pub field_times: BTreeMap<WorkspaceName, BTreeMap<ProfileField, Verified<i64>>>,
    /// Identities, which belong to the user whatever the workspace.
    pub identities: Identities,
    /// The version of the store in which anything of each user was last written; 0 where that is not known. Empty where it is
    /// known of nobody. [`Users::changed`](Self::changed()) reads it.
    pub changed: Verified<u64>,
}

/// In place of a version: that of no store with anybody in it.
pub(super) const UNKNOWN: u64 = 0;

/// Sightings of each user in one workspace, in ms since 1970. A user never seen has `first` = `i64::MAX` and `last` =
/// `i64::MIN`.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The first sighting.
    pub first: Verified<i64>,
    /// The last sighting.
    pub last: Verified<i64>,
}

/// Identities of all users, ordered by user: those of row `i` are at `offsets[i]..offsets[i + 1]`.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// One more entry than there are users.
    pub offsets: Verified<u32>,
    /// Code of the type, an index into `IdentityType::ALL`.
    pub types: Verified<u8>,
    /// Code of the value.
    pub values: Verified<u32>,
    /// The values.
    pub dictionary: Option<Arc<Dictionary>>,
}

/// One identity of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity<'a> {
    /// The type.
    pub identity: IdentityType,
    /// The value as sent, trimmed.
    pub value: &'a str,
}

impl Users {
    /// The MPID of a row.
    pub fn mpid(&self, row: u32) -> Option<Mpid> {
        self.mpids.get(row as usize).copied().map(Mpid)
    }

    /// The version of the store in which anything of a user was last written: an event, a sighting, a field of a profile or an
    /// identity, won or lost. What was written is what counts, also where it says the same as before. `None` where it is not known,
    /// as in stores of earlier programs, and of rows that are nobody's any more.
    pub fn changed(&self, row: u32) -> Option<u64> {
        self.changed.get(row as usize).copied().filter(|version| *version != UNKNOWN)
    }

    /// The row of an MPID. Every row is looked at.
    pub fn row(&self, mpid: Mpid) -> Option<u32> {
        self.mpids.iter().position(|each| *each == mpid.0).map(|row| row as u32)
    }
}

impl Identities {
    /// The identities of each user as given. Unlike those that [`Builder::identity`](super::Builder::identity) hands from
    /// one user to another, several users may hold one.
    pub fn as_given(of_users: &[Vec<(IdentityType, String)>]) -> Self {
        let mut identities = Self::default();
        let (mut offsets, mut types, mut values) = (vec![0], Vec::new(), Vec::new());
        let mut texts = vec![None, None];
        for of_user in of_users {
            let mut of_user: Vec<&(IdentityType, String)> = of_user.iter().collect();
            of_user.sort_by_key(|(identity, _)| *identity as u8);
            for (identity, value) in of_user {
                types.push(*identity as u8);
                values.push(texts.len() as u32);
                texts.push(Some(value.as_str()));
            }
            offsets.push(types.len() as u32);
        }
        identities.dictionary = Dictionary::new(texts.into_iter().collect()).map(Arc::new);
        Self { offsets: offsets.into(), types: types.into(), values: values.into(), ..identities }
    }

    /// The identities of a row, by type and then in the order they came.
    pub fn of(&self, row: u32) -> impl Iterator<Item = Identity<'_>> {
        self.range(row).filter_map(|at| {
            let (_, identity) = IdentityType::ALL.get(usize::from(*self.types.get(at)?))?;
            let value = self.dictionary.as_ref()?.text(*self.values.get(at)?)?;
            Some(Identity { identity: *identity, value })
        })
    }

    /// The rows that have an identity, ascending; case is ignored, as everywhere (M1), so there may be several. Every value is
    /// looked at.
    pub fn rows_of(&self, identity: IdentityType, value: &str) -> Vec<u32> {
        let Some(dictionary) = &self.dictionary else { return Vec::new() };
        let asked = fold(value.trim());
        let same = |code: &u32| dictionary.text(*code).is_some_and(|text| fold(text) == asked);
        let codes: HashSet<u32> = (0..dictionary.len() as u32).filter(same).collect();
        let entries = self.values.iter().zip(self.types.iter()).enumerate();
        let found = entries.filter(|(_, (code, each))| **each == identity as u8 && codes.contains(code));
        let mut rows: Vec<u32> = found.filter_map(|(at, _)| self.row_of(at)).collect();
        rows.dedup();
        rows
    }

    /// Where the identities of a row are in `types` and `values`.
    pub fn range(&self, row: u32) -> Range<usize> {
        let at = |row: usize| self.offsets.get(row).copied().unwrap_or(0) as usize;
        at(row as usize)..at(row as usize + 1).max(at(row as usize))
    }

    /// The row that the identity at a place belongs to.
    fn row_of(&self, at: usize) -> Option<u32> {
        self.offsets.partition_point(|offset| *offset as usize <= at).checked_sub(1).map(|row| row as u32)
    }
}
