//! Dictionaries as the types that predicates ask for (M5), each reading made once and shared by all leaves.
//!
//! In: a dictionary and a predicate in canonical form (its texts are folded). Out: the codes that satisfy it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::codes::CodeSet;
use crate::base::Now;
use crate::base::text::{Wildcard, fold};
use crate::base::value::{read_boolean, read_date, read_number};
use crate::ir::Predicate;
use crate::store::{ABSENT, Dictionary};

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

    fn by_text(&self, accepts: impl Fn(Option<&str>) -> bool) -> CodeSet {
        CodeSet::new(self.dictionary.len(), |code| accepts(self.dictionary.text(code)))
    }

    fn folded(&self, accepts: impl Fn(&str) -> bool) -> CodeSet {
        let folded = self.folded.get_or_init(|| self.read(|text| fold(text.unwrap_or(""))));
        // The reserved codes have no text, though the dictionary holds an empty one for them.
        let has_text = |code| self.dictionary.text(code).is_some();
        CodeSet::new(folded.len(), |code| folded.get(code as usize).is_some_and(|text| has_text(code) && accepts(text)))
    }

    fn numbers(&self, accepts: impl Fn(f64) -> bool) -> CodeSet {
        let read = |text: Option<&str>| text.and_then(read_number).unwrap_or(f64::NAN);
        let numbers = self.numbers.get_or_init(|| self.read(read));
        // Every comparison with NaN is false.
        CodeSet::new(numbers.len(), |code| numbers.get(code as usize).is_some_and(|number| accepts(*number)))
    }

    fn dates(&self, accepts: impl Fn(i64) -> bool) -> CodeSet {
        let read = |text: Option<&str>| text.and_then(read_date).map(|at| at.0);
        let dates = self.dates.get_or_init(|| self.read(read));
        CodeSet::new(dates.len(), |code| dates.get(code as usize).copied().flatten().is_some_and(&accepts))
    }

    fn read<T>(&self, read: impl Fn(Option<&'a str>) -> T) -> Vec<T> {
        (0..self.dictionary.len() as u32).map(|code| read(self.dictionary.text(code))).collect()
    }
}
