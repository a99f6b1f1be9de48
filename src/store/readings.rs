//! The texts of a dictionary as the types that predicates ask for (M5): each reading is made when it is first asked for, and
//! kept as long as the dictionary is.
//!
//! In: a dictionary. Out: its values by code, case-folded (M1), as numbers, as instants, as lists.

use std::sync::{Arc, OnceLock};

use arrow_array::{Array, StringArray};
use arrow_buffer::Buffer;
use rayon::prelude::*;

use super::column::{Dictionary, LIST, NULL};
use crate::base::text::fold;
use crate::base::value::{read_date, read_number};

/// Values that one core reads at least: a small dictionary is not worth handing over.
const LEAST_CODES: usize = 4096;

/// What was read of a dictionary so far; copies of a dictionary share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings(Arc<Cells>);

#[derive(Debug, Default)]
struct Cells {
    folded: OnceLock<Folded>,
    numbers: OnceLock<Vec<f64>>,
    dates: OnceLock<Vec<Option<i64>>>,
    lists: OnceLock<Vec<(u32, Vec<String>)>>,
}

/// The texts of a dictionary, case-folded.
#[derive(Debug)]
enum Folded {
    /// As they are: none has anything to fold.
    Same,
    /// Plain ASCII with capitals: lowered in one go.
    Lowered(StringArray),
    /// One by one.
    Each(Vec<String>),
}

impl Dictionary {
    /// The case-folded text of each code. The reserved codes and lists have none, though there is a text in their place.
    pub fn folded<'d>(&'d self) -> impl Fn(u32) -> Option<&'d str> + Sync {
        let folded = once(&self.readings().0.folded, || self.fold());
        move |code| match folded {
            Folded::Same => self.text(code),
            Folded::Lowered(texts) => {
                (code > NULL && (code as usize) < texts.len()).then(|| texts.value(code as usize))
            }
            Folded::Each(texts) => texts.get(code as usize).filter(|_| code > NULL).map(String::as_str),
        }
    }

    fn fold(&self) -> Folded {
        let texts = self.texts();
        let bytes = texts.value_data();
        if !bytes.is_ascii() {
            return Folded::Each(self.read(|text| fold(text.unwrap_or("")).into_owned()));
        }
        if !bytes.iter().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
            return Folded::Same;
        }
        let lowered = Buffer::from(bytes.to_ascii_lowercase());
        match StringArray::try_new(texts.offsets().clone(), lowered, None) {
            Ok(texts) => Folded::Lowered(texts),
            Err(_) => Folded::Each(self.read(|text| fold(text.unwrap_or("")).into_owned())),
        }
    }

    /// The number of each code; NaN where it is none.
    pub fn numbers(&self) -> &[f64] {
        let cell = &self.readings().0.numbers;
        once(cell, || self.read(|text| text.and_then(read_number).unwrap_or(f64::NAN))).as_slice()
    }

    /// The instant of each code in ms since 1970, where it is one.
    pub fn dates(&self) -> &[Option<i64>] {
        once(&self.readings().0.dates, || self.read(|text| text.and_then(read_date).map(|at| at.0))).as_slice()
    }

    /// The lists among the values, by code. Most dictionaries have none, which one look at all bytes tells.
    pub fn lists(&self) -> &[(u32, Vec<String>)] {
        let lists = once(&self.readings().0.lists, || {
            if !self.texts().value_data().contains(&(LIST as u8)) {
                return Vec::new();
            }
            (0..self.len() as u32).filter_map(|code| Some((code, self.list(code)?))).collect()
        });
        lists.as_slice()
    }

    /// Every value as one type, in the order of the codes.
    fn read<T: Send>(&self, read: impl Fn(Option<&str>) -> T + Sync) -> Vec<T> {
        let codes = (0..self.len() as u32).into_par_iter().with_min_len(LEAST_CODES);
        codes.map(|code| read(self.text(code))).collect()
    }
}

/// What a cell holds, made if need be. It is made outside of the cell: a core that waits for others inside one could be
/// given work that needs the same cell, and would wait for itself.
fn once<T>(cell: &OnceLock<T>, make: impl FnOnce() -> T) -> &T {
    match cell.get() {
        Some(known) => known,
        None => {
            let made = make();
            cell.get_or_init(|| made)
        }
    }
}
