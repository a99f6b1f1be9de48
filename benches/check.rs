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

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aud::system::OsSystem;
use aud::workbench::Workbench;
use divan::Bencher;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FILES: usize = 1_000;
const AUDIENCES: usize = 10;

const PROJECT: &str = "\
version: 1
project: large
workspaces: { shop: { inputs: { ios: { kind: platform }, web: { kind: platform } } } }
outputs: { warehouse: { kind: file, settings: { path: delivered } } }
limits: { nesting_depth: 3 }
";

/// What makes the audiences of a file differ from those of another.
fn definitions(file: usize, edit: u64) -> String {
    let mut text = String::from("version 1\n\ndefaults { workspace shop tags \"Lifecycle\" }\n");
    for at in 0..AUDIENCES {
        let (spend, days, times) = (100 + file % 50 * 10 + at, 1 + (file + at) % 28, 1 + at % 5);
        let nested = match (file, at) {
            (_, 0) | (0, _) => String::new(),
            _ => format!("\n    exclude audience a{}_0", file - 1),
        };
        // Formatting into a string cannot fail.
        let _ = write!(
            text,
            "
## People of segment {file}, {at}.
audience a{file}_{at} \"Audience {file} {at}\" {{
  tags \"Segment {times}\"
  match {{
    spend: user \"lifetime_value\" > {spend}
    and event \"Purchase\" where (\"category\" contains \"shoe\" and \"price\" > {at}) more than {times} times within last {days} days
    and (user \"plan\" is in [\"pro\", \"team\"] or identity email contains \"@example.com\")
    and not event \"App Open\" within last {edit_days} days{nested}
  }}
  connect warehouse
}}
",
            edit_days = 1 + (edit as usize + at) % 28,
        );
    }
    text
}

/// The project in a folder that goes at the end.
struct Project {
    folder: tempfile::TempDir,
    edits: AtomicU64,
}

impl Project {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("audiences")).unwrap();
        std::fs::write(folder.path().join("aud.yaml"), PROJECT).unwrap();
        let project = Self { folder, edits: AtomicU64::new(0) };
        (0..FILES).for_each(|file| std::fs::write(project.file(file), definitions(file, 0)).unwrap());
        project
    }

    fn file(&self, file: usize) -> PathBuf {
        self.folder.path().join(format!("audiences/f{file:04}.aud"))
    }

    /// Changes one window in every audience of one file.
    fn edit(&self) {
        let edit = self.edits.fetch_add(1, Ordering::Relaxed) + 1;
        std::fs::write(self.file(FILES / 2), definitions(FILES / 2, edit)).unwrap();
    }

    fn workbench(&self) -> Workbench {
        open(self.folder.path())
    }
}

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
    let project = Project::new();
    bencher.with_inputs(|| project.workbench()).bench_values(|workbench| check(&workbench));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn one_file_edited(bencher: Bencher) {
    let project = Project::new();
    let workbench = project.workbench();
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
    let project = Project::new();
    let warm = project.workbench();
    check(&warm);
    let (mut full, mut edited) = (Vec::new(), Vec::new());
    for _ in 0..11 {
        let cold = project.workbench();
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
