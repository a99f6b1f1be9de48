//! A disk that is really full: a child may write files only up to a length.

use std::io::Write;
use std::path::Path;

use aud::base::Mpid;
use aud::store::{StoreError, fold, open, verify};
use aud::system::OsSystem;

use super::recent::append_to;
use super::support::describe;
use crate::support::{Sandbox, child, copy, folder_of_child, last_number, limited};

/// The `number`th batch, which is one event; its length differs from that of its neighbours.
pub(super) fn batch(number: u64) -> [(u8, u8, i64); 1] {
    [((number % 50) as u8, (number % 200) as u8, number.cast_signed())]
}

/// Says a number to the test that started this process, on a line of its own.
pub(super) fn say(word: &str, number: u64) {
    println!("\n{word} {number}");
    std::io::stdout().flush().unwrap();
}

/// Looks at the folder of a store that holds the first so many batches and nothing else.
pub(super) fn holds(folder: &Path, batches: u64) {
    let twin = tempfile::tempdir().unwrap();
    let all: Vec<_> = (0..batches).flat_map(batch).collect();
    if !all.is_empty() {
        append_to(&OsSystem, twin.path(), &all).unwrap();
    }
    assert_eq!(describe(&open(&OsSystem, folder).unwrap()), describe(&open(&OsSystem, twin.path()).unwrap()));
    assert_eq!(verify(&OsSystem, folder).unwrap().damages, []);
}

#[test]
#[ignore = "runs in a process that another test starts"]
fn child_appends_until_the_disk_is_full() {
    let Some(folder) = folder_of_child() else { return };
    for number in 0.. {
        match append_to(&OsSystem, &folder, &batch(number)) {
            Ok(()) => say("acknowledged", number + 1),
            Err(error) => {
                assert!(matches!(error, StoreError::Recent { .. } | StoreError::System { .. }), "{error:?}");
                let text = error.to_string();
                assert!(text.contains("disk") || text.contains("too large"), "{text}");
                return say("refused", number);
            }
        }
    }
}

/// Whichever file of the database cannot grow: what is acknowledged is there, and the next append goes on from it.
#[test]
fn a_full_disk_loses_no_acknowledged_batch() {
    let mut acknowledged_at = Vec::new();
    for limit in [4, 9, 20, 40, 72, 73, 80, 100, 150] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let run = limited(&child("store::full::child_appends_until_the_disk_is_full", folder), &format!("-f {limit}"));
        let run = { run }.output().unwrap();
        let err = String::from_utf8_lossy(&run.stderr).into_owned();
        let acknowledged = last_number(&run.stdout, "acknowledged").unwrap_or(0);
        assert!(run.status.success(), "{err}");
        assert_eq!(last_number(&run.stdout, "refused"), Some(acknowledged), "{err}");
        holds(folder, acknowledged);
        append_to(&OsSystem, folder, &batch(acknowledged)).unwrap();
        holds(folder, acknowledged + 1);
        fold(&OsSystem, folder).unwrap();
        holds(folder, acknowledged + 1);
        acknowledged_at.push(acknowledged);
    }
    assert!(
        acknowledged_at.is_sorted() && acknowledged_at[0] == 0 && *acknowledged_at.last().unwrap() > 5,
        "{acknowledged_at:?}"
    );
}

/// The program on a full disk: it says so, nothing is imported, and with room again everything is.
#[test]
fn an_import_on_a_full_disk_changes_nothing() {
    let base = Sandbox::empty();
    let _ = base.aud(&["demo", ".", "--users", "300", "--events", "3000", "--no-apply"]).fine();
    let data = |sandbox: &Sandbox| sandbox.at(".aud/data");
    let whole = twin(&base);
    let _ = whole.aud(&["import"]).fine();
    let expected = describe(&open(&OsSystem, &data(&whole)).unwrap());
    let mut refused = 0;
    for limit in [1, 8, 20, 40, 60, 90, 120] {
        let sandbox = twin(&base);
        let run = limited(&sandbox.command(&["import"]), &format!("-f {limit}")).env_clear().output().unwrap();
        let (code, err) = (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned());
        let store = describe(&open(&OsSystem, &data(&sandbox)).unwrap());
        if code == Some(0) {
            assert_eq!(store, expected);
            continue;
        }
        refused += 1;
        assert!(code == Some(1) && err.contains("too large"), "{limit}: {code:?} {err}");
        assert_eq!(store, std::collections::BTreeMap::<Mpid, String>::new());
        let _ = sandbox.aud(&["import"]).fine();
        assert_eq!(describe(&open(&OsSystem, &data(&sandbox)).unwrap()), expected);
        assert_eq!(verify(&OsSystem, &data(&sandbox)).unwrap().damages, []);
    }
    assert!(refused >= 3, "{refused}");
}

pub(super) fn twin(of: &Sandbox) -> Sandbox {
    let twin = Sandbox::empty();
    copy(of.path(), twin.path());
    twin
}
