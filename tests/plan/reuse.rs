//! Memberships that still hold are not asked for again.

use std::collections::BTreeSet;

use aud::base::{Fingerprint, Now, Timestamp};
use aud::ir::{Audience, Status};
use aud::plan::{Action, keys, redefined, to_evaluate};
use aud::state::CheckedAt;

use super::world::*;

/// Three audiences, deployed as they are written: `outer` nests `inner`, and `other` has nothing to do with them.
fn world() -> World {
    let inner = || audience("inner", more_than("ltv", 1.0));
    let outer = || audience("outer", all_of([member("inner"), more_than("age", 1.0)]));
    let mut world =
        World::new().keep(inner(), 0..50).keep(outer(), 0..20).keep(audience("other", more_than("age", 2.0)), 5..9);
    let keys = keys(&world.model);
    for record in &mut world.snapshot.audiences {
        record.checked = Some(CheckedAt {
            key: keys[&record.definition.address],
            now: Now(Timestamp(now().ms() - 1000)),
            store: "5eed".to_owned(),
            data_version: 41,
            until: Some(Timestamp(now().ms() + 1)),
        });
    }
    world
}

fn due(world: &World) -> Vec<String> {
    let keys = keys(&world.model);
    to_evaluate(&world.model, &world.snapshot, &keys, &world.store(), now()).iter().map(ToString::to_string).collect()
}

fn edit(world: &mut World, address: &str, change: impl FnOnce(&mut Audience)) {
    change(world.model.audiences.get_mut(address).unwrap());
}

#[test]
fn what_did_not_change_holds_and_an_edit_reaches_those_that_nest_it() {
    let mut world = world();
    assert!(due(&world).is_empty());
    edit(&mut world, "inner", |inner| inner.criterion = more_than("ltv", 2.0).into());
    assert_eq!(due(&world), ["inner", "outer"]);
    let deployed = redefined(&world.model, &world.snapshot, &keys(&world.model));
    assert_eq!(deployed, BTreeSet::from([name("inner"), name("outer")]));
}

#[test]
fn what_decides_nothing_asks_for_nothing() {
    let mut world = world();
    edit(&mut world, "inner", |inner| {
        inner.tags.insert("New".to_owned());
        inner.name = "Another".to_owned();
        inner.connections = vec![connect(aud::ir::VariantName::Whole, "warehouse")];
        inner.split = Some(split("test", &[("push", 40)]));
    });
    assert!(due(&world).is_empty());
    world.members.clear();
    let plan = world.plan();
    let change = only(&plan);
    assert_eq!((change.action, change.people.before, change.people.size_after()), (Action::Update, 50, Some(50)));
    assert_eq!(change.connections[0].adds, set(0..50), "people of a membership that was not evaluated again are sent");
    assert_eq!((plan.evaluation.evaluated, plan.evaluation.reused), (0, 3));
    let holding: Vec<_> = plan.holding.iter().map(|each| (each.address.as_str(), each.until)).collect();
    assert_eq!(holding, [("inner", Some(Timestamp(now().ms() + 1)))], "what is written down anew stays known");
}

#[test]
fn anything_else_asks_again() {
    let all = ["inner", "other", "outer"];
    let checked = |change: &dyn Fn(&mut CheckedAt)| {
        let mut world = world();
        world.snapshot.audiences.iter_mut().for_each(|record| change(record.checked.as_mut().unwrap()));
        due(&world)
    };
    assert_eq!(checked(&|checked| checked.until = Some(Timestamp(now().ms()))), all, "an edge of a window is passed");
    assert_eq!(checked(&|checked| checked.until = None), [""; 0]);
    assert_eq!(checked(&|checked| checked.now = Now(Timestamp(now().ms() + 1))), all, "an earlier now");
    assert_eq!(checked(&|checked| checked.data_version = 40), all, "other data");
    assert_eq!(checked(&|checked| checked.store = "other".to_owned()), all, "another store");
    assert_eq!(checked(&|checked| checked.key = Fingerprint::of("")), all, "other criteria");
    let mut unknown = world();
    unknown.snapshot.audiences[0].checked = None;
    unknown.snapshot.audiences[1].drift.members = true;
    unknown.model.audiences.get_mut("other").unwrap().status = Status::Draft;
    assert_eq!(due(&unknown), ["inner", "outer"]);
    let mut longer = world();
    longer.model.profile_retention = Some(aud::base::Duration::of(90, "days").unwrap());
    assert_eq!(due(&longer), all, "another retention");
}

#[test]
fn drift_is_planned_away() {
    // The record says what was applied, whatever the database held.
    let mut world = world();
    world.snapshot.audiences[2].drift.members = true;
    assert_eq!(due(&world), ["other"]);
    let plan = world.plan();
    let change = only(&plan);
    assert_eq!((change.action, change.drift.members, change.people.adds.len()), (Action::Refresh, true, 0));
    assert!(change.connections.is_empty(), "nobody is told anything");
    world.snapshot.audiences[2].drift = aud::state::Drift { definition: true, members: false };
    let plan = world.plan();
    assert_eq!((only(&plan).action, fields(only(&plan)).len()), (Action::Update, 0));
}
