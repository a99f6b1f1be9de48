//! Rows that were left out as bad, kept as they were.
//!
//! In: a row with its place and the reason. Out: one file for each source that has any, beside the store, readable by its owner
//! alone: rows are about people. The file stays, whether or not the import goes on.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::super::error::StoreError;
use super::super::forgotten::Forgotten;
use super::report::{BadRow, Place};
use crate::system::System;

/// Bytes of rows that one file keeps; later ones are counted and not kept.
const KEPT: usize = 256 << 20;

/// The files of one import.
pub(super) struct Rejects<'a> {
    system: &'a dyn System,
    project: &'a Path,
    folder: PathBuf,
    forgotten: Arc<Forgotten>,
    files: BTreeMap<String, Rejected>,
}

struct Rejected {
    shown: String,
    out: BufWriter<Box<dyn Write + Send>>,
    left: usize,
}

/// A line of such a file.
#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    file: &'a str,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<u64>,
    reason: String,
    /// The row as it was, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<&'a str>,
    /// The bytes of the row as it was, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    row_base64: Option<String>,
}

impl<'a> Rejects<'a> {
    pub(super) fn new(system: &'a dyn System, project: &'a Path, data: &Path, forgotten: Arc<Forgotten>) -> Self {
        Self { system, project, folder: data.join("rejected"), forgotten, files: BTreeMap::new() }
    }

    /// Keeps a row; an empty one was too long to be read. Of one that names somebody who was forgotten only the place is kept.
    pub(super) fn keep(
        &mut self,
        source: &str,
        place: Place<'_>,
        reason: BadRow,
        row: &[u8],
    ) -> Result<(), StoreError> {
        let Self { system, project, folder, forgotten, files } = self;
        let row = if forgotten.is_in(row) { &[] } else { row };
        if !files.contains_key(source) {
            files.insert(source.to_owned(), Rejected::create(*system, project, folder, source)?);
        }
        let Some(file) = files.get_mut(source) else { return Ok(()) };
        if file.left < row.len() {
            return Ok(());
        }
        file.left -= row.len();
        let text = std::str::from_utf8(row).ok();
        let line = Line {
            source,
            file: place.file,
            line: place.line,
            event: place.event,
            reason: reason.to_string(),
            row: text.filter(|text| !text.is_empty()),
            row_base64: text.is_none().then(|| BASE64_STANDARD.encode(row)),
        };
        let written = serde_json::to_writer(&mut file.out, &line).map_err(Into::into);
        written.and_then(|()| file.out.write_all(b"\n")).map_err(refused())
    }

    /// Ends the file of a source; gives its path as people know it.
    pub(super) fn end(&mut self, source: &str) -> Result<Option<String>, StoreError> {
        let Some(file) = self.files.get_mut(source) else { return Ok(None) };
        file.out.flush().map_err(refused())?;
        Ok(Some(file.shown.clone()))
    }
}

impl Rejected {
    fn create(system: &dyn System, project: &Path, folder: &Path, source: &str) -> Result<Self, StoreError> {
        system.create_folder(folder).map_err(refused())?;
        let plain = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
        let slug: String = source.chars().take(64).map(plain).collect();
        let there = system.files_below(folder).unwrap_or_default();
        let number = |path: &PathBuf| -> Option<u64> {
            path.file_stem()?.to_str()?.strip_prefix(&slug)?.strip_prefix('-')?.parse().ok()
        };
        let number = there.iter().filter_map(number).max().unwrap_or(0) + 1;
        let path = folder.join(format!("{slug}-{number}.ndjson"));
        let out = BufWriter::new(system.create_private(&path).map_err(refused())?);
        let shown = path.strip_prefix(project).unwrap_or(&path).to_string_lossy().into_owned();
        Ok(Self { shown, out, left: KEPT })
    }
}

fn refused() -> impl FnOnce(std::io::Error) -> StoreError {
    StoreError::system("write the file of rejected rows")
}
