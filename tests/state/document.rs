//! A whole state as a document: the same from every backend, and back into any of them.

use aud::state::{StateError, StateWriter};
use serde_json::{Value, json};

use super::contract::Made;
use super::sample::*;

/// A state with everything that a state can hold: renamed and deleted audiences, commits, deliveries made and pending, somebody forgotten.
pub(super) fn fill(state: &mut dyn StateWriter) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(state, 5, vec![create("a"), create("b"), members("a", [0, 1]), members("b", [2])]);
    first.new_users = mpids(0..9000);
    first.deliveries = vec![delivery("a", [0, 1], []), delivery("b", [2], [])];
    state.commit(&lock, &first).unwrap();
    let pending = state.pending().unwrap();
    state.delivered(&lock, pending[0].id).unwrap();
    let mut second = changes(state, 6, vec![delete("b"), rename("a", "c"), create("b"), members("b", [8999])]);
    second.deliveries = vec![delivery("c", [], [1])];
    state.commit(&lock, &second).unwrap();
    state.unlock(&lock).unwrap();
}

/// Everything that can be read, as text.
pub(super) fn told(state: &dyn StateWriter) -> String {
    let known: Vec<_> = ["a", "b", "c"].iter().map(|address| state.known(&name(address)).unwrap()).collect();
    let revisions: Vec<_> = known.iter().flatten().map(|each| state.revisions(each.id).unwrap()).collect();
    format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{known:?}\n{revisions:?}",
        state.snapshot().unwrap(),
        state.pending().unwrap(),
        state.journal_since(i64::MIN).unwrap(),
        state.commits().unwrap(),
    )
}

/// Moves a state from one place to another and on, and holds documents to their rules.
pub(super) fn moves(mut from: Made, mut to: Made) {
    let empty = from.dump().unwrap();
    assert_eq!((&empty["format"], &empty["version"], &empty["serial"]), (&json!("aud state"), &json!(1), &json!(0)));
    assert_eq!(empty, to.dump().unwrap());
    fill(&mut *from);
    let document = from.dump().unwrap();
    let read: Value = serde_json::from_str(&serde_json::to_string_pretty(&document).unwrap()).unwrap();
    let lock = to.lock("state push").unwrap();
    assert!(matches!(to.restore("another", &read, false), Err(StateError::LockLost(_))));
    assert_eq!(to.restore(&lock, &read, false).unwrap(), 2);
    assert_eq!(told(&*to), told(&*from));
    assert_eq!(to.dump().unwrap(), document);
    assert_eq!(to.lock_info().unwrap().unwrap().id, lock);
    // It goes on as the first one would: same numbers, same sequences.
    let next = |state: &Made| {
        let mut next = changes(&**state, 7, vec![create("d"), members("c", [])]);
        next.deliveries = vec![delivery("c", [], [0]), delivery("d", [5], [])];
        next
    };
    let own = from.lock("apply").unwrap();
    from.commit(&own, &next(&from)).unwrap();
    to.commit(&lock, &next(&to)).unwrap();
    assert_eq!(told(&*to), told(&*from));

    // Not over the same serial, not backwards, not over another state; unless it is forced.
    let refused = to.restore(&lock, &from.dump().unwrap(), false);
    assert!(matches!(refused, Err(StateError::NotHigher { found: 3, held: 3 })), "{refused:?}");
    assert!(matches!(to.restore(&lock, &document, false), Err(StateError::NotHigher { found: 2, held: 3 })));
    assert_eq!(to.restore(&lock, &document, true).unwrap(), 2);
    assert_eq!(to.dump().unwrap(), document);
    to.restore(&lock, &empty, true).unwrap();
    let other = changes(&*to, 1, vec![create("other")]);
    to.commit(&lock, &other).unwrap();
    let before = to.dump().unwrap();
    assert!(matches!(to.restore(&lock, &document, false), Err(StateError::OtherLineage { .. })));

    // Whatever is damaged changes nothing.
    for (broken, expected) in damaged(&document) {
        let error = to.restore(&lock, &broken, true).unwrap_err();
        assert!(
            matches!(error, StateError::Document(_)) && error.to_string().contains(expected),
            "{expected}: {error}"
        );
    }
    let mut newer = document.clone();
    newer["version"] = json!(2);
    assert!(matches!(to.restore(&lock, &newer, true), Err(StateError::NewerDocument { found: 2, known: 1 })));
    assert_eq!(to.dump().unwrap(), before);
    to.restore(&lock, &document, true).unwrap();
    assert_eq!(to.dump().unwrap(), document);
}

/// Documents that are broken in one way each, most of them with a checksum that fits.
fn damaged(document: &Value) -> Vec<(Value, &'static str)> {
    let with = |pointer: &str, value: Value| {
        let mut broken = document.clone();
        *broken.pointer_mut(pointer).unwrap() = value;
        let tables = serde_json::to_vec(&broken["tables"]).unwrap();
        broken["checksum"] = json!(aud::base::Fingerprint::of(tables).to_string());
        broken
    };
    let mut altered = document.clone();
    altered["tables"]["audiences"][0]["created_by"] = json!("eve");
    vec![
        (json!([]), "no object"),
        (json!({ "format": "another" }), "aud state"),
        (altered, "checksum"),
        (with("/tables/users", json!(7)), "no table `users`"),
        (with("/tables/users/0/mpids", json!("?")), "`users.mpids`"),
        (with("/tables/audiences/0/id", json!(null)), "`audiences.id`"),
        (with("/tables/audiences/0/id", json!(77)), ""),
        (with("/tables/audiences/0/definition", json!("{}")), "definition"),
        (with("/tables/audiences/0/members", json!("AAAA")), "bitmap"),
        (with("/tables/commits/0", json!({})), "other columns"),
        (with("/tables/head/0/serial", json!(9)), "serial"),
        (with("/tables/users", json!([])), ""),
    ]
}

#[test]
fn from_file_to_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| Box::new(super::sqlite::open(&folder.path().join(name)).unwrap());
    moves(open("one.db"), open("other.db"));
}
