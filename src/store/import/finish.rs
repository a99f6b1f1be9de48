//! The last step of an import: the store is built, its values are counted, and it is written.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Store;
use super::super::counts::Counts;
use super::super::detect::{Detected, EventCounts, ProfileCounts};
use super::super::error::StoreError;
use super::super::files::{Change, Manifest, Writing};
use super::base::{Base, Work};
use super::columnar::{Bulk, Counted};
use super::report::ImportReport;
use super::rows;
use crate::catalog::EventKey;
use crate::project::Project;
use crate::system::System;

/// Builds the store and writes it. `next` says what the manifest will, apart from what follows from the data.
pub(super) fn finish(
    system: &dyn System,
    project: &Project,
    base: Base,
    work: Work,
    next: Manifest,
    report: ImportReport,
) -> Result<ImportReport, StoreError> {
    if let Some(column) = work.builder.overflowed() {
        return Err(StoreError::TooMuchText { column });
    }
    if work.requests.overflowed() {
        return Err(StoreError::TooMuchText { column: "request ids".to_owned() });
    }
    let brought = work.rows.brought(project, &work.builder);
    let old = base.manifest.clone();
    Writing::run(system, &project.data_path, &old, |writing| {
        finish_with(writing, base, work, next, report, &brought, Counted::default())
    })
}

/// The same where events were gathered by columns.
pub(super) fn finish_bulk(
    system: &dyn System,
    project: &Project,
    base: Base,
    mut work: Work,
    mut bulk: Bulk,
    next: Manifest,
    report: ImportReport,
) -> Result<ImportReport, StoreError> {
    if let Some(column) = work.builder.overflowed() {
        return Err(StoreError::TooMuchText { column });
    }
    let old = base.manifest.clone();
    Writing::run(system, &project.data_path, &old, |writing| {
        let brought = std::mem::take(&mut bulk.brought);
        let counted = bulk.write(writing, &base.store, &mut work)?;
        finish_with(writing, base, work, next, report, &brought, counted)
    })
}

fn finish_with(
    writing: &Writing<'_>,
    base: Base,
    work: Work,
    mut next: Manifest,
    mut report: ImportReport,
    brought: &rows::Brought,
    mut counted: Counted,
) -> Result<ImportReport, StoreError> {
    let touched: BTreeSet<EventKey> = work.builder.logs.iter().map(|(key, _)| key.clone()).collect();
    let mut store = work.builder.finish(&next.id, next.version);
    if report.sources.iter().any(|source| source.forgotten > 0) {
        // The texts of rows that were left out are among those of the others by now.
        store = store.tight(|key| touched.contains(key));
    }
    let old = if base.rebuild { Detected::default() } else { std::mem::take(&mut next.detected) };
    next.users = store.user_count() as u64;
    next.inputs = store.inputs.to_vec();
    let new = std::mem::take(&mut counted.files);
    next.detected = detect(&store, &touched, &old, brought, counted.events);
    report.version_after = next.version;
    report.users = next.users;
    let requests = work.requests.finish();
    let kept = counted.kept;
    let change = |key: &EventKey| match kept.get(key) {
        _ if base.rebuild => Change::Anew,
        _ if touched.contains(key) => Change::More,
        Some(kept) => Change::Kept(*kept),
        None => Change::Kept(usize::MAX),
    };
    writing.finish(&store, &base.manifest, &change, requests.as_deref(), new, next)?;
    Ok(report)
}

/// Counts anew what recent writes changed.
pub(in crate::store) fn detect_again(store: &Store, touched: &BTreeSet<EventKey>, old: &Detected) -> Detected {
    detect(store, touched, old, &rows::Brought::default(), BTreeMap::new())
}

/// Counts anew what changed; the rest is as it was.
fn detect(
    store: &Store,
    touched: &BTreeSet<EventKey>,
    old: &Detected,
    brought: &rows::Brought,
    counted: BTreeMap<EventKey, EventCounts>,
) -> Detected {
    let with_sources = |counts: &mut Counts, old: Option<&Counts>, new: Option<&BTreeSet<String>>| {
        counts.sources.extend(old.into_iter().flat_map(|old| old.sources.iter().cloned()));
        counts.sources.extend(new.into_iter().flatten().cloned());
    };
    let count = |key: &EventKey| {
        let known = old.event(key);
        let mut counts = match (counted.get(key), known) {
            (Some(counted), _) => counted.clone(),
            (None, Some(known)) if !touched.contains(key) => return known.clone(),
            _ => EventCounts::of(key, store.events.get(key).map_or(&[], Vec::as_slice)),
        };
        for (name, each) in &mut counts.attributes {
            let new = brought.events.get(&(key.clone(), name.clone()));
            with_sources(each, known.and_then(|known| known.attributes.get(name)), new);
        }
        for (name, each) in &mut counts.products {
            let new = brought.products.get(&(key.clone(), name.clone()));
            with_sources(each, known.and_then(|known| known.products.get(name)), new);
        }
        counts
    };
    let keys: BTreeSet<&EventKey> = store.events.keys().chain(counted.keys()).collect();
    let ProfileCounts { mut user, mut calculated, purposes } = ProfileCounts::of(&store.users);
    for (name, each) in &mut user {
        with_sources(each, old.user.get(name), brought.user.get(name));
    }
    for (name, each) in &mut calculated {
        with_sources(each, old.calculated.get(name), brought.calculated.get(name));
    }
    Detected { user, calculated, purposes, events: keys.into_iter().map(count).collect() }
}
