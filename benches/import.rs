//! Importing generated events: Parquet by columns, and the same rows as CSV.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark works on real files and may fail loudly"
)]

use std::fs::{self, File};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray};
use aud::store::ImportOptions;
use aud::system::OsSystem;
use aud::workbench::Workbench;
use divan::Bencher;
use divan::counter::ItemsCount;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

const ROWS: i64 = 500_000;
const USERS: i64 = 100_000;
/// 2026-01-01T00:00:00Z.
const END_MS: i64 = 1_767_225_600_000;

fn main() {
    divan::main();
}

/// The same rows in both formats.
static DATA: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let batch = events();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(100_000));
    let file = File::create(folder.path().join("events.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties.build())).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    write_csv(&folder.path().join("events.csv"));
    folder
});

/// Some bits that look random, the same every time.
fn mixed(of: i64) -> u64 {
    let mut bits = (of as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits ^ (bits >> 31)
}

fn user(row: i64) -> i64 {
    mixed(mixed(row) as i64 % USERS) as i64
}

fn name(row: i64) -> String {
    // The first names are many times as common as the last.
    format!("event_{}", 60 / (1 + mixed(row ^ 1) % 60))
}

fn amount(row: i64) -> Option<f64> {
    (row % 7 == 0).then(|| (mixed(row ^ 2) % 4000) as f64 / 4.0)
}

fn category(row: i64) -> Option<String> {
    (row % 3 == 0).then(|| format!("category_{}", mixed(row ^ 3) % 30))
}

fn events() -> RecordBatch {
    let rows = || 0..ROWS;
    let times: TimestampMillisecondArray = rows().map(|row| Some(END_MS - (ROWS - row) * 100)).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("user_id", Arc::new(rows().map(user).collect::<Int64Array>())),
        ("name", Arc::new(rows().map(|row| Some(name(row))).collect::<StringArray>())),
        ("ts", Arc::new(times.with_timezone("UTC"))),
        ("amount", Arc::new(rows().map(amount).collect::<Float64Array>())),
        ("category", Arc::new(rows().map(category).collect::<StringArray>())),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn write_csv(path: &Path) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(["user_id", "name", "ts", "amount", "category"]).unwrap();
    for row in 0..ROWS {
        let amount = amount(row).map(|amount| amount.to_string()).unwrap_or_default();
        let at_ms = (END_MS - (ROWS - row) * 100).to_string();
        let fields = [user(row).to_string(), name(row), at_ms, amount, category(row).unwrap_or_default()];
        writer.write_record(fields).unwrap();
    }
    writer.flush().unwrap();
}

/// A project over one of the files, without a store.
fn project(format: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = DATA.path().join(format!("events.{format}"));
    let yaml = format!(
        "version: 1\nproject: bench\nworkspaces: {{ shop: {{ inputs: {{ web: {{ kind: platform }} }} }} }}\n\
         data:\n  sources:\n    - {{ name: events, input: web, files: \"{}\", format: {format}, user: {{ mpid: user_id }},\n\
         \x20       event: {{ name: {{ column: name }}, time: ts, attributes: [amount, category] }} }}\n",
        files.display()
    );
    fs::write(folder.path().join("aud.yaml"), yaml).unwrap();
    folder
}

#[divan::bench(args = ["parquet", "csv"], sample_count = 10)]
fn import(bencher: Bencher<'_, '_>, format: &str) {
    bencher.counter(ItemsCount::new(ROWS as u64)).with_inputs(|| project(format)).bench_refs(|folder| {
        let workbench = Workbench::open(Arc::new(OsSystem), folder.path()).unwrap();
        workbench.import(ImportOptions::default(), &|_| ()).unwrap();
    });
}
