//! Source files to a store.
//!
//! In: a [`Project`] with its sources, and the store's folder. Out: the same folder with new rows in it, and an
//! [`ImportReport`]. What always holds:
//! - Only files that were never read are read. A file that changed or is gone, or a source that maps its columns
//!   otherwise, has everything read anew; users keep their row numbers then.
//! - Rows are taken in the order of their times (ties: sources as written, files by path, rows as they stand), so the
//!   result does not depend on how they are spread over files.
//! - Either everything is imported or nothing is.

mod files;
mod mapping;
mod reader;
mod report;
mod resolve;
mod rows;
mod time;

use std::collections::BTreeSet;
use std::path::Path;

use super::builder::Builder;
use super::detect::{Counts, Detected, EventCounts, count_user_attributes};
use super::error::StoreError;
use super::files::{Manifest, load, read_users, write};
use super::{Store, Users};
use crate::base::InputName;
use crate::catalog::EventKey;
use crate::project::Project;
use crate::system::System;

use files::{Selection, SourceFile};
pub use report::{BadRow, BadRowLimit, Example, ImportOptions, ImportReport, Progress, Rebuilt, SourceReport};
use rows::Rows;

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
    let old = match Manifest::read(system, folder) {
        Err(StoreError::Damaged { .. }) if options.rebuild => None,
        read => read?,
    };
    let selection = files::select(system, project, old.as_ref().unwrap_or(&Manifest::default()), options.rebuild)?;
    let mut report = ImportReport::new(project, &selection, old.as_ref().map_or(0, |old| old.version));
    if selection.read.is_empty() && selection.rebuilt.is_none() {
        return Ok(report);
    }
    let base = Base::load(system, folder, old, selection.rebuilt.is_some())?;
    let mut work = Work::start(project, &base)?;
    let imported = reader::read_all(system, project, options, &selection.read, progress, &mut work, &mut report)?;
    let kept = resolve::resolve(&mut work, base.claimed(), &mut report);
    let next = Manifest {
        version: base.manifest.version + u64::from(kept > 0 || base.rebuild),
        imported: selection.kept.into_iter().chain(imported).collect(),
        ..base.manifest.clone()
    };
    finish(system, project, base, work, next, report)
}

/// What an import starts from.
struct Base {
    manifest: Manifest,
    /// The whole store, or where everything is read anew only its users' numbers.
    store: Store,
    rebuild: bool,
}

impl Base {
    fn load(system: &dyn System, folder: &Path, manifest: Option<Manifest>, rebuild: bool) -> Result<Self, StoreError> {
        let Some(manifest) = manifest else {
            let store = Store::empty();
            let manifest = Manifest { id: store.id.as_ref().to_owned(), ..Manifest::default() };
            return Ok(Self { manifest, store, rebuild });
        };
        if !rebuild {
            let store = load(system, folder, &manifest)?;
            return Ok(Self { manifest, store, rebuild });
        }
        let mut store = Store::empty();
        match read_users(system, folder, &manifest) {
            Ok(users) => {
                store.users = Users { mpids: users.mpids, ..Users::default() }.into();
                store.id = manifest.id.as_str().into();
                Ok(Self { manifest, store, rebuild })
            }
            // The numbers are lost, so they must not be taken for the old ones: another id.
            Err(StoreError::Damaged { .. }) => {
                let id = store.id.as_ref().to_owned();
                Ok(Self { manifest: Manifest { id, ..manifest }, store, rebuild })
            }
            Err(error) => Err(error),
        }
    }

    /// Which users are somebody already. A number without identities is free for the user that it was derived for.
    fn claimed(&self) -> Vec<bool> {
        let identities = &self.store.users.identities;
        (0..self.store.user_count()).map(|row| identities.of(row as u32).next().is_some()).collect()
    }
}

/// An import under way.
struct Work {
    builder: Builder,
    rows: Rows,
    inputs: Vec<InputName>,
}

impl Work {
    fn start(project: &Project, base: &Base) -> Result<Self, StoreError> {
        let mut inputs = base.store.inputs.to_vec();
        for input in project.inputs() {
            if !inputs.contains(&input.name) {
                inputs.push(input.name.clone());
            }
        }
        if inputs.len() > 256 {
            return Err(StoreError::TooManyInputs { count: inputs.len() });
        }
        let builder = Builder::of(&base.store, &inputs);
        let mut rows = Rows::default();
        if project.sources.iter().any(|source| source.event.as_ref().is_some_and(|event| event.id.is_some())) {
            rows.remember_ids(&base.store);
        }
        Ok(Self { builder, rows, inputs })
    }

    fn input_code(&self, input: &InputName) -> u8 {
        self.inputs.iter().position(|each| each == input).unwrap_or(0) as u8
    }
}

/// Builds the store and writes it. `next` says what the manifest will, apart from what follows from the data.
fn finish(
    system: &dyn System,
    project: &Project,
    base: Base,
    work: Work,
    mut next: Manifest,
    mut report: ImportReport,
) -> Result<ImportReport, StoreError> {
    if let Some(column) = work.builder.overflowed() {
        return Err(StoreError::TooMuchText { column });
    }
    let brought = work.rows.brought(project, &work.builder);
    let touched: BTreeSet<EventKey> = work.builder.logs.iter().map(|(key, _)| key.clone()).collect();
    let store = work.builder.finish(&next.id, next.version);
    let old = if base.rebuild { Detected::default() } else { std::mem::take(&mut next.detected) };
    next.users = store.user_count() as u64;
    next.inputs = store.inputs.to_vec();
    next.detected = detect(&store, &touched, &old, &brought);
    report.version_after = next.version;
    report.users = next.users;
    let is_changed = |key: &EventKey| base.rebuild || touched.contains(key);
    write(system, &project.data_path, &store, &base.manifest, &is_changed, next)?;
    Ok(report)
}

/// Counts anew what changed; the rest is as it was.
fn detect(store: &Store, touched: &BTreeSet<EventKey>, old: &Detected, brought: &rows::Brought) -> Detected {
    let with_sources = |counts: &mut Counts, old: Option<&Counts>, new: Option<&BTreeSet<String>>| {
        counts.sources.extend(old.into_iter().flat_map(|old| old.sources.iter().cloned()));
        counts.sources.extend(new.into_iter().flatten().cloned());
    };
    let count = |key: &EventKey| {
        let known = old.event(key);
        if let Some(known) = known.filter(|_| !touched.contains(key)) {
            return known.clone();
        }
        let Some(table) = store.events.get(key) else { return EventCounts::of(key, &Default::default()) };
        let mut counts = EventCounts::of(key, table);
        for (name, each) in &mut counts.attributes {
            let new = brought.events.get(&(key.clone(), name.clone()));
            with_sources(each, known.and_then(|known| known.attributes.get(name)), new);
        }
        counts
    };
    let mut user = count_user_attributes(&store.users);
    for (name, each) in &mut user {
        with_sources(each, old.user.get(name), brought.user.get(name));
    }
    Detected { user, events: store.events.keys().map(count).collect() }
}
