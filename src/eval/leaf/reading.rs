//! Dictionaries as the types that predicates ask for (M5), each reading made once and shared by all leaves.
//!
//! In: a dictionary and a predicate in canonical form (its texts are folded). Out: the codes that satisfy it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::HashMap;
use rapidhash::fast::RandomState;
use rayon::prelude::*;

use super::codes::CodeSet;
use crate::base::Now;
use crate::base::text::{Wildcard, fold};
use crate::base::value::{read_boolean, read_date, read_number};
use crate::ir::Predicate;
use crate::store::{ABSENT, Dictionary, NULL};

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
    folded: OnceLock<Vec<Cow<'a, str>>>,
    /// NaN where it is no number.
    numbers: OnceLock<Vec<f64>>,
    dates: OnceLock<Vec<Option<i64>>>,
}

impl<'a> Readings<'a> {
    /// The reading of a dictionary.
    pub(super) fn of(&self, dictionary: &'a Dictionary) -> Arc<Reading<'a>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = known.entry(std::ptr::from_ref(dictionary) as usize);
        Arc::clone(reading.or_insert_with(|| Arc::new(Reading::new(dictionary))))
    }
}

/// Whether a missing key satisfies a predicate: only `is empty` does (M3a, M4).
pub(super) fn accepts_missing(predicate: &Predicate) -> bool {
    *predicate == Predicate::Empty
}

impl<'a> Reading<'a> {
    fn new(dictionary: &'a Dictionary) -> Self {
        let (folded, numbers, dates) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { dictionary, folded, numbers, dates }
    }

    /// The codes that satisfy a predicate. Null satisfies `exists` and `is empty` only.
    pub(super) fn accepted(&self, predicate: &Predicate, now: Now) -> CodeSet {
        match predicate {
            Predicate::Exists => CodeSet::new(self.dictionary.len(), |code| code != ABSENT),
            Predicate::Empty => self.by_text(|text| text.is_none_or(str::is_empty)),
            Predicate::Is(whole) | Predicate::Includes(whole) => self.folded(|text| text == whole),
            Predicate::IsIn(texts) => self.folded(|text| texts.iter().any(|each| each == text)),
            Predicate::Contains(part) | Predicate::PartiallyMatches(part) => self.folded(|text| text.contains(&**part)),
            Predicate::StartsWith(part) => self.folded(|text| text.starts_with(&**part)),
            Predicate::EndsWith(part) => self.folded(|text| text.ends_with(&**part)),
            Predicate::Matches(pattern) => {
                let wildcard = Wildcard::new(pattern);
                self.folded(|text| wildcard.matches_folded(text))
            }
            Predicate::Equal(number) => self.numbers(|value| value == number.get()),
            Predicate::OneOf(numbers) => self.numbers(|value| numbers.iter().any(|each| value == each.get())),
            Predicate::Less(bound) => self.numbers(|value| value < bound.get()),
            Predicate::AtMost(bound) => self.numbers(|value| value <= bound.get()),
            Predicate::Greater(bound) => self.numbers(|value| value > bound.get()),
            Predicate::AtLeast(bound) => self.numbers(|value| value >= bound.get()),
            Predicate::Between(low, high) => self.numbers(|value| low.get() <= value && value <= high.get()),
            Predicate::Boolean(asked) => self.by_text(|text| text.and_then(read_boolean) == Some(*asked)),
            Predicate::Time(time) => {
                let window = time.window(now);
                self.dates(|at| window.contains(at))
            }
        }
    }

    fn by_text(&self, accepts: impl Fn(Option<&str>) -> bool + Sync) -> CodeSet {
        CodeSet::new(self.dictionary.len(), |code| accepts(self.dictionary.text(code)))
    }

    fn folded(&self, accepts: impl Fn(&str) -> bool + Sync) -> CodeSet {
        let folded = self.read(&self.folded, |text| fold(text.unwrap_or("")));
        // The reserved codes have no text, though they are folded to an empty one.
        let text = |code: u32| folded.get(code as usize).filter(|_| code > NULL);
        CodeSet::new(folded.len(), |code| text(code).is_some_and(|text| accepts(text)))
    }

    fn numbers(&self, accepts: impl Fn(f64) -> bool + Sync) -> CodeSet {
        let numbers = self.read(&self.numbers, |text| text.and_then(read_number).unwrap_or(f64::NAN));
        // Every comparison with NaN is false.
        CodeSet::new(numbers.len(), |code| numbers.get(code as usize).is_some_and(|number| accepts(*number)))
    }

    fn dates(&self, accepts: impl Fn(i64) -> bool + Sync) -> CodeSet {
        let dates = self.read(&self.dates, |text| text.and_then(read_date).map(|at| at.0));
        CodeSet::new(dates.len(), |code| dates.get(code as usize).copied().flatten().is_some_and(&accepts))
    }

    /// The dictionary as one type, read unless it was before. It is read outside of the cell: a core that waits for others
    /// inside one could be given work that needs the same cell, and would wait for itself.
    fn read<'r, T: Send + Sync>(
        &self,
        known: &'r OnceLock<Vec<T>>,
        read: impl Fn(Option<&'a str>) -> T + Sync,
    ) -> &'r [T] {
        if let Some(known) = known.get() {
            return known;
        }
        let codes = (0..self.dictionary.len() as u32).into_par_iter().with_min_len(LEAST_CODES);
        let values = codes.map(|code| read(self.dictionary.text(code))).collect();
        known.get_or_init(|| values)
    }
}
