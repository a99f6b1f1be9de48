//! Erasing people from the files of a store, and from everything that lies beside them.
//!
//! In: a folder whose lock the caller holds, with tombstones that are not done. Out: the same folder without these people. Every step
//! may be repeated: what is done already is not there to be done again.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::super::error::StoreError;
use super::super::files::{Change, Manifest, TableName, Writing, load, remove_unnamed};
use super::super::forgotten::Forgotten;
use super::super::{Store, fold, import, recent};
use super::{Erased, rejects};
use crate::base::text::fold as any_case;
use crate::system::System;

/// Erases everybody whose forgetting was begun from everything in the folder: the files, recent writes, rows kept aside, and what
/// runs that died left behind.
///
/// # Errors
/// A damaged store, or the system refuses: run again, and it goes on.
pub fn erase(system: &dyn System, folder: &Path) -> Result<Erased, StoreError> {
    let forgotten = Forgotten::read(system, folder)?;
    let people = forgotten.people.iter().filter(|person| !person.done).count() as u64;
    if people == 0 {
        return Ok(Erased::default());
    }
    fold(system, folder)?;
    let mut values = Vec::new();
    if let Some(manifest) = Manifest::read(system, folder)? {
        let store = load(system, folder, &manifest)?;
        let rows = rows_left(&forgotten, &store);
        let known = rows.iter().flat_map(|row| store.users.identities.of(*row));
        values.extend(known.map(|each| any_case(each.value).into_owned()));
        store.ensure_whole()?;
        // Before the files, since only they know what to look for inside of longer texts.
        let rejected_rows = rejects::clean(system, folder, &forgotten, &values)?;
        if !rows.is_empty() {
            Writing::run(system, folder, &manifest, |writing| rewrite(writing, &manifest, &store, &rows))?;
        } else if !manifest.forgotten {
            Manifest { forgotten: true, ..manifest }.write(system, folder)?;
        }
        sweep(system, folder)?;
        return Ok(Erased { people, rejected_rows });
    }
    let rejected_rows = rejects::clean(system, folder, &forgotten, &values)?;
    sweep(system, folder)?;
    Ok(Erased { people, rejected_rows })
}

/// The rows that are still those of people who are to be forgotten.
fn rows_left(forgotten: &Forgotten, store: &Store) -> Vec<u32> {
    let begun = forgotten.people.iter().filter(|person| !person.done).filter_map(|person| person.row);
    let mut rows: Vec<u32> =
        begun.filter(|row| store.users.mpid(*row).is_some_and(|mpid| forgotten.has_mpid(mpid))).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Removes old files, and what is left of files and recent writes that are gone.
fn sweep(system: &dyn System, folder: &Path) -> Result<(), StoreError> {
    let refused = || StoreError::system("remove an old file of the store");
    if let Some(manifest) = Manifest::read(system, folder)? {
        recent::scrub(system, folder, manifest.folded)?;
        remove_unnamed(system, folder, &manifest).map_err(refused())?;
    }
    system.remove_partials(folder).map_err(refused())
}

/// Writes the store without some users. A segment that says nothing of them stays as it is, unless it has texts that no row says.
fn rewrite(writing: &Writing<'_>, manifest: &Manifest, store: &Store, rows: &[u32]) -> Result<(), StoreError> {
    let mut next = store.clone();
    next.version += 1;
    next.users = Arc::new(store.users.without(&store.users.nobodies(rows)));
    let (mut kept, mut touched, mut last) = (manifest.clone(), BTreeSet::new(), 0);
    kept.files.retain(|file| !matches!(file.table, TableName::Events(_)));
    let events = Arc::make_mut(&mut next.events);
    for (key, segments) in store.events.iter() {
        let files = manifest.files.iter().filter(|file| file.table == TableName::Events(key.clone()));
        let mut left = Vec::new();
        for (segment, file) in segments.iter().zip(files) {
            let Some(without) = segment.without(rows) else {
                left.push(segment.clone());
                kept.files.push(file.clone());
                continue;
            };
            touched.insert(key.clone());
            if !without.is_empty() {
                let without = Arc::new(without);
                // Several segments of an event may be written, and no two files have one name.
                let nth = left.len() as u64;
                last = last.max(nth);
                let of_key = std::slice::from_ref(&without);
                kept.files.push(writing.after(nth).together(key, of_key, &store.inputs)?);
                left.push(without);
            }
        }
        match left.is_empty() {
            true => drop(events.remove(key)),
            false => drop(events.insert(key.clone(), left)),
        }
    }
    let described = Manifest {
        version: next.version,
        detected: import::detect_again(&next, &touched, &manifest.detected),
        ..manifest.clone()
    };
    writing.after(last).finish(&next, &kept, &|_| Change::Kept(usize::MAX), None, Vec::new(), described)
}
