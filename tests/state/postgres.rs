//! What a state in a server adds: connections that are lost, several runs at once, schemas that cannot be used.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aud::base::Timestamp;
use aud::state::{PostgresState, StateError, StateReader, StateWriter};
use aud::system::MemorySystem;

use super::sample::*;
use crate::support::postgres::{Database, fresh};

fn open(database: &Database) -> PostgresState {
    let system = MemorySystem::new(Timestamp(77)).with_env("USER", "ann");
    PostgresState::open(Arc::new(system), &database.url, &database.schema).unwrap()
}

/// A state with one audience of two users and one delivery that is still to be made.
fn filled(database: &Database) -> PostgresState {
    let mut state = open(database);
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&state, 5, vec![create("vip"), members("vip", [0, 1])]);
    first.new_users = mpids(0..2);
    first.deliveries = vec![delivery("vip", [0, 1], [])];
    state.commit(&lock, &first).unwrap();
    state.unlock(&lock).unwrap();
    state
}

/// Ends every other connection to the server that uses the schema's tables, or whatever it does.
fn cut(database: &Database, which: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND application_name = '{which}') ended"
    );
    database.connect().query_one(&sql, &[]).unwrap().get(0)
}

/// A state whose connection has a name of its own, so that a test can end it and no other.
fn named(database: &Database, name: &str) -> PostgresState {
    let url = database.url_with(&format!("application_name={name}"));
    let system = MemorySystem::new(Timestamp(77)).with_env("USER", "ann");
    PostgresState::open(Arc::new(system), &url, &database.schema).unwrap()
}

#[test]
fn keeps_the_contract() {
    if fresh().is_none() {
        return;
    }
    let made = std::cell::RefCell::new(Vec::new());
    super::contract::holds(&|| {
        let database = fresh().unwrap();
        let state = open(&database);
        made.borrow_mut().push(database);
        Box::new(state)
    });
}

#[test]
fn states_move_between_a_file_and_a_server() {
    let (Some(one), Some(other)) = (fresh(), fresh()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| Box::new(super::sqlite::open(&folder.path().join(name)).unwrap());
    super::document::moves(file("one.db"), Box::new(open(&one)));
    super::document::moves(Box::new(open(&other)), file("other.db"));
}

#[test]
fn what_is_changed_behind_our_back_is_drift() {
    let Some(database) = fresh() else { return };
    super::history::drifts(&mut filled(&database), &|sql| database.sql(sql));
}

#[test]
fn reading_makes_nothing_and_sees_what_others_make() {
    let Some(database) = fresh() else { return };
    let reader = open(&database);
    assert_eq!(reader.snapshot().unwrap().serial, 0);
    let schemas = format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", database.schema);
    let count = || database.connect().query_one(&schemas, &[]).unwrap().get::<_, i64>(0);
    assert_eq!(count(), 0);
    drop(filled(&database));
    assert_eq!((count(), reader.snapshot().unwrap().audiences.len()), (1, 1));
}

#[test]
fn schemas_that_are_no_state_are_refused() {
    let Some(database) = fresh() else { return };
    let again = || PostgresState::open(Arc::new(MemorySystem::new(Timestamp(0))), &database.url, &database.schema);
    database.sql(&format!("CREATE SCHEMA {0}; CREATE TABLE {0}.songs (title TEXT)", database.schema));
    let error = again().err().unwrap();
    assert!(matches!(error, StateError::Damaged(_)) && error.to_string().contains("another program"), "{error}");
    database.sql("DROP TABLE songs");
    drop(filled(&database));
    database.sql("UPDATE aud_format SET format = 5");
    assert!(matches!(again(), Err(StateError::Newer { found: 5, known: 4 })));
}

#[test]
fn servers_that_cannot_be_used_say_why_without_the_password() {
    let Some(database) = fresh() else { return };
    let system = || Arc::new(MemorySystem::new(Timestamp(0)));
    let error = PostgresState::open(system(), "postgres://ann:s3cret@127.0.0.1:1/crm", "aud").err().unwrap();
    assert!(matches!(error, StateError::Unreachable { .. }), "{error:?}");
    let told = format!("{error} {error:?}");
    assert!(told.contains("127.0.0.1:1/crm") && !told.contains("s3cret"), "{told}");
    let nobody = database.url_with("user=nobody_here");
    let error = PostgresState::open(system(), &nobody, "aud").err().unwrap();
    assert!(matches!(error, StateError::Unauthorized { .. }) && !format!("{error:?}").contains("s3cret"), "{error:?}");
    let error = PostgresState::open(system(), "postgres://ann:s3cret@[", "aud").err().unwrap();
    assert!(matches!(error, StateError::Unlocated(_)) && !format!("{error:?}").contains("s3cret"), "{error:?}");
}

#[test]
fn a_connection_lost_between_transactions_is_made_again() {
    let Some(database) = fresh() else { return };
    drop(filled(&database));
    let name = format!("between_{}", database.schema);
    let mut state = named(&database, &name);
    assert_eq!(cut(&database, &name), 1);
    assert_eq!(state.snapshot().unwrap().serial, 1);
    cut(&database, &name);
    let lock = state.lock("apply").unwrap();
    cut(&database, &name);
    let next = changes(&state, 9, vec![members("vip", [1])]);
    cut(&database, &name);
    assert_eq!(state.commit(&lock, &next).unwrap(), 2);
    assert_eq!(state.commits().unwrap().len(), 2);
}

/// Connections are ended at random instants, most of them inside a transaction: whatever was told holds, nothing is half done.
#[test]
fn a_connection_lost_inside_a_transaction_leaves_all_or_nothing() {
    let Some(database) = fresh() else { return };
    drop(filled(&database));
    let name = format!("inside_{}", database.schema);
    let mut state = named(&database, &name);
    let lock = state.lock("apply").unwrap();
    let over = AtomicBool::new(false);
    let (mut lost, mut serial) = (0, 1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                cut(&database, &name);
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        while lost < 20 {
            let Ok(next) = state.head().map(|head| head.serial) else { continue };
            assert!(next >= serial, "what was told is kept");
            serial = next;
            let Ok(mut next) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                changes(&open(&database), 9, vec![members("vip", [(serial % 2) as u32])])
            })) else {
                continue;
            };
            next.deliveries = vec![delivery("vip", [(serial % 2) as u32], [])];
            match state.commit(&lock, &next) {
                Ok(made) => serial = made,
                Err(StateError::Lost(_)) => {
                    lost += 1;
                    assert_eq!(open(&database).head().unwrap().serial, serial, "nothing was written");
                }
                Err(StateError::LostAtCommit(_)) => lost += 1,
                Err(error) => panic!("{error:?}"),
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    let state = open(&database);
    let snapshot = state.snapshot().unwrap();
    assert_eq!(state.commits().unwrap().len() as u64, snapshot.serial);
    assert_eq!(snapshot.pending, snapshot.serial);
    assert!(!snapshot.audiences[0].drift.any());
    let sequences: Vec<u64> = state.pending().unwrap().iter().map(|each| each.sequence).collect();
    assert_eq!(sequences, (1..=snapshot.serial).collect::<Vec<_>>());
}

#[test]
fn of_two_runs_at_once_one_gets_the_lock_and_one_makes_the_serial() {
    let Some(database) = fresh() else { return };
    let won: Vec<bool> = std::thread::scope(|scope| {
        let run = || match open(&database).lock("apply") {
            Ok(_) => true,
            Err(StateError::Locked(_)) => false,
            Err(error) => panic!("{error:?}"),
        };
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    let held = open(&database).lock_info().unwrap().unwrap();
    // Both know the lock, as when it was taken away and both go on: still only one commit is made for a serial.
    let next = changes(&open(&database), 5, vec![create("vip")]);
    let made: Vec<_> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&database).commit(&held.id, &next))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let moved = |made: &&Result<u64, StateError>| matches!(made, Err(StateError::Moved { expected: 0, found: 1 }));
    assert_eq!(
        (made.iter().filter(moved).count(), made.iter().filter(|made| made.is_ok()).count()),
        (3, 1),
        "{made:?}"
    );
}
