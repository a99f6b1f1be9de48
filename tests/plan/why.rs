//! Why people move: the edit, new data, time.

use aud::ir::Audience;
use aud::plan::{Cause, Change, Moves};

use super::world::*;

fn vip(more: f64) -> Audience {
    audience("vip", more_than("ltv", more))
}

/// Each cause with somebody, as words and signs.
fn told(change: &Change) -> Vec<String> {
    let why = change.why.unwrap();
    let moving = why.causes().into_iter().filter(|(_, moves)| !moves.is_empty());
    moving.map(|(cause, Moves { adds, drops })| format!("{} +{adds} -{drops}", cause.words())).collect()
}

#[test]
fn whom_the_old_definition_would_move_too_is_not_moved_by_the_edit() {
    // Deployed 0..50. By the old definition it would be 5..55 now; by the new one it is 10..70.
    let mut world = World::new().deploy(vip(500.0), 0..50).write(vip(400.0), 10..70);
    world.by_deployed.insert(name("vip"), set(5..55));
    let plan = world.plan();
    assert_eq!(told(only(&plan)), ["your edit +15 -5", "new data +5 -5"], "nothing is known of the last evaluation");
}

#[test]
fn every_mover_is_counted_once() {
    let cases = [(0..50, 10..70, 5..55), (0..50, 0..50, 0..90), (20..30, 0..100, 0..0), (0..100, 0..1, 40..60)];
    for (before, after, as_deployed) in cases {
        let mut world = World::new().deploy(vip(500.0), before).write(vip(400.0), after);
        world.by_deployed.insert(name("vip"), set(as_deployed));
        let plan = world.plan();
        let change = only(&plan);
        let sum = change.why.map_or((0, 0), |why| {
            let all = why.causes();
            (all.iter().map(|(_, moves)| moves.adds).sum(), all.iter().map(|(_, moves)| moves.drops).sum())
        });
        assert_eq!(sum, (change.people.adds.len(), change.people.drops.len()));
    }
}

#[test]
fn without_an_edit_nobody_moves_by_one() {
    let plan = World::new().deploy(vip(500.0), 0..50).write(vip(500.0), 10..70).plan();
    let why = only(&plan).why.unwrap();
    assert!(why.edit.is_empty() && why.causes()[0].0 == Cause::Edit);
}
