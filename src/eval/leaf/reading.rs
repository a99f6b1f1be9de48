//! Dictionaries as the types that predicates ask for (M5).
//!
//! In: a dictionary and a predicate in canonical form (its texts are folded). Out: the codes that satisfy it. Where the codes
//! are in the order of what is asked, they are found by binary search, and few texts are read.

use std::ops::Range;

use super::check::{Check, Reads};
use super::codes::CodeSet;
use crate::base::Now;
use crate::base::value::{read_boolean, read_date, read_number};
use crate::ir::Predicate;
use crate::store::{ABSENT, Dates, Dictionary, SortedBy};

/// One dictionary, read as far as anybody asked, by whatever evaluation.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a>(&'a Dictionary);

/// What a value of several texts is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Several {
    /// One value, a list: scalar operators see a missing value (M3).
    List,
    /// Several values: any of them may pass (M21).
    Each,
}

impl<'a> Reading<'a> {
    pub(super) fn new(dictionary: &'a Dictionary) -> Self {
        Self(dictionary)
    }

    /// The codes that satisfy a predicate. Null satisfies `exists` and `is empty` only.
    pub(super) fn accepted(self, predicate: &Predicate, several: Several, now: Now) -> CodeSet {
        let check = Check::new(predicate, now);
        let codes = match check.reads() {
            Reads::Presence if *predicate == Predicate::Exists => {
                CodeSet::of_ranges(self.0.len(), std::iter::once(ABSENT + 1..self.0.len() as u32))
            }
            Reads::Presence => self.by_text(|text| text.is_none_or(str::is_empty)),
            Reads::Text => CodeSet::new(self.0.len(), |code| self.0.folded(code).is_some_and(|text| check.text(text))),
            Reads::Number => self.by_number(&check),
            Reads::Boolean => {
                self.by_text(|text| text.and_then(read_boolean).is_some_and(|value| check.boolean(value)))
            }
            Reads::Date => self.by_date(&check),
        };
        codes.with(self.0.lists().iter().map(|(code, entries)| {
            let passes = match several {
                Several::List => check.list(entries),
                Several::Each => check.any(entries),
            };
            (*code, passes)
        }))
    }

    fn by_text(self, accepts: impl Fn(Option<&str>) -> bool + Sync) -> CodeSet {
        CodeSet::new(self.0.len(), |code| accepts(self.0.text(code)))
    }

    fn by_number(self, check: &Check<'_>) -> CodeSet {
        let in_order = self.0.sorted().filter(|sorted| sorted.by == SortedBy::Number);
        if let Some((sorted, intervals)) = in_order.zip(check.intervals()) {
            let number = |code| self.0.text(code).and_then(read_number).unwrap_or(f64::NAN);
            let range = |(from, to): (f64, f64)| {
                let first = first(&sorted.codes, |code| number(code) < from);
                first..self::first(&sorted.codes, |code| number(code) <= to).max(first)
            };
            return CodeSet::of_ranges(self.0.len(), intervals.into_iter().map(range));
        }
        let numbers = self.numbers();
        // Every comparison with NaN is false.
        CodeSet::new(numbers.len(), |code| numbers.get(code as usize).is_some_and(|number| check.number(*number)))
    }

    fn by_date(self, check: &Check<'_>) -> CodeSet {
        match self.0.dates() {
            Dates::InOrder(codes) => {
                let date = |code| self.0.text(code).and_then(read_date).map_or(i64::MIN, |at| at.0);
                let range = check.window().map(|window| {
                    let from = first(codes, |code| date(code) < window.from);
                    from..first(codes, |code| date(code) <= window.to).max(from)
                });
                CodeSet::of_ranges(self.0.len(), range)
            }
            Dates::Each(dates) => {
                let date = |code: u32| dates.get(code as usize).copied().flatten();
                CodeSet::new(dates.len(), |code| date(code).is_some_and(|at| check.date(at)))
            }
        }
    }

    /// The number of each code; NaN where it is none.
    pub(super) fn numbers(self) -> &'a [f64] {
        self.0.numbers()
    }
}

/// The first of some codes that does not lie before what is looked for; their end where all do.
fn first(codes: &Range<u32>, before: impl Fn(u32) -> bool) -> u32 {
    let (mut from, mut to) = (codes.start, codes.end);
    while from < to {
        let middle = from + (to - from) / 2;
        if before(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use arrow_array::StringArray;

    use super::*;
    use crate::base::Timestamp;
    use crate::ir::Float;
    use crate::store::{LIST, Sorted};

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

    #[test]
    fn codes_in_order_answer_as_codes_in_none() {
        let reserved = ["", ""].into_iter();
        let texts = ["-1.5", "-0.0", "0", "0.0", "1e1", "10", "11", "300", "2020-01-01", "x"];
        let plain = Dictionary::new(StringArray::from_iter_values(reserved.chain(texts))).unwrap();
        let sorted = plain.clone().said_to_be(Sorted { by: SortedBy::Number, codes: 2..10 });
        assert!(sorted.sorted().is_some());
        let number = |value| Float::new(value).unwrap();
        let mut predicates = vec![Predicate::OneOf([10.0, 0.0, 7.0].map(number).to_vec())];
        for bound in [-2.0, -1.5, 0.0, 10.0, 10.5, 300.0, 301.0, f64::MAX, f64::MIN].map(number) {
            predicates.extend([Predicate::Less(bound), Predicate::AtMost(bound), Predicate::Greater(bound)]);
            predicates.extend([
                Predicate::AtLeast(bound),
                Predicate::Equal(bound),
                Predicate::Between(bound, number(50.0)),
            ]);
        }
        for ms in [-1, 0, 10, 11, 299, 300, 1_577_836_800_000] {
            let at = crate::base::Moment::Instant(Timestamp(ms));
            predicates
                .extend([crate::base::TimeFilter::Before(at), crate::base::TimeFilter::After(at)].map(Predicate::Time));
        }
        for predicate in &predicates {
            let accepted = |dictionary| Reading::new(dictionary).accepted(predicate, Several::List, Now(Timestamp(0)));
            let (sorted, plain) = (accepted(&sorted), accepted(&plain));
            assert!((0..14).all(|code| sorted.contains(code) == plain.contains(code)), "{predicate:?}");
        }
    }
}
