//! What a state in a file adds: files that cannot be used, several processes, processes that are killed.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Barrier};

use aud::base::Timestamp;
use aud::state::{SqliteState, StateChange, StateError, StateReader, StateWriter};
use aud::system::{MemorySystem, OsSystem};
use tempfile::TempDir;

use super::sample::*;

pub(super) fn open(path: &Path) -> Result<SqliteState, StateError> {
    SqliteState::open(Arc::new(MemorySystem::new(Timestamp(77)).with_env("USER", "ann")), path)
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    (folder, path)
}

/// A state with one audience of two users and one delivery that is still to be made.
fn filled(path: &Path) -> SqliteState {
    let mut state = open(path).unwrap();
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&state, 5, vec![create("vip"), members("vip", [0, 1])]);
    first.new_users = mpids(0..2);
    first.deliveries = vec![delivery("vip", [0, 1], [])];
    state.commit(&lock, &first).unwrap();
    state.unlock(&lock).unwrap();
    state
}

#[test]
fn the_deepest_definition_comes_back() {
    use aud::ir::{Criterion, Kind};
    let everyone = || Criterion::new(Kind::Everyone);
    let deepest = (0..64).fold(everyone(), |inner, level| {
        let both = vec![everyone(), Criterion::new(Kind::Not(Box::new(inner)))];
        Criterion::new(if level % 2 == 0 { Kind::All(both) } else { Kind::Any(both) })
    });
    let (_folder, path) = folder();
    let mut state = open(&path).unwrap();
    let lock = state.lock("apply").unwrap();
    let definition = aud::ir::Audience { criterion: deepest.into(), ..audience("vip") };
    let create = StateChange::Create { definition: Box::new(definition.clone()), salt: None };
    state.commit(&lock, &changes(&state, 5, vec![create])).unwrap();
    assert_eq!(state.snapshot().unwrap().audiences[0].definition, definition);
}

#[test]
fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    super::contract::holds(&|| {
        count.set(count.get() + 1);
        Box::new(open(&folder.path().join(format!("{}.db", count.get()))).unwrap())
    });
}

#[test]
fn reading_makes_nothing_and_sees_what_others_make() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/.aud/state.db");
    let reader = SqliteState::open(Arc::new(OsSystem), &path).unwrap();
    assert_eq!(reader.snapshot().unwrap().serial, 0);
    assert!(reader.pending().unwrap().is_empty() && reader.lock_info().unwrap().is_none());
    assert!(!folder.path().join("deep").exists());
    let mut writer = SqliteState::open(Arc::new(OsSystem), &path).unwrap();
    let lock = writer.lock("apply").unwrap();
    assert_eq!(reader.lock_info().unwrap().unwrap().id, lock);
    writer.commit(&lock, &changes(&reader, 5, vec![create("vip")])).unwrap();
    assert_eq!(reader.snapshot().unwrap().audiences.len(), 1);
}

#[test]
fn survives_being_closed() {
    let (_folder, path) = folder();
    let before = format!("{:?}", filled(&path).snapshot().unwrap());
    let mut state = open(&path).unwrap();
    assert_eq!(format!("{:?}", state.snapshot().unwrap()), before);
    let lock = state.lock("apply").unwrap();
    assert_eq!(state.lock_info().unwrap().unwrap().since, Timestamp(77));
    drop(state);
    assert_eq!(open(&path).unwrap().lock_info().unwrap().unwrap().id, lock);
}

#[test]
fn an_empty_file_is_an_empty_state() {
    let (_folder, path) = folder();
    std::fs::write(&path, "").unwrap();
    let mut state = open(&path).unwrap();
    assert_eq!(state.snapshot().unwrap().serial, 0);
    assert!(state.lock("apply").is_ok());
}

#[test]
fn files_that_are_no_state_are_refused() {
    let (folder, path) = folder();
    std::fs::write(&path, "audiences: [vip]\n".repeat(400)).unwrap();
    let error = open(&path).err().unwrap();
    assert!(matches!(error, StateError::Damaged(_)) && error.to_string().contains("state.db"), "{error}");

    assert!(matches!(open(folder.path()), Err(StateError::Unopened(_))));

    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
    assert!(open(&other).err().unwrap().to_string().contains("database of another program"));
    rusqlite::Connection::open(&other).unwrap().pragma_update(None, "user_version", 1).unwrap();
    assert!(open(&other).err().unwrap().to_string().contains("database of another program"));
}

#[test]
fn a_newer_format_is_refused() {
    let (_folder, path) = folder();
    drop(filled(&path));
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(&path), Err(StateError::Newer { found: 99, .. })));
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 4).unwrap();
    rusqlite::Connection::open(&path).unwrap().execute("UPDATE audiences SET ir_version = 9999", []).unwrap();
    assert!(matches!(open(&path).unwrap().snapshot(), Err(StateError::Newer { found: 9999, .. })));
}

#[test]
fn damage_is_said_and_never_panics() {
    let (folder, path) = folder();
    drop(filled(&path));
    let whole = std::fs::read(&path).unwrap();
    let broken = folder.path().join("broken.db");
    let mut noticed = 0;
    for at in (0..whole.len()).step_by(509) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x55;
        for bytes in [&flipped[..], &whole[..at]] {
            std::fs::write(&broken, bytes).unwrap();
            let read = open(&broken).and_then(|state| state.snapshot().and(state.pending().map(drop)));
            noticed += usize::from(read.is_err());
        }
    }
    assert!(noticed > 20, "{noticed}");
    // Members that are none are drift, which the journal mends; all else that is about people is damage.
    for (table, column) in [("outbox", "adds"), ("users", "mpids"), ("journal", "adds")] {
        std::fs::write(&broken, &whole).unwrap();
        let database = rusqlite::Connection::open(&broken).unwrap();
        database.execute(&format!("UPDATE {table} SET {column} = x'0102030405'"), []).unwrap();
        if table == "journal" {
            database.execute("UPDATE audiences SET members = x'0102030405'", []).unwrap();
        }
        let read = open(&broken).and_then(|state| state.snapshot().and(state.pending().map(drop)));
        assert!(matches!(read, Err(StateError::Damaged(_))), "{table}.{column}: {read:?}");
    }
}

#[test]
fn one_of_many_threads_gets_the_lock() {
    let (_folder, path) = folder();
    let start = Barrier::new(8);
    let won: Vec<bool> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    match open(&path).unwrap().lock("apply") {
                        Ok(_) => true,
                        Err(StateError::Locked(_)) => false,
                        Err(error) => panic!("{error}"),
                    }
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
}

#[test]
fn a_reader_never_sees_a_state_half_made() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..40 {
        let path = folder.path().join(format!("{round}.db"));
        let start = Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                open(&path).unwrap().lock("apply").unwrap();
            });
            start.wait();
            while open(&path).unwrap().lock_info().unwrap().is_none() {}
        });
    }
}

/// Runs one of the ignored tests below in a process of its own.
fn spawn(test: &str, path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", &format!("state::sqlite::{test}")])
        .env("AUD_TEST_STATE", path)
        .stdout(Stdio::piped())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap()
}

fn path_of_parent() -> Option<PathBuf> {
    std::env::var("AUD_TEST_STATE").ok().map(PathBuf::from)
}

#[test]
fn one_of_two_processes_gets_the_lock_and_is_known_to_be_gone() {
    let (_folder, path) = folder();
    let mut children = [spawn("child_takes_the_lock", &path), spawn("child_takes_the_lock", &path)];
    let mut words = String::new();
    for child in &mut children {
        child.stdout.take().unwrap().read_to_string(&mut words).unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((words.matches("won").count(), words.matches("lost").count()), (1, 1), "{words}");
    let mut state = open(&path).unwrap();
    let holder = state.lock_info().unwrap().unwrap();
    assert!(holder.dead && children.iter().any(|child| child.id() == holder.pid), "{holder:?}");
    assert!(holder.to_string().contains("that process is gone"));
    // Even so, only the explicit command takes it away.
    let refused = state.lock("apply").unwrap_err();
    assert!(matches!(refused, StateError::Locked(_)));
    assert!(refused.to_string().contains(&format!("aud state unlock {}", holder.id)), "{refused}");
    state.break_lock(&holder.id).unwrap();
    assert!(state.lock("apply").is_ok());
}

#[test]
#[ignore = "runs as the child of another test"]
fn child_takes_the_lock() {
    let Some(path) = path_of_parent() else { return };
    match SqliteState::open(Arc::new(OsSystem), &path).unwrap().lock("apply") {
        Ok(_) => println!("won"),
        Err(StateError::Locked(_)) => println!("lost"),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_killed_process_leaves_whole_commits() {
    let (_folder, path) = folder();
    let mut child = spawn("child_commits_for_ever", &path);
    let mut seen = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        // The test harness writes on the same line.
        if let Some((_, serial)) = line.unwrap().rsplit_once("serial ") {
            seen = serial.trim().parse().unwrap();
        }
        if seen >= 7 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut state = open(&path).unwrap();
    let snapshot = state.snapshot().unwrap();
    assert!(snapshot.serial >= seen, "what was told is kept");
    assert_eq!(snapshot.mpids.len() as u64, snapshot.serial);
    assert_eq!(snapshot.pending, snapshot.serial);
    assert_eq!(snapshot.audiences[0].members.as_ref().map(|members| members.len()), Some(snapshot.serial));
    assert_eq!(state.journal_since(i64::MIN).unwrap().len() as u64, snapshot.serial);
    let sequences: Vec<u64> = state.pending().unwrap().iter().map(|each| each.sequence).collect();
    assert_eq!(sequences, (1..=snapshot.serial).collect::<Vec<_>>());
    let holder = state.lock_info().unwrap().unwrap();
    assert!(holder.dead);
    state.break_lock(&holder.id).unwrap();
    let lock = state.lock("apply").unwrap();
    let next = changes(&state, 5, vec![members("vip", [])]);
    assert_eq!(state.commit(&lock, &next).unwrap(), snapshot.serial + 1);
}

#[test]
#[ignore = "runs as the child of another test, until that one kills it"]
fn child_commits_for_ever() {
    let Some(path) = path_of_parent() else { return };
    let mut state = SqliteState::open(Arc::new(OsSystem), &path).unwrap();
    let lock = state.lock("apply").unwrap();
    for step in 0.. {
        let mut next = changes(&state, i64::from(step), vec![members("vip", 0..=step)]);
        if step == 0 {
            next.changes.insert(0, create("vip"));
        }
        next.new_users = mpids(i64::from(step)..i64::from(step) + 1);
        next.deliveries = vec![delivery("vip", [step], [])];
        println!("serial {}", state.commit(&lock, &next).unwrap());
    }
}

/// Makes the file of this build's format that `golden/` keeps, when it is asked to by name; older ones were made from it by hand.
#[test]
#[ignore = "makes a file"]
fn make_golden() {
    let Some(path) = path_of_parent() else { return };
    super::document::fill(&mut open(&path).unwrap());
}

/// A copy of a file that an earlier build wrote.
fn golden(format: u32, folder: &Path) -> PathBuf {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/state/golden/format-{format}.db"));
    let copy = folder.join(format!("format-{format}.db"));
    std::fs::copy(kept, &copy).unwrap();
    copy
}

#[test]
fn every_format_is_read_and_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    for format in 1..=4 {
        let path = golden(format, folder.path());
        let mut state = open(&path).unwrap();
        let snapshot = state.snapshot().unwrap();
        let told: Vec<_> = (snapshot.audiences.iter())
            .map(|each| (each.id, each.definition.address.as_str(), each.members.as_ref().map(numbers)))
            .collect();
        assert_eq!(told, [(3, "b", Some(vec![8999])), (1, "c", Some(vec![0, 1]))], "format {format}");
        assert!(snapshot.audiences.iter().all(|each| !each.drift.any()));
        assert_eq!((snapshot.serial, snapshot.mpids.len(), snapshot.pending), (2, 9000, 2));
        let evaluated = if format < 2 { None } else { Some(Timestamp(6 - HOUR)) };
        assert_eq!(snapshot.audiences[0].evaluated, evaluated);
        assert_eq!(state.pending().unwrap().iter().map(|each| each.sequence).collect::<Vec<_>>(), [2, 1]);
        // Earlier formats wrote no commits; the addresses are those that definitions had.
        assert_eq!(state.commits().unwrap().len(), if format < 4 { 0 } else { 2 });
        let known: Vec<_> = state.known(&name("a")).unwrap().iter().map(|each| each.address.to_string()).collect();
        assert_eq!(known, ["c"]);
        assert_eq!(state.known(&name("b")).unwrap().len(), 2);
        assert_eq!(state.deployed_at(2).unwrap().len(), 2);
        assert_eq!(state.deployed_at(1).is_err(), format < 4);
        let lock = state.lock("apply").unwrap();
        state.commit(&lock, &changes(&state, 9, vec![members("c", [0]), delete("b")])).unwrap();
        assert_eq!(state.deployed_at(3).unwrap().len(), 1);
        assert_eq!(state.snapshot().unwrap().audiences[0].evaluated, Some(Timestamp(9 - HOUR)));
        let copy = Box::new(open(&folder.path().join(format!("copy-{format}.db"))).unwrap());
        let document = state.dump().unwrap();
        let mut copy: super::contract::Made = copy;
        let lock = copy.lock("state push").unwrap();
        copy.restore(&lock, &document, false).unwrap();
        assert_eq!(copy.dump().unwrap(), document);
    }
}

#[test]
fn what_is_changed_behind_our_back_is_drift() {
    let (_folder, path) = folder();
    drop(filled(&path));
    let tamper = |sql: &str| {
        rusqlite::Connection::open(&path).unwrap().execute(sql, []).unwrap();
    };
    super::history::drifts(&mut open(&path).unwrap(), &tamper);
}

#[test]
fn the_document_has_every_column() {
    let (_folder, path) = folder();
    let document = filled(&path).dump().unwrap();
    let database = rusqlite::Connection::open(&path).unwrap();
    let columns = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables =
        columns("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'lock'");
    assert_eq!(tables.len(), document["tables"].as_object().unwrap().len());
    for table in tables {
        let mut expected = columns(&format!("SELECT name FROM pragma_table_info('{table}')"));
        expected.sort();
        let row = document["tables"][&table][0].as_object().unwrap();
        let mut found: Vec<String> = row.keys().cloned().collect();
        found.sort();
        assert_eq!(found, expected, "{table}");
    }
}

#[test]
fn a_file_that_may_only_be_read_is_read() {
    let (folder, path) = folder();
    drop(filled(&path));
    let old = golden(3, folder.path());
    // A disk that is mounted for reading only; as root, nothing less keeps a test from writing.
    let mount =
        |arguments: &[&str]| Command::new("mount").args(arguments).output().is_ok_and(|run| run.status.success());
    let place = folder.path().to_str().unwrap();
    if !(mount(&["--bind", place, place]) && mount(&["-o", "remount,ro,bind", place])) {
        eprintln!("skipped: this machine lets no test mount anything");
        return;
    }
    let told = |path: &Path| {
        let mut state = open(path)?;
        let snapshot = state.snapshot()?;
        let refused = state.lock("apply");
        Ok::<_, StateError>((
            snapshot.serial,
            snapshot.audiences.len(),
            matches!(refused, Err(StateError::ReadOnly(_))),
        ))
    };
    let (new, old) = (told(&path), told(&old));
    let there = folder.path().join("none.db");
    let none = open(&there).and_then(|state| state.snapshot()).map(|snapshot| snapshot.serial);
    assert!(Command::new("umount").arg(place).status().unwrap().success());
    assert_eq!((new.unwrap(), old.unwrap()), ((1, 1, true), (2, 2, true)));
    assert_eq!(none.unwrap(), 0);
}
