//! Forgetting that dies at every step, before and after its effect, and is taken up again: nothing is lost, nobody comes back.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use aud::apply::{Context, ForgetError, ForgetOutcome, forget};
use aud::base::Mpid;
use aud::ir::{ConnectionStatus, Split, Variant, VariantName};
use aud::members::bucket;
use aud::plan::Action;
use aud::state::{StateReader, StateWriter};
use aud::store::{Remembered, forgetting, open, remembered};
use aud::system::System;
use rayon::prelude::*;

use super::crash::{Fuse, MortalState, MortalSystem};
use super::world::*;
use crate::state::sample::{audience, name, users};

const DATA: &str = "/data";
/// User number 2.
const PERSON: Mpid = Mpid(102);
const SALT: &str = "salt";

/// An audience that is whole, one with a split, and one whose connection sends nothing; the person is in all of them.
fn world() -> World {
    let world = World::new();
    world.store.save(&*world.system, Path::new(DATA)).unwrap();
    let mut split = audience("split");
    let share = bucket(SALT, PERSON) + 1;
    split.split = Some(Split {
        name: name("t"),
        salt: None,
        variants: vec![Variant { name: name("push"), title: "Push".to_owned(), share }],
    });
    for connection in &mut split.connections {
        connection.variant = VariantName::Variant(name("push"));
    }
    let control = split.connections[0].clone();
    split.connections.push(aud::ir::Connection { variant: VariantName::Control, output: name("archive"), ..control });
    let mut quiet = audience("quiet");
    quiet.connections[0].status = ConnectionStatus::Inactive;
    let mut create = change(Action::Create, "split", Some(split)).people(&[1, 2], &[1, 2], &[]).to(
        "warehouse",
        VariantName::Variant(name("push")),
        &[2],
        &[],
    );
    create.salt = Some(SALT.to_owned());
    let plan = world.plan(
        0..4,
        vec![
            change(Action::Create, "vip", Some(audience("vip"))).people(&[1, 2, 3], &[1, 2, 3], &[]).to(
                "warehouse",
                VariantName::Whole,
                &[1, 2, 3],
                &[],
            ),
            create,
            change(Action::Create, "quiet", Some(quiet)).people(&[2], &[2], &[]),
        ],
    );
    assert!(world.apply(&plan).unwrap().faults.is_empty());
    world
}

fn run(world: &World, state: &mut dyn StateWriter, system: &dyn System) -> Result<ForgetOutcome, ForgetError> {
    let store = open(&*world.system, Path::new(DATA)).unwrap();
    let found = remembered(&*world.system, Path::new(DATA), Some(PERSON), None).unwrap();
    let person = store.row(PERSON).filter(|_| found == Remembered::No).and_then(|row| forgetting(&store, row));
    let context = Context {
        state,
        store: &store,
        outputs: &world.outputs,
        folder: Path::new("/shop"),
        system,
        by: "ann".to_owned(),
        commit: None,
        reason: "forget".to_owned(),
        progress: &|_| {},
        cancelled: &AtomicBool::new(false),
        wait: aud::apply::Wait::NONE,
    };
    forget(person.as_ref(), Path::new(DATA), context)
}

/// What is there at the end, whatever happened on the way.
fn check(world: &World, what: &str) {
    let state = world.state();
    assert!(state.lock_info().unwrap().is_none(), "{what}");
    let snapshot = state.snapshot().unwrap();
    assert!(!snapshot.mpids.contains(&PERSON) && snapshot.mpids.len() == 4, "{what}");
    assert_eq!((snapshot.pending, snapshot.serial), (0, 2), "{what}");
    let members: Vec<_> = snapshot.audiences.iter().map(|each| each.members.clone().unwrap()).collect();
    assert_eq!(members, [users([]), users([1]), users([1, 3])], "{what}: quiet, split, vip");
    let store = open(&*world.system, Path::new(DATA)).unwrap();
    assert_eq!((store.row(PERSON), store.user_count(), store.row(Mpid(103))), (None, 6, Some(3)), "{what}");
    assert_eq!(remembered(&*world.system, Path::new(DATA), Some(PERSON), None).unwrap(), Remembered::Done, "{what}");
    let files = world.files();
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("warehouse")) {
        let dropped = text.contains("\"drop\"");
        assert!(path.ends_with("00000002.ndjson") == dropped, "{what}: {path:?}");
        assert!(
            !dropped || (text.contains("\"102\"") && text.contains("c2") && text.lines().count() == 1),
            "{what}: {text}"
        );
    }
    assert_eq!(files.keys().filter(|path| path.ends_with("00000002.ndjson")).count(), 2, "{what}");
    for path in world.system.files_below(Path::new(DATA)).unwrap() {
        let bytes = world.system.read(&path).unwrap();
        assert!(!bytes.windows(8).any(|window| window == PERSON.0.to_le_bytes()), "{what}: {path:?}");
    }
}

#[test]
fn forgetting_that_dies_anywhere_is_finished_by_the_next_run() {
    let undisturbed = world();
    let outcome = run(&undisturbed, &mut undisturbed.state(), &*undisturbed.system).unwrap();
    assert_eq!((outcome.erased.people, outcome.delivered.deliveries, outcome.delivered.people.unknown), (1, 2, 0));
    check(&undisturbed, "undisturbed");

    let runs: Vec<(i64, bool)> = (0..40).flat_map(|effects| [(effects, false), (effects, true)]).collect();
    let deaths: usize = runs
        .into_par_iter()
        .map(|(effects, after_effect)| {
            let world = world();
            let fuse = Fuse::new(effects, after_effect);
            let result = run(&world, &mut MortalState(world.state(), &fuse), &MortalSystem(&world.system, &fuse));
            let died = fuse.dead.load(Ordering::Relaxed);
            assert!(died || result.is_ok());
            let mut state = world.state();
            if let Some(holder) = state.lock_info().unwrap() {
                state.break_lock(&holder.id).unwrap();
            }
            run(&world, &mut state, &*world.system).unwrap();
            check(&world, &format!("{effects} {after_effect}"));
            usize::from(died)
        })
        .sum();
    assert!((20..78).contains(&deaths), "{deaths} runs died");
}

#[test]
fn a_held_lock_is_told_before_anything_is_begun() {
    let world = world();
    let lock = world.state().lock("apply").unwrap();
    let refused = run(&world, &mut world.state(), &*world.system).unwrap_err();
    assert!(refused.to_string().contains("locked by"), "{refused}");
    assert_eq!(remembered(&*world.system, Path::new(DATA), Some(PERSON), None).unwrap(), Remembered::No);
    world.state().unlock(&lock).unwrap();
}
