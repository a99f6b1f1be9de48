//! What can go wrong with a store in operation.

use std::io;
use std::path::{Path, PathBuf};

use arrow_schema::ArrowError;

use super::forgotten::FILE as FORGOTTEN;
use super::recent::RECENT;
use super::verified::Damage;

/// Why a store could not be opened, written or imported into. Each says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system refused; its error names the path.
    #[error("cannot {doing}: {cause}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// The operating system's answer.
        #[source]
        cause: io::Error,
    },
    /// A file of the store is not what was written.
    #[error("`{}` is damaged ({what}): {}", file.display(), way_out(file))]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Who was forgotten is not known any more.
    #[error("`{}` is damaged ({what}): {}", file.display(), way_out(file))]
    ForgottenDamaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The store was written by a later version of the program.
    #[error("`{}` has format {found}, and this version of aud reads up to {known}: update aud", file.display())]
    Newer {
        /// The manifest.
        file: PathBuf,
        /// Its format.
        found: u64,
        /// The last format known.
        known: u64,
    },
    /// The log of recent writes cannot be read or written.
    #[error("cannot use `{}`: {cause}; check that the folder may be written and the disk is not full, and try again", path.display())]
    Recent {
        /// The log.
        path: PathBuf,
        /// The database's answer.
        #[source]
        cause: Box<rusqlite::Error>,
    },
    /// Somebody else reads the recent writes, so that what was taken away cannot be overwritten.
    #[error("`{}` is being read by another run, and not everything could be removed; run the command again", .0.display())]
    InUse(PathBuf),
    /// Reading all sources anew would lose what no source has.
    #[error(
        "everything would be read anew, and {batches} batches that were written without a source would be lost; nothing was done: \
         to give them up and start from the sources alone, remove `manifest.json` and `{RECENT}` from `{}`, and nothing else, \
         since `forgotten.json` there says who must not come back", folder.display()
    )]
    WouldLose {
        /// How many batches.
        batches: u64,
        /// The folder of the store.
        folder: PathBuf,
    },
    /// Columns could not be laid out as Arrow asks.
    #[error("cannot lay out `{table}` as Arrow columns: {cause}")]
    Layout {
        /// The table.
        table: String,
        /// Arrow's answer.
        #[source]
        cause: ArrowError,
    },
    /// A source has no files.
    #[error(
        "source `{source_name}`: no file matches `{pattern}`: check the path, which is relative to the project folder"
    )]
    NoFiles {
        /// The source.
        source_name: String,
        /// Its pattern.
        pattern: String,
    },
    /// A source's pattern of files cannot be read.
    #[error("source `{source_name}`: `{pattern}` is not a pattern of files: {cause}")]
    Pattern {
        /// The source.
        source_name: String,
        /// Its pattern.
        pattern: String,
        /// Why.
        #[source]
        cause: globset::Error,
    },
    /// The project names a column that a file does not have.
    #[error("source `{source_name}`: `{file}` has no column `{column}`: {advice}")]
    UnknownColumn {
        /// The source.
        source_name: String,
        /// The file.
        file: String,
        /// The column that the project names.
        column: String,
        /// The nearest columns, or all there are.
        advice: String,
    },
    /// A column of a file is of a type that cannot be what the project makes of it.
    #[error(
        "source `{source_name}`: column `{column}` of `{file}` is of type {data_type}, which cannot be read as what it is for: write it as text, a number, a date, a truth value or, for attributes, a list of these"
    )]
    ColumnType {
        /// The source.
        source_name: String,
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Its type, as Arrow names it.
        data_type: String,
    },
    /// A source file could not be read to its end.
    #[error("source `{source_name}`: cannot read `{file}`: {cause}")]
    Unreadable {
        /// The source.
        source_name: String,
        /// The file.
        file: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// So many rows are wrong that the mapping must be.
    #[error(
        "source `{source_name}`: {bad} of {rows} rows cannot be read ({examples}): check how the project file maps the columns; nothing was imported, and these rows lie in `{rejected}`"
    )]
    TooManyBadRows {
        /// The source.
        source_name: String,
        /// How many rows are wrong.
        bad: u64,
        /// How many rows there are.
        rows: u64,
        /// The first few, with their reasons.
        examples: String,
        /// The file that keeps them.
        rejected: String,
    },
    /// An export would mix with what is there.
    #[error("`{}` is not empty, and nothing was written: name a folder that does not exist yet, or empty it", .0.display())]
    NotEmpty(PathBuf),
    /// The texts of one column need more than 2 GiB.
    #[error("the values of {column} need more than 2 GiB: leave the column out of the source's attributes")]
    TooMuchText {
        /// The column.
        column: String,
    },
    /// Changes that were made for another store, or for a later state of this one.
    #[error(
        "changes for a store with {expected} users cannot be applied to one with {users}: its files are older than the changes; restore them together"
    )]
    Misplaced {
        /// How many users the changes are for.
        expected: u32,
        /// How many there are.
        users: usize,
    },
    /// More inputs than a store can tell apart.
    #[error("the project and its store know {count} inputs, and a store tells at most 256 apart")]
    TooManyInputs {
        /// How many there are.
        count: usize,
    },
}

/// What to do about a damaged file. Never to remove the folder: nothing else knows who was forgotten.
fn way_out(file: &Path) -> &'static str {
    if file.ends_with(RECENT) {
        "restore it from a backup; or, to give up the recent writes that are in no other file so far, remove it, and nothing else"
    } else if file.ends_with(FORGOTTEN) {
        "restore it from a backup: without it an import would bring people back who were forgotten"
    } else {
        "run `aud import --rebuild`, which reads all sources again and keeps who was forgotten"
    }
}

impl Damage {
    /// What to do about it.
    pub fn way_out(&self) -> &'static str {
        way_out(&self.file)
    }
}

impl From<Damage> for StoreError {
    fn from(Damage { file, shard, column, what }: Damage) -> Self {
        let column = column.map(|column| format!("column `{column}`"));
        let shard = shard.map(|shard| format!("shard {shard}"));
        let place: Vec<String> = column.into_iter().chain(shard).chain([what]).collect();
        Self::Damaged { file, what: place.join(", ") }
    }
}

impl StoreError {
    /// Wraps the operating system's error.
    pub(super) fn system(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::System { doing, cause }
    }
}
