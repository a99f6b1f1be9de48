//! A column of a chunk as texts: each distinct one once, as a store keeps it, and which of them each row says.
//!
//! In: an Arrow array of any type that has a text. Out: [`Texts`]. What is decided for a value is decided once for each
//! distinct one. Numbers are in their shortest exact form, instants in RFC 3339 with milliseconds in UTC, a list is
//! [`LIST`] and a JSON array, and no other text begins with that sign.

use std::hash::{BuildHasher, Hash};

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, OffsetSizeTrait, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};
use hashbrown::HashTable;
use rapidhash::fast::RandomState;

use super::super::super::column::{LIST, list_text};
use super::write;

/// The row says nothing.
pub(super) const NOTHING: u32 = u32::MAX;
/// What the row says has no text: a date beyond all calendars.
pub(super) const UNFIT: u32 = u32::MAX - 1;

/// A column of a chunk.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// For each row a place among the texts, [`NOTHING`] or [`UNFIT`].
    pub(super) codes: Vec<u32>,
    bytes: String,
    ends: Vec<usize>,
}

impl Texts {
    /// How many distinct texts there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A distinct text; empty for [`NOTHING`] and [`UNFIT`].
    pub(super) fn text(&self, code: u32) -> &str {
        let Some(end) = self.ends.get(code as usize) else { return "" };
        let start = (code as usize).checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.bytes.get(start..*end).unwrap_or("")
    }

    /// All distinct texts.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as u32).map(|code| self.text(code))
    }

    /// Whether some row says what has no text.
    pub(super) fn has_unfit(&self) -> bool {
        self.codes.contains(&UNFIT)
    }

    fn push(&mut self, text: &str) -> u32 {
        self.bytes.push_str(text);
        self.close()
    }

    /// Makes a text of what was written since the last one.
    fn close(&mut self) -> u32 {
        self.ends.push(self.bytes.len());
        self.ends.len() as u32 - 1
    }

    /// The texts of an array; `None` for a type that has none.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        let mut texts = Self { codes: Vec::with_capacity(array.len()), ..Self::default() };
        texts.add(array)?;
        Some(texts)
    }

    fn add(&mut self, array: &ArrayRef) -> Option<()> {
        match array.data_type() {
            DataType::Null => self.codes.resize(array.len(), NOTHING),
            DataType::Utf8 => self.strings(array.as_string::<i32>().iter()),
            DataType::LargeUtf8 => self.strings(array.as_string::<i64>().iter()),
            DataType::Utf8View => self.strings(array.as_string_view().iter()),
            DataType::Boolean => {
                self.distinct(array.as_boolean().iter(), |value, out| write::plain(value, out));
            }
            DataType::Dictionary(..) => self.encoded(array)?,
            DataType::List(_) => self.lists::<i32>(array)?,
            DataType::LargeList(_) => self.lists::<i64>(array)?,
            DataType::FixedSizeList(_, size) => self.sized_lists(array, *size)?,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => self.floats(array)?,
            DataType::Timestamp(unit, _) => self.instants(array, *unit),
            DataType::Date32 => self.numbers::<Date32Type>(array, |day, out| write::day(i64::from(day), out)),
            DataType::Date64 => self.numbers::<Date64Type>(array, |ms, out| write::day(ms.div_euclid(86_400_000), out)),
            _ if array.data_type().is_integer() => self.integers(array)?,
            _ => self.decimals(array)?,
        }
        Some(())
    }

    fn integers(&mut self, array: &ArrayRef) -> Option<()> {
        match array.data_type() {
            DataType::Int8 => self.numbers::<Int8Type>(array, write::plain),
            DataType::Int16 => self.numbers::<Int16Type>(array, write::plain),
            DataType::Int32 => self.numbers::<Int32Type>(array, write::plain),
            DataType::Int64 => self.numbers::<Int64Type>(array, write::plain),
            DataType::UInt8 => self.numbers::<UInt8Type>(array, write::plain),
            DataType::UInt16 => self.numbers::<UInt16Type>(array, write::plain),
            DataType::UInt32 => self.numbers::<UInt32Type>(array, write::plain),
            DataType::UInt64 => self.numbers::<UInt64Type>(array, write::plain),
            _ => return None,
        }
        Some(())
    }

    fn floats(&mut self, array: &ArrayRef) -> Option<()> {
        match array.data_type() {
            DataType::Float16 => {
                let values = array.as_primitive::<Float16Type>();
                let bits = values.iter().map(|value| Some(value?.to_f32().to_bits()));
                self.distinct(bits.map(not_nan32), |bits, out| write::float(f32::from_bits(bits), out));
            }
            DataType::Float32 => {
                let bits = array.as_primitive::<Float32Type>().iter().map(|value| Some(value?.to_bits()));
                self.distinct(bits.map(not_nan32), |bits, out| write::float(f32::from_bits(bits), out));
            }
            DataType::Float64 => {
                let values = array.as_primitive::<Float64Type>().iter();
                let bits = values.map(|value| value.filter(|value| !value.is_nan()).map(f64::to_bits));
                self.distinct(bits, |bits, out| write::double(f64::from_bits(bits), out));
            }
            _ => return None,
        }
        Some(())
    }

    fn decimals(&mut self, array: &ArrayRef) -> Option<()> {
        match array.data_type() {
            DataType::Decimal32(p, s) => {
                self.numbers::<Decimal32Type>(array, |v, out| {
                    write::decimal(&Decimal32Type::format_decimal(v, *p, *s), out)
                });
            }
            DataType::Decimal64(p, s) => {
                self.numbers::<Decimal64Type>(array, |v, out| {
                    write::decimal(&Decimal64Type::format_decimal(v, *p, *s), out)
                });
            }
            DataType::Decimal128(p, s) => {
                self.numbers::<Decimal128Type>(array, |v, out| {
                    write::decimal(&Decimal128Type::format_decimal(v, *p, *s), out)
                });
            }
            DataType::Decimal256(p, s) => {
                self.numbers::<Decimal256Type>(array, |v, out| {
                    write::decimal(&Decimal256Type::format_decimal(v, *p, *s), out)
                });
            }
            _ => return None,
        }
        Some(())
    }

    fn instants(&mut self, array: &ArrayRef, unit: TimeUnit) {
        match unit {
            TimeUnit::Second => self.numbers::<TimestampSecondType>(array, |at, out| {
                at.checked_mul(1000).is_some_and(|ms| write::instant(ms, out))
            }),
            TimeUnit::Millisecond => self.numbers::<TimestampMillisecondType>(array, write::instant),
            TimeUnit::Microsecond => {
                self.numbers::<TimestampMicrosecondType>(array, |at, out| write::instant(at.div_euclid(1000), out));
            }
            TimeUnit::Nanosecond => {
                self.numbers::<TimestampNanosecondType>(array, |at, out| write::instant(at.div_euclid(1_000_000), out));
            }
        }
    }

    fn numbers<T: ArrowPrimitiveType<Native: Hash + Eq>>(
        &mut self,
        array: &ArrayRef,
        write: impl FnMut(T::Native, &mut String) -> bool,
    ) {
        let values: &PrimitiveArray<T> = array.as_primitive();
        self.distinct(values.iter(), write);
    }

    /// Values by their bits; `write` gives the text, and says whether there is one.
    fn distinct<K: Hash + Eq + Copy>(
        &mut self,
        rows: impl Iterator<Item = Option<K>>,
        mut write: impl FnMut(K, &mut String) -> bool,
    ) {
        let hasher = RandomState::default();
        let mut known: HashTable<(K, u32)> = HashTable::new();
        let mut last: Option<(K, u32)> = None;
        for row in rows {
            let Some(key) = row else {
                self.codes.push(NOTHING);
                continue;
            };
            if let Some((before, code)) = last
                && before == key
            {
                self.codes.push(code);
                continue;
            }
            let hash = hasher.hash_one(key);
            let code = match known.find(hash, |(each, _)| *each == key) {
                Some((_, code)) => *code,
                None => {
                    let length = self.bytes.len();
                    let code = if write(key, &mut self.bytes) { self.close() } else { UNFIT };
                    if code == UNFIT {
                        self.bytes.truncate(length);
                    }
                    known.insert_unique(hash, (key, code), |(each, _)| hasher.hash_one(each));
                    code
                }
            };
            last = Some((key, code));
            self.codes.push(code);
        }
    }

    fn strings<'a>(&mut self, rows: impl Iterator<Item = Option<&'a str>>) {
        let hasher = RandomState::default();
        let mut known: HashTable<u32> = HashTable::new();
        for row in rows {
            let Some(text) = row.map(|text| text.trim_start_matches(LIST)) else {
                self.codes.push(NOTHING);
                continue;
            };
            let hash = hasher.hash_one(text.as_bytes());
            let code = match known.find(hash, |code| self.text(*code) == text) {
                Some(code) => *code,
                None => {
                    let code = self.push(text);
                    known.insert_unique(hash, code, |code| hasher.hash_one(self.text(*code).as_bytes()));
                    code
                }
            };
            self.codes.push(code);
        }
    }

    /// Values that come as codes already, which may repeat a value or have some that no row says.
    fn encoded(&mut self, array: &ArrayRef) -> Option<()> {
        let dictionary = array.as_any_dictionary();
        let values = Self::of(dictionary.values())?;
        if dictionary.values().is_empty() {
            self.codes.resize(array.len(), NOTHING);
            return Some(());
        }
        // The code of each text of the dictionary, once a row has said it.
        let mut own: Vec<Option<u32>> = vec![None; values.len()];
        let mut code = |key: usize| {
            let value = values.codes.get(key).copied().unwrap_or(NOTHING);
            match own.get_mut(value as usize) {
                Some(Some(code)) => *code,
                Some(code) => *code.insert(self.push(values.text(value))),
                None => value,
            }
        };
        let nulls = dictionary.nulls();
        let codes: Vec<u32> = match (dictionary.keys().as_primitive_opt::<Int32Type>(), nulls) {
            (Some(keys), None) => keys.values().iter().map(|key| code(*key as usize)).collect(),
            (Some(keys), Some(nulls)) => {
                let keys = keys.values().iter().zip(nulls.iter());
                keys.map(|(key, there)| if there { code(*key as usize) } else { NOTHING }).collect()
            }
            (None, _) => {
                let keys = dictionary.normalized_keys().into_iter().enumerate();
                let there = |at: usize| nulls.is_none_or(|nulls| nulls.is_valid(at));
                keys.map(|(at, key)| if there(at) { code(key) } else { NOTHING }).collect()
            }
        };
        self.codes = codes;
        Some(())
    }

    fn lists<O: OffsetSizeTrait>(&mut self, array: &ArrayRef) -> Option<()> {
        let lists = array.as_list::<O>();
        let bounds = lists.offsets().windows(2).map(|bounds| match bounds {
            [from, to] => (from.as_usize(), to.as_usize()),
            _ => (0, 0),
        });
        self.listed(array, lists.values(), bounds)
    }

    fn sized_lists(&mut self, array: &ArrayRef, size: i32) -> Option<()> {
        let lists = array.as_fixed_size_list();
        let size = usize::try_from(size).unwrap_or(0);
        self.listed(array, lists.values(), (0..lists.len()).map(|row| (row * size, (row + 1) * size)))
    }

    /// Lists of scalars; an entry that is null is none.
    fn listed(
        &mut self,
        array: &ArrayRef,
        values: &ArrayRef,
        bounds: impl Iterator<Item = (usize, usize)>,
    ) -> Option<()> {
        if values.data_type().is_nested() {
            return None;
        }
        let entries = Self::of(values)?;
        let hasher = RandomState::default();
        // The entries of each distinct list, and its code.
        let mut known: HashTable<(usize, usize, u32)> = HashTable::new();
        let slice = |from: usize, to: usize| entries.codes.get(from..to).unwrap_or(&[]);
        for (row, (from, to)) in bounds.enumerate() {
            if array.is_null(row) {
                self.codes.push(NOTHING);
                continue;
            }
            let own = slice(from, to);
            let hash = hasher.hash_one(own);
            let code = match known.find(hash, |(from, to, _)| slice(*from, *to) == own) {
                Some((.., code)) => *code,
                None => {
                    let there = own.iter().filter(|code| **code < UNFIT).map(|code| entries.text(*code));
                    let code = self.push(&list_text(&there.collect::<Vec<_>>()));
                    known.insert_unique(hash, (from, to, code), |(from, to, _)| hasher.hash_one(slice(*from, *to)));
                    code
                }
            };
            self.codes.push(code);
        }
        Some(())
    }
}

/// The bits of a float that is a number.
fn not_nan32(bits: Option<u32>) -> Option<u32> {
    bits.filter(|bits| !f32::from_bits(*bits).is_nan())
}
