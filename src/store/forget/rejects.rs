//! Rows that imports kept aside as bad, without those that name somebody who is forgotten.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::super::error::StoreError;
use super::super::forgotten::Forgotten;
use crate::base::text::fold;
use crate::system::System;

/// Shorter values are only looked for as a whole: `7` is in every other row.
const SHORT: usize = 6;

#[derive(Deserialize)]
struct Line {
    row: Option<String>,
    row_base64: Option<String>,
}

/// Removes the rows; says how many. `values` are the identities as far as they are known, folded. A file that has any is replaced
/// by another one, which only its owner may read.
pub(super) fn clean(
    system: &dyn System,
    folder: &Path,
    forgotten: &Forgotten,
    values: &[String],
) -> Result<u64, StoreError> {
    let rejected = folder.join("rejected");
    let files = match system.files_below(&rejected) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        files => files.map_err(refused())?,
    };
    let names = |line: &[u8]| is_about(line, forgotten, values);
    let mut removed = 0;
    for file in files {
        let mut own = 0;
        each_line(system, &file, &mut |line| {
            own += u64::from(names(line));
            Ok(())
        })
        .map_err(refused())?;
        if own > 0 {
            rewrite(system, &rejected, &file, &names).map_err(refused())?;
            removed += own;
        }
    }
    Ok(removed)
}

/// Writes the other rows to a file of the next number, then removes the old file. A run that dies in between leaves some rows twice.
fn rewrite(system: &dyn System, folder: &Path, file: &Path, names: &dyn Fn(&[u8]) -> bool) -> io::Result<()> {
    let mut out: Option<BufWriter<Box<dyn Write + Send>>> = None;
    each_line(system, file, &mut |line| {
        if names(line) {
            return Ok(());
        }
        if out.is_none() {
            out = Some(BufWriter::new(system.create_private(&next_name(system, folder, file))?));
        }
        out.as_mut().map_or(Ok(()), |out| out.write_all(line))
    })?;
    if let Some(mut out) = out {
        out.flush()?;
    }
    system.remove(file)
}

/// `app-7.ndjson` where `app-6.ndjson` is the last.
fn next_name(system: &dyn System, folder: &Path, file: &Path) -> PathBuf {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let own = stem(file);
    let slug = own.rsplit_once('-').map_or(own.as_str(), |(slug, _)| slug);
    let number = |path: &PathBuf| stem(path).strip_prefix(slug)?.strip_prefix('-')?.parse::<u64>().ok();
    let last = system.files_below(folder).unwrap_or_default().iter().filter_map(number).max().unwrap_or(0);
    folder.join(format!("{slug}-{}.ndjson", last + 1))
}

fn each_line(system: &dyn System, file: &Path, take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut reader = BufReader::new(system.open(file)?);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        take(&line)?;
        line.clear();
    }
    Ok(())
}

/// Whether a line is about somebody who is forgotten. One that cannot be read is taken as a row itself.
fn is_about(line: &[u8], forgotten: &Forgotten, values: &[String]) -> bool {
    let row = match serde_json::from_slice::<Line>(line) {
        Ok(Line { row: Some(row), .. }) => row.into_bytes(),
        Ok(Line { row_base64: Some(row), .. }) => BASE64_STANDARD.decode(row).unwrap_or_default(),
        Ok(_) => return false,
        Err(_) => line.to_vec(),
    };
    let text = String::from_utf8_lossy(&row);
    let text = fold(&text);
    forgotten.is_in(&row) || values.iter().any(|value| value.len() >= SHORT && text.contains(value.as_str()))
}

fn refused() -> impl FnOnce(io::Error) -> StoreError {
    StoreError::system("take rows of a forgotten person out of the files of rejected rows")
}
