//! Dictionaries as the types that predicates ask for (M5), each reading made once and shared by all leaves.
//!
//! In: a dictionary and a predicate in canonical form (its texts are folded). Out: the codes that satisfy it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_array::StringArray;
use arrow_buffer::Buffer;
use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rayon::prelude::*;

use super::check::{Check, Reads};
use super::codes::CodeSet;
use crate::base::Now;
use crate::base::text::fold;
use crate::base::value::{read_boolean, read_date, read_number};
use crate::ir::Predicate;
use crate::store::{ABSENT, Dictionary, LIST, NULL};

/// Values that one core reads at least: a small dictionary is not worth handing over.
const LEAST_CODES: usize = 4096;

/// The readings of all dictionaries that one evaluation looks into.
#[derive(Default)]
pub(super) struct Readings<'a> {
    /// By the address of the dictionary, which outlives this.
    known: Mutex<HashMap<usize, Arc<Reading<'a>>, RandomState>>,
}

/// One dictionary, read as far as anybody asked.
pub(super) struct Reading<'a> {
    dictionary: &'a Dictionary,
    folded: OnceLock<Folded<'a>>,
    /// NaN where it is no number.
    numbers: OnceLock<Vec<f64>>,
    dates: OnceLock<Vec<Option<i64>>>,
    /// The lists among its values, by code.
    lists: OnceLock<Vec<(u32, Vec<String>)>>,
}

/// What a value of several texts is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Several {
    /// One value, a list: scalar operators see a missing value (M3).
    List,
    /// Several values: any of them may pass (M21).
    Each,
}

/// The texts of a dictionary, case-folded.
enum Folded<'a> {
    /// As they are: none has anything to fold.
    Same(&'a Dictionary),
    /// Plain ASCII with capitals: lowered in one go.
    Lowered(StringArray),
    /// One by one.
    Each(Vec<Cow<'a, str>>),
}

impl<'a> Readings<'a> {
    /// The reading of a dictionary.
    pub(super) fn of(&self, dictionary: &'a Dictionary) -> Arc<Reading<'a>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = known.entry(std::ptr::from_ref(dictionary) as usize);
        Arc::clone(reading.or_insert_with(|| Arc::new(Reading::new(dictionary))))
    }
}

impl<'a> Reading<'a> {
    fn new(dictionary: &'a Dictionary) -> Self {
        let (folded, numbers, dates) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { dictionary, folded, numbers, dates, lists: OnceLock::new() }
    }

    /// The codes that satisfy a predicate. Null satisfies `exists` and `is empty` only.
    pub(super) fn accepted(&self, predicate: &Predicate, several: Several, now: Now) -> CodeSet {
        let check = Check::new(predicate, now);
        let mut codes = match check.reads() {
            Reads::Presence if *predicate == Predicate::Exists => {
                CodeSet::new(self.dictionary.len(), |code| code != ABSENT)
            }
            Reads::Presence => self.by_text(|text| text.is_none_or(str::is_empty)),
            Reads::Text => self.folded(|text| check.text(text)),
            Reads::Number => self.numbers_that(|value| check.number(value)),
            Reads::Boolean => {
                self.by_text(|text| text.and_then(read_boolean).is_some_and(|value| check.boolean(value)))
            }
            Reads::Date => self.dates(|at| check.date(at)),
        };
        for (code, entries) in self.lists() {
            let passes = match several {
                Several::List => check.list(entries),
                Several::Each => check.any(entries),
            };
            codes.put(*code, passes);
        }
        codes
    }

    /// The lists of the dictionary. Most have none, which one look at all bytes tells.
    fn lists(&self) -> &[(u32, Vec<String>)] {
        let lists = once(&self.lists, || {
            if !self.dictionary.texts().value_data().contains(&(LIST as u8)) {
                return Vec::new();
            }
            let codes = 0..self.dictionary.len() as u32;
            codes.filter_map(|code| Some((code, self.dictionary.list(code)?))).collect()
        });
        lists.as_slice()
    }

    fn by_text(&self, accepts: impl Fn(Option<&str>) -> bool + Sync) -> CodeSet {
        CodeSet::new(self.dictionary.len(), |code| accepts(self.dictionary.text(code)))
    }

    fn folded(&self, accepts: impl Fn(&str) -> bool + Sync) -> CodeSet {
        let folded = once(&self.folded, || self.fold());
        let len = self.dictionary.len();
        // The reserved codes have no text, though there is an empty one in their place.
        match folded {
            Folded::Same(texts) => CodeSet::new(len, |code| texts.text(code).is_some_and(&accepts)),
            Folded::Lowered(texts) => CodeSet::new(len, |code| code > NULL && accepts(texts.value(code as usize))),
            Folded::Each(texts) => {
                let text = |code: u32| texts.get(code as usize).filter(|_| code > NULL);
                CodeSet::new(len, |code| text(code).is_some_and(|text| accepts(text)))
            }
        }
    }

    fn fold(&self) -> Folded<'a> {
        let texts = self.dictionary.texts();
        let bytes = texts.value_data();
        if !bytes.is_ascii() {
            return Folded::Each(self.read(|text| fold(text.unwrap_or(""))));
        }
        if !bytes.iter().fold(false, |found, byte| found | byte.is_ascii_uppercase()) {
            return Folded::Same(self.dictionary);
        }
        let lowered = Buffer::from(bytes.to_ascii_lowercase());
        match StringArray::try_new(texts.offsets().clone(), lowered, None) {
            Ok(texts) => Folded::Lowered(texts),
            Err(_) => Folded::Each(self.read(|text| fold(text.unwrap_or("")))),
        }
    }

    /// The number of each code; NaN where it is none.
    pub(super) fn numbers(&self) -> &[f64] {
        let numbers = once(&self.numbers, || self.read(|text| text.and_then(read_number).unwrap_or(f64::NAN)));
        numbers.as_slice()
    }

    fn numbers_that(&self, accepts: impl Fn(f64) -> bool + Sync) -> CodeSet {
        let numbers = self.numbers();
        // Every comparison with NaN is false.
        CodeSet::new(numbers.len(), |code| numbers.get(code as usize).is_some_and(|number| accepts(*number)))
    }

    fn dates(&self, accepts: impl Fn(i64) -> bool + Sync) -> CodeSet {
        let dates = once(&self.dates, || self.read(|text| text.and_then(read_date).map(|at| at.0)));
        CodeSet::new(dates.len(), |code| dates.get(code as usize).copied().flatten().is_some_and(&accepts))
    }

    /// Every value of the dictionary as one type, in the order of the codes.
    fn read<T: Send>(&self, read: impl Fn(Option<&'a str>) -> T + Sync) -> Vec<T> {
        let codes = (0..self.dictionary.len() as u32).into_par_iter().with_min_len(LEAST_CODES);
        codes.map(|code| read(self.dictionary.text(code))).collect()
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
    use crate::base::Timestamp;

    fn accepted(texts: &[&str], predicate: &Predicate) -> Vec<u32> {
        let reserved = [None, None].into_iter();
        let texts: StringArray = reserved.chain(texts.iter().map(|text| Some(*text))).collect();
        let dictionary = Dictionary::new(texts).unwrap();
        let codes = Reading::new(&dictionary).accepted(predicate, Several::List, Now(Timestamp(0)));
        (0..dictionary.len() as u32 + 2).filter(|code| codes.contains(*code)).collect()
    }

    #[test]
    fn folding_goes_the_shortest_way_and_means_the_same() {
        let part = |text: &str| Predicate::Contains(text.to_owned());
        assert_eq!(accepted(&["shoe", "hat"], &part("sho")), [2]);
        assert_eq!(accepted(&["Shoe", "HAT", ""], &part("ha")), [3]);
        assert_eq!(accepted(&["Shoe", "É", "hat"], &part("é")), [3]);
        for texts in [["a", "b"], ["A", "b"], ["É", "b"]] {
            assert_eq!(accepted(&texts, &part("")), [2, 3], "the reserved codes have no text");
        }
    }

    #[test]
    fn lists_answer_as_lists_and_devices_as_any_of_them() {
        let list = |entries: &[&str]| format!("{LIST}{}", serde_json::Value::from(entries));
        let texts = [String::new(), String::new(), list(&["Chicago", "7"]), list(&[]), "chicago".to_owned()];
        let dictionary = Dictionary::new(StringArray::from_iter_values(texts)).unwrap();
        let codes = |predicate: &Predicate, several| {
            let codes = Reading::new(&dictionary).accepted(predicate, several, Now(Timestamp(0)));
            (0..5).filter(|code| codes.contains(*code)).collect::<Vec<u32>>()
        };
        let is = Predicate::Is("chicago".to_owned());
        let part = Predicate::PartiallyMatches("hic".to_owned());
        let seven = Predicate::AtLeast(crate::ir::Float::new(7.0).unwrap());
        assert_eq!((codes(&is, Several::List), codes(&is, Several::Each)), (vec![4], vec![2, 4]));
        assert_eq!((codes(&seven, Several::List), codes(&seven, Several::Each)), (vec![], vec![2]));
        assert_eq!(codes(&part, Several::List), [2, 4]);
        assert_eq!(codes(&Predicate::Includes("chicago".to_owned()), Several::List), [2, 4]);
        assert_eq!(codes(&Predicate::Empty, Several::List), [0, 1, 3]);
        assert_eq!(codes(&Predicate::Exists, Several::List), [1, 2, 3, 4]);
        assert_eq!(codes(&Predicate::Contains(String::new()), Several::List), [4], "a list is no text");
    }
}
