//! Texts that say something: lengths of time, offsets from UTC, time formats, patterns of files, paths.
//!
//! In: a text. Out: its meaning, or a reason and advice. Pure functions.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};

use crate::base::{Duration, Timestamp};

/// Why a text does not say what it should, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// What stands under the text.
    pub(super) label: String,
    /// What to do.
    pub(super) help: String,
    /// The text that was certainly meant.
    pub(super) meant: Option<String>,
}

fn unreadable(label: impl Into<String>, help: impl Into<String>) -> Unreadable {
    Unreadable { label: label.into(), help: help.into(), meant: None }
}

const LENGTHS: &str = "write a number and `d`, `h` or `w`, as in `30d`, or `unlimited`";

/// How far back something reaches: `30d`, `12h`, `2w`, `30 days`; `None` for `unlimited`.
pub(super) fn retention(text: &str) -> Result<Option<Duration>, Unreadable> {
    if text == "unlimited" {
        return Ok(None);
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return Err(unreadable("not a length of time", LENGTHS));
    }
    let unit = match unit.trim() {
        "" => {
            return Err(Unreadable { meant: Some(format!("{number}d")), ..unreadable("the unit is missing", LENGTHS) });
        }
        "d" => "day",
        "h" => "hour",
        "w" => "week",
        "m" | "month" | "months" | "M" | "y" | "year" | "years" => {
            return Err(unreadable("not a fixed length of time", "months and years differ in length; write days"));
        }
        other => other,
    };
    let too_long = || unreadable("longer than time is counted", "write `unlimited`");
    let count = number.parse().map_err(|_| too_long())?;
    if Duration::of(1, unit).is_none() {
        return Err(unreadable(format!("`{unit}` is not a unit"), LENGTHS));
    }
    let length = Duration::of(count, unit).ok_or_else(too_long)?;
    if length.0 == 0 { Err(unreadable("nothing would be kept", LENGTHS)) } else { Ok(Some(length)) }
}

/// An offset from UTC: `UTC`, `Z`, `+02:00`, `-0530`, `+2`.
pub(super) fn offset(text: &str) -> Result<FixedOffset, Unreadable> {
    const FORMS: &str = "write `UTC` or an offset such as `+02:00`";
    let utc = FixedOffset::east_opt(0);
    if matches!(text, "UTC" | "utc" | "Z" | "z")
        && let Some(utc) = utc
    {
        return Ok(utc);
    }
    let looks_named = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if looks_named {
        return Err(unreadable(
            "a named zone",
            format!("named zones change their offset over the year and are not read; {FORMS}"),
        ));
    }
    parse_offset(text).ok_or_else(|| unreadable("not an offset from UTC", FORMS))
}

fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-" | "−", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "00"),
    };
    let digits = |part: &str, most: i32| {
        let all = matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|number: &i32| all && *number <= most)
    };
    let seconds = digits(hours, 14)? * 3600 + digits(minutes, 59).filter(|_| minutes.len() == 2)? * 60;
    FixedOffset::east_opt(sign * seconds)
}

/// A format of chrono that a whole date can be read with.
pub(super) fn time_format(text: &str) -> Result<&str, Unreadable> {
    let items: Vec<Item<'_>> = StrftimeItems::new(text).collect();
    if items.contains(&Item::Error) {
        return Err(unreadable(
            "holds a `%` code that does not exist",
            "the codes are those of strftime, as in `%Y-%m-%d %H:%M:%S`; a percent sign is `%%`",
        ));
    }
    // The surest test of a format is to read what it writes.
    let written = |ms| {
        let mut written = String::new();
        write!(written, "{}", Timestamp(ms).to_chrono().fixed_offset().format_with_items(items.iter()))
            .map(|()| written)
    };
    let readable = match (written(1_234_540_000_000), written(1_234_543_600_000)) {
        (Ok(sample), Ok(an_hour_later)) => {
            let is_instant = DateTime::parse_from_str(&sample, text).is_ok();
            let has_time = is_instant || NaiveDateTime::parse_from_str(&sample, text).is_ok();
            has_time || (sample == an_hour_later && NaiveDate::parse_from_str(&sample, text).is_ok())
        }
        _ => false,
    };
    let help = "a format needs year, month and day, as in `%Y-%m-%d`, and a time of day needs hours and minutes";
    if readable { Ok(text) } else { Err(unreadable("does not give a whole date", help)) }
}

/// A pattern of files that can be matched.
pub(super) fn pattern(text: &str) -> Result<&str, Unreadable> {
    match globset::Glob::new(text) {
        Ok(_) => path(Path::new(""), text).map(|_| text),
        Err(error) => Err(unreadable(
            pattern_error(error.kind()),
            "`*` stands for any part of a name, `**` for any folders, `[ab]` for one of some characters, `{a,b}` for one \
             of some texts",
        )),
    }
}

fn pattern_error(kind: &globset::ErrorKind) -> String {
    use globset::ErrorKind as E;
    match kind {
        E::UnclosedClass => "a `[` is never closed".to_owned(),
        E::InvalidRange(from, to) => format!("`{from}-{to}` is not a range of characters"),
        E::UnclosedAlternates => "a `{` is never closed".to_owned(),
        E::UnopenedAlternates => "a `}` closes nothing".to_owned(),
        E::DanglingEscape => "a backslash at the end escapes nothing".to_owned(),
        other => other.to_string(),
    }
}

/// A path, joined to the project folder.
pub(super) fn path(folder: &Path, text: &str) -> Result<PathBuf, Unreadable> {
    if text.contains(char::is_control) {
        return Err(unreadable(
            "holds a control character",
            "in double quotes a backslash starts an escape such as `\\t`; write `/` between folders, or use single quotes",
        ));
    }
    if let Some(rest) = text.strip_prefix('~')
        && (rest.is_empty() || rest.starts_with(['/', '\\']))
    {
        return Err(unreadable("`~` is not replaced here", "write a path from the project folder, or from the root"));
    }
    Ok(folder.join(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let days = |count| Ok(Some(Duration::of(count, "day").unwrap()));
        assert_eq!(retention("30d"), days(30));
        assert_eq!(retention("2w"), days(14));
        assert_eq!(retention("48h"), days(2));
        assert_eq!(retention("30 days"), days(30));
        assert_eq!(retention("1 week"), days(7));
        assert_eq!(retention("unlimited"), Ok(None));
        assert_eq!(retention("30").unwrap_err().meant.as_deref(), Some("30d"));
        for bad in
            ["", "d", "-3d", "0d", "3x", "3m", "1 month", "1.5d", "99999999999999999999d", "9999999999999999w", "d30"]
        {
            assert!(retention(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn offsets_from_utc() {
        let minutes = |text: &str| offset(text).map(|offset| offset.local_minus_utc() / 60).ok();
        assert_eq!(minutes("UTC"), Some(0));
        assert_eq!(minutes("Z"), Some(0));
        assert_eq!(minutes("+02:00"), Some(120));
        assert_eq!(minutes("-0530"), Some(-330));
        assert_eq!(minutes("+2"), Some(120));
        for bad in ["", "2", "+", "+15:00", "+02:60", "+2:5", "+002:00", "02:00", "+-1", "+é", "Europe/Berlin", "CET"]
        {
            assert_eq!(minutes(bad), None, "{bad}");
        }
        assert!(offset("Europe/Berlin").unwrap_err().label.contains("named"));
    }

    #[test]
    fn formats_that_give_a_date() {
        for good in ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y", "%s", "%Y-%m-%dT%H:%M:%S%.3f%z", "%m/%d/%y %I:%M %p", "%F %T"] {
            assert!(time_format(good).is_ok(), "{good}");
        }
        for bad in ["%H:%M", "%Y-%m", "date", "%Y-%m-%d %Q", "%", "%d %m %Y %H", "%Y-%m-%d %I:%M", ""] {
            assert!(time_format(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_and_patterns() {
        assert_eq!(path(Path::new("/p"), "a/b"), Ok(PathBuf::from("/p/a/b")));
        assert_eq!(path(Path::new("/p"), "/a"), Ok(PathBuf::from("/a")));
        assert!(path(Path::new("/p"), "~/a").is_err() && path(Path::new("/p"), "a\0").is_err());
        assert!(path(Path::new("/p"), "~a").is_ok());
        assert!(pattern("data/**/*.csv.gz").is_ok() && pattern("data/[a").is_err() && pattern("{a,b").is_err());
    }
}
