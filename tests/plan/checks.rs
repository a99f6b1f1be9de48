//! Guards and assertions (M24).

use aud::base::Origin;
use aud::ir::{Assertion, Audience, Bound, Float, Guard, Limit, Measure, Status};
use aud::plan::{Allowance, Plan, Verdict};

use super::world::*;

fn float(number: f64) -> Float {
    Float::new(number).unwrap()
}

fn limit(measure: Measure, bound: Bound, percent: bool) -> Limit {
    Limit { measure, bound, percent, origin: Origin::default() }
}

fn guard(audience: &str, limits: Vec<Limit>) -> Guard {
    Guard { audience: name(audience), limits, origin: Origin::default() }
}

fn vip() -> Audience {
    audience("vip", more_than("ltv", 1.0))
}

/// Each check as `name limit: people percent verdict`.
fn told(plan: &Plan) -> Vec<String> {
    let line = |check: &aud::plan::Check| {
        let verdict = match &check.verdict {
            Verdict::Holds => "holds".to_owned(),
            Verdict::Broken => "broken".to_owned(),
            Verdict::Allowed { reason } => format!("allowed: {reason}"),
        };
        let percent = check.found.percent.map_or(String::new(), |percent| format!(" {percent}%"));
        format!("{} {}: {}{percent} {verdict}", check.name, check.limit, check.found.people)
    };
    plan.checks.iter().map(line).collect()
}

fn every_limit() -> Guard {
    guard(
        "vip",
        vec![
            limit(Measure::Drops, Bound::AtMost(float(5.0)), true),
            limit(Measure::Adds, Bound::Less(float(21.0)), false),
            limit(Measure::Size, Bound::Between(float(10.0), float(60.0)), false),
        ],
    )
}

#[test]
fn percentages_are_of_the_size_before() {
    let mut world = World::new().deploy(vip(), 0..50).write(vip(), 5..70);
    world.model.guards.push(every_limit());
    assert_eq!(
        told(&world.plan()),
        [
            "vip.drops drops <= 5%: 5 10% broken",
            "vip.adds adds < 21: 20 holds",
            "vip.size size between 10 and 60: 65 broken"
        ]
    );
}

#[test]
fn of_a_new_audience_only_the_size_is_asked() {
    let mut world = World::new().write(vip(), 0..70);
    world.model.guards.push(every_limit());
    assert_eq!(told(&world.plan()), ["vip.size size between 10 and 60: 70 broken"]);
    let mut woken = World::new().deploy(Audience { status: Status::Draft, ..vip() }, []).write(vip(), 0..20);
    woken.model.guards.push(every_limit());
    assert_eq!(told(&woken.plan()), ["vip.size size between 10 and 60: 20 holds"]);
}

#[test]
fn whoever_enters_an_empty_audience_is_more_than_any_percentage() {
    let adds = |bound| guard("vip", vec![limit(Measure::Adds, bound, true)]);
    let mut world = World::new().deploy(vip(), []).write(vip(), 0..1);
    world.model.guards.push(adds(Bound::AtMost(float(1e6))));
    assert_eq!(told(&world.plan()), ["vip.adds adds <= 1000000%: 1 broken"]);
}

#[test]
fn what_nothing_happens_to_is_not_asked_about() {
    let mut world = World::new().keep(vip(), 0..5);
    world.model.guards.push(every_limit());
    assert!(world.plan().checks.is_empty());
}

#[test]
fn assertions_are_about_everybody_after_the_plan() {
    let all = || audience("all", more_than("age", 1.0));
    let mut world = World::new().keep(all(), 0..50).deploy(vip(), 0..10).write(vip(), 40..53);
    let (vip, all) = (name("vip"), name("all"));
    let origin = Origin::default();
    world.model.assertions = vec![
        Assertion::Inside { audience: vip.clone(), inside: all.clone(), origin },
        Assertion::Inside { audience: all.clone(), inside: all.clone(), origin },
        Assertion::Disjoint { audiences: vec![vip.clone(), all.clone()], origin },
    ];
    assert_eq!(
        told(&world.plan()),
        ["vip.inside.all vip inside all: 3 broken", "disjoint(vip,all) disjoint(vip, all): 10 broken"]
    );
    // Outside the limits of a plan, what is deployed counts.
    let mut limited = world;
    limited.targets.push(all);
    assert!(limited.plan().checks.is_empty(), "neither of them changes");
}

#[test]
fn a_broken_guard_may_be_allowed_by_its_name() {
    let mut world = World::new().deploy(vip(), 0..50).write(vip(), 5..70);
    world.model.guards.push(every_limit());
    let allow = |name: &str| Allowance { name: name.to_owned(), reason: "new season".to_owned() };
    world.allowed = vec![allow("vip.drops"), allow("vip.adds")];
    let plan = world.plan();
    assert_eq!(told(&plan)[0], "vip.drops drops <= 5%: 5 10% allowed: new season");
    assert_eq!(told(&plan)[1], "vip.adds adds < 21: 20 holds", "what holds needs no allowance");
    assert_eq!(plan.broken().count(), 1);
    world.allowed = vec![allow("vip.drop")];
    assert_eq!(
        world.refusals(),
        ["nothing that is written is called `vip.drop`, so that it cannot be allowed; did you mean `vip.drops`?"]
    );
}
