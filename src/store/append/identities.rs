//! What a batch says of identities: each leaves the user that had it for the one that it is given to.

use std::collections::BTreeMap;

use super::super::error::StoreError;
use super::super::users::Identities;
use super::super::writes::ProfileWrite;
use super::growing::Growing;
use super::{Changed, Rows, sort};

/// Types and codes of the values of one user.
type Held = Vec<(u8, u32)>;

/// Gives identities to users.
pub(super) fn give(
    identities: &mut Identities,
    profiles: &[ProfileWrite],
    rows: &Rows,
    changed: &mut Changed,
) -> Result<(), StoreError> {
    let mut texts: Option<Growing> = None;
    let mut held: BTreeMap<u32, Held> = BTreeMap::new();
    for write in profiles {
        let ProfileWrite::Identity { row, identity, value, from } = write else { continue };
        let Some(row) = rows.of(*row) else { continue };
        let texts = texts.get_or_insert_with(|| Growing::of(identities.dictionary.clone().unwrap_or_default()));
        let has = |texts: &Growing, held: &Held| {
            held.iter().position(|(each, code)| *each == *identity as u8 && texts.raw(*code) == Some(value))
        };
        let of = |row: u32| identities.held(row);
        if has(texts, held.entry(row).or_insert_with(|| of(row))).is_some() {
            continue;
        }
        if let Some(from) = from.and_then(|from| rows.of(from)) {
            let before = held.entry(from).or_insert_with(|| of(from));
            if let Some(at) = has(texts, before) {
                before.remove(at);
                changed.identities.push(from);
            }
        }
        let code = texts.code(value);
        held.entry(row).or_default().push((*identity as u8, code));
        changed.identities.push(row);
    }
    sort(&mut changed.identities);
    let Some(texts) = texts.filter(|_| !changed.identities.is_empty()) else { return Ok(()) };
    let too_much = || StoreError::TooMuchText { column: "identities".to_owned() };
    let dictionary = texts.finish().ok_or_else(too_much)?;
    held.retain(|row, _| changed.identities.binary_search(row).is_ok());
    identities.replace(held);
    identities.dictionary = Some(dictionary);
    Ok(())
}

impl Identities {
    fn held(&self, row: u32) -> Held {
        let range = self.range(row);
        let types = self.types.get(range.clone()).unwrap_or(&[]);
        types.iter().copied().zip(self.values.get(range).unwrap_or(&[]).iter().copied()).collect()
    }

    /// Writes the identities of some users anew: by type, then in the order in which they came.
    fn replace(&mut self, held: BTreeMap<u32, Held>) {
        let mut offsets = std::mem::take(&mut self.offsets).into_vec();
        let (types, values) = (std::mem::take(&mut self.types), std::mem::take(&mut self.values));
        let (mut new_types, mut new_values) = (Vec::with_capacity(types.len()), Vec::with_capacity(values.len()));
        // Up to where the old columns are taken over, and how much longer the new ones are there.
        let (mut done, mut shift) = (0usize, 0i64);
        let mut next = 0;
        let take = |from: usize, to: usize, new_types: &mut Vec<u8>, new_values: &mut Vec<u32>| {
            new_types.extend_from_slice(types.get(from..to).unwrap_or(&[]));
            new_values.extend_from_slice(values.get(from..to).unwrap_or(&[]));
        };
        let moved = |offset: u32, shift: i64| (i64::from(offset) + shift) as u32;
        for (row, mut held) in held {
            let row = row as usize;
            let (Some(from), Some(to)) = (offsets.get(row).copied(), offsets.get(row + 1).copied()) else { continue };
            for offset in offsets.get_mut(next..=row).into_iter().flatten() {
                *offset = moved(*offset, shift);
            }
            next = row + 1;
            take(done, from as usize, &mut new_types, &mut new_values);
            done = to as usize;
            held.sort_by_key(|(identity, _)| *identity);
            new_types.extend(held.iter().map(|(identity, _)| identity));
            new_values.extend(held.iter().map(|(_, value)| value));
            shift += held.len() as i64 - i64::from(to - from);
        }
        for offset in offsets.get_mut(next..).into_iter().flatten() {
            *offset = moved(*offset, shift);
        }
        take(done, types.len(), &mut new_types, &mut new_values);
        (self.offsets, self.types, self.values) = (offsets.into(), new_types.into(), new_values.into());
    }
}
