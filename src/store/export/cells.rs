//! Codes of a dictionary as a typed Arrow column, from which an import reads the very same texts.
//!
//! In: the dictionaries of a column and the type that it is read as. Out: [`Cells`], the type that it is written as, and arrays
//! of it. What always holds: where any value would read back as another text, the column is one of texts.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, TimeUnit};

use super::super::column::{ABSENT, Dictionary, LIST, NULL};
use super::super::written;
use crate::base::time::DAY_MS;
use crate::base::value::read_date;
use crate::catalog::ValueType;

/// What a column is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// Texts; a list as the store keeps it, a key without a value as [`LIST`] alone.
    Texts,
    /// Whole numbers of 64 bits.
    Whole,
    /// Floats of 64 bits.
    Floats,
    Truths,
    Instants,
    Days,
    Lists,
}

impl Cells {
    /// The type that all values of a column fit. `has_null` says whether any row has a key without a value, for which only texts
    /// have a sign.
    pub(super) fn of(said: Option<ValueType>, dictionaries: &[&Dictionary], has_null: impl Fn() -> bool) -> Self {
        let fitting: &[Self] = match said {
            Some(ValueType::Number) => &[Self::Whole, Self::Floats],
            Some(ValueType::Boolean) => &[Self::Truths],
            Some(ValueType::Date) => &[Self::Instants, Self::Days],
            Some(ValueType::String | ValueType::List) | None => &[Self::Lists],
        };
        let texts = || dictionaries.iter().flat_map(|dictionary| raws(dictionary));
        let found = fitting.iter().find(|cells| texts().all(|text| cells.hold(text)));
        found.copied().filter(|_| texts().next().is_some() && !has_null()).unwrap_or(Self::Texts)
    }

    /// Whether a value reads back as the same text.
    fn hold(self, text: &str) -> bool {
        let mut back = String::new();
        let same = match self {
            Self::Texts => true,
            Self::Whole => text.parse::<i64>().is_ok_and(|number| written::plain(number, &mut back)),
            Self::Floats => float(text).is_some_and(|number| written::double(number, &mut back)),
            Self::Truths => text.parse::<bool>().is_ok_and(|truth| written::plain(truth, &mut back)),
            Self::Instants => read_date(text).is_some_and(|at| written::instant(at.0, &mut back)),
            Self::Days => read_date(text).is_some_and(|at| written::day(at.0.div_euclid(DAY_MS), &mut back)),
            Self::Lists => return text.starts_with(LIST),
        };
        same && (self == Self::Texts || back == text)
    }

    /// The Arrow type.
    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Texts => DataType::Utf8,
            Self::Whole => DataType::Int64,
            Self::Floats => DataType::Float64,
            Self::Truths => DataType::Boolean,
            Self::Instants => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            Self::Days => DataType::Date32,
            Self::Lists => DataType::List(Arc::new(Field::new("item", DataType::Utf8, true))),
        }
    }

    /// The values of some codes.
    pub(super) fn array(self, codes: impl Iterator<Item = u32>, dictionary: &Dictionary) -> ArrayRef {
        let codes = codes.map(|code| (code, dictionary.raw(code)));
        let texts = codes.map(|(code, text)| match code {
            ABSENT => None,
            // Alone it stands for a key without a value.
            NULL => Some("\u{1d}"),
            _ => text,
        });
        match self {
            Self::Texts => Arc::new(texts.collect::<StringArray>()),
            Self::Whole => Arc::new(texts.map(|text| text?.parse::<i64>().ok()).collect::<Int64Array>()),
            Self::Floats => Arc::new(texts.map(|text| float(text?)).collect::<Float64Array>()),
            Self::Truths => Arc::new(texts.map(|text| text?.parse::<bool>().ok()).collect::<BooleanArray>()),
            Self::Instants => {
                let instants: TimestampMillisecondArray = texts.map(|text| Some(read_date(text?)?.0)).collect();
                Arc::new(instants.with_timezone("UTC"))
            }
            Self::Days => Arc::new(texts.map(|text| day(text?)).collect::<Date32Array>()),
            Self::Lists => lists(texts),
        }
    }
}

/// What is kept for each code of a dictionary.
fn raws(dictionary: &Dictionary) -> impl Iterator<Item = &str> {
    (NULL + 1..dictionary.len() as u32).filter_map(|code| dictionary.raw(code))
}

fn float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn day(text: &str) -> Option<i32> {
    i32::try_from(read_date(text)?.0.div_euclid(DAY_MS)).ok()
}

fn lists<'t>(texts: impl Iterator<Item = Option<&'t str>>) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for text in texts {
        let entries = text.and_then(|text| text.strip_prefix(LIST));
        match entries.and_then(|json| serde_json::from_str::<Vec<String>>(json).ok()) {
            None => lists.append_null(),
            Some(entries) => {
                entries.iter().for_each(|entry| lists.values().append_value(entry));
                lists.append(true);
            }
        }
    }
    Arc::new(lists.finish())
}
