//! Typed values as texts. Each function appends the text and says whether the value has one.

use std::fmt::{self, Write};

use chrono::NaiveDate;

/// From here on a float is written with an exponent, as people write such numbers.
const LARGE: f64 = 1e16;
/// Below this one too.
const SMALL: f64 = 1e-5;
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Whole numbers and truth values.
pub(super) fn plain(value: impl fmt::Display, out: &mut String) -> bool {
    write!(out, "{value}").is_ok()
}

/// A float in its shortest exact form: `12.5`, `10`, `1e300`.
pub(super) fn double(value: f64, out: &mut String) -> bool {
    let is_plain = value == 0.0 || (SMALL..LARGE).contains(&value.abs());
    if is_plain { write!(out, "{value}") } else { write!(out, "{value:e}") }.is_ok()
}

/// A float of 32 bits, likewise.
pub(super) fn float(value: f32, out: &mut String) -> bool {
    let is_plain = value == 0.0 || (SMALL..LARGE).contains(&f64::from(value.abs()));
    if is_plain { write!(out, "{value}") } else { write!(out, "{value:e}") }.is_ok()
}

/// A decimal number without zeros at the end.
pub(super) fn decimal(text: &str, out: &mut String) -> bool {
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    out.push_str(short);
    true
}

/// A day since 1970: `2018-09-09`. Years beyond four digits have no text that reads as a date.
pub(super) fn day(day: i64, out: &mut String) -> bool {
    let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
    let Some((year, month, day)) = date.and_then(civil) else { return false };
    digits::<4>(year, out);
    out.push('-');
    digits::<2>(month, out);
    out.push('-');
    digits::<2>(day, out);
    true
}

/// An instant in ms since 1970: `2018-09-09T12:00:00.000Z`.
pub(super) fn instant(ms: i64, out: &mut String) -> bool {
    if !day(ms.div_euclid(DAY_MS), out) {
        return false;
    }
    let ms = ms.rem_euclid(DAY_MS) as u32;
    for (sign, part) in [('T', ms / 3_600_000), (':', ms / 60_000 % 60), (':', ms / 1000 % 60)] {
        out.push(sign);
        digits::<2>(part, out);
    }
    out.push('.');
    digits::<3>(ms % 1000, out);
    out.push('Z');
    true
}

/// Year, month and day of a date with four digits of year.
fn civil(date: NaiveDate) -> Option<(u32, u32, u32)> {
    use chrono::Datelike;
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    Some((year, date.month(), date.day()))
}

/// A number with so many digits.
fn digits<const N: usize>(mut number: u32, out: &mut String) {
    let mut text = [b'0'; N];
    for place in text.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or(""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::value::{read_date, read_number};

    fn written(write: impl Fn(&mut String) -> bool) -> Option<String> {
        let mut text = String::new();
        write(&mut text).then_some(text)
    }

    #[test]
    fn floats_are_short_and_read_back() {
        for (value, text) in [
            (10.0, "10"),
            (0.25, "0.25"),
            (-0.1, "-0.1"),
            (1e15, "1000000000000000"),
            (1e16, "1e16"),
            (1.5e300, "1.5e300"),
            (1e-5, "0.00001"),
            (1.5e-7, "1.5e-7"),
            (f64::MAX, "1.7976931348623157e308"),
        ] {
            assert_eq!(written(|out| double(value, out)).as_deref(), Some(text));
            assert_eq!(read_number(text), Some(value));
        }
        assert_eq!(written(|out| float(0.1, out)).as_deref(), Some("0.1"));
        assert_eq!(written(|out| decimal("12.50", out)).as_deref(), Some("12.5"));
        assert_eq!(written(|out| decimal("100", out)).as_deref(), Some("100"));
    }

    #[test]
    fn instants_read_back() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_536_494_400_123, "2018-09-09T12:00:00.123Z"),
        ] {
            assert_eq!(written(|out| instant(ms, out)).as_deref(), Some(text));
            assert_eq!(read_date(text).map(|at| at.0), Some(ms));
        }
        assert_eq!(written(|out| day(17_783, out)).as_deref(), Some("2018-09-09"));
        assert_eq!(written(|out| instant(i64::MAX, out)), None);
    }
}
