//! The times of a chunk's rows.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

use super::super::time::TimeReader;
use super::texts::Texts;
use crate::project::TimeMapping;

/// No time, or one that cannot be read.
pub(super) const NO_TIME: i64 = i64::MIN;

/// The time of each row in ms since 1970, or [`NO_TIME`]; `None` for a type that has none.
///
/// Instants and dates are what they are; where they have no zone they are in the mapping's. Whole numbers are ms since
/// 1970, unless the mapping has a format; they, and texts, are read as those of other files are.
pub(super) fn times(array: &ArrayRef, mapping: &TimeMapping) -> Option<Vec<i64>> {
    let east = i64::from(mapping.offset.local_minus_utc()) * 1000;
    Some(match array.data_type() {
        DataType::Timestamp(unit, zone) => {
            let east = if zone.is_some() { 0 } else { east };
            match unit {
                TimeUnit::Second => values::<TimestampSecondType>(array, |at| at.checked_mul(1000), east),
                TimeUnit::Millisecond => values::<TimestampMillisecondType>(array, Some, east),
                TimeUnit::Microsecond => {
                    values::<TimestampMicrosecondType>(array, |at| Some(at.div_euclid(1000)), east)
                }
                TimeUnit::Nanosecond => {
                    values::<TimestampNanosecondType>(array, |at| Some(at.div_euclid(1_000_000)), east)
                }
            }
        }
        DataType::Date32 => values::<Date32Type>(array, |day| Some(i64::from(day) * 86_400_000), east),
        DataType::Date64 => values::<Date64Type>(array, Some, east),
        DataType::Int64 if mapping.format.is_none() => values::<Int64Type>(array, Some, 0),
        _ => {
            let texts = Texts::of(array)?;
            let mut reader = TimeReader::new(mapping);
            let read: Vec<i64> = texts.all().map(|text| reader.read(text).unwrap_or(NO_TIME)).collect();
            texts.codes.iter().map(|code| read.get(*code as usize).copied().unwrap_or(NO_TIME)).collect()
        }
    })
}

fn values<T: ArrowPrimitiveType>(array: &ArrayRef, ms: impl Fn(T::Native) -> Option<i64>, east: i64) -> Vec<i64> {
    let values = array.as_primitive::<T>();
    let time = |value: T::Native| ms(value).and_then(|ms| ms.checked_sub(east)).unwrap_or(NO_TIME);
    if values.null_count() == 0 {
        return values.values().iter().map(|value| time(*value)).collect();
    }
    values.iter().map(|value| value.map_or(NO_TIME, time)).collect()
}
