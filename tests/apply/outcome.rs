//! What an apply tells, and when it refuses.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

use aud::apply::{ApplyError, Progress, changeset};
use aud::base::Timestamp;
use aud::ir::{Status, VariantName};
use aud::plan::{Action, Change};
use aud::state::{StateChange, StateError, StateReader, StateWriter};

use super::world::*;
use crate::state::sample::{audience, name, users};

const WHOLE: VariantName = VariantName::Whole;

fn vip() -> Change {
    change(Action::Create, "vip", Some(audience("vip")))
        .people(&[0, 1], &[0, 1], &[])
        .to("archive", WHOLE, &[0, 1], &[])
        .to("warehouse", WHOLE, &[0, 1], &[])
}

#[test]
fn counts_what_happened() {
    let world = World::new();
    let quiet =
        change(Action::Create, "quiet", Some(audience("quiet"))).people(&[], &[], &[]).to("archive", WHOLE, &[], &[]);
    let outcome = world.apply(&world.plan(0..3, vec![quiet, vip()])).unwrap();
    assert_eq!((outcome.serial, outcome.created, outcome.entered, outcome.left), (1, 2, 2, 0));
    assert_eq!((outcome.deliveries, outcome.pending, outcome.people.adds), (2, 0, 4));
    let changes = vec![
        change(Action::Delete, "quiet", None).people(&[], &[], &[]),
        change(Action::Refresh, "vip", Some(audience("vip"))).people(&[1, 2], &[2], &[0]).to(
            "archive",
            WHOLE,
            &[2],
            &[0],
        ),
    ];
    let outcome = world.apply(&world.plan(0..0, changes)).unwrap();
    assert_eq!((outcome.serial, outcome.deleted, outcome.refreshed, outcome.updated), (2, 1, 1, 0));
    assert_eq!((outcome.entered, outcome.left, outcome.deliveries), (1, 1, 1));
    let record = world.state().snapshot().unwrap().audiences.remove(0);
    assert_eq!((record.members, record.revision), (Some(users([1, 2])), 1));
    assert_eq!(record.created, (Timestamp(now().ms() + 60_000), "ann".to_owned()));
}

#[test]
fn nothing_to_do_writes_no_commit() {
    let world = World::new();
    let outcome = world.apply(&world.plan(0..0, vec![])).unwrap();
    assert_eq!((outcome.serial, outcome.deliveries), (0, 0));
    assert!(world.state().lock_info().unwrap().is_none());
}

#[test]
fn a_stale_plan_is_refused_and_says_why() {
    let world = World::new();
    let early = world.plan(0..2, vec![vip()]);
    world.apply(&early).unwrap();
    let Err(ApplyError::Stale(differences)) = world.apply(&early) else { panic!("applied twice") };
    let told: Vec<_> = differences.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["something was applied meanwhile (state serial 0 → 1)"]);
    let mut moved = world.plan(0..0, vec![]);
    moved.made_from.serial = 9;
    moved.made_from.data_version = 3;
    let error = world.apply(&moved).unwrap_err().to_string();
    let told = "something was applied meanwhile (state serial 9 → 1), data was imported meanwhile (version 3 → 4)";
    assert_eq!(error, format!("the plan is stale: {told}; plan again"));
    moved = world.plan(0..0, vec![]);
    moved.made_from.store = "elsewhere".to_owned();
    assert!(world.apply(&moved).unwrap_err().to_string().contains("another store (elsewhere, and this is here)"));
    moved.made_from.lineage = "another".to_owned();
    assert!(world.apply(&moved).unwrap_err().to_string().contains("made for another state (another, and this is "));
    assert!(world.state().lock_info().unwrap().is_none(), "the lock was given back");
    assert_eq!(world.state().head().unwrap().serial, 1);
}

#[test]
fn a_held_lock_keeps_others_out() {
    let world = World::new();
    world.state().lock("another apply").unwrap();
    let refused = world.apply(&world.plan(0..2, vec![vip()]));
    let Err(ApplyError::State(StateError::Locked(holder))) = refused else { panic!("{refused:?}") };
    assert_eq!(holder.reason, "another apply");
    assert_eq!(world.state().lock_info().unwrap(), Some(*holder));
}

#[test]
fn stops_between_two_steps_when_told_to() {
    let world = World::new();
    let plan = world.plan(0..2, vec![vip()]);
    let stopped = world.apply_with(&plan, &mut world.state(), &*world.system, &|_| {}, &true.into());
    assert!(matches!(stopped, Err(ApplyError::Cancelled)));
    assert_eq!(world.state().head().unwrap().serial, 0);
    let cancelled = AtomicBool::new(false);
    let told = RefCell::new(Vec::new());
    let cancel = |progress: Progress<'_>| {
        told.borrow_mut().push(match progress {
            Progress::Committed { serial } => format!("committed {serial}"),
            Progress::Delivering { done, total, address, connection } => {
                format!("{done} of {total}: {address} to {}", connection.output)
            }
        });
        cancelled.store(matches!(progress, Progress::Delivering { .. }), Ordering::Relaxed);
    };
    let outcome = world.apply_with(&plan, &mut world.state(), &*world.system, &cancel, &cancelled).unwrap();
    assert_eq!((outcome.interrupted, outcome.deliveries, outcome.pending), (true, 1, 1));
    assert_eq!(*told.borrow(), ["committed 1", "0 of 2: vip to archive"]);
    assert!(world.state().lock_info().unwrap().is_none());
    assert_eq!(world.apply(&world.plan(0..0, vec![])).unwrap().deliveries, 1);
}

#[test]
fn a_plan_becomes_deletions_then_renames_then_the_rest() {
    let world = World::new();
    let mut draft = audience("draft");
    draft.status = Status::Draft;
    let plan = world.plan(
        0..1,
        vec![
            change(Action::Create, "a", Some(audience("a"))).people(&[0], &[0], &[]).to("archive", WHOLE, &[], &[]),
            change(Action::Refresh, "c", Some(audience("c"))).renamed_from("b").people(&[0], &[], &[]),
            change(Action::Delete, "c", None).people(&[], &[], &[0]).to("archive", WHOLE, &[], &[0]),
            change(Action::Update, "draft", Some(draft)),
            change(Action::Update, "unevaluated", Some(audience("unevaluated"))),
        ],
    );
    let made = changeset(&plan, Timestamp(9), "ann", Some("c0ffee"), "apply");
    let told: Vec<_> = made.changes.iter().map(tell).collect();
    assert_eq!(
        told,
        [
            "delete c",
            "rename b to c",
            "create a",
            "members of a: 1",
            "members of c: 1",
            "update draft",
            "members of draft: none",
            "update unevaluated",
        ]
    );
    assert_eq!((made.expected_serial, made.at, made.evaluated), (0, Timestamp(9), (now(), 4)));
    assert_eq!((&*made.by, made.commit.as_deref(), made.new_users.len()), ("ann", Some("c0ffee"), 1));
    assert_eq!(made.deliveries.len(), 1, "nothing is delivered where nobody moves");
    assert!(made.deliveries[0].of_deleted && made.deliveries[0].address == name("c"));
}

fn tell(change: &StateChange) -> String {
    match change {
        StateChange::Create { definition, .. } => format!("create {}", definition.address),
        StateChange::Update { definition, .. } => format!("update {}", definition.address),
        StateChange::Rename { from, to } => format!("rename {from} to {to}"),
        StateChange::Delete { address } => format!("delete {address}"),
        StateChange::Members { address, members: Some(members) } => format!("members of {address}: {}", members.len()),
        StateChange::Members { address, members: None } => format!("members of {address}: none"),
    }
}
