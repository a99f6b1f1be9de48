//! A stored data set: opening it, appending to it durably, folding what was appended.
//!
//! Set `AUD_STORE` to the folder of a store. It is copied before anything is written.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a benchmark works on real files and may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aud::base::InputName;
use aud::catalog::{CustomEventType, EventKey};
use aud::store::{self, EventRow, Recent, Store, Writes};
use aud::system::OsSystem;
use divan::Bencher;
use tempfile::TempDir;

/// Events of a batch.
const EVENTS: u64 = 1_000;

static STORE: LazyLock<PathBuf> = LazyLock::new(|| std::env::var_os("AUD_STORE").unwrap_or_default().into());

fn main() {
    if STORE.as_os_str().is_empty() {
        eprintln!("AUD_STORE is not set: nothing to measure");
        return;
    }
    divan::main();
}

fn copied() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&*STORE).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

/// A batch of events of users who are there.
fn batch(store: &Store, at_ms: i64) -> Writes {
    let mut writes = Writes::to(store);
    let input = InputName::try_from("shop.web".to_owned()).unwrap();
    let input = writes.input(&input).unwrap();
    let users = store.user_count() as u64;
    for at in 0..EVENTS {
        let event = EventRow {
            at_ms: at_ms + at.cast_signed(),
            input,
            event_type: CustomEventType::Other,
            id: None,
            attributes: &[("price", Some("9.5"))],
            action: &[],
            products: &[],
        };
        writes.event((at * 7_919 % users) as u32, &EventKey::custom("Purchase"), event);
    }
    writes
}

#[divan::bench]
fn open() -> Store {
    store::open(&OsSystem, &STORE).unwrap()
}

#[divan::bench(sample_count = 3)]
fn verify() -> usize {
    store::verify(&OsSystem, &STORE).unwrap().damages.len()
}

#[divan::bench]
fn append_1000_events(bencher: Bencher<'_, '_>) {
    let folder = copied();
    let opened = store::open(&OsSystem, folder.path()).unwrap();
    let mut recent = Recent::open(&OsSystem, folder.path()).unwrap();
    let bencher = bencher.counter(divan::counter::ItemsCount::new(EVENTS));
    bencher.with_inputs(|| batch(&opened, 1_700_000_000_000)).bench_local_values(|writes| recent.append(&mut [writes]));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn fold_10_batches(bencher: Bencher<'_, '_>) {
    let with_recent = || {
        let folder = copied();
        let opened = store::open(&OsSystem, folder.path()).unwrap();
        let mut batches: Vec<Writes> = (0..10).map(|at| batch(&opened, 1_700_000_000_000 + at * 60_000)).collect();
        Recent::open(&OsSystem, folder.path()).unwrap().append(&mut batches).unwrap();
        folder
    };
    bencher.with_inputs(with_recent).bench_local_refs(|folder| fold(folder.path()));
}

fn fold(folder: &Path) -> u64 {
    store::fold(&OsSystem, folder).unwrap().batches
}
