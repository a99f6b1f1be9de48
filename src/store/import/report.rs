//! What an import is told, and what it tells.

use std::collections::BTreeMap;
use std::fmt;

use super::files::Selection;
use super::limits::{Beyond, Limit};
use crate::project::{Format, Project};

/// How many examples of bad rows a source keeps.
const EXAMPLES: usize = 5;

/// How an import behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportOptions {
    /// How many bad rows are too many.
    pub bad_rows: BadRowLimit,
    /// Reads everything anew, whatever was read before; also mends a damaged store.
    pub rebuild: bool,
}

/// How many bad rows a source may have: the larger of both bounds.
#[derive(Clone, Copy, Debug)]
pub struct BadRowLimit {
    /// Of a hundred rows.
    pub percent: u64,
    /// Whatever the percentage.
    pub at_least: u64,
}

impl Default for BadRowLimit {
    fn default() -> Self {
        Self { percent: 10, at_least: 100 }
    }
}

impl BadRowLimit {
    /// Whether so many bad ones among so many rows are too many. Rows that are all bad always are.
    pub fn is_exceeded(self, bad: u64, rows: u64) -> bool {
        let many = bad > self.at_least && bad.saturating_mul(100) > rows.saturating_mul(self.percent);
        many || (bad > 0 && bad == rows)
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The source that is read.
    pub source: &'a str,
    /// The file that is read.
    pub file: &'a str,
    /// Bytes read of all files, as they lie on disk.
    pub bytes_done: u64,
    /// Bytes of all files that will be read.
    pub bytes_total: u64,
    /// Rows read so far.
    pub rows: u64,
}

/// Why a row is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BadRow {
    /// It has more or fewer columns than the header.
    ColumnCount,
    /// Its time cannot be read.
    Time,
    /// Its event has no name.
    Name,
    /// A value that is needed is not UTF-8.
    NotUtf8,
    /// It is not JSON.
    NotJson,
    /// It is JSON, and something in it has another shape than it should have: a text in place of a list, a name twice.
    Shape,
    /// It has more bytes than are read at once.
    TooLong,
    /// Its MPID is no whole number of 64 bits.
    Mpid,
    /// A value has no text: a date beyond the year 9999.
    Value,
    /// An event says no type.
    EventType,
    /// A commerce event has no action that is known.
    Action,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ColumnCount => "another number of columns than the header",
            Self::Time => "a time that cannot be read",
            Self::Name => "no event name",
            Self::NotUtf8 => "text that is not UTF-8",
            Self::NotJson => "text that is not JSON",
            Self::Shape => "something of another shape than it should have",
            Self::TooLong => "more bytes than a row may have",
            Self::Mpid => "an MPID that is no whole number of 64 bits",
            Self::Value => "a value beyond what can be written, such as a date after the year 9999",
            Self::EventType => "an event without a type",
            Self::Action => "a commerce event without an action that is known",
        })
    }
}

/// One bad row, without anything of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What is wrong.
    pub reason: BadRow,
    /// The file as people know it.
    pub file: String,
    /// The line that the row begins on, from 1.
    pub line: u64,
    /// Which event of a batch it is, from 0.
    pub event: Option<u64>,
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(event) = self.event {
            write!(f, "events[{event}]: ")?;
        }
        self.reason.fmt(f)
    }
}

/// Where a row is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The file as people know it.
    pub(super) file: &'a str,
    /// The line that it begins on, from 1.
    pub(super) line: u64,
    /// Which event of a batch, from 0.
    pub(super) event: Option<u64>,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// Each source of the project, in the order written.
    pub sources: Vec<SourceReport>,
    /// Why everything was read anew, if it was.
    pub rebuilt: Option<Rebuilt>,
    /// The data version before.
    pub version_before: u64,
    /// The data version after; the same where nothing changed.
    pub version_after: u64,
    /// How many rows of users the store has now; 0 where nothing was read.
    pub users: u64,
}

/// Why everything was read anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rebuilt {
    /// It was asked for.
    Requested,
    /// A file is not what it was.
    Changed(String),
    /// A file, or its source, is gone.
    Gone(String),
    /// A source reads its columns otherwise than before.
    Mapping(String),
}

impl fmt::Display for Rebuilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested => f.write_str("it was asked for"),
            Self::Changed(file) => write!(f, "`{file}` changed"),
            Self::Gone(file) => write!(f, "`{file}` is gone"),
            Self::Mapping(source) => write!(f, "source `{source}` reads its columns otherwise"),
        }
    }
}

/// What an import did with one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// The source.
    pub name: String,
    /// Whether its files hold batches in place of rows.
    pub of_batches: bool,
    /// How many files were read.
    pub files_read: u64,
    /// How many were read before and are unchanged.
    pub files_skipped: u64,
    /// How many rows, or batches, were read.
    pub rows: u64,
    /// How many events the batches brought, whatever became of them.
    pub batch_events: u64,
    /// How many events were stored.
    pub events: u64,
    /// How many rows name no user.
    pub without_user: u64,
    /// How many rows, or parts of batches, are about people who were forgotten and were left out.
    pub forgotten: u64,
    /// How many events were stored before under the same event id (M20).
    pub duplicates: u64,
    /// How many batches are of the environment `development` and were left out (M26).
    pub development: u64,
    /// How many batches were stored before under the same request id and were left out whole (M20).
    pub repeated_batches: u64,
    /// Events that no criterion can ask for, by type: sightings of their users and nothing more.
    pub only_seen: BTreeMap<String, u64>,
    /// What is longer, or more, than the platform takes. It was taken as it is.
    pub beyond: BTreeMap<Limit, Beyond>,
    /// The file that keeps the rows that were left out as bad: personal data, beside the store.
    pub rejected: Option<String>,
    /// How many users were new.
    pub new_users: u64,
    /// Rows that were left out, by reason.
    pub bad: BTreeMap<BadRow, u64>,
    /// The first few of them.
    pub examples: Vec<Example>,
}

impl SourceReport {
    /// How many rows were left out as bad.
    pub fn bad_rows(&self) -> u64 {
        self.bad.values().sum()
    }

    /// Whether so many are bad that the mapping must be. Of batches, their events are judged too.
    pub(super) fn exceeds(&self, limit: BadRowLimit) -> bool {
        limit.is_exceeded(self.bad_rows(), self.rows + self.batch_events)
    }

    pub(super) fn bad_row(&mut self, reason: BadRow, place: Place<'_>) {
        *self.bad.entry(reason).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            let Place { file, line, event } = place;
            self.examples.push(Example { reason, file: file.to_owned(), line, event });
        }
    }

    pub(super) fn beyond(&mut self, limit: Limit, place: Place<'_>) {
        let first = || Beyond { count: 0, file: place.file.to_owned(), line: place.line };
        self.beyond.entry(limit).or_insert_with(first).count += 1;
    }
}

impl ImportReport {
    pub(super) fn new(project: &Project, selection: &Selection, version: u64) -> Self {
        let skipped = |name: &str| selection.kept.iter().filter(|file| file.source == name).count() as u64;
        let sources = project.sources.iter().map(|source| SourceReport {
            name: source.name.clone(),
            of_batches: source.format == Format::Mparticle,
            files_skipped: skipped(&source.name),
            ..SourceReport::default()
        });
        Self {
            sources: sources.collect(),
            rebuilt: selection.rebuilt.clone(),
            version_before: version,
            version_after: version,
            users: 0,
        }
    }
}
