//! Which values of a dictionary satisfy a predicate.
//!
//! In: a dictionary and a predicate in canonical form (its texts are folded). Out: the codes that satisfy it. Each distinct
//! value is asked once; of values that lie in order only as many as a binary search needs.

use std::cmp::Ordering;
use std::ops::Range;

use super::check::{Check, Reads};
use super::codes::CodeSet;
use crate::base::Now;
use crate::base::value::{read_boolean, read_date, read_number};
use crate::ir::Predicate;
use crate::store::{ABSENT, Dictionary, Sorted, SortedBy};

/// What a value of several texts is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Several {
    /// One value, a list: scalar operators see a missing value (M3).
    List,
    /// Several values: any of them may pass (M21).
    Each,
}

/// The codes that satisfy a predicate. Null satisfies `exists` and `is empty` only.
pub(super) fn accepted(dictionary: &Dictionary, predicate: &Predicate, several: Several, now: Now) -> CodeSet {
    let check = Check::new(predicate, now);
    let len = dictionary.len();
    let by_text =
        |accepts: &(dyn Fn(Option<&str>) -> bool + Sync)| CodeSet::new(len, |code| accepts(dictionary.text(code)));
    let mut codes = match check.reads() {
        Reads::Presence if *predicate == Predicate::Exists => CodeSet::new(len, |code| code != ABSENT),
        Reads::Presence => by_text(&|text| text.is_none_or(str::is_empty)),
        Reads::Text => {
            let folded = dictionary.folded();
            CodeSet::new(len, |code| folded(code).is_some_and(|text| check.text(text)))
        }
        Reads::Number => numbers(dictionary, &check),
        Reads::Boolean => by_text(&|text| text.and_then(read_boolean).is_some_and(|value| check.boolean(value))),
        Reads::Date => dates(dictionary, &check),
    };
    for (code, entries) in dictionary.lists() {
        let passes = match several {
            Several::List => check.list(entries),
            Several::Each => check.any(entries),
        };
        codes.put(*code, passes);
    }
    codes
}

fn numbers(dictionary: &Dictionary, check: &Check<'_>) -> CodeSet {
    if let Some(sorted) = in_order_of(dictionary, SortedBy::Number)
        && check.is_one_range()
    {
        let side = |code| check.side(dictionary.text(code).and_then(read_number).unwrap_or(f64::NAN));
        return CodeSet::range(dictionary.len(), between(&sorted.codes, side));
    }
    let numbers = dictionary.numbers();
    // Every comparison with NaN is false.
    CodeSet::new(numbers.len(), |code| numbers.get(code as usize).is_some_and(|number| check.number(*number)))
}

fn dates(dictionary: &Dictionary, check: &Check<'_>) -> CodeSet {
    if let Some(sorted) = in_order_of(dictionary, SortedBy::Date) {
        let side = |code| {
            let at = dictionary.text(code).and_then(read_date);
            at.map_or(Ordering::Greater, |at| check.side_of_instant(at.0))
        };
        return CodeSet::range(dictionary.len(), between(&sorted.codes, side));
    }
    let dates = dictionary.dates();
    CodeSet::new(dates.len(), |code| dates.get(code as usize).copied().flatten().is_some_and(|at| check.date(at)))
}

/// Which codes are in an order; all others read as nothing of that kind.
fn in_order_of(dictionary: &Dictionary, by: SortedBy) -> Option<&Sorted> {
    dictionary.sorted().filter(|sorted| sorted.by == by)
}

/// The codes that are on neither side of a range of values.
fn between(codes: &Range<u32>, side: impl Fn(u32) -> Ordering) -> Range<u32> {
    let first = |stop: &dyn Fn(Ordering) -> bool| {
        let (mut from, mut to) = (codes.start, codes.end);
        while from < to {
            let middle = from + (to - from) / 2;
            if stop(side(middle)) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        from
    };
    let start = first(&|side| side != Ordering::Less);
    let end = first(&|side| side == Ordering::Greater);
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use arrow_array::StringArray;

    use super::*;
    use crate::base::Timestamp;
    use crate::store::LIST;

    fn accepted(texts: &[&str], predicate: &Predicate) -> Vec<u32> {
        let reserved = [None, None].into_iter();
        let texts: StringArray = reserved.chain(texts.iter().map(|text| Some(*text))).collect();
        let dictionary = Dictionary::new(texts).unwrap();
        let codes = super::accepted(&dictionary, predicate, Several::List, Now(Timestamp(0)));
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
            let codes = super::accepted(&dictionary, predicate, several, Now(Timestamp(0)));
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
