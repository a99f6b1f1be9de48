//! The texts of a dictionary as the types that are asked for (M5): each reading is made when it is first asked for, and kept.
//!
//! In: a dictionary. Out: its texts case-folded, as numbers, as instants, as lists. What always holds: a reading is that of the
//! texts beside it, which never change; copies of a dictionary share its readings.

use std::ops::Range;
use std::sync::OnceLock;

use arrow_array::{Array, StringArray};
use arrow_buffer::Buffer;
use rayon::prelude::*;

use super::column::{Dictionary, LIST, NULL};
use super::sorted::{Sorted, SortedBy};
use crate::base::text::fold;
use crate::base::value::{read_date, read_number};

/// Texts that one core reads at least: a small dictionary is not worth handing over.
const LEAST_TEXTS: usize = 4096;

/// The readings of one dictionary, as far as anybody asked.
#[derive(Debug, Default)]
pub(super) struct Readings {
    folded: OnceLock<Folded>,
    numbers: OnceLock<Vec<f64>>,
    dates: OnceLock<Dates>,
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
    Each(Vec<Box<str>>),
}

/// The instants of a dictionary.
#[derive(Clone, Debug)]
pub enum Dates {
    /// The texts of these codes are instants in ascending order; those of all others are none.
    InOrder(Range<u32>),
    /// The instant of each code, where it is one.
    Each(Vec<Option<i64>>),
}

impl Dictionary {
    /// The case-folded text of a code (M1); none where [`Dictionary::text`] has none.
    #[inline]
    pub fn folded(&self, code: u32) -> Option<&str> {
        match once(&self.readings().folded, || Folded::of(self)) {
            Folded::Same => self.text(code),
            Folded::Lowered(texts) => {
                let known = code > NULL && (code as usize) < texts.len();
                known.then(|| texts.value(code as usize)).filter(|text| !text.starts_with(LIST))
            }
            Folded::Each(texts) => texts.get(code as usize).filter(|_| self.text(code).is_some()).map(|text| &**text),
        }
    }

    /// The number of each code; NaN where it is none.
    pub fn numbers(&self) -> &[f64] {
        let read = |text: Option<&str>| text.and_then(read_number).unwrap_or(f64::NAN);
        once(&self.readings().numbers, || self.read(read)).as_slice()
    }

    /// The instant of each code.
    pub fn dates(&self) -> &Dates {
        once(&self.readings().dates, || Dates::of(self))
    }

    /// The lists, by code.
    pub fn lists(&self) -> &[(u32, Vec<String>)] {
        let list = |code| Some((code, self.list(code)?));
        once(&self.readings().lists, || self.possible_lists().filter_map(list).collect::<Vec<_>>()).as_slice()
    }

    /// The codes that may be lists. Most dictionaries have none, which their order or one look at all bytes tells.
    fn possible_lists(&self) -> impl Iterator<Item = u32> {
        let (first, end) = (NULL + 1, self.len() as u32);
        let [before, after] = match self.sorted() {
            // A list is neither a number nor an instant.
            Some(Sorted { by: SortedBy::Number | SortedBy::Date, codes }) => [first..codes.start, codes.end..end],
            _ if self.texts().value_data().contains(&(LIST as u8)) => [first..end, end..end],
            _ => [end..end, end..end],
        };
        before.chain(after)
    }

    /// Every text as one type, in the order of the codes.
    fn read<'t, T: Send>(&'t self, read: impl Fn(Option<&'t str>) -> T + Sync) -> Vec<T> {
        let codes = (0..self.len() as u32).into_par_iter().with_min_len(LEAST_TEXTS);
        codes.map(|code| read(self.text(code))).collect()
    }
}

impl Folded {
    fn of(dictionary: &Dictionary) -> Self {
        let texts = dictionary.texts();
        let bytes = texts.value_data();
        let each = || Self::Each(dictionary.read(|text| fold(text.unwrap_or("")).into()));
        if !bytes.is_ascii() {
            return each();
        }
        if !bytes.iter().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
            return Self::Same;
        }
        let lowered = Buffer::from(bytes.to_ascii_lowercase());
        StringArray::try_new(texts.offsets().clone(), lowered, None).map_or_else(|_| each(), Self::Lowered)
    }
}

impl Dates {
    fn of(dictionary: &Dictionary) -> Self {
        let date = |text: Option<&str>| text.and_then(read_date).map(|at| at.0);
        match dictionary.sorted() {
            Some(sorted) if sorted.by == SortedBy::Date => return Self::InOrder(sorted.codes.clone()),
            _ => {}
        }
        let dates = dictionary.read(date);
        // Whole numbers in order are instants in order.
        let Some(from) = dates.iter().position(Option::is_some) else { return Self::InOrder(0..0) };
        let to = dates.iter().rposition(Option::is_some).map_or(from, |last| last + 1);
        match dates.get(from..to) {
            Some(read) if read.iter().all(Option::is_some) && read.is_sorted() => Self::InOrder(from as u32..to as u32),
            _ => Self::Each(dates),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(texts: &[&str]) -> Dictionary {
        Dictionary::new(StringArray::from_iter_values(["", ""].iter().chain(texts))).unwrap()
    }

    #[test]
    fn readings_are_those_of_the_texts() {
        let list = format!("{LIST}[\"A\"]");
        let mixed = dictionary(&["10", "Shoe", "9", &list]);
        assert_eq!(mixed.folded(3), Some("shoe"));
        assert_eq!((mixed.folded(0), mixed.folded(5), mixed.folded(6)), (None, None, None));
        assert_eq!((mixed.numbers()[2], mixed.numbers()[3].is_nan()), (10.0, true));
        assert_eq!(mixed.lists(), [(5, vec!["A".to_owned()])]);
        assert!(matches!(mixed.dates(), Dates::Each(dates) if dates[4] == Some(9)));
    }

    #[test]
    fn instants_in_order_are_not_kept() {
        assert!(matches!(dictionary(&["-5", "9", "10", "x"]).dates(), Dates::InOrder(codes) if *codes == (2..5)));
        assert!(matches!(dictionary(&["x", "y"]).dates(), Dates::InOrder(codes) if codes.is_empty()));
        assert!(matches!(dictionary(&["9", "x", "10"]).dates(), Dates::Each(_)));
    }
}
