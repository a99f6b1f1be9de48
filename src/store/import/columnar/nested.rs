//! Arrays whose values are other arrays': dictionaries and lists.

use std::hash::BuildHasher;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, OffsetSizeTrait};
use hashbrown::HashTable;
use rapidhash::fast::RandomState;

use super::super::super::column::list_text;
use super::texts::{NOTHING, Texts, UNFIT};

impl Texts {
    /// Values that come as codes already, which may repeat a value or have some that no row says.
    pub(super) fn encoded(&mut self, array: &ArrayRef) -> Option<()> {
        let dictionary = array.as_any_dictionary();
        let values = Self::of(dictionary.values())?;
        if dictionary.values().is_empty() {
            self.codes.resize(array.len(), NOTHING);
            return Some(());
        }
        // The code of each text of the dictionary, once a row has said it.
        let mut own: Vec<Option<u32>> = vec![None; values.len()];
        let mut code = |key: usize| {
            let value = values.codes.get(key).copied().unwrap_or(NOTHING);
            match own.get_mut(value as usize) {
                Some(Some(code)) => *code,
                Some(code) => *code.insert(self.push(values.text(value))),
                None => value,
            }
        };
        let nulls = dictionary.nulls();
        let codes: Vec<u32> = match (dictionary.keys().as_primitive_opt::<Int32Type>(), nulls) {
            (Some(keys), None) => keys.values().iter().map(|key| code(*key as usize)).collect(),
            (Some(keys), Some(nulls)) => {
                let keys = keys.values().iter().zip(nulls.iter());
                keys.map(|(key, there)| if there { code(*key as usize) } else { NOTHING }).collect()
            }
            (None, _) => {
                let keys = dictionary.normalized_keys().into_iter().enumerate();
                let there = |at: usize| nulls.is_none_or(|nulls| nulls.is_valid(at));
                keys.map(|(at, key)| if there(at) { code(key) } else { NOTHING }).collect()
            }
        };
        self.codes = codes;
        Some(())
    }

    pub(super) fn lists<O: OffsetSizeTrait>(&mut self, array: &ArrayRef) -> Option<()> {
        let lists = array.as_list::<O>();
        let bounds = lists.offsets().windows(2).map(|bounds| match bounds {
            [from, to] => (from.as_usize(), to.as_usize()),
            _ => (0, 0),
        });
        self.listed(array, lists.values(), bounds)
    }

    pub(super) fn sized_lists(&mut self, array: &ArrayRef, size: i32) -> Option<()> {
        let lists = array.as_fixed_size_list();
        let size = usize::try_from(size).unwrap_or(0);
        self.listed(array, lists.values(), (0..lists.len()).map(|row| (row * size, (row + 1) * size)))
    }

    /// Lists of scalars; an entry that is null is none.
    fn listed(
        &mut self,
        array: &ArrayRef,
        values: &ArrayRef,
        bounds: impl Iterator<Item = (usize, usize)>,
    ) -> Option<()> {
        if values.data_type().is_nested() {
            return None;
        }
        let entries = Self::of(values)?;
        let hasher = RandomState::default();
        // The entries of each distinct list, and its code.
        let mut known: HashTable<(usize, usize, u32)> = HashTable::new();
        let slice = |from: usize, to: usize| entries.codes.get(from..to).unwrap_or(&[]);
        for (row, (from, to)) in bounds.enumerate() {
            if array.is_null(row) {
                self.codes.push(NOTHING);
                continue;
            }
            let own = slice(from, to);
            let hash = hasher.hash_one(own);
            let code = match known.find(hash, |(from, to, _)| slice(*from, *to) == own) {
                Some((.., code)) => *code,
                None => {
                    let there = own.iter().filter(|code| **code < UNFIT).map(|code| entries.text(*code));
                    let code = self.push(&list_text(&there.collect::<Vec<_>>()));
                    known.insert_unique(hash, (from, to, code), |(from, to, _)| hasher.hash_one(slice(*from, *to)));
                    code
                }
            };
            self.codes.push(code);
        }
        Some(())
    }
}
