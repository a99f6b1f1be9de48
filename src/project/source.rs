//! Sources of data: which files, and how a row of them is a profile or an event.
//!
//! In: what the decoder accepted. Out: what `aud import` follows. Columns are named here and looked for when a file is
//! opened.

use chrono::FixedOffset;

use crate::base::InputName;
use crate::catalog::{CustomEventType, EventKey, IdentityType};

/// One source of data: some files of one format and how to read a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    /// Its name.
    pub name: String,
    /// The input that its rows come from.
    pub input: InputName,
    /// A path or pattern of files, as written; relative to the project folder.
    pub files: String,
    /// The format of the files.
    pub format: Format,
    /// Identity types and the columns that hold them.
    pub identities: Vec<(IdentityType, String)>,
    /// How a row is an event; `None` for sources of profiles.
    pub event: Option<EventMapping>,
    /// User attributes and the columns that hold them.
    pub user_attributes: Vec<(String, String)>,
    /// When a row of a source without events was true; `None`: the file's own time of change.
    pub seen: Option<TimeMapping>,
}

/// File formats that `aud import` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line, also gzipped.
    Csv,
}

/// How a row is an event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMapping {
    /// The event's name.
    pub name: NameMapping,
    /// Its custom type.
    pub event_type: CustomEventType,
    /// Its time.
    pub time: TimeMapping,
    /// The column of its id, for dropping duplicates (M20).
    pub id: Option<String>,
    /// Columns that become attributes under their own names.
    pub attributes: Vec<String>,
}

/// Where an event's name comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum NameMapping {
    /// Always this one.
    Constant(EventKey),
    /// What a column says.
    Column(String),
    /// One of two, by a test of the row.
    When {
        /// The column that is tested.
        column: String,
        /// The wildcard that it must match (M2).
        matches: String,
        /// The name where it does.
        then: EventKey,
        /// The name where it does not.
        otherwise: EventKey,
    },
}

/// Where a time comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeMapping {
    /// The column.
    pub column: String,
    /// chrono's format; `None`: the forms of rule M5.
    pub format: Option<String>,
    /// The offset from UTC of times that do not say their own.
    pub offset: FixedOffset,
}
