//! A user who is forgotten: gone from every membership, still to be told to outputs, and nobody's from then on.

use std::collections::BTreeMap;
use std::sync::Arc;

use aud::base::{Mpid, Timestamp};
use aud::catalog::IdentityType;
use aud::ir::VariantName;
use aud::state::{Carrier, Departed, Departure, SqliteState, StateWriter};
use aud::system::OsSystem;

use super::contract::Made;
use super::sample::*;

const GONE: Mpid = Mpid(-7);

fn departure(state: &dyn StateWriter, mpid: Mpid) -> Departure {
    let carrier = Carrier {
        address: name("vip"),
        variant: VariantName::Whole,
        output: name("warehouse"),
        downstream_name: "The vip".to_owned(),
    };
    let identities = vec![(IdentityType::Email, format!("{mpid}@x"))];
    Departure {
        expected_serial: state.head().unwrap().serial,
        at: Timestamp(77),
        by: "ann".to_owned(),
        commit: None,
        reason: "aud forget".to_owned(),
        data: ("the data".to_owned(), 3),
        mpid,
        instead: GONE,
        carried_by: vec![carrier],
        identities: BTreeMap::from([(name("warehouse"), identities)]),
    }
}

pub(super) fn whoever_departs_is_dropped_everywhere_and_added_nowhere(mut state: Made) {
    let lock = state.lock("test").unwrap();
    let mut first = changes(&*state, HOUR, vec![create("vip"), members("vip", [0, 1, 2])]);
    first.new_users = mpids(10..13);
    first.deliveries = vec![delivery("vip", [0, 1, 2], [])];
    state.commit(&lock, &first).unwrap();
    let mut second = changes(&*state, 2 * HOUR, vec![members("vip", [1, 2])]);
    second.deliveries = vec![delivery("vip", [], [0])];
    state.commit(&lock, &second).unwrap();
    let evaluated = state.snapshot().unwrap().audiences[0].evaluated;

    let one = mpids(10..13)[1];
    let step = departure(&*state, one);
    assert_eq!(state.depart(&lock, &step).unwrap(), 3);
    let snapshot = state.snapshot().unwrap();
    assert_eq!((snapshot.mpids[1], snapshot.mpids[0]), (GONE, mpids(10..13)[0]));
    assert_eq!(snapshot.audiences[0].members, Some(users([2])));
    assert_eq!((snapshot.audiences[0].evaluated, snapshot.serial), (evaluated, 3));
    let entry = state.journal_since(i64::MIN).unwrap().into_iter().find(|entry| entry.serial == 3).unwrap();
    assert_eq!((numbers(&entry.adds), numbers(&entry.drops), entry.at), (vec![], vec![1], Timestamp(77)));
    let pending = state.pending().unwrap();
    let told: Vec<_> = pending.iter().map(|each| (each.sequence, numbers(&each.adds), numbers(&each.drops))).collect();
    assert_eq!(told, [(1, vec![0, 2], vec![]), (2, vec![], vec![0]), (3, vec![], vec![1])]);
    let of_one = Departed { number: 1, mpid: one, identities: vec![(IdentityType::Email, format!("{one}@x"))] };
    assert_eq!(pending.iter().map(|each| each.departed.clone()).collect::<Vec<_>>(), [vec![], vec![], vec![of_one]]);

    // Once more, and for nobody: nothing changes.
    let again = Departure { expected_serial: 3, ..step };
    assert_eq!(state.depart(&lock, &again).unwrap(), 3);
    assert_eq!(state.pending().unwrap().len(), 3);

    // Who left before, and whose leaving is still to be told, is known to that delivery from then on.
    let zero = mpids(10..13)[0];
    let step = Departure { instead: Mpid(-8), carried_by: vec![], ..departure(&*state, zero) };
    state.depart(&lock, &step).unwrap();
    assert_eq!(state.pending().unwrap()[1].departed[0].mpid, zero);

    for delivery in state.pending().unwrap() {
        state.delivered(&lock, delivery.id).unwrap();
    }
    state.scrub(&lock).unwrap();
    let commit = state.commit_of(3).unwrap().unwrap();
    assert_eq!((&*commit.by, &*commit.reason, &*commit.store), ("ann", "aud forget", "the data"));
}

pub(super) fn only_the_holder_of_the_lock_makes_anybody_depart(mut state: Made) {
    let lock = state.lock("test").unwrap();
    let mut first = changes(&*state, HOUR, vec![create("vip"), members("vip", [0])]);
    first.new_users = mpids(10..11);
    state.commit(&lock, &first).unwrap();
    let step = departure(&*state, mpids(10..11)[0]);
    assert!(state.depart("other", &step).is_err() && state.scrub("other").is_err());
    let stale = Departure { expected_serial: 9, ..step };
    assert!(state.depart(&lock, &stale).is_err());
    assert_eq!(state.snapshot().unwrap().audiences[0].members, Some(users([0])));
}

#[test]
fn no_file_keeps_a_trace() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SqliteState::open(Arc::new(OsSystem), &folder.path().join("state.db")).unwrap();
    whoever_departs_is_dropped_everywhere_and_added_nowhere(Box::new(open()));
    for file in crate::support::files_below(folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for mpid in &mpids(10..13)[..2] {
            let traces = [mpid.0.to_le_bytes().to_vec(), format!("{mpid}@x").into_bytes()];
            let holds = traces.iter().any(|trace| bytes.windows(trace.len()).any(|window| window == &trace[..]));
            assert!(!holds, "{mpid} in {}", file.display());
        }
    }
}
