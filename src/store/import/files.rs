//! Which source files there are, and which of them must be read.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};

use globset::GlobBuilder;

use super::super::error::StoreError;
use super::super::files::{Imported, Manifest};
use super::report::Rebuilt;
use crate::base::Fingerprint;
use crate::catalog::LookupOrder;
use crate::project::{DataSource, Project};
use crate::system::{FileInfo, System};

/// A source file.
#[derive(Clone, Debug)]
pub(super) struct SourceFile {
    /// Position of its source in the project.
    pub(super) source: usize,
    /// Where it lies.
    pub(super) path: PathBuf,
    /// As people know it: relative to the project where it lies inside.
    pub(super) shown: String,
    /// Length and time of change.
    pub(super) info: FileInfo,
}

/// What an import does with the files.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// Files to read, in order.
    pub(super) read: Vec<SourceFile>,
    /// Files that were read before and are unchanged.
    pub(super) kept: Vec<Imported>,
    /// Why everything is read anew, if it is.
    pub(super) rebuilt: Option<Rebuilt>,
}

/// Finds the files of all sources and compares them with what was read before.
pub(super) fn select(
    system: &dyn System,
    project: &Project,
    old: &Manifest,
    rebuild: bool,
) -> Result<Selection, StoreError> {
    let mut all = Vec::new();
    for (at, source) in project.sources.iter().enumerate() {
        for path in expand(system, &project.folder, source)? {
            let info = system.info(&path).map_err(StoreError::system("look at a source file"))?;
            let shown = shown(&path, &project.folder);
            all.push(SourceFile { source: at, path, shown, info });
        }
    }
    let compared = if rebuild { Err(Rebuilt::Requested) } else { compare(system, project, &all, old)? };
    Ok(compared.unwrap_or_else(|reason| Selection { read: all, kept: Vec::new(), rebuilt: Some(reason) }))
}

/// What was read before and what is new; or why everything must be read anew.
fn compare(
    system: &dyn System,
    project: &Project,
    files: &[SourceFile],
    old: &Manifest,
) -> Result<Result<Selection, Rebuilt>, StoreError> {
    let key = |known: &'_ Imported| (known.source.clone(), known.path.clone());
    let mut known: BTreeMap<_, &Imported> = old.imported.iter().map(|known| (key(known), known)).collect();
    let mut selection = Selection::default();
    for file in files {
        let Some(source) = project.sources.get(file.source) else { continue };
        match known.remove(&(source.name.clone(), file.shown.clone())) {
            None => selection.read.push(file.clone()),
            Some(known) if known.mapping != mapping_of(project, source) => {
                return Ok(Err(Rebuilt::Mapping(known.source.clone())));
            }
            Some(known) if is_unchanged(system, file, known)? => selection.kept.push(known.clone()),
            Some(known) => return Ok(Err(Rebuilt::Changed(known.path.clone()))),
        }
    }
    let gone = known.into_values().next();
    Ok(gone.map_or(Ok(selection), |gone| Err(Rebuilt::Gone(gone.path.clone()))))
}

/// A path as it is written in `aud.yaml`, whatever the system.
fn shown(path: &Path, folder: &Path) -> String {
    let shown = path.strip_prefix(folder).unwrap_or(path).to_string_lossy();
    if MAIN_SEPARATOR == '/' { shown.into_owned() } else { shown.replace(MAIN_SEPARATOR, "/") }
}

/// How a source reads its columns, and whose its rows are. Made from the whole description: reading anew once too often does no harm.
pub(super) fn mapping_of(project: &Project, source: &DataSource) -> Fingerprint {
    let order = &project.identity_order;
    // The usual order is not written down, so that what was read before there was another one need not be read anew.
    let order = if *order == LookupOrder::default() { String::new() } else { format!("{order:?}") };
    Fingerprint::of(format!("{source:?}{order}"))
}

fn is_unchanged(system: &dyn System, file: &SourceFile, known: &Imported) -> Result<bool, StoreError> {
    if file.info.len != known.bytes {
        return Ok(false);
    }
    if known.modified_ms != 0 && file.info.modified_ms == known.modified_ms {
        return Ok(true);
    }
    let sum = system.open(&file.path).and_then(fingerprint).map_err(StoreError::system("read a source file"))?;
    Ok(sum == known.blake3)
}

pub(super) fn fingerprint(mut file: Box<dyn Read + Send>) -> io::Result<Fingerprint> {
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher)?;
    hasher.finalize().to_hex().parse().map_err(io::Error::other)
}

/// The files of a source, by path.
fn expand(system: &dyn System, folder: &Path, source: &DataSource) -> Result<Vec<PathBuf>, StoreError> {
    let no_files = || StoreError::NoFiles { source_name: source.name.clone(), pattern: source.files.clone() };
    let plain = join(folder, Path::new(&source.files));
    if system.info(&plain).is_ok() {
        return Ok(vec![plain]);
    }
    let (base, pattern) = split_pattern(&source.files);
    if pattern.is_empty() {
        return Err(no_files());
    }
    let matcher = GlobBuilder::new(&pattern).literal_separator(true).build().map_err(|cause| StoreError::Pattern {
        source_name: source.name.clone(),
        pattern: source.files.clone(),
        cause,
    })?;
    let matcher = matcher.compile_matcher();
    let base = join(folder, &base);
    let below = match system.files_below(&base) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(no_files()),
        below => below.map_err(StoreError::system("list source files"))?,
    };
    let fits = |path: &PathBuf| path.strip_prefix(&base).is_ok_and(|below| matcher.is_match(below));
    let mut files: Vec<PathBuf> = below.into_iter().filter(fits).collect();
    files.sort();
    if files.is_empty() { Err(no_files()) } else { Ok(files) }
}

/// The folders before the first part that is a pattern, and the rest.
fn split_pattern(files: &str) -> (PathBuf, String) {
    let is_pattern = |part: &str| part.contains(['*', '?', '[', '{']);
    let parts: Vec<&str> = files.split('/').collect();
    let at = parts.iter().position(|part| is_pattern(part)).unwrap_or(parts.len());
    let (base, pattern) = parts.split_at(at);
    let root = if files.starts_with('/') { "/" } else { "" };
    (Path::new(root).join(base.join("/")), pattern.join("/"))
}

/// Two paths as one, without the `.` parts that would make equal paths differ.
fn join(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path.components().filter(|part| *part != Component::CurDir).collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_start_where_the_first_star_is() {
        let split = |text| {
            let (base, pattern) = split_pattern(text);
            (base.to_string_lossy().into_owned(), pattern)
        };
        assert_eq!(split("data/in/*.csv"), ("data/in".to_owned(), "*.csv".to_owned()));
        assert_eq!(split("**/a.csv"), (String::new(), "**/a.csv".to_owned()));
        assert_eq!(split("/abs/2*/a.csv"), ("/abs".to_owned(), "2*/a.csv".to_owned()));
        assert_eq!(split("a.csv"), ("a.csv".to_owned(), String::new()));
    }
}
