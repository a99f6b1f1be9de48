//! `moved`: the same audience under another address.

use aud::plan::Action;

use super::world::*;

fn vip(address: &str) -> aud::ir::Audience {
    let connections = vec![connect(aud::ir::VariantName::Whole, "warehouse")];
    aud::ir::Audience { connections, ..audience(address, more_than("ltv", 1.0)) }
}

#[test]
fn a_move_renames_and_keeps_deliveries_going() {
    let plan = World::new().deploy(vip("old"), 0..10).write(vip("new"), 0..11).moved("old", "new").plan();
    let change = only(&plan);
    assert_eq!((change.action, change.renamed_from.as_ref()), (Action::Update, Some(&name("old"))));
    assert_eq!((change.people.adds.len(), change.people.drops.len()), (1, 0));
    assert_eq!((&change.connections[0].adds, change.connections[0].drops.len()), (&set([10]), 0));
    assert_eq!((plan.counts().rename, plan.counts().change), (1, 0));
}

#[test]
fn without_a_move_it_is_another_audience() {
    let plan = World::new().deploy(vip("old"), 0..10).write(vip("new"), 0..10).plan();
    let actions: Vec<_> = plan.changes.iter().map(|change| change.action).collect();
    assert_eq!(actions, [Action::Delete, Action::Create]);
    assert_eq!((plan.changes[0].connections[0].drops.len(), plan.changes[1].connections[0].adds.len()), (10, 10));
}

#[test]
fn chains_are_followed_from_wherever_the_state_stands() {
    for deployed in ["a", "b"] {
        let world = World::new().deploy(vip(deployed), 0..10).write(vip("c"), 0..10).moved("a", "b").moved("b", "c");
        let plan = world.plan();
        assert_eq!(only(&plan).renamed_from, Some(name(deployed)));
        assert!(only(&plan).connections.is_empty());
    }
}

#[test]
fn a_move_that_was_applied_or_leads_nowhere_is_fine() {
    assert!(World::new().keep(vip("new"), 0..10).moved("old", "new").plan().is_empty());
    let circle = World::new().deploy(vip("a"), 0..10).moved("a", "b").moved("b", "a").plan();
    assert_eq!(only(&circle).action, Action::Delete);
    // The old address is written anew: it is that audience.
    assert!(World::new().keep(vip("old"), 0..10).keep(vip("new"), 0..10).moved("old", "new").plan().is_empty());
}

#[test]
fn a_name_frees_the_way_for_another() {
    let world = World::new().deploy(vip("a"), 0..10).write(vip("b"), 0..10).write(vip("c"), 5..6);
    let plan = world.moved("a", "b").plan();
    let actions: Vec<_> = plan.changes.iter().map(|change| (change.action, change.address.as_str())).collect();
    assert_eq!(actions, [(Action::Update, "b"), (Action::Create, "c")]);
}

#[test]
fn whoever_nests_a_renamed_audience_changes_its_text_only() {
    let world = World::new()
        .deploy(vip("old"), 0..10)
        .write(vip("new"), 0..10)
        .deploy(audience("outer", member("old")), 0..10)
        .write(audience("outer", member("new")), 0..10)
        .moved("old", "new");
    let plan = world.plan();
    assert_eq!(fields(&plan.changes[1]), ["match: audience old -> audience new"]);
    assert_eq!((plan.counts().enter, plan.counts().leave), (0, 0));
}

#[test]
fn moves_that_contradict_the_state_are_refused() {
    let taken = World::new().deploy(vip("old"), 0..10).keep(vip("new"), 0..10).moved("old", "new");
    let two = World::new().deploy(vip("a"), 0..10).deploy(vip("b"), 0..10).write(vip("c"), 0..10);
    let two = two.moved("a", "c").moved("b", "c");
    insta::assert_snapshot!([taken.refusals(), two.refusals()].concat().join("\n"), @r#"
`old` cannot become `new`, which is deployed already; remove `moved old to new`: then `old` is deleted and `new` stays what it is
`c` cannot be both `a` and `b`; remove the `moved` line of one of them, such as `b`
"#);
}
