//! What happens to an audience, by its first name: replace, activate, pause, rename.

use aud::ir::{Audience, Status, VariantName};
use aud::plan::{Action, ConnectionAction, Step, steps};

use super::world::*;

fn draft(address: &str) -> Audience {
    Audience { status: Status::Draft, ..audience(address, more_than("ltv", 1.0)) }
}

fn active(address: &str) -> Audience {
    Audience { connections: vec![connect(VariantName::Whole, "warehouse")], ..audience(address, more_than("ltv", 1.0)) }
}

#[test]
fn a_draft_is_activated_and_an_active_one_paused() {
    let plan = World::new().deploy(draft("vip"), []).write(active("vip"), 0..9).plan();
    let change = only(&plan);
    assert_eq!((change.action, change.people.adds.len(), change.why), (Action::Activate, 9, None));
    assert_eq!(change.connections[0].action, ConnectionAction::Connect);
    let plan = World::new().deploy(active("vip"), 0..9).write(draft("vip"), []).plan();
    let change = only(&plan);
    assert_eq!((change.action, change.people.drops.len(), change.why), (Action::Pause, 9, None));
    assert_eq!((plan.counts().pause, plan.counts().change), (1, 0));
    assert_eq!(change.connections[0].action, ConnectionAction::Disconnect);
}

#[test]
fn a_rename_is_one_where_nothing_else_changes() {
    let tagged = |address| Audience { tags: ["New".to_owned()].into(), ..active(address) };
    // The display name follows the address where none is written.
    let plain = |address: &str| Audience { name: "VIP".into(), external_name: "vip".into(), ..active(address) };
    let plan = World::new().deploy(plain("old"), 0..9).write(plain("new"), 0..9).moved("old", "new").plan();
    assert_eq!((only(&plan).action, plan.counts().rename), (Action::Rename, 1));
    let plan = World::new().deploy(active("old"), 0..9).write(tagged("new"), 0..9).moved("old", "new").plan();
    assert_eq!((only(&plan).action, plan.counts().rename), (Action::Update, 1));
}

#[test]
fn a_running_test_is_replaced_where_that_is_asked_for() {
    let tested = |shares: &[(&str, u8)], connected: &[&str]| Audience {
        split: Some(split("test", shares)),
        connections: connected.iter().map(|each| connect(variant(each), "warehouse")).collect(),
        ..audience("vip", more_than("ltv", 1.0))
    };
    let world = || {
        let old = tested(&[("push", 40), ("email", 40)], &["push", "email"]);
        World::new().deploy(old, 0..60).write(tested(&[("push", 70)], &["push"]), 0..60)
    };
    assert!(world().refusals()[0].contains("--replace vip"), "{:?}", world().refusals());
    let mut asked = world();
    asked.replace.push(name("vip"));
    let plan = asked.plan();
    let change = only(&plan);
    assert_eq!((change.action, plan.counts().replace), (Action::Replace, 1));
    let of: Vec<_> = change.connections.iter().map(|each| (each.variant.to_string(), each.action)).collect();
    let gone = ("email".to_owned(), ConnectionAction::Disconnect);
    assert!(of.contains(&gone) && of.contains(&("push".to_owned(), ConnectionAction::Continue)), "{of:?}");
    let push = change.connections.iter().find(|each| each.variant == variant("push")).unwrap();
    assert_eq!(push.kept + push.adds.len(), change.variants[0].1.size_after().unwrap());
    // What stays the same is not replaced.
    let mut idle = World::new().keep(tested(&[("push", 40)], &[]), 0..60);
    idle.replace.push(name("vip"));
    assert_eq!(
        idle.refusals(),
        ["the test of `vip` does not change, so that there is nothing to replace; plan without --replace"]
    );
}

#[test]
fn a_connection_that_begins_or_ends_shows_without_people() {
    let plan = World::new().deploy(audience("vip", more_than("ltv", 1.0)), []).write(active("vip"), []).plan();
    let connection = &only(&plan).connections[0];
    assert_eq!((connection.action, connection.is_sent()), (ConnectionAction::Connect, false));
    assert_eq!(plan.counts().deliveries, 0);
}

#[test]
fn steps_free_an_address_before_another_audience_takes_it() {
    let plan = World::new()
        .deploy(active("gone"), 0..3)
        .deploy(active("old"), 0..4)
        .write(active("new"), 1..5)
        .write(active("fresh"), 0..2)
        .moved("old", "new")
        .plan();
    let words: Vec<String> = steps(&plan)
        .iter()
        .map(|step| match step {
            Step::Delete(change) => format!("delete {}", change.address),
            Step::Rename { change, from } => format!("rename {from} {}", change.address),
            Step::Define(change) => format!("define {}", change.address),
            Step::Members(change) => format!("members {}", change.address),
            Step::Deliver(change, connection) => format!("deliver {} {}", change.address, connection.output),
        })
        .collect();
    let expected = [
        "delete gone",
        "rename old new",
        "define fresh",
        "members fresh",
        "define new",
        "members new",
        "deliver gone warehouse",
        "deliver fresh warehouse",
        "deliver new warehouse",
    ];
    assert_eq!(words, expected);
}

#[test]
fn a_shadow_delivers_nothing() {
    let mut world = World::new().write(active("vip"), 0..9);
    world.shadow = true;
    let plan = world.plan();
    assert!(only(&plan).connections[0].is_sent() && plan.made_from.shadow);
    assert_eq!(plan.counts().deliveries, 0);
    assert!(!steps(&plan).iter().any(|step| matches!(step, Step::Deliver(..))));
}
