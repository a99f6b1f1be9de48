//! What the values of one attribute look like, and the type that follows from it.
//!
//! In: columns. Out: counts of the values that read as each type (M5), and an [`Attribute`]. Each distinct value is read once,
//! however many rows have it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::column::Dictionary;
use crate::base::value::{read_boolean, read_date, read_number};
use crate::catalog::{Attribute, Provenance, ValueType};

/// How many of a hundred values must read as a type for the attribute to have it.
pub(super) const FITTING_PERCENT: u64 = 99;
/// How many different texts an attribute may have for all of them to be remembered.
const FEW_TEXTS: usize = 20;
/// How many values it must have for that: few values are always few different ones.
const MANY_VALUES: u64 = 100;
/// How long such a text may be, in bytes.
const LONGEST_TEXT: usize = 64;

/// Counts of one attribute's values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Counts {
    /// Values that are neither missing, null nor empty.
    values: u64,
    /// Those that read as a number.
    numbers: u64,
    /// Those that read as a boolean.
    booleans: u64,
    /// Those that read as an instant.
    dates: u64,
    /// Those of them that are digits alone: milliseconds, but as well a postcode.
    #[serde(default, skip_serializing_if = "is_zero")]
    digits: u64,
    /// Those that are lists, empty ones included.
    #[serde(default, skip_serializing_if = "is_zero")]
    lists: u64,
    /// The different texts, where the attribute is a string and they are few.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    seen: BTreeSet<String>,
    /// The sources that brought them.
    pub(super) sources: BTreeSet<String>,
}

/// Whether nothing was counted; what is new since format 1 is not written then, and the checksums of old manifests hold.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Counts {
    /// Counts the values of some columns of one dictionary.
    pub(super) fn add<'a>(&mut self, dictionary: &Dictionary, columns: impl IntoIterator<Item = &'a [u32]>) {
        let mut rows = vec![0u64; dictionary.len()];
        for code in columns.into_iter().flatten() {
            if let Some(count) = rows.get_mut(*code as usize) {
                *count += 1;
            }
        }
        self.add_counted(dictionary, &rows);
    }

    /// Counts values, given how many rows have each code of their dictionary.
    pub(super) fn add_counted(&mut self, dictionary: &Dictionary, rows: &[u64]) {
        for (code, rows) in rows.iter().copied().enumerate().filter(|(_, rows)| *rows > 0) {
            if let Some(text) = dictionary.text(code as u32) {
                self.add_text(text, rows);
            } else if dictionary.list(code as u32).is_some() {
                self.values += rows;
                self.lists += rows;
            }
        }
    }

    fn add_text(&mut self, text: &str, rows: u64) {
        if text.is_empty() {
            return;
        }
        self.values += rows;
        self.numbers += if read_number(text).is_some() { rows } else { 0 };
        self.booleans += if read_boolean(text).is_some() { rows } else { 0 };
        self.dates += if read_date(text).is_some() { rows } else { 0 };
        let is_digits = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
        self.digits += if is_digits { rows } else { 0 };
        // One more than are kept, so that `settle` can tell that there were more.
        if self.seen.len() <= FEW_TEXTS {
            self.seen.insert(text.to_owned());
        }
    }

    /// Once all is counted: forgets the texts, unless they are few over many values of a string.
    pub(super) fn settle(&mut self) {
        let fitting = self.seen.len() <= FEW_TEXTS && self.seen.iter().all(|text| text.len() <= LONGEST_TEXT);
        if !fitting || self.values < MANY_VALUES || self.value_type().0 != ValueType::String {
            self.seen.clear();
        }
    }

    /// How many values there are.
    pub(super) fn values(&self) -> u64 {
        self.values
    }

    /// How many values read as a type.
    pub(super) fn fitting(&self, value_type: ValueType) -> u64 {
        match value_type {
            ValueType::Number => self.numbers,
            ValueType::Boolean => self.booleans,
            ValueType::Date => self.dates,
            ValueType::List => self.values,
            ValueType::String => self.values - self.lists,
        }
    }

    /// The type, and how many values read as it.
    pub(super) fn value_type(&self) -> (ValueType, u64) {
        let fits = |value_type: &ValueType| {
            let fitting = self.fitting(*value_type);
            let looks_so = *value_type != ValueType::Date || self.digits * 2 <= self.dates;
            looks_so && fitting > 0 && fitting * 100 >= self.values * FITTING_PERCENT
        };
        let is_list = self.lists * 100 > self.values * (100 - FITTING_PERCENT);
        let found = [ValueType::Number, ValueType::Boolean, ValueType::Date].into_iter().find(fits);
        let found = found.unwrap_or(if is_list { ValueType::List } else { ValueType::String });
        (found, self.fitting(found))
    }

    /// The attribute.
    pub(super) fn attribute(&self) -> Attribute {
        let (value_type, fitting) = self.value_type();
        let sources = self.sources.iter().cloned().collect();
        let provenance = Provenance::Detected { fitting, values: self.values, sources };
        Attribute { value_type, provenance, allowed: None, seen: self.seen.iter().cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::column::list_text;
    use crate::store::interner::Interner;

    fn attribute(values: &[&str]) -> Attribute {
        let mut interner = Interner::default();
        let codes: Vec<u32> = values.iter().map(|value| interner.intern(value)).collect();
        let mut counts = Counts::default();
        counts.add(&interner.finish(), [&codes[..]]);
        counts.settle();
        counts.attribute()
    }

    fn detected(values: &[&str]) -> ValueType {
        attribute(values).value_type
    }

    #[test]
    fn more_than_one_list_in_a_hundred_makes_a_list() {
        let (list, empty) = (list_text(&["a", "5"]), list_text::<&str>(&[]));
        let mut values = vec!["x"; 99];
        values.push(&list);
        assert_eq!(detected(&values), ValueType::String, "one may be odd");
        values.push(&empty);
        assert_eq!(detected(&values), ValueType::List);
        assert_eq!(detected(&[&empty]), ValueType::List, "an empty list is there, and is a list");
        values = vec!["5"; 200];
        values.push(&list);
        assert_eq!(detected(&values), ValueType::Number);
    }

    #[test]
    fn few_texts_over_many_values_are_remembered() {
        let texts: Vec<String> = (0..FEW_TEXTS + 1).map(|each| format!("t{each:02}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let seen = |texts: &[&str], values: usize| {
            attribute(&texts.iter().copied().cycle().take(values).collect::<Vec<_>>()).seen
        };
        assert_eq!(seen(&texts[..FEW_TEXTS], 100), &texts[..FEW_TEXTS]);
        for (texts, values) in [(&texts[..FEW_TEXTS], 99), (&texts[..], 100), (&["1", "2"], 100), (&[""], 100)] {
            assert!(seen(texts, values).is_empty(), "{texts:?} {values}");
        }
        assert!(seen(&[&"long".repeat(17)], 100).is_empty());
    }

    #[test]
    fn types_follow_the_values() {
        assert_eq!(detected(&["1", "-2.5", ""]), ValueType::Number);
        assert_eq!(detected(&["1536494400000"]), ValueType::Number);
        assert_eq!(detected(&["true", "FALSE"]), ValueType::Boolean);
        assert_eq!(detected(&["2018-09-09", "2018-09-09T12:00:00Z", "5"]), ValueType::Date);
        assert_eq!(detected(&["1", "x"]), ValueType::String);
        assert_eq!(
            detected(&["01234", "90210"]),
            ValueType::String,
            "digits may be milliseconds, and may be a postcode"
        );
        assert_eq!((detected(&[]), detected(&[""])), (ValueType::String, ValueType::String));
    }

    #[test]
    fn one_in_a_hundred_rows_may_be_odd() {
        let mut values = vec!["1"; 99];
        values.push("x");
        assert_eq!(detected(&values), ValueType::Number);
        values.push("x");
        assert_eq!(detected(&values), ValueType::String);
    }
}
