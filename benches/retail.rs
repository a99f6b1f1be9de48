//! Real purchases: importing them, opening the store, evaluating the audiences of `tests/retail`, and planning them.
//!
//! Set `AUD_RETAIL_CSV` to the Online Retail data set as gzipped CSV (UCI Machine Learning Repository, doi 10.24432/C5BW33).
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a benchmark works on real files and may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use aud::base::{Now, Timestamp};
use aud::eval::{Stored, evaluate};
use aud::store::{self, ImportOptions};
use aud::system::OsSystem;
use aud::workbench::{Defined, PlanRequest, Workbench};
use divan::Bencher;
use tempfile::TempDir;

/// Lines of the file.
const ROWS: u64 = 541_909;
/// 2011-12-10T00:00:00Z.
const NOW: Now = Now(Timestamp(1_323_475_200_000));

static SHOP: LazyLock<(TempDir, Workbench, Defined)> = LazyLock::new(|| {
    let folder = project();
    let workbench = Workbench::open(Arc::new(OsSystem), folder.path()).unwrap();
    workbench.import(ImportOptions::default(), &|_| ()).unwrap();
    let defined = workbench.defined().unwrap();
    (folder, workbench, defined)
});

fn main() {
    if std::env::var_os("AUD_RETAIL_CSV").is_none() {
        eprintln!("AUD_RETAIL_CSV is not set: nothing to measure");
        return;
    }
    divan::main();
}

/// The retail project with the real file linked into it.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/retail"), folder.path());
    std::fs::create_dir_all(folder.path().join("data")).unwrap();
    let csv = PathBuf::from(std::env::var_os("AUD_RETAIL_CSV").unwrap()).canonicalize().unwrap();
    std::fs::copy(csv, folder.path().join("data/online-retail.csv.gz")).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn threads(count: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap()
}

/// From the gzipped file to the store on disk.
#[divan::bench(args = [1, 2], sample_count = 10, sample_size = 1)]
fn import(bencher: Bencher<'_, '_>, count: usize) {
    let pool = threads(count);
    bencher.counter(divan::counter::ItemsCount::new(ROWS)).with_inputs(project).bench_values(|folder| {
        let workbench = Workbench::open(Arc::new(OsSystem), folder.path()).unwrap();
        pool.install(|| workbench.import(ImportOptions::default(), &|_| ()).unwrap());
        folder
    });
}

/// Opening the store, checksums included.
#[divan::bench]
fn open() -> store::Store {
    store::open(&OsSystem, &SHOP.2.project.data_path).unwrap()
}

/// All audiences of the project, over the opened store.
#[divan::bench(args = [1, 2])]
fn evaluate_all(bencher: Bencher<'_, '_>, count: usize) {
    let pool = threads(count);
    let Defined { model, store, .. } = &SHOP.2;
    let events = store.event_count();
    bencher
        .counter(divan::counter::ItemsCount::new(events))
        .bench(|| pool.install(|| evaluate(model, store, NOW, None, &Stored::default())));
}

/// Everything that `aud plan` does, from the files on.
#[divan::bench(args = [1, 2])]
fn plan(bencher: Bencher<'_, '_>, count: usize) {
    let pool = threads(count);
    let request = PlanRequest::at(NOW);
    bencher.bench(|| pool.install(|| SHOP.1.plan(&request).unwrap()));
}
