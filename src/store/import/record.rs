//! What a row says in a column, whatever the format of its file.

use std::borrow::Cow;

use csv::ByteRecord;

use super::report::BadRow;

/// What a row says in one column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'a> {
    /// Nothing.
    Missing,
    /// That there is no value; CSV cannot say that.
    Null,
    /// A text, which may be empty where the format tells that from nothing.
    Text(&'a str),
    /// A list.
    List(&'a [Cow<'a, str>]),
}

/// A row with numbered columns.
pub(super) trait Record {
    /// What it says in a column.
    fn said(&self, column: usize) -> Result<Said<'_>, BadRow>;

    /// The text in a column; empty where there is none.
    fn text(&self, column: usize) -> Result<&str, BadRow> {
        Ok(match self.said(column)? {
            Said::Text(text) => text,
            Said::Missing | Said::Null | Said::List(_) => "",
        })
    }
}

impl Record for ByteRecord {
    fn said(&self, column: usize) -> Result<Said<'_>, BadRow> {
        let bytes = self.get(column).unwrap_or(b"");
        let text = std::str::from_utf8(bytes).map_err(|_| BadRow::NotUtf8)?;
        Ok(if text.is_empty() { Said::Missing } else { Said::Text(text) })
    }
}
