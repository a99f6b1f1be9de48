//! What every state remembers: commits, addresses, what was deployed, evaluations, the journal by audience and by user.

use std::time::Duration;

use aud::base::{Fingerprint, Now, Timestamp};
use aud::state::{Allowed, Checked, CheckedAt, Commit, Drift, Extent, StateChange, StateError, StateWriter};

use super::contract::{Made, ids, told};
use super::sample::*;

pub(super) fn commits_are_recorded(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("a")]);
    let allowed =
        Allowed { what: "a.drops".to_owned(), reason: "season's end".to_owned(), measured: "91 %".to_owned() };
    first.allowed = vec![allowed.clone()];
    state.commit(&lock, &first).unwrap();
    let mut second = changes(&*state, 9, vec![]);
    (second.reason, second.commit, second.by) = ("state mv".to_owned(), None, "bob".to_owned());
    state.commit(&lock, &second).unwrap();
    let commits = state.commits().unwrap();
    let expected = Commit {
        serial: 1,
        at: Timestamp(5),
        by: "ann".to_owned(),
        commit: Some("c0ffee".to_owned()),
        reason: "apply".to_owned(),
        now: Now(Timestamp(5 - HOUR)),
        store: "the data".to_owned(),
        data_version: u64::MAX - 1,
        allowed: vec![allowed],
    };
    assert_eq!((commits.len(), &commits[0]), (2, &expected));
    assert_eq!((&*commits[1].reason, &commits[1].commit, &*commits[1].by), ("state mv", &None, "bob"));
    assert_eq!(state.commit_of(2).unwrap().as_ref(), Some(&commits[1]));
    assert_eq!(state.commit_of(3).unwrap(), None);
    assert_eq!(state.revisions(ids(&*state)["a"]).unwrap()[0].serial, Some(1));
}

pub(super) fn addresses_lead_to_every_audience_that_had_them(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    assert!(state.known(&name("a")).unwrap().is_empty() && state.addresses().unwrap().is_empty());
    state.commit(&lock, &changes(&*state, 1, vec![create("a"), create("z")])).unwrap();
    let first = ids(&*state)["a"];
    state.commit(&lock, &changes(&*state, 2, vec![rename("a", "b")])).unwrap();
    state.commit(&lock, &changes(&*state, 3, vec![create("a")])).unwrap();
    let second = ids(&*state)["a"];
    state.commit(&lock, &changes(&*state, 4, vec![delete("b")])).unwrap();
    assert_eq!(state.addresses().unwrap().into_iter().map(|each| each.to_string()).collect::<Vec<_>>(), ["a", "z"]);
    let known = state.known(&name("a")).unwrap();
    let brief: Vec<_> = known.iter().map(|each| (each.id, each.address.as_str(), each.deleted_serial)).collect();
    assert_eq!(brief, [(first, "b", Some(4)), (second, "a", None)]);
    assert_eq!(known[0].created, (Timestamp(1), "ann".to_owned()));
    assert_eq!(known[0].deleted, Some((Timestamp(4), "ann".to_owned())));
    assert_eq!(state.known(&name("b")).unwrap().len(), 1);
    assert!(state.known(&name("c")).unwrap().is_empty());
}

pub(super) fn what_was_deployed_is_known_at_every_serial(mut state: Made) {
    assert!(state.deployed_at(0).unwrap().is_empty());
    assert!(matches!(state.deployed_at(1), Err(StateError::NotRecorded { asked: 1, .. })));
    let lock = state.lock("apply").unwrap();
    let mut changed = audience("b");
    changed.name = "Another".to_owned();
    let update = StateChange::Update { definition: Box::new(changed), salt: None };
    for what in [
        vec![create("a"), create("c")],
        vec![rename("a", "b"), update],
        vec![rename("b", "a"), rename("c", "b")],
        vec![delete("a"), create("a")],
        vec![delete("a")],
    ] {
        let at = state.head().unwrap().serial as i64 + 1;
        state.commit(&lock, &changes(&*state, at, what)).unwrap();
    }
    let at = |serial| -> Vec<_> {
        let deployed = state.deployed_at(serial).unwrap();
        deployed.into_iter().map(|each| format!("{}: {}", each.address, each.name)).collect()
    };
    assert_eq!(at(0), [] as [String; 0]);
    assert_eq!(at(1), ["a: The a", "c: The c"]);
    assert_eq!(at(2), ["b: Another", "c: The c"]);
    assert_eq!(at(3), ["a: Another", "b: The c"]);
    assert_eq!(at(4), ["a: The a", "b: The c"]);
    assert_eq!(at(5), ["b: The c"]);
    assert!(matches!(state.deployed_at(6), Err(StateError::NotRecorded { asked: 6, from: 0, to: 5 })));
    let addresses = |id| state.addresses_of(id).unwrap();
    assert_eq!(addresses(1), [(1, name("a")), (2, name("b")), (3, name("a"))]);
    assert_eq!(addresses(2), [(1, name("c")), (3, name("b"))]);
    assert_eq!(addresses(9), []);
    let revisions: Vec<_> = state.extents().unwrap().into_iter().map(|(serial, it)| (serial, it.revisions)).collect();
    assert_eq!(revisions, [(1, 2), (2, 1), (4, 1)], "a rename is no revision");
}

pub(super) fn evaluations_are_remembered_as_long_as_they_hold(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut apply = |at: i64, what: Vec<StateChange>, until: Option<Option<i64>>| {
        let mut next = changes(&*state, at, what);
        next.new_users = if at == 1 { mpids(0..3) } else { Vec::new() };
        let checked = until.map(|until| Checked {
            address: name("vip"),
            key: Fingerprint::of("key"),
            until: until.map(Timestamp),
        });
        next.checked = checked.into_iter().collect();
        state.commit(&lock, &next).unwrap();
        let record = state.snapshot().unwrap().audiences.remove(0);
        assert!(!record.drift.any());
        record.checked.map(|checked| (checked.now.ms(), checked.until.map(|until| until.0)))
    };
    assert_eq!(apply(1, vec![create("vip"), members("vip", [0])], None), None);
    assert_eq!(apply(2, vec![], Some(None)), Some((2 - HOUR, None)));
    assert_eq!(apply(3, vec![members("vip", [1])], Some(Some(50))), Some((3 - HOUR, Some(50))));
    assert_eq!(apply(4, vec![members("vip", [1])], None), Some((3 - HOUR, Some(50))), "the same members");
    assert_eq!(apply(5, vec![members("vip", [2])], None), None, "other members, from another evaluation");
    assert_eq!(apply(6, vec![], Some(Some(60))), Some((6 - HOUR, Some(60))));
    let update = StateChange::Update { definition: Box::new(audience("vip")), salt: None };
    assert_eq!(apply(7, vec![update], None), None, "another definition");
    assert_eq!(apply(8, vec![], Some(None)), Some((8 - HOUR, None)));
    let away = vec![rename("vip", "z")];
    state.commit(&lock, &changes(&*state, 9, away)).unwrap();
    let kept = state.snapshot().unwrap().audiences.remove(0).checked;
    let expected = CheckedAt {
        key: Fingerprint::of("key"),
        now: Now(Timestamp(8 - HOUR)),
        store: "the data".to_owned(),
        data_version: u64::MAX - 1,
        until: None,
    };
    assert_eq!(kept, Some(expected), "another name for the same");
    let mut misfit = changes(&*state, 10, vec![]);
    misfit.checked = vec![Checked { address: name("vip"), key: Fingerprint::of("key"), until: None }];
    assert!(matches!(state.commit(&lock, &misfit), Err(StateError::Unfit(_))));
}

pub(super) fn the_journal_of_an_audience_and_of_a_user(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 1, vec![create("a"), create("b"), members("a", [0, 1]), members("b", [1])]);
    first.new_users = mpids(0..3);
    state.commit(&lock, &first).unwrap();
    state.commit(&lock, &changes(&*state, 2, vec![members("a", [0, 2]), members("b", [1, 2])])).unwrap();
    let (a, b) = (ids(&*state)["a"], ids(&*state)["b"]);
    state.commit(&lock, &changes(&*state, 3, vec![delete("b")])).unwrap();
    let of = |audience| state.journal_of(audience).unwrap().iter().map(told).collect::<Vec<_>>();
    assert_eq!(of(a), [(1, vec![0, 1], vec![]), (2, vec![2], vec![1])]);
    assert_eq!(of(b), [(1, vec![1], vec![]), (2, vec![2], vec![]), (3, vec![], vec![1, 2])]);
    let about = |user| -> Vec<_> {
        state.journal_about(user).unwrap().iter().map(|entry| (entry.audience, entry.serial)).collect()
    };
    assert_eq!(about(0), [(a, 1)]);
    assert_eq!(about(1), [(a, 1), (b, 1), (a, 2), (b, 3)]);
    assert_eq!(about(2), [(a, 2), (b, 2), (b, 3)]);
    assert_eq!(about(9), []);
    let extents: Vec<_> = state.extents().unwrap().into_iter().collect();
    let extent = |revisions, audiences, adds, drops| Extent { revisions, audiences, adds, drops };
    assert_eq!(extents, [(1, extent(2, 2, 3, 0)), (2, extent(0, 2, 2, 1)), (3, extent(0, 1, 0, 2))]);
}

pub(super) fn waiting_for_the_lock_ends(mut state: Made) {
    let held = state.lock("first").unwrap();
    let mut waited = Duration::ZERO;
    let refused = state.wait_lock("second", Duration::from_secs(20), &mut |pause, holder| {
        assert_eq!(holder.reason, "first");
        waited += pause;
        true
    });
    assert!(matches!(refused, Err(StateError::Locked(holder)) if holder.id == held));
    assert_eq!(waited, Duration::from_secs(20));
    let mut asked = 0;
    let stopped = state.wait_lock("second", Duration::from_secs(20), &mut |_, _| {
        asked += 1;
        asked < 3
    });
    assert!(stopped.is_err() && asked == 3);
    state.unlock(&held).unwrap();
    assert_ne!(state.wait_lock("second", Duration::ZERO, &mut |_, _| false).unwrap(), held);
}

/// A state with the audience `vip` of the users 0 and 1, in whose database somebody else writes.
pub(super) fn drifts(state: &mut dyn StateWriter, tamper: &dyn Fn(&str)) {
    let seen = |state: &dyn StateWriter| {
        let record = state.snapshot().unwrap().audiences.remove(0);
        (record.drift, record.definition.name, record.members.as_ref().map(numbers))
    };
    let of = |definition, members| Drift { definition, members };
    let (vip, both) = (|| "The vip".to_owned(), Some(vec![0, 1]));
    assert_eq!(seen(state), (of(false, false), vip(), both.clone()));
    tamper("UPDATE audiences SET members = (SELECT adds FROM journal WHERE id = 1), members_seal = NULL");
    assert_eq!(seen(state), (of(false, false), vip(), both.clone()), "as a format without seals wrote it");
    tamper("UPDATE audiences SET definition = replace(definition, '\"name\":', '\"name\" : ')");
    assert_eq!(seen(state), (of(false, false), vip(), both.clone()), "the same in other letters");
    tamper("UPDATE audiences SET definition = replace(definition, 'The vip', 'The rip')");
    assert_eq!(seen(state), (of(true, false), vip(), both), "the definition that was applied");
    let lock = state.lock("apply").unwrap();
    let update = StateChange::Update { definition: Box::new(audience("vip")), salt: None };
    state.commit(&lock, &changes(state, 9, vec![update, members("vip", [1])])).unwrap();
    assert_eq!(seen(state), (of(false, false), vip(), Some(vec![1])));
    tamper("UPDATE audiences SET members = (SELECT adds FROM journal WHERE id = 1)");
    assert_eq!(seen(state), (of(false, true), vip(), Some(vec![1])), "what was applied, whatever lies there");
    // Repaired with the members that it should have: who was put there left.
    state.commit(&lock, &changes(state, 10, vec![members("vip", [1])])).unwrap();
    assert_eq!(seen(state), (of(false, false), vip(), Some(vec![1])));
    tamper("UPDATE audiences SET members = NULL");
    assert_eq!(seen(state), (of(false, true), vip(), Some(vec![1])));
    state
        .commit(&lock, &changes(state, 11, vec![StateChange::Members { address: name("vip"), members: None }]))
        .unwrap();
    assert_eq!(seen(state), (of(false, false), vip(), None));
    tamper("UPDATE audiences SET address = 'elsewhere'");
    assert_eq!(seen(state).0, of(true, false));
}
