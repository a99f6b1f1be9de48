//! Standard audiences (M23): an instant and events of their own, and what was stored stays.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Day, Moment, Now, Timestamp};
use aud::catalog::EventKey;
use aud::eval::{Live, Stored, as_of, evaluate, horizon};
use aud::ir::{Audience, Count, Criterion, EventTest, Events, Kind, Model, Standard, Status};

use super::world::{User, World, at, audience, input, model, name, now, workspaces};

const RANGE: Standard = Standard::Between(Moment::Day(Day(17_600)), Moment::Day(Day(17_609)));

/// 2018-03-10 to 2018-03-19, long before the events that retention keeps at this clock.
fn clock() -> Now {
    now("2018-09-09T13:00:00Z")
}

fn of_shop(address: &str, standard: Option<Standard>, kind: Kind) -> Audience {
    Audience { standard, ..audience(address, workspaces(&["shop"]), kind) }
}

fn buys() -> Kind {
    let events = Events::of(EventKey::custom("Buy"), BTreeSet::from([input("shop.web")]));
    Kind::Event(Box::new(EventTest { events, count: Count::ONCE }))
}

fn member(address: &str) -> Kind {
    Kind::Member(name(address))
}

/// Bought before the range, in it, after it, and a user who was alive in the range only by other sightings.
fn world() -> World {
    let buyer = |at_ms| User::default().does("Buy", 0, at_ms);
    let users = vec![
        buyer(at("2018-03-09T23:59:59.999Z")),
        buyer(at("2018-03-10T00:00:00Z")),
        buyer(at("2018-03-19T23:59:59.999Z")),
        buyer(at("2018-03-20T00:00:00Z")).seen("shop", at("2018-03-12T00:00:00Z")),
        buyer(at("2018-09-09T12:00:00Z")),
    ];
    World { inputs: vec![input("shop.web")], users }
}

fn members(model: &Model, only: Option<&str>, stored: &Stored) -> BTreeMap<String, Vec<u32>> {
    let only = only.map(|address| BTreeSet::from([name(address)]));
    let memberships = evaluate(model, &world().packed(), clock(), only.as_ref(), stored);
    assert_eq!(memberships.now, clock());
    let listed = memberships.audiences.into_iter();
    listed.map(|(address, members)| (address.to_string(), members.iter().collect())).collect()
}

fn stored(address: &str, rows: &[u32]) -> Stored {
    Stored(BTreeMap::from([(name(address), rows.iter().copied().collect())]))
}

#[test]
fn the_range_decides_which_events_and_who_was_alive() {
    let model = model([
        of_shop("buyers", Some(RANGE), buys()),
        of_shop("others", Some(RANGE), Kind::Not(Box::new(Criterion::new(buys())))),
        of_shop("all", Some(Standard::All), buys()),
    ]);
    let members = members(&model, None, &Stored::default());
    assert_eq!(members["buyers"], [1, 2]);
    assert_eq!(members["others"], [0, 3], "alive at the end of the range, whatever came later");
    assert_eq!(members["all"], [4], "all events count, but the population is that of the clock");
}

#[test]
fn a_range_that_is_not_over_ends_at_the_clock() {
    assert_eq!(as_of(RANGE, clock()), Now(Timestamp(at("2018-03-19T23:59:59.999Z"))));
    assert_eq!(as_of(RANGE, now("2018-03-15T00:00:00Z")), now("2018-03-15T00:00:00Z"));
    assert_eq!(as_of(Standard::All, clock()), clock());
}

#[test]
fn what_is_stored_is_not_evaluated_again_wherever_it_is_nested() {
    let mut model = model([
        of_shop("inner", Some(RANGE), buys()),
        of_shop("outer", Some(RANGE), member("inner")),
        of_shop("real_time", None, member("inner")),
        of_shop("deep", None, member("outer")),
    ]);
    let fresh = members(&model, None, &Stored::default());
    assert_eq!(fresh["outer"], [1, 2], "one as of the end of the range nests the other");
    assert_eq!(fresh["real_time"], [0; 0], "its members are not alive at the clock");
    let kept = stored("inner", &[0, 4]);
    let members_of = |model: &Model, address: &str| members(model, Some(address), &kept)[address].clone();
    assert_eq!(members_of(&model, "inner"), [0, 4]);
    assert_eq!(members_of(&model, "outer"), [0], "4 was not alive then");
    assert_eq!(members_of(&model, "real_time"), [4]);
    assert_eq!(members(&model, None, &stored("outer", &[4]))["deep"], [4]);
    // Only of standard audiences that are active is anything kept.
    assert_eq!(members(&model, None, &stored("real_time", &[0, 1]))["real_time"], [0; 0]);
    model.audiences.get_mut(&name("inner")).unwrap().status = Status::Draft;
    assert!(!members(&model, None, &kept).contains_key("inner"));
    assert_eq!(members_of(&model, "outer"), [0; 0]);
}

#[test]
fn circles_through_standard_audiences_end() {
    let model = model([
        of_shop("a", Some(RANGE), member("b")),
        of_shop("b", None, Kind::Any(vec![Criterion::new(member("a")), Criterion::new(Kind::Everyone)])),
        of_shop("c", Some(RANGE), member("c")),
    ]);
    let members = members(&model, None, &Stored::default());
    assert_eq!((members["c"].len(), members.len()), (0, 3));
}

#[test]
fn a_clock_that_stands_still_does_not_stop_those_that_are_nested() {
    let model = model([of_shop("all", Some(Standard::All), buys()), of_shop("outer", Some(RANGE), member("all"))]);
    let user = User::default().does("Buy", 0, at("2018-03-12T00:00:00Z")).does("Buy", 0, at("2018-09-09T12:00:00Z"));
    let store = World { inputs: vec![input("shop.web")], users: vec![user] }.packed();
    let live = Live::new(&model, &store, clock(), &Stored::default());
    let members = |now| evaluate(&model, &store, now, None, &Stored::default()).audiences[&name("outer")].len();
    let until = live.valid_until(&name("outer")).expect("the profile of the nested audience dies");
    assert_eq!((members(clock()), members(Now(Timestamp(until.0 - 1))), members(Now(until))), (1, 1, 0));
    let horizon = |stored: &Stored| horizon(&model, &store, clock(), None, stored);
    assert_eq!(horizon(&Stored::default()), live.valid_until_all());
    // Of what is stored nothing changes by time, nor of what only that could change.
    assert_eq!(horizon(&stored("all", &[0])), BTreeMap::from([(name("all"), None), (name("outer"), None)]));
}
