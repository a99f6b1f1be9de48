//! Source files to a store.
//!
//! In: a [`Project`] with its sources, and the store's folder. Out: the same folder with new rows in it, and an
//! [`ImportReport`]. What always holds:
//! - Only files that were never read are read. A file that changed or is gone, or a source that maps its columns
//!   otherwise, has everything read anew; users keep their row numbers then.
//! - Rows are taken in the order of their times (ties: sources as written, files by path, rows as they stand), so the
//!   result does not depend on how they are spread over files.
//! - What is about a person who was forgotten is left out, and leaves no text behind.
//! - Either everything is imported or nothing is. Rows that are left out as bad are kept beside the store either way.

mod base;
mod columnar;
mod files;
mod finish;
mod json;
mod limits;
mod mapping;
mod meter;
mod profile;
mod reader;
mod record;
mod reject;
mod report;
mod requests;
mod resolve;
mod rows;
mod text;
mod time;

use std::sync::Arc;

use super::error::StoreError;
use super::files::{Imported, Manifest};
use super::forgotten::Forgotten;
use crate::project::Project;
use crate::system::System;

use base::{Base, Work};
pub use columnar::source_columns;
pub(super) use finish::detect_again;
pub use limits::{Beyond, Limit};
pub use report::{BadRow, BadRowLimit, Example, ImportOptions, ImportReport, Progress, Rebuilt, SourceReport};
use requests::Requests;

/// Reads the new files of every source of a project into its store.
///
/// # Errors
/// A source without files, a file that cannot be read or lacks a column, too many bad rows, a damaged store. Nothing is
/// imported then.
pub fn import(
    system: &dyn System,
    project: &Project,
    options: ImportOptions,
    progress: &dyn Fn(Progress<'_>),
) -> Result<ImportReport, StoreError> {
    let folder = &project.data_path;
    let forgotten = Arc::new(Forgotten::read(system, folder)?);
    // What was written without a file comes first, as it was there first.
    if !options.rebuild {
        super::fold(system, folder)?;
    }
    let old = match Manifest::read(system, folder) {
        Err(StoreError::Damaged { .. }) if options.rebuild => None,
        read => read?,
    };
    let selection = files::select(system, project, old.as_ref().unwrap_or(&Manifest::default()), options.rebuild)?;
    let mut report = ImportReport::new(project, &selection, old.as_ref().map_or(0, |old| old.version));
    if selection.read.is_empty() && selection.rebuilt.is_none() {
        return Ok(report);
    }
    if selection.rebuilt.is_some() {
        super::recent::refuse_to_lose(system, folder, old.as_ref())?;
    }
    let base = Base::load(system, folder, old, selection.rebuilt.is_some())?;
    let requests = Requests::of(system, folder, &base.manifest, base.rebuild)?;
    let mut work = Work::start(project, &base, requests, forgotten)?;
    if columnar::fits(project, &selection.read) {
        let claimed = base.claimed();
        let (imported, bulk) =
            columnar::read_all(system, project, options, &selection.read, progress, &mut work, claimed, &mut report)?;
        let next = next_manifest(&base, bulk.kept, selection.kept.into_iter().chain(imported).collect());
        return finish::finish_bulk(system, project, base, work, bulk, next, report);
    }
    let imported = reader::read_all(system, project, options, &selection.read, progress, &mut work, &mut report)?;
    let kept = resolve::resolve(&mut work, base.claimed(), &mut report);
    let next = next_manifest(&base, kept, selection.kept.into_iter().chain(imported).collect());
    finish::finish(system, project, base, work, next, report)
}

/// What the manifest will say, apart from what follows from the data.
fn next_manifest(base: &Base, kept: u64, imported: Vec<Imported>) -> Manifest {
    let version = base.manifest.version + u64::from(kept > 0 || base.rebuild);
    Manifest { version, imported, ..base.manifest.clone() }
}
