//! Checking a large project: 10,000 audiences in 1,000 files, from nothing and after the edit of one file.
//!
//! `cargo bench --bench check` prints both; `AUD_CHECK_RATIO=1 cargo bench --bench check` prints the ratio of the two medians
//! instead, measured in turns.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark works on real files, may fail loudly, and prints what it measured"
)]

mod large;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aud::system::OsSystem;
use aud::workbench::Workbench;
use divan::Bencher;
use large::{AUDIENCES, FILES, Project};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn open(folder: &Path) -> Workbench {
    Workbench::open(Arc::new(OsSystem), folder).unwrap()
}

fn check(workbench: &Workbench) {
    let checked = workbench.check();
    assert!(!checked.has_errors(), "{:?}", checked.diagnostics.first());
    assert_eq!(checked.model.map(|model| model.audiences.len()), Some(FILES * AUDIENCES));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn from_nothing(bencher: Bencher) {
    let project = Project::with("");
    bencher.with_inputs(|| open(project.folder())).bench_values(|workbench| check(&workbench));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_file_edited(bencher: Bencher) {
    let project = Project::with("");
    let workbench = open(project.folder());
    check(&workbench);
    bencher.with_inputs(|| project.edit()).bench_values(|()| check(&workbench));
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Both in turns, so that whatever else the machine does falls on both.
fn ratio() {
    let project = Project::with("");
    let warm = open(project.folder());
    check(&warm);
    let (mut full, mut edited) = (Vec::new(), Vec::new());
    for _ in 0..11 {
        let cold = open(project.folder());
        full.push(timed(|| check(&cold)));
        project.edit();
        edited.push(timed(|| check(&warm)));
    }
    let (full, edited) = (median(full), median(edited));
    println!("check of {} audiences in {FILES} files: {full:.1?}", FILES * AUDIENCES);
    println!("check after the edit of one file: {edited:.1?}");
    println!("ratio: {:.1}", full.as_secs_f64() / edited.as_secs_f64());
}

fn main() {
    match std::env::var_os("AUD_CHECK_RATIO") {
        Some(_) => ratio(),
        None => divan::main(),
    }
}
