//! Arrays of every type to texts.

use std::hash::Hash;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use super::super::super::written as write;
use super::texts::{NOTHING, Texts};
use crate::base::time::DAY_MS;

impl Texts {
    /// Adds the rows of an array; `None` for a type that has no text.
    pub(super) fn add(&mut self, array: &ArrayRef) -> Option<()> {
        match array.data_type() {
            DataType::Null => self.codes.resize(array.len(), NOTHING),
            DataType::Utf8 => self.strings(array.as_string::<i32>().iter()),
            DataType::LargeUtf8 => self.strings(array.as_string::<i64>().iter()),
            DataType::Utf8View => self.strings(array.as_string_view().iter()),
            DataType::Boolean => {
                self.distinct(array.as_boolean().iter(), write::plain);
            }
            DataType::Dictionary(..) => self.encoded(array)?,
            DataType::List(_) => self.lists::<i32>(array)?,
            DataType::LargeList(_) => self.lists::<i64>(array)?,
            DataType::FixedSizeList(_, size) => self.sized_lists(array, *size)?,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => self.floats(array)?,
            DataType::Timestamp(unit, _) => self.instants(array, *unit),
            DataType::Date32 => self.numbers::<Date32Type>(array, |day, out| write::day(i64::from(day), out)),
            DataType::Date64 => self.numbers::<Date64Type>(array, |ms, out| write::day(ms.div_euclid(DAY_MS), out)),
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
}

/// The bits of a float that is a number.
fn not_nan32(bits: Option<u32>) -> Option<u32> {
    bits.filter(|bits| !f32::from_bits(*bits).is_nan())
}
