//! Reading the time of a row.

use chrono::format::{Item, Parsed, StrftimeItems, parse};

use crate::base::value::read_date_east;
use crate::project::TimeMapping;

/// Reads the times of one column. Rows of one transaction repeat their time, so the last one is remembered.
#[derive(Debug)]
pub(super) struct TimeReader {
    /// The format taken apart; `None` where the forms of rule M5 are read.
    format: Option<Vec<Item<'static>>>,
    /// How far the clocks of the column are ahead of UTC, in seconds.
    east: i32,
    last_text: String,
    last: Option<i64>,
}

impl TimeReader {
    /// A reader for a column. A format that is none reads nothing, which the limit of bad rows will tell.
    pub(super) fn new(mapping: &TimeMapping) -> Self {
        let items = |format: &String| StrftimeItems::new(format).parse_to_owned().unwrap_or(vec![Item::Error]);
        let east = mapping.offset.local_minus_utc();
        Self { format: mapping.format.as_ref().map(items), east, last_text: String::new(), last: None }
    }

    /// A reader of ms since 1970.
    pub(super) fn of_ms() -> Self {
        Self { format: None, east: 0, last_text: String::new(), last: None }
    }

    /// The time in ms since 1970, white space around it aside.
    pub(super) fn read(&mut self, text: &str) -> Option<i64> {
        let text = text.trim();
        if text != self.last_text {
            self.last = match &self.format {
                Some(items) => read_as(items, text, self.east),
                None => read_date_east(text, self.east).map(|at| at.0),
            };
            self.last_text.clear();
            self.last_text.push_str(text);
        }
        self.last
    }
}

/// A time with an offset where the format has one, else as local time; a date alone is its midnight.
fn read_as(items: &[Item<'static>], text: &str, east: i32) -> Option<i64> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, items.iter()).ok()?;
    if let Ok(at) = parsed.to_datetime() {
        return Some(at.timestamp_millis());
    }
    if parsed.timestamp().is_some() {
        return Some(parsed.to_naive_datetime_with_offset(0).ok()?.and_utc().timestamp_millis());
    }
    let midnight = || parsed.to_naive_date().ok()?.and_hms_opt(0, 0, 0);
    let local = parsed.to_naive_datetime_with_offset(0).ok().or_else(midnight)?;
    Some(local.and_utc().timestamp_millis() - i64::from(east) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    fn read_east(format: Option<&str>, text: &str, east: i32) -> Option<i64> {
        let offset = FixedOffset::east_opt(east).unwrap();
        TimeReader::new(&TimeMapping { column: String::new(), format: format.map(str::to_owned), offset }).read(text)
    }

    fn read(format: Option<&str>, text: &str) -> Option<i64> {
        read_east(format, text, 0)
    }

    #[test]
    fn local_times_are_local_unless_they_say_otherwise() {
        assert_eq!(read_east(Some("%Y-%m-%d %H:%M"), "1970-01-01 01:00", 3600), Some(0));
        assert_eq!(read_east(None, "1970-01-01 01:00", 3600), Some(0));
        assert_eq!(read_east(Some("%Y-%m-%d %H:%M %z"), "1970-01-01 01:00 +0000", 3600), Some(3_600_000));
        assert_eq!(read_east(Some("%s"), "5", 3600), Some(5000));
    }

    #[test]
    fn formats_are_read_as_utc_unless_they_say_otherwise() {
        assert_eq!(read(Some("%d/%m/%Y %H:%M"), "02/01/1970 00:01"), Some(86_460_000));
        assert_eq!(read(Some("%d/%m/%Y"), " 02/01/1970 "), Some(86_400_000));
        assert_eq!(read(Some("%Y-%m-%d %H:%M:%S %z"), "1970-01-01 02:00:00 +0200"), Some(0));
        assert_eq!(read(Some("%s"), "5"), Some(5000));
        assert_eq!(read(None, "1970-01-01 00:01"), Some(60_000));
        assert_eq!(read(Some("%d/%m/%Y"), "x"), None);
        assert_eq!(read(Some("%Q"), "5"), None);
        assert_eq!(read(None, ""), None);
    }
}
