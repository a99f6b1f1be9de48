//! Standard audiences: evaluated at the apply that creates them, fixed from then on (M23).

use std::collections::BTreeSet;

use aud::base::time::DAY_MS;
use aud::base::{Day, Moment, Timestamp};
use aud::ir::{Audience, Connection, ConnectionStatus, Standard, Status, VariantName};
use aud::plan::Action;

use super::world::*;

fn day(text: &str) -> Moment {
    Moment::Day(Day::parse(text).unwrap())
}

fn summer() -> Audience {
    Audience {
        standard: Some(Standard::Between(day("2025-06-01"), day("2025-08-31"))),
        connections: vec![connect(VariantName::Whole, "warehouse")],
        ..audience("summer", more_than("ltv", 500.0))
    }
}

/// `summer` is deployed with the users 0 to 9, evaluated so many days and milliseconds before the plan.
fn deployed(days: i64, ms: i64) -> World {
    let mut world = World::new().deploy(summer(), 0..10);
    world.snapshot.audiences[0].evaluated = Some(Timestamp(now().ms() - days * DAY_MS - ms));
    world
}

fn archived() -> Audience {
    Audience {
        connections: vec![connect(VariantName::Whole, "archive"), connect(VariantName::Whole, "warehouse")],
        ..summer()
    }
}

#[test]
fn a_new_one_is_evaluated_like_any_other() {
    let plan = World::new().write(summer(), 3..5).plan();
    let change = only(&plan);
    assert_eq!((change.action, change.people.adds.clone()), (Action::Create, set(3..5)));
    assert!(fields(change).contains(&"standard: nothing -> between 2025-06-01 and 2025-08-31".to_owned()));
}

#[test]
fn the_stored_membership_stays_whatever_the_data_says() {
    assert!(deployed(5, 0).write(summer(), 50..90).plan().is_empty());
    let renamed = Audience { name: "Summer of 2025".to_owned(), ..summer() };
    let plan = deployed(5, 0).write(renamed, 50..90).plan();
    let change = only(&plan);
    assert_eq!(change.people.after, Some(set(0..10)));
    assert!(change.people.adds.is_empty() && change.people.drops.is_empty() && change.connections.is_empty());
    assert!(plan.new_users.is_empty());
}

#[test]
fn members_whom_the_store_forgot_stay() {
    let mut world = deployed(5, 0).write(summer(), []);
    world.rows.truncate(3);
    assert!(world.plan().is_empty());
}

#[test]
fn a_rename_is_not_a_change() {
    let later = Audience { address: name("summer_2025"), ..summer() };
    let plan = deployed(90, 0).write(later, 50..90).moved("summer", "summer_2025").plan();
    assert_eq!(only(&plan).people.after, Some(set(0..10)));
}

#[test]
fn what_it_was_made_from_cannot_change() {
    let changed = [
        ("match", Audience { criterion: more_than("ltv", 501.0).into(), ..summer() }),
        ("workspaces", Audience { workspaces: BTreeSet::from([name("shop"), name("travel")]), ..summer() }),
        ("inputs", Audience { inputs: BTreeSet::new(), ..summer() }),
        ("standard", Audience { standard: Some(Standard::All), ..summer() }),
        ("standard", Audience { standard: None, ..summer() }),
    ];
    for (field, audience) in changed {
        let refusals = deployed(5, 0).write(audience, 0..10).refusals();
        let help = "put `summer` back as it is deployed, and define what is new under a new address";
        assert_eq!(refusals, [format!("`summer` was evaluated once, and its `{field}` cannot change; {help}")]);
    }
}

#[test]
fn several_changes_are_one_refusal_and_a_draft_would_lose_its_members() {
    let both = Audience { standard: Some(Standard::All), criterion: more_than("ltv", 1.0).into(), ..summer() };
    let refusals = deployed(5, 0).write(both, 0..10).refusals();
    assert!(refusals[0].starts_with("`summer` was evaluated once, and its `standard` and `match` cannot change"));
    let draft = Audience { status: Status::Draft, ..summer() };
    let refusals = deployed(5, 0).write(draft, []).refusals();
    assert!(refusals[0].ends_with("keep `summer` active, or take its definition out to delete it"), "{refusals:?}");
}

#[test]
fn a_real_time_audience_does_not_become_standard() {
    let real_time = Audience { standard: None, ..summer() };
    let refusals = World::new().deploy(real_time, 0..10).write(summer(), 0..10).refusals();
    assert!(refusals[0].starts_with("`summer` is deployed as a real-time audience"), "{refusals:?}");
}

#[test]
fn a_draft_is_not_evaluated_yet() {
    let draft = Audience { status: Status::Draft, ..summer() };
    let other = Audience { criterion: more_than("ltv", 1.0).into(), standard: Some(Standard::All), ..summer() };
    let plan = World::new().deploy(draft, []).write(other, 3..5).plan();
    assert_eq!(only(&plan).people.adds, set(3..5));
}

#[test]
fn it_is_connected_for_thirty_days() {
    let plan = deployed(30, 0).write(archived(), 50..90).plan();
    let sent = &only(&plan).connections;
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].output.as_str(), sent[0].adds.clone()), ("archive", set(0..10)));

    let refusals = deployed(30, 1).write(archived(), 50..90).refusals();
    assert_eq!(
        refusals,
        [
            "`summer` expired on 2026-11-23T14:19:59.999Z and cannot be connected to `archive` any more; define it again \
          under a new address, which is evaluated anew; what is connected already stays"
        ]
    );
}

#[test]
fn an_expired_one_keeps_its_connections_and_can_lose_them() {
    assert!(deployed(31, 0).write(summer(), 50..90).plan().is_empty());
    let alone = Audience { connections: Vec::new(), ..summer() };
    let plan = deployed(31, 0).write(alone, 50..90).plan();
    assert_eq!(only(&plan).connections[0].drops, set(0..10));
}

#[test]
fn an_inactive_connection_of_an_expired_one_does_not_start_again() {
    let inactive = Connection { status: ConnectionStatus::Inactive, ..connect(VariantName::Whole, "warehouse") };
    let silent = Audience { connections: vec![inactive], ..summer() };
    let mut world = World::new().deploy(silent, 0..10).write(summer(), 50..90);
    world.snapshot.audiences[0].evaluated = Some(Timestamp(now().ms() - 31 * DAY_MS));
    assert!(world.refusals()[0].contains("cannot be connected to `warehouse`"));
}
