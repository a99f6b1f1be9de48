//! Texts in the order of what they read as.
//!
//! In: the distinct texts of a column. Out: their order, and which of them are in the order of value: a test of a number or an
//! instant is then a range of codes, found by binary search.

use std::cmp::Ordering;
use std::ops::Range;

use super::column::{Dictionary, NULL};
use crate::base::value::{read_date, read_number};

/// What the texts of a dictionary are in the order of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortedBy {
    /// The numbers that they read as (M5).
    Number,
    /// The instants that they read as (M5).
    Date,
    /// Their bytes.
    Text,
}

/// Which codes of a dictionary are in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted {
    /// What the order is.
    pub by: SortedBy,
    /// The codes whose texts read as that, ascending by it; of two that read as the same the one with the lesser bytes comes
    /// first. Texts of other codes do not read as it, and are in the order of their bytes among themselves.
    pub codes: Range<u32>,
}

impl SortedBy {
    /// The words that files say it with.
    pub(super) const ALL: &'static [(&'static str, Self)] =
        &[("number", Self::Number), ("date", Self::Date), ("text", Self::Text)];
}

/// How many codes are looked at to see whether a dictionary is in order.
const LOOKED_AT: u32 = 64;

impl Sorted {
    /// Whether a dictionary may be in this order: the codes exist, and some that are spread over them ascend. The rest is
    /// believed, as the checksum of the file says that it is what was written.
    pub(super) fn fits(&self, dictionary: &Dictionary) -> bool {
        let Range { start, end } = self.codes;
        if start <= NULL || end < start || end as usize > dictionary.len() {
            return false;
        }
        let step = ((end - start) / LOOKED_AT).max(1);
        let looked_at = (start..end).step_by(step as usize).chain((end > start).then(|| end - 1));
        let texts: Vec<&str> = looked_at.map(|code| dictionary.raw(code).unwrap_or("")).collect();
        match self.by {
            SortedBy::Number => ascends(texts.iter().map(|text| read_number(text))),
            SortedBy::Date => ascends(texts.iter().map(|text| read_date(text))),
            SortedBy::Text => texts.is_sorted(),
        }
    }
}

fn ascends<V: PartialOrd>(values: impl Iterator<Item = Option<V>>) -> bool {
    let values: Vec<Option<V>> = values.collect();
    values.iter().all(Option::is_some) && values.is_sorted()
}

/// The order of some codes by the texts that they stand for: by the kind of value that most of them read as, numbers before
/// dates, the rest by their bytes. What is sorted is said of codes that are given anew from 2 on.
pub(super) fn in_order<'t>(mut codes: Vec<u32>, text: impl Fn(u32) -> &'t str) -> (Vec<u32>, Sorted) {
    let numbers: Vec<Option<f64>> = codes.iter().map(|code| read_number(text(*code))).collect();
    let read = numbers.iter().flatten().count();
    let dates: Vec<Option<i64>> = match read * 2 < codes.len() {
        true => codes.iter().map(|code| read_date(text(*code)).map(|at| at.0)).collect(),
        false => Vec::new(),
    };
    let read_as_dates = dates.iter().flatten().count();
    let (by, length) = if read > 0 && read >= read_as_dates {
        codes = by_value(&codes, &numbers, f64::total_cmp, &text);
        (SortedBy::Number, read)
    } else if read_as_dates > 0 {
        codes = by_value(&codes, &dates, i64::cmp, &text);
        (SortedBy::Date, read_as_dates)
    } else {
        codes.sort_unstable_by_key(|code| text(*code));
        (SortedBy::Text, codes.len())
    };
    (codes, Sorted { by, codes: 2..2 + length as u32 })
}

fn by_value<'t, V: Copy>(
    codes: &[u32],
    values: &[Option<V>],
    compare: impl Fn(&V, &V) -> Ordering,
    text: impl Fn(u32) -> &'t str,
) -> Vec<u32> {
    let mut order: Vec<(Option<V>, u32)> = values.iter().copied().zip(codes.iter().copied()).collect();
    order.sort_unstable_by(|(a, a_code), (b, b_code)| {
        let by_value = match (a, b) {
            (Some(a), Some(b)) => compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_value.then_with(|| text(*a_code).cmp(text(*b_code)))
    });
    order.into_iter().map(|(_, code)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(texts: &[&'static str]) -> (Vec<&'static str>, Sorted) {
        let (codes, sorted) = in_order((0..texts.len() as u32).collect(), |code| texts[code as usize]);
        (codes.iter().map(|code| texts[*code as usize]).collect(), sorted)
    }

    #[test]
    fn values_come_first_and_in_their_order() {
        let (texts, sorted) = ordered(&["x", "10", "9", "1e1", "-2", "a"]);
        assert_eq!(texts, ["-2", "9", "10", "1e1", "a", "x"]);
        assert_eq!(sorted, Sorted { by: SortedBy::Number, codes: 2..6 });
        let (texts, sorted) = ordered(&["2020-01-02", "5", "2020-01-01T12:00:00Z", "z"]);
        assert_eq!(texts, ["5", "2020-01-01T12:00:00Z", "2020-01-02", "z"]);
        assert_eq!(sorted, Sorted { by: SortedBy::Date, codes: 2..5 });
        let (texts, sorted) = ordered(&["b", "a", "B"]);
        assert_eq!(texts, ["B", "a", "b"]);
        assert_eq!(sorted, Sorted { by: SortedBy::Text, codes: 2..5 });
    }
}
