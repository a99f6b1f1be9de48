//! Reading what was sent as a number, a boolean or an instant (rule M5).
//!
//! In: the text of one value. Out: the value, or `None` where the text is none of that type, which then counts as
//! missing (M4). The one place that decides it: detection of types and evaluation both ask here.

use chrono::NaiveDate;

use super::time::{DAY_MS, Timestamp};

/// Reads a JSON number, white space around it aside. Always finite: `1e999` is no number, nor are `NaN`, `0x10`, `+1`.
///
/// ```
/// use aud::base::value::read_number;
/// assert_eq!(read_number(" -2.50 "), Some(-2.5));
/// assert_eq!(read_number("007"), None);
/// ```
pub fn read_number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    if !is_json_number(trimmed.as_bytes()) {
        return None;
    }
    trimmed.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Reads `true` or `false` in any case.
pub fn read_boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Reads an instant: RFC 3339, `YYYY-MM-DD[ T]HH:MM[:SS[.fff]]` as UTC, a bare date (its midnight), or whole
/// milliseconds since 1970.
///
/// ```
/// use aud::base::{Timestamp, value::read_date};
/// assert_eq!(read_date("1970-01-02"), Some(Timestamp(86_400_000)));
/// assert_eq!(read_date("1970-01-01 00:01"), Some(Timestamp(60_000)));
/// assert_eq!(read_date("60000"), Some(Timestamp(60_000)));
/// ```
pub fn read_date(text: &str) -> Option<Timestamp> {
    read_date_east(text, 0)
}

/// Reads an instant as [`read_date`] does, but takes forms without an offset of their own for local time, so many seconds
/// east of UTC. For sources that say so; values of attributes are always in UTC.
pub fn read_date_east(text: &str, seconds: i32) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        return text.parse().ok().map(Timestamp);
    }
    read_civil(bytes)
        .map(|local| Timestamp(local - i64::from(seconds) * 1000))
        .or_else(|| Timestamp::parse_rfc3339(text))
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
fn is_json_number(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = split_digits(text);
    if whole.is_empty() || (whole.len() > 1 && whole.first() == Some(&b'0')) {
        return false;
    }
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => match split_digits(fraction) {
            ([], _) => return false,
            (_, rest) => rest,
        },
        None => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            !exponent.is_empty() && exponent.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

/// A date with or without a time of day, in UTC.
fn read_civil(text: &[u8]) -> Option<i64> {
    let (date, time) = text.split_at_checked(10)?;
    let [year @ .., b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let day = NaiveDate::from_ymd_opt(number(year)? as i32, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    let day_ms = i64::from(day.to_epoch_days()) * DAY_MS;
    if time.is_empty() { Some(day_ms) } else { Some(day_ms + read_time_of_day(time)?) }
}

/// `[ T]HH:MM[:SS[.fff]]` in milliseconds.
fn read_time_of_day(text: &[u8]) -> Option<i64> {
    let [b' ' | b'T', h1, h2, b':', m1, m2, rest @ ..] = text else { return None };
    let (second, fraction): (&[u8], &[u8]) = match rest {
        [] => (b"00", b"000"),
        [b':', s1, s2] => (&[*s1, *s2], b"000"),
        [b':', s1, s2, b'.', f1, f2, f3] => (&[*s1, *s2], &[*f1, *f2, *f3]),
        _ => return None,
    };
    let hour = number(&[*h1, *h2]).filter(|hour| *hour < 24)?;
    let minute = number(&[*m1, *m2]).filter(|minute| *minute < 60)?;
    let second = number(second).filter(|second| *second < 60)?;
    Some(i64::from((hour * 60 + minute) * 60 + second) * 1000 + i64::from(number(fraction)?))
}

/// A few digits as a number; `None` where anything else is among them.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(sum * 10 + digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_json() {
        for (text, number) in [
            ("0", 0.0),
            ("-0.5", -0.5),
            ("1e3", 1000.0),
            ("1E+2", 100.0),
            ("\t12.0\n", 12.0),
            ("9007199254740993", 9007199254740992.0),
        ] {
            assert_eq!(read_number(text), Some(number), "{text}");
        }
        for text in [
            "", " ", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1F", "NaN", "inf", "Infinity", "1e999", "1 2",
            "1_000", "１",
        ] {
            assert_eq!(read_number(text), None, "{text}");
        }
    }

    #[test]
    fn booleans_are_two_words() {
        assert_eq!((read_boolean("TRUE"), read_boolean("False")), (Some(true), Some(false)));
        assert_eq!((read_boolean("1"), read_boolean("yes"), read_boolean(" true")), (None, None, None));
    }

    #[test]
    fn dates_have_four_forms() {
        let noon = Timestamp::parse_rfc3339("2018-09-09T12:00:00Z");
        for text in [
            "2018-09-09 12:00",
            "2018-09-09T12:00",
            "2018-09-09 12:00:00",
            "2018-09-09T12:00:00.000",
            "2018-09-09T12:00:00Z",
            "2018-09-09T14:00:00+02:00",
            "1536494400000",
        ] {
            assert_eq!(read_date(text), noon, "{text}");
        }
        assert_eq!(read_date("2018-09-09"), Timestamp::parse_rfc3339("2018-09-09T00:00:00Z"));
        assert_eq!(read_date("1969-12-31 23:59:59.999"), Some(Timestamp(-1)));
        assert_eq!(read_date_east("2018-09-09 14:00", 7200), noon);
        assert_eq!(read_date_east("2018-09-09T12:00:00Z", 7200), noon);
        assert_eq!(read_date("-1"), Some(Timestamp(-1)));
        for text in [
            "",
            "-",
            "1.5",
            "2018-9-9",
            "2018-02-30",
            "+018-09-09",
            "2018-09-09 24:00",
            "2018-09-09 12:00:60",
            "2018-09-09 12:00:00.5",
            "09/09/2018",
            "2018-09-09é",
            "99999999999999999999",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
