//! A world that refuses at the nth call: afterwards the store is as before or as after, nothing acknowledged is lost, and doing it
//! again gives what an uninterrupted run gives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use aud::base::Mpid;
use aud::catalog::Catalog;
use aud::project::{DataSource, Format, Project};
use aud::store::{KeyStats, Stats, Store, StoreError, compact, fold, open, stats, verify};
use aud::system::{OsSystem, System};
use parquet::arrow::ArrowWriter;
use tempfile::TempDir;

use super::faulty::{Fault, Faulty};
use super::recent::append_to;
use super::support::{describe, project, purchases, run, said};
use crate::support::copy;

/// What anybody sees of a store: all users, and when what was said of them.
fn seen(store: &Store) -> (BTreeMap<Mpid, String>, impl PartialEq + std::fmt::Debug + use<>) {
    (describe(store), said(store))
}

/// What is in the files, without what every store or run has of its own: its id and the names of its files.
fn filed(folder: &Path) -> (Stats, Vec<KeyStats>, Vec<(String, u64)>, Catalog) {
    let Stats { events, files, .. } = stats(&OsSystem, folder).unwrap();
    let table = |name: &str| name.rsplit_once('-').map_or(name, |(table, _)| table).to_owned();
    let mut files: Vec<_> = files.iter().map(|file| (table(&file.name), file.rows)).collect();
    files.sort();
    let rest = stats(&OsSystem, folder).unwrap();
    let rest = Stats { id: String::new(), events: Vec::new(), files: Vec::new(), ..rest };
    (rest, events, files, open(&OsSystem, folder).unwrap().catalog())
}

/// The files of columns in the folder, whole or partial, and those that the manifest names.
fn on_disk(folder: &Path) -> (BTreeSet<String>, BTreeSet<String>) {
    let all = std::fs::read_dir(folder).into_iter().flatten();
    let names = all.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let named = stats(&OsSystem, folder).unwrap().files.into_iter().map(|file| file.name);
    let is_of_columns = |name: &String| name.ends_with(".arrow") || name.ends_with(".partial");
    (names.filter(is_of_columns).filter(|name| !name.starts_with(".recent")).collect(), named.collect())
}

/// The number of the write that made a file.
fn generation(name: &str) -> Option<u64> {
    name.strip_suffix(".arrow")?.rsplit_once('-')?.1.parse().ok()
}

/// Lets every call of an operation fail in every way. The data of the folder lies in `data`. Gives how many of them failed it.
fn everywhere(prepared: &Path, operation: impl Fn(&dyn System, &Path) -> Result<(), StoreError>) -> usize {
    let before = seen(&open(&OsSystem, &prepared.join("data")).unwrap());
    let whole = tempfile::tempdir().unwrap();
    copy(prepared, whole.path());
    operation(&OsSystem, whole.path()).unwrap();
    let after = seen(&open(&OsSystem, &whole.path().join("data")).unwrap());
    let filed_after = filed(&whole.path().join("data"));
    let mut failed = 0;
    for fault in Fault::ALL {
        for call in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let (folder, data) = (folder.path(), folder.path().join("data"));
            copy(prepared, folder);
            let system = Faulty::new(call, fault);
            let result = operation(&system, folder);
            let what = format!("{fault:?} at call {call}: {result:?}");
            let now = seen(&open(&OsSystem, &data).unwrap());
            assert!(now == after || (now == before && result.is_err()), "{what}");
            assert_eq!(verify(&OsSystem, &data).unwrap().damages, [], "{what}");
            if let Err(error) = &result {
                assert!(error.to_string().contains("no space left on device"), "{error}");
                failed += 1;
                // What it wrote and no manifest names is gone: a disk may be full of it. What it replaced may still be there.
                let (there, named) = on_disk(&data);
                let last = named.iter().filter_map(|name| generation(name)).max();
                let left: Vec<_> = there.difference(&named).filter(|name| generation(name) > last).collect();
                assert_eq!(left, [] as [&String; 0], "{what}");
                assert!(!there.iter().any(|name| name.ends_with(".partial")), "{what}: {there:?}");
                operation(&OsSystem, folder).unwrap();
                assert_eq!(seen(&open(&OsSystem, &data).unwrap()), after, "{what}, then again");
                assert_eq!(verify(&OsSystem, &data).unwrap().damages, [], "{what}, then again");
            }
            assert_eq!(filed(&data), filed_after, "{what}, then again");
            let (there, named) = on_disk(&data);
            if there != named {
                // Nothing was left to do, so nobody cleared up: the next one to write does.
                append_to(&OsSystem, &data, &[(5, 0, 50)]).unwrap();
                fold(&OsSystem, &data).unwrap();
                let (there, named) = on_disk(&data);
                assert_eq!(there, named, "{what}, then another write");
            }
            if !system.was_reached() {
                break;
            }
        }
    }
    failed
}

/// Recent writes that are acknowledged before the operation begins.
fn acknowledged(data: &Path) {
    append_to(&OsSystem, data, &[(1, 1, 10), (2, 2, 20), (1, 1, 11), (1, 1, 12), (1, 1, 13), (1, 1, 14)]).unwrap();
    fold(&OsSystem, data).unwrap();
    append_to(&OsSystem, data, &[(1, 1, 15), (3, 0, 30)]).unwrap();
}

#[test]
fn a_fold_may_fail_anywhere() {
    let prepared = tempfile::tempdir().unwrap();
    acknowledged(&prepared.path().join("data"));
    let failed = everywhere(prepared.path(), |system, folder| fold(system, &folder.join("data")).map(drop));
    assert!(failed > 25, "{failed}");
}

#[test]
fn compacting_may_fail_anywhere() {
    let prepared = tempfile::tempdir().unwrap();
    acknowledged(&prepared.path().join("data"));
    let failed = everywhere(prepared.path(), |system, folder| compact(system, &folder.join("data")).map(drop));
    assert!(failed > 25, "{failed}");
}

#[test]
fn appending_may_fail_anywhere() {
    let (empty, prepared) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    acknowledged(&prepared.path().join("data"));
    let batch = [(1, 1, 16), (4, 2, 40)];
    for (at, least) in [(&empty, 15), (&prepared, 4)] {
        let failed = everywhere(at.path(), |system, folder| append_to(system, &folder.join("data"), &batch));
        assert!(failed >= least, "{failed}");
    }
}

/// A project in the folder with one source of purchases.
fn shop(folder: &Path, format: Format) -> Project {
    let mut source = DataSource { format, ..purchases("a*") };
    if format == Format::Parquet {
        source.mpid = Some("id".to_owned());
        source.identities.clear();
    }
    Project { folder: folder.to_owned(), data_path: folder.join("data"), ..project(vec![source]) }
}

fn csv(rows: &[&str]) -> Vec<u8> {
    format!("id,email,at,sku,country\n{}\n", rows.join("\n")).into_bytes()
}

fn parquet(ids: &[i64]) -> Vec<u8> {
    let text = |of: &dyn Fn(i64) -> String| -> ArrayRef {
        Arc::new(ids.iter().map(|id| Some(of(*id))).collect::<StringArray>())
    };
    let columns = [
        ("id", Arc::new(Int64Array::from(ids.to_vec())) as ArrayRef),
        ("at", text(&|id| format!("2020-01-{:02}", id + 1))),
        ("sku", text(&|id| format!("s{}", id % 3))),
        ("country", text(&|id| ["UK", "FR"][id as usize % 2].to_owned())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

/// A folder with the first file of each format, imported unless it is to be imported first, and one more.
fn sources(format: Format, first: bool) -> TempDir {
    let prepared = tempfile::tempdir().unwrap();
    let (one, two) = match format {
        Format::Csv => {
            let many: Vec<String> = (0..20).map(|at| format!("{},,2020-01-{:02},X{at},UK", at % 7, at + 1)).collect();
            // The last row has no time: it is kept aside.
            let two = ["8,b@c,2020-03-01,Y,", "1,,2020-03-02,Z,FR", "9,,soon,Z,DE"];
            (csv(&many.iter().map(String::as_str).collect::<Vec<_>>()), csv(&two))
        }
        _ => (parquet(&(0..20).collect::<Vec<_>>()), parquet(&[3, 25])),
    };
    std::fs::write(prepared.path().join("a1"), one).unwrap();
    if !first {
        run(&OsSystem, &shop(prepared.path(), format)).unwrap();
        acknowledged(&prepared.path().join("data"));
    }
    std::fs::write(prepared.path().join("a2"), two).unwrap();
    prepared
}

fn imports_may_fail_anywhere(format: Format) {
    for first in [true, false] {
        let prepared = sources(format, first);
        let failed = everywhere(prepared.path(), |system, folder| run(system, &shop(folder, format)).map(drop));
        assert!(failed > 20, "first {first}: {failed}");
    }
}

#[test]
fn imports_row_by_row_may_fail_anywhere() {
    imports_may_fail_anywhere(Format::Csv);
}

#[test]
fn imports_by_columns_may_fail_anywhere() {
    imports_may_fail_anywhere(Format::Parquet);
}

/// A file that changed has everything read anew, over the store that is there.
#[test]
fn a_rebuild_may_fail_anywhere() {
    let prepared = tempfile::tempdir().unwrap();
    std::fs::write(prepared.path().join("a1"), csv(&["1,,2020-01-01,X,UK", "2,a@b,2020-01-02,Y,"])).unwrap();
    run(&OsSystem, &shop(prepared.path(), Format::Csv)).unwrap();
    std::fs::write(prepared.path().join("a1"), csv(&["1,,2020-01-01,Z,UK", "3,a@b,2020-01-02,Y,"])).unwrap();
    let failed = everywhere(prepared.path(), |system, folder| run(system, &shop(folder, Format::Csv)).map(drop));
    assert!(failed > 20, "{failed}");
}
