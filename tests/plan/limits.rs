//! Plans that are limited to some audiences.

use aud::ir::{Audience, Status};

use super::world::*;

fn ltv(address: &str, number: f64) -> Audience {
    audience(address, more_than("ltv", number))
}

fn addresses(world: &World) -> Vec<String> {
    world.plan().changes.iter().map(|change| change.address.to_string()).collect()
}

#[test]
fn only_targets_change() {
    let world = World::new().write(ltv("a", 1.0), 0..5).write(ltv("b", 2.0), 5..9).deploy(ltv("c", 3.0), 0..3);
    let plan = world.target("b").plan();
    assert_eq!((plan.changes.len(), plan.unchanged), (1, 0));
    assert_eq!(plan.targets, [name("b")]);
    assert_eq!(only(&plan).address, name("b"));
    assert_eq!(plan.new_users.len(), 0);
}

#[test]
fn what_a_target_nests_comes_along_where_it_is_new() {
    let world = World::new()
        .keep(ltv("known", 1.0), 0..5)
        .write(ltv("deep", 2.0), 0..5)
        .write(audience("inner", all_of([member("deep"), member("known")])), 0..5)
        .write(audience("outer", member("inner")), 0..5)
        .write(ltv("other", 3.0), 0..5)
        .target("outer");
    assert_eq!(addresses(&world), ["deep", "inner", "outer"]);
    let plan = world.plan();
    let along: Vec<_> = plan.came_along().map(|address| address.as_str()).collect();
    assert_eq!(along, ["deep", "inner"]);
}

#[test]
fn a_nested_audience_that_is_renamed_comes_along() {
    let world = World::new()
        .deploy(ltv("old", 1.0), 0..5)
        .write(ltv("new", 1.0), 0..5)
        .write(audience("outer", member("new")), 0..5)
        .moved("old", "new")
        .target("outer");
    assert_eq!(addresses(&world), ["new", "outer"]);
}

#[test]
fn a_renamed_audience_is_found_by_both_addresses() {
    for target in ["old", "new"] {
        let world = World::new().deploy(ltv("old", 1.0), 0..5).write(ltv("new", 1.0), 0..5).moved("old", "new");
        let plan = world.target(target).plan();
        assert_eq!((only(&plan).address.as_str(), plan.targets.as_slice()), ("new", &[name("new")][..]));
    }
}

#[test]
fn refusals_come_all_at_once() {
    let protected = Audience { protect: true, ..ltv("crown", 9.0) };
    let world = World::new()
        .deploy(protected, 0..5)
        .deploy(ltv("gone", 1.0), 0..5)
        .deploy(ltv("old", 1.0), 0..5)
        .write(ltv("new", 1.0), 0..5)
        .moved("old", "new")
        .deploy(ltv("quiet", 1.0), 0..5)
        .write(Audience { status: Status::Draft, ..ltv("quiet", 1.0) }, [])
        .deploy(audience("outer", all_of([member("gone"), member("old"), member("quiet")])), 0..5)
        .write(audience("outer", member("new")), 0..5)
        .deploy(audience("second", member("gone")), 0..5);
    let world = ["crown", "gone", "old", "quiet", "lapsed", "outher"].into_iter().fold(world, World::target);
    insta::assert_snapshot!(world.refusals().join("\n"), @r#"
`crown` is protected and would be deleted; keep `crown`, or first apply it with `protect false` and delete it then
`gone` would be deleted while `outer` and `second` nest it; change `outer` and `second` as well, or plan without --target
`old` would become `new` while `outer` nests it; plan `outer` together with it, or without --target
`quiet` would become a draft while `outer` nests it; change `outer` as well, or plan without --target
no audience `lapsed` is written or deployed; `aud list` shows what is deployed
no audience `outher` is written or deployed; did you mean `outer`?
"#);
}

#[test]
fn nested_audiences_may_go_together_with_those_that_nest_them() {
    let world = World::new().deploy(ltv("gone", 1.0), 0..5).deploy(audience("outer", member("gone")), 0..5);
    assert_eq!(addresses(&world), ["gone", "outer"]);
    let rewritten = World::new()
        .deploy(ltv("gone", 1.0), 0..5)
        .deploy(audience("outer", member("gone")), 0..5)
        .write(ltv("outer", 2.0), 0..5);
    assert_eq!(addresses(&rewritten), ["gone", "outer"]);
}
