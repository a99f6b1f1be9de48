//! Recent writes: durable at once, and the same store before and after they are folded.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use aud::base::{InputName, Mpid};
use aud::catalog::{CustomEventType, EventKey, IdentityType};
use aud::store::{EventRow, Folding, Recent, Store, StoreError, Writes, compact, fold, open, stats, verify};
use aud::system::{OsSystem, System};
use proptest::prelude::*;

use super::changed::versions;
use super::faulty::{Fault, Faulty};
use super::support::describe;

const WEB: &str = "shop.web";

/// Some events of a few users, some of them new to the store.
fn batch(store: &Store, events: &[(u8, u8, i64)]) -> Writes {
    let mut writes = Writes::to(store);
    let input = writes.input(&InputName::try_from(WEB.to_owned()).unwrap()).unwrap();
    let mut new = std::collections::BTreeMap::new();
    for (user, key, at_ms) in events {
        let mpid = Mpid(i64::from(*user) + 1);
        let row = match store.row(mpid) {
            Some(row) => row,
            None => *new.entry(mpid).or_insert_with(|| {
                let row = writes.new_user(mpid);
                writes.identity(row, IdentityType::Email, &format!("{user}@b"), None);
                row
            }),
        };
        let price = key.to_string();
        let event = EventRow {
            at_ms: *at_ms,
            input,
            event_type: CustomEventType::Transaction,
            id: None,
            attributes: &[("price", Some(&price))],
            action: &[],
            products: &[],
        };
        writes.event(row, &EventKey::custom(format!("e{}", key % 3)), event);
    }
    writes
}

pub(super) fn append(folder: &Path, events: &[(u8, u8, i64)]) {
    append_to(&OsSystem, folder, events).unwrap();
}

/// Appends a batch in some world; the store is looked at in the real one.
pub(super) fn append_to(system: &dyn System, folder: &Path, events: &[(u8, u8, i64)]) -> Result<(), StoreError> {
    let writes = batch(&open(&OsSystem, folder).unwrap(), events);
    Recent::open(system, folder)?.append(&mut [writes]).map(drop)
}

fn state(folder: &Path) -> String {
    let store = open(&OsSystem, folder).unwrap();
    format!("{:?} {:?}", describe(&store), versions(&store))
}

fn is_whole(folder: &Path) {
    assert_eq!(verify(&OsSystem, folder).unwrap().damages, []);
}

#[test]
fn what_is_appended_is_there_at_once_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    append(folder, &[(1, 1, 10), (2, 2, 20)]);
    let store = open(&OsSystem, folder).unwrap();
    assert_eq!((store.user_count(), store.event_count()), (2, 2));
    append(folder, &[(1, 1, 5), (3, 1, 30)]);
    let before = state(folder);
    assert_eq!(stats(&OsSystem, folder).unwrap().recent, 2);
    let folded = fold(&OsSystem, folder).unwrap();
    assert_eq!((folded.batches, state(folder)), (2, before.clone()));
    assert_eq!(fold(&OsSystem, folder).unwrap().batches, 0, "and only once");
    is_whole(folder);
    append(folder, &[(1, 1, 7)]);
    assert_eq!(open(&OsSystem, folder).unwrap().event_count(), 5);
    assert_eq!(open(&OsSystem, folder).unwrap().id, store.id);
}

#[test]
fn batches_that_were_folded_are_not_repeated_where_they_are_still_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    append(folder, &[(1, 1, 10)]);
    let (before, log) = (state(folder), folder.join("recent.db"));
    // A fold that was killed before it took the batches away.
    let connection = rusqlite::Connection::open(&log).unwrap();
    connection.execute_batch("CREATE TABLE kept AS SELECT * FROM batches").unwrap();
    fold(&OsSystem, folder).unwrap();
    connection.execute_batch("INSERT INTO batches SELECT * FROM kept").unwrap();
    assert_eq!(state(folder), before);
    append(folder, &[(2, 1, 20)]);
    assert_eq!(open(&OsSystem, folder).unwrap().event_count(), 2);
    is_whole(folder);
}

#[test]
fn a_damaged_batch_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    append(folder, &[(1, 1, 10)]);
    append(folder, &[(1, 1, 11)]);
    let log = folder.join("recent.db");
    let whole = std::fs::read(&log).unwrap();
    for damage in [
        "UPDATE batches SET content = CAST(content || ' ' AS BLOB) WHERE number = 2",
        "DELETE FROM batches WHERE number = 1",
        "DELETE FROM batches WHERE number = 2",
        "UPDATE log SET last = 1",
        "UPDATE log SET last = -1",
    ] {
        std::fs::write(&log, &whole).unwrap();
        rusqlite::Connection::open(&log).unwrap().execute_batch(damage).unwrap();
        let error = open(&OsSystem, folder).unwrap_err();
        assert!(matches!(&error, StoreError::Damaged { what, .. } if what.contains("batch")), "{error}");
        assert_eq!(verify(&OsSystem, folder).unwrap().damages.len(), 1);
        assert!(fold(&OsSystem, folder).is_err());
    }
}

/// What the error says to do: the log alone is removed, whatever lies beside it, and what was folded stays.
#[test]
fn a_damaged_log_is_removed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    append(folder, &[(1, 1, 10)]);
    fold(&OsSystem, folder).unwrap();
    let (folded, log) = (state(folder), folder.join("recent.db"));
    let store = open(&OsSystem, folder).unwrap();
    let mut held = Recent::open(&OsSystem, folder).unwrap();
    held.append(&mut [batch(&store, &[(2, 1, 20)])]).unwrap();
    let beside = std::fs::read(folder.join("recent.db-wal")).unwrap();
    drop(held);
    std::fs::write(&log, "no database").unwrap();
    let error = open(&OsSystem, folder).unwrap_err().to_string();
    assert!(error.contains("recent.db` is damaged") && error.contains("remove it, and nothing else"), "{error}");
    std::fs::remove_file(&log).unwrap();
    std::fs::write(folder.join("recent.db-wal"), beside).unwrap();
    assert_eq!(state(folder), folded);
    append(folder, &[(3, 1, 30)]);
    assert_eq!(open(&OsSystem, folder).unwrap().event_count(), 2, "the batch that was given up is not there again");
    fold(&OsSystem, folder).unwrap();
    is_whole(folder);
}

#[test]
fn a_log_that_is_none_and_one_of_a_later_format_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    append(folder, &[(1, 1, 10)]);
    let log = folder.join("recent.db");
    rusqlite::Connection::open(&log).unwrap().pragma_update(None, "user_version", 3).unwrap();
    assert!(matches!(open(&OsSystem, folder), Err(StoreError::Newer { found: 3, known: 2, .. })));
    for pragma in ["user_version", "application_id"] {
        rusqlite::Connection::open(&log).unwrap().pragma_update(None, pragma, 1).unwrap();
        assert!(matches!(open(&OsSystem, folder), Err(StoreError::Damaged { .. })));
    }
    std::fs::write(&log, "").unwrap();
    assert!(matches!(Recent::open(&OsSystem, folder), Err(StoreError::Damaged { .. })));
}

#[test]
fn segments_are_merged_by_their_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let many = |count: i64| (0..count).map(|at| (at as u8 % 50, 1, at)).collect::<Vec<_>>();
    let segments = || {
        let files = OsSystem.files_below(folder).unwrap();
        files.iter().filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("events-e1")).count()
    };
    for (events, expected) in [(400, 1), (40, 2), (5, 3), (20, 2), (300, 1), (10, 2)] {
        append(folder, &many(events));
        let before = state(folder);
        fold(&OsSystem, folder).unwrap();
        assert_eq!((segments(), state(folder)), (expected, before), "{events}");
    }
    let before = state(folder);
    assert_eq!(compact(&OsSystem, folder).unwrap().segments, 1);
    assert_eq!((segments(), state(folder)), (1, before));
    is_whole(folder);
}

#[test]
fn folding_goes_on_in_the_background_and_nobody_sees_it() {
    let (folded, unfolded) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (told, heard) = std::sync::mpsc::channel();
    let system = std::sync::Arc::new(OsSystem);
    let folding = Folding::start(system, folded.path().to_owned(), 2, move |folded| {
        let _ = told.send(folded.unwrap().batches);
    });
    let folding = folding.unwrap();
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for at in 0..60 {
                let events = [(at % 7, at % 3, i64::from(at)), (at % 5, at % 2, 100 - i64::from(at))];
                append(unfolded.path(), &events);
                append(folded.path(), &events);
                acknowledged.fetch_add(2, Ordering::SeqCst);
                folding.appended(1);
            }
        });
        while !writer.is_finished() {
            let least = acknowledged.load(Ordering::SeqCst);
            assert!(open(&OsSystem, folded.path()).unwrap().event_count() >= least);
            assert!(stats(&OsSystem, folded.path()).unwrap().event_count() >= least);
            is_whole(folded.path());
        }
    });
    drop(folding);
    let batches: u64 = heard.iter().sum();
    assert!(batches >= 58, "{batches}");
    assert_eq!(state(folded.path()), state(unfolded.path()));
}

#[test]
fn a_fold_that_fails_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    append(folder.path(), &[(1, 1, 10)]);
    let before = state(folder.path());
    let (told, heard) = std::sync::mpsc::channel();
    let system = std::sync::Arc::new(Faulty::new(1, Fault::ShortWrite));
    let folding = Folding::start(system, folder.path().to_owned(), 1, move |folded| {
        let _ = told.send(folded.map(|folded| folded.batches).map_err(|error| error.to_string()));
    });
    let folding = folding.unwrap();
    folding.appended(1);
    assert!(heard.recv().unwrap().is_err());
    assert_eq!(state(folder.path()), before);
    folding.appended(0);
    assert_eq!(heard.recv().unwrap(), Ok(1));
    drop(folding);
    assert_eq!((state(folder.path()), stats(&OsSystem, folder.path()).unwrap().recent), (before, 0));
    is_whole(folder.path());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn folding_at_any_time_changes_nothing(
        steps in proptest::collection::vec(
            (proptest::collection::vec((0u8..6, 0u8..6, 0i64..50), 1..6), 0u8..3), 1..6)
    ) {
        let (folded, unfolded) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (events, step) in &steps {
            append(folded.path(), events);
            append(unfolded.path(), events);
            match step {
                0 => prop_assert!(fold(&OsSystem, folded.path()).is_ok()),
                1 => prop_assert!(compact(&OsSystem, folded.path()).is_ok()),
                _ => {}
            }
            prop_assert_eq!(state(folded.path()), state(unfolded.path()));
        }
        is_whole(folded.path());
    }
}
