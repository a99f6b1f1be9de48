//! What every state keeps, whatever it is kept in. A backend passes by handing its maker to [`holds`].

use std::collections::BTreeMap;

use aud::base::{Now, Timestamp};
use aud::ir::VariantName;
use aud::state::{Delivery, JournalEntry, Metrics, Snapshot, StateChange, StateError, StateWriter};
use roaring::RoaringBitmap;

use super::sample::*;
use super::{departure, history};

pub(super) type Made = Box<dyn StateWriter>;

/// Runs the contract. Each call of `make` gives a state of its own, to which nothing was applied.
pub(super) fn holds(make: &dyn Fn() -> Made) {
    let clauses = [
        a_fresh_state_is_empty,
        one_holder_at_a_time,
        only_the_holder_writes,
        only_for_the_serial_it_was_made_for,
        definitions_have_a_history,
        renames_keep_everything_else,
        numbers_are_never_shared,
        members_go_through_the_journal,
        members_know_when_they_were_evaluated,
        sequences_have_no_gaps,
        a_misfit_changes_nothing,
        the_journal_adds_up,
        history::commits_are_recorded,
        history::addresses_lead_to_every_audience_that_had_them,
        history::what_was_deployed_is_known_at_every_serial,
        history::evaluations_are_remembered_as_long_as_they_hold,
        history::the_journal_of_an_audience_and_of_a_user,
        history::waiting_for_the_lock_ends,
        departure::whoever_departs_is_dropped_everywhere_and_added_nowhere,
        departure::only_the_holder_of_the_lock_makes_anybody_depart,
    ];
    for clause in clauses {
        clause(make());
    }
}

fn members_know_when_they_were_evaluated(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut apply = |at: i64, what: Vec<StateChange>| {
        let mut next = changes(&*state, at, what);
        next.new_users = if at == 1 { mpids(0..2) } else { Vec::new() };
        state.commit(&lock, &next).unwrap();
        state.snapshot().unwrap().audiences[0].evaluated
    };
    let nobody = || StateChange::Members { address: name("vip"), members: None };
    assert_eq!(apply(1, vec![create("vip")]), None);
    assert_eq!(apply(2, vec![members("vip", [])]), Some(Timestamp(2 - HOUR)), "nobody, and that is known");
    assert_eq!(apply(3, vec![members("vip", [0])]), Some(Timestamp(3 - HOUR)));
    assert_eq!(apply(4, vec![members("vip", [0])]), Some(Timestamp(3 - HOUR)), "the same members as before");
    assert_eq!(apply(5, vec![nobody()]), None);
}

fn a_fresh_state_is_empty(state: Made) {
    let Snapshot { lineage, serial, mpids, audiences, pending, evaluated } = state.snapshot().unwrap();
    assert_eq!((lineage.as_str(), serial, mpids.len(), audiences.len(), pending), ("", 0, 0, 0, 0));
    assert!(evaluated.is_none() && state.lock_info().unwrap().is_none());
    assert!(state.pending().unwrap().is_empty() && state.journal_since(i64::MIN).unwrap().is_empty());
    assert!(state.revisions(1).unwrap().is_empty() && state.metrics(Now(Timestamp(0))).unwrap().is_empty());
}

fn one_holder_at_a_time(mut state: Made) {
    let first = state.lock("apply").unwrap();
    let info = state.lock_info().unwrap().unwrap();
    assert_eq!((info.id.as_str(), info.reason.as_str(), info.pid), (first.as_str(), "apply", std::process::id()));
    assert!(info.owner.starts_with("ann@") && !info.dead, "{info:?}");
    assert!(matches!(state.lock("again"), Err(StateError::Locked(holder)) if *holder == info));
    assert!(matches!(state.break_lock("another"), Err(StateError::LockLost(_))));
    state.heartbeat(&first).unwrap();
    state.unlock(&first).unwrap();
    state.unlock(&first).unwrap();
    let second = state.lock("apply").unwrap();
    assert_ne!(first, second);
    assert!(matches!(state.heartbeat(&first), Err(StateError::LockLost(_))));
    state.break_lock(&second).unwrap();
    assert!(state.lock_info().unwrap().is_none());
}

fn only_the_holder_writes(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("vip")]);
    first.new_users = mpids(0..3);
    first.deliveries = vec![delivery("vip", [0], [])];
    assert!(matches!(state.commit("another", &first), Err(StateError::LockLost(_))));
    assert_eq!(state.head().unwrap().serial, 0);
    assert_eq!(state.commit(&lock, &first).unwrap(), 1);
    let pending = state.pending().unwrap();
    state.break_lock(&lock).unwrap();
    assert!(matches!(state.delivered(&lock, pending[0].id), Err(StateError::LockLost(_))));
    assert_eq!(state.snapshot().unwrap().pending, 1);
}

fn only_for_the_serial_it_was_made_for(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let stale = changes(&*state, 5, vec![create("vip")]);
    state.commit(&lock, &changes(&*state, 5, vec![create("other")])).unwrap();
    let lineage = state.head().unwrap().lineage;
    assert!(!lineage.is_empty());
    assert!(matches!(state.commit(&lock, &stale), Err(StateError::Moved { expected: 0, found: 1 })));
    state.commit(&lock, &changes(&*state, 6, vec![])).unwrap();
    let snapshot = state.snapshot().unwrap();
    assert_eq!((snapshot.serial, snapshot.lineage, snapshot.audiences.len()), (2, lineage, 1));
    assert_eq!(snapshot.evaluated, Some((Now(Timestamp(6 - HOUR)), u64::MAX - 1)));
}

fn definitions_have_a_history(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut written = audience("vip");
    let salt = Some("shop/vip/test".to_owned());
    let definition = Box::new(written.clone());
    state.commit(&lock, &changes(&*state, 5, vec![StateChange::Create { definition, salt: salt.clone() }])).unwrap();
    written.name = "Very important".to_owned();
    let definition = Box::new(written.clone());
    let mut second = changes(&*state, 9, vec![StateChange::Update { definition, salt: salt.clone() }]);
    second.by = "bob".to_owned();
    second.commit = None;
    state.commit(&lock, &second).unwrap();
    let record = state.snapshot().unwrap().audiences.remove(0);
    assert_eq!((&record.definition, record.revision, &record.salt), (&written, 2, &salt));
    assert_eq!(record.fingerprint, written.fingerprint());
    assert_eq!(record.created, (Timestamp(5), "ann".to_owned()));
    assert_eq!(record.updated, (Timestamp(9), "bob".to_owned()));
    assert!(record.members.is_none());
    let history = state.revisions(record.id).unwrap();
    let told: Vec<_> =
        history.iter().map(|each| (each.revision, each.at.0, &*each.by, each.commit.as_deref())).collect();
    assert_eq!(told, vec![(1, 5, "ann", Some("c0ffee")), (2, 9, "bob", None)]);
    assert_eq!((&history[0].definition.name, &history[1].definition), (&"The vip".to_owned(), &written));
}

fn renames_keep_everything_else(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("a"), create("b"), members("a", [0, 1]), members("b", [2])]);
    first.new_users = mpids(0..3);
    state.commit(&lock, &first).unwrap();
    let before = ids(&*state);
    // A swap and a chain at once.
    state.commit(&lock, &changes(&*state, 6, vec![create("c")])).unwrap();
    let swap = vec![rename("a", "b"), rename("b", "a"), rename("c", "d")];
    state.commit(&lock, &changes(&*state, 7, swap)).unwrap();
    let after = ids(&*state);
    assert_eq!((after["a"], after["b"]), (before["b"], before["a"]));
    assert!(after.contains_key("d") && !after.contains_key("c"));
    let snapshot = state.snapshot().unwrap();
    for record in &snapshot.audiences {
        assert_eq!(record.fingerprint, record.definition.fingerprint());
        assert_eq!(record.revision, 1);
    }
    assert_eq!(snapshot.audiences[0].members.as_ref().map(numbers), Some(vec![2]));
    assert_eq!(snapshot.audiences[0].definition.name, "The b");
    // Onto an address that a neighbour keeps.
    assert!(matches!(state.commit(&lock, &changes(&*state, 8, vec![rename("a", "b")])), Err(StateError::Unfit(_))));
    state.commit(&lock, &changes(&*state, 9, vec![rename("a", "z"), rename("b", "a")])).unwrap();
    assert_eq!(ids(&*state)["a"], after["b"]);
}

fn numbers_are_never_shared(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("a"), members("a", [0, 1])]);
    first.new_users = mpids(0..2);
    first.deliveries = vec![delivery("a", [0, 1], [])];
    state.commit(&lock, &first).unwrap();
    let id = ids(&*state)["a"];
    // The address goes to another audience in the same breath.
    let mut second = changes(&*state, 6, vec![delete("a"), create("a"), members("a", [1])]);
    let mut farewell = delivery("a", [], [0, 1]);
    farewell.of_deleted = true;
    second.deliveries = vec![farewell, delivery("a", [1], [])];
    state.commit(&lock, &second).unwrap();
    let successor = ids(&*state)["a"];
    assert_ne!(id, successor);
    let pending: Vec<_> = state.pending().unwrap().iter().map(brief).collect();
    assert_eq!(
        pending,
        vec![(id, 1, vec![0, 1], vec![]), (id, 2, vec![], vec![0, 1]), (successor, 1, vec![1], vec![]),]
    );
    assert_eq!(state.revisions(id).unwrap().len(), 1);
    let left: Vec<_> = state.journal_since(0).unwrap().iter().filter(|each| each.audience == id).map(told).collect();
    assert_eq!(left, vec![]); // evaluated an hour before the epoch began
    let left: Vec<_> =
        state.journal_since(-HOUR).unwrap().iter().filter(|each| each.audience == id).map(told).collect();
    assert_eq!(left, vec![(1, vec![0, 1], vec![]), (2, vec![], vec![0, 1])]);
}

fn members_go_through_the_journal(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let now = 100 * HOUR;
    let mut first = changes(&*state, now, vec![create("a"), members("a", [0, 1, 2])]);
    first.new_users = mpids(0..70_000);
    state.commit(&lock, &first).unwrap();
    state.commit(&lock, &changes(&*state, now + 20 * HOUR, vec![members("a", [1, 2, 3, 69_999])])).unwrap();
    state.commit(&lock, &changes(&*state, now + 21 * HOUR, vec![members("a", [1, 2, 3, 69_999])])).unwrap();
    let entries: Vec<_> = state.journal_since(i64::MIN).unwrap().iter().map(told).collect();
    assert_eq!(entries, vec![(1, vec![0, 1, 2], vec![]), (2, vec![3, 69_999], vec![0])]);
    assert_eq!(state.journal_since(now + 19 * HOUR).unwrap().len(), 1);
    assert_eq!(state.journal_since(now + 19 * HOUR + 1).unwrap().len(), 0);
    let at = |ms| state.metrics(Now(Timestamp(ms))).unwrap().into_values().next().unwrap();
    assert_eq!(at(now + 19 * HOUR), Metrics { size: 4, adds: 5, drops: 1 });
    assert_eq!(at(now + 19 * HOUR).volatility(), Some(1.5));
    assert_eq!(at(now + 23 * HOUR), Metrics { size: 4, adds: 5, drops: 1 });
    assert_eq!(at(now + 23 * HOUR + 1), Metrics { size: 4, adds: 2, drops: 1 });
    assert_eq!(at(now + 18 * HOUR), Metrics { size: 4, adds: 3, drops: 0 });
    assert_eq!(at(now + 60 * HOUR), Metrics { size: 4, adds: 0, drops: 0 });
    // Not evaluated any more: everybody left.
    let none = StateChange::Members { address: name("a"), members: None };
    state.commit(&lock, &changes(&*state, now + 30 * HOUR, vec![none])).unwrap();
    assert_eq!(told(state.journal_since(now + 29 * HOUR).unwrap().first().unwrap()).2, vec![1, 2, 3, 69_999]);
    assert!(state.snapshot().unwrap().audiences[0].members.is_none());
    assert_eq!(state.mpids().unwrap(), mpids(0..70_000));
}

fn sequences_have_no_gaps(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("a"), create("b")]);
    first.new_users = mpids(0..4);
    let mut control = delivery("a", [3], []);
    control.variant = VariantName::Control;
    first.deliveries = vec![delivery("a", [0], []), delivery("a", [1], [0]), control, delivery("b", [2], [])];
    state.commit(&lock, &first).unwrap();
    let made = state.pending().unwrap();
    let order: Vec<_> = made.iter().map(|each| (each.connection.audience, each.sequence)).collect();
    assert_eq!(order, vec![(1, 1), (1, 1), (1, 2), (2, 1)], "the control part counts by itself");
    for each in &made {
        state.delivered(&lock, each.id).unwrap();
        state.delivered(&lock, each.id).unwrap();
    }
    assert!(state.pending().unwrap().is_empty() && state.snapshot().unwrap().pending == 0);
    assert_eq!(state.head().unwrap().serial, 1);
    let mut second = changes(&*state, 6, vec![rename("a", "z")]);
    second.deliveries = vec![delivery("z", [], [1]), delivery("b", [3], [])];
    state.commit(&lock, &second).unwrap();
    let pending = state.pending().unwrap();
    let order: Vec<_> = pending.iter().map(|each| (each.address.to_string(), each.sequence)).collect();
    assert_eq!(order, vec![("z".to_owned(), 3), ("b".to_owned(), 2)]);
    assert_eq!((pending[0].at.0, &*pending[0].downstream_name), (6 - HOUR, "The z"));
}

fn a_misfit_changes_nothing(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut first = changes(&*state, 5, vec![create("a"), members("a", [1])]);
    first.new_users = mpids(0..2);
    state.commit(&lock, &first).unwrap();
    let before = format!("{:?}", state.snapshot().unwrap());
    let misfits = [
        vec![create("b"), create("a")],
        vec![members("a", []), members("b", [0])],
        vec![create("b"), members("b", [5])],
        vec![StateChange::Update { definition: Box::new(audience("b")), salt: None }],
        vec![members("a", [0]), rename("b", "c")],
        vec![delete("a"), delete("a")],
    ];
    for misfit in misfits {
        let mut misfit = changes(&*state, 6, misfit);
        misfit.new_users = mpids(2..5);
        assert!(matches!(state.commit(&lock, &misfit), Err(StateError::Unfit(_))), "{:?}", misfit.changes);
    }
    for (address, number, of_deleted) in [("b", 0, false), ("a", 0, true), ("a", 2, false)] {
        let mut misfit = changes(&*state, 6, vec![members("a", [])]);
        misfit.deliveries = vec![delivery(address, [number], [])];
        misfit.deliveries[0].of_deleted = of_deleted;
        assert!(matches!(state.commit(&lock, &misfit), Err(StateError::Unfit(_))), "{address} {number}");
    }
    assert_eq!(format!("{:?}", state.snapshot().unwrap()), before);
    assert!(state.pending().unwrap().is_empty() && state.journal_since(i64::MIN).unwrap().len() == 1);
}

/// Many commits with memberships by chance: the journal, replayed, gives the members; and the counters are those that
/// anybody can count in the journal.
fn the_journal_adds_up(mut state: Made) {
    let lock = state.lock("apply").unwrap();
    let mut chance = 42u64;
    let mut draw = move |below: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let mut first = changes(&*state, 0, vec![create("a"), create("b")]);
    first.new_users = mpids(0..100);
    state.commit(&lock, &first).unwrap();
    for step in 1..30 {
        let address = if draw(2) == 0 { "a" } else { "b" };
        let of: Vec<u32> = (0..draw(40)).map(|_| draw(100) as u32).collect();
        state.commit(&lock, &changes(&*state, step * 2 * HOUR, vec![members(address, of)])).unwrap();
    }
    let mut replayed: BTreeMap<u64, RoaringBitmap> = BTreeMap::new();
    for entry in state.journal_since(i64::MIN).unwrap() {
        let members = replayed.entry(entry.audience).or_default();
        assert!(members.is_disjoint(&entry.adds) && entry.drops.is_subset(members));
        *members = (&*members | &entry.adds) - &entry.drops;
    }
    for record in state.snapshot().unwrap().audiences {
        assert_eq!(Some(&replayed[&record.id]), record.members.as_ref());
    }
    for hours in [0, 10, 30, 59, 100] {
        let now = Now(Timestamp(hours * HOUR));
        assert_eq!(state.metrics(now).unwrap(), counted(&*state, now));
    }
}

/// The counters as anybody can count them in the journal.
fn counted(state: &dyn StateWriter, now: Now) -> BTreeMap<u64, Metrics> {
    let audiences = state.snapshot().unwrap().audiences.into_iter();
    let size = |members: Option<RoaringBitmap>| members.map_or(0, |members| members.len());
    let mut counted: BTreeMap<u64, Metrics> =
        audiences.map(|each| (each.id, Metrics { size: size(each.members), ..Metrics::default() })).collect();
    let in_time = |entry: &JournalEntry| (now.ms() - 24 * HOUR..=now.ms()).contains(&entry.at.0);
    for entry in state.journal_since(i64::MIN).unwrap().into_iter().filter(in_time) {
        let counters = counted.get_mut(&entry.audience).unwrap();
        counters.adds += entry.adds.len();
        counters.drops += entry.drops.len();
    }
    counted
}

pub(super) fn ids(state: &dyn StateWriter) -> BTreeMap<String, u64> {
    let audiences = state.snapshot().unwrap().audiences;
    audiences.into_iter().map(|record| (record.definition.address.to_string(), record.id)).collect()
}

fn brief(delivery: &Delivery) -> (u64, u64, Vec<u32>, Vec<u32>) {
    (delivery.connection.audience, delivery.sequence, numbers(&delivery.adds), numbers(&delivery.drops))
}

pub(super) fn told(entry: &JournalEntry) -> (u64, Vec<u32>, Vec<u32>) {
    (entry.serial, numbers(&entry.adds), numbers(&entry.drops))
}
