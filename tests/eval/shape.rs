//! The program of a model: what is asked once, and what is not asked at all.

use std::collections::BTreeSet;

use aud::base::TimeFilter;
use aud::catalog::EventKey;
use aud::eval::{Program, Stored, evaluate};
use aud::ir::{Condition, Count, Criterion, EventTest, Events, Kind, Model, Predicate, Status, Unit};

use super::world::{User, World, audience, days, input, model, name, now, workspaces};

fn count_program(model: &Model) -> (usize, usize) {
    let program = Program::new(model, None);
    (program.leaf_count(), program.node_count())
}

fn buys(text: &str, time: Option<TimeFilter>, count: Count) -> Kind {
    let condition =
        Condition::Attribute { part: None, attribute: "category".into(), predicate: Predicate::Contains(text.into()) };
    Kind::Event(Box::new(EventTest {
        events: Events {
            event: EventKey::custom("Buy"),
            event_type: None,
            unit: Unit::Event,
            filter: Some(condition),
            time,
            inputs: BTreeSet::from([input("shop.web")]),
        },
        count,
    }))
}

fn shop(address: &str, criterion: Kind) -> aud::ir::Audience {
    audience(address, workspaces(&["shop"]), criterion)
}

#[test]
fn one_question_is_asked_once_however_it_is_spelt() {
    let labelled = Criterion { label: Some(name("x")), ..Criterion::new(buys("SHOE", None, Count::ONCE)) };
    let model = model([
        shop("a", buys("shoe", None, Count::ONCE)),
        // The retention is 30 days, so that this is the same window; a label and another case change nothing either.
        shop("b", buys("Shoe", Some(TimeFilter::WithinLast(days(30))), Count::ONCE)),
        shop("c", Kind::All(vec![labelled, Criterion::new(Kind::Everyone)])),
        // Twice negated, and nested.
        shop("d", Kind::Not(Box::new(Criterion::new(Kind::Not(Box::new(Criterion::new(Kind::Member(name("a"))))))))),
    ]);
    assert_eq!(count_program(&model), (3, 1), "the population, who opted out, the purchase, and all three");
}

#[test]
fn counts_share_their_bounds() {
    let model = model([
        shop("a", buys("shoe", None, Count { least: 2, most: Some(4) })),
        shop("b", buys("shoe", None, Count { least: 5, most: None })),
        shop("c", buys("shoe", None, Count { least: 0, most: Some(1) })),
    ]);
    assert_eq!(count_program(&model).0, 4, "the population, who opted out, at least 2, at least 5");
}

#[test]
fn what_cannot_hold_is_not_asked() {
    let pro = || Criterion::new(buys("pro", None, Count::ONCE));
    let never = Kind::All(vec![pro(), Criterion::new(Kind::Not(Box::new(pro())))]);
    let model = model([shop("a", never), shop("b", Kind::Any(vec![]))]);
    assert_eq!(count_program(&model).1, 0);
    let world = World { inputs: vec![input("shop.web")], users: vec![User::default().seen("shop", 0)] };
    let members = evaluate(&model, &world.packed(), now("1970-01-01T00:00:00Z"), None, &Stored::default());
    assert!(members.audiences.len() == 2 && members.audiences.values().all(|members| members.is_empty()));
}

#[test]
fn drafts_and_the_unknown_have_no_members_and_circles_end() {
    let mut model = model([
        shop("a", Kind::Member(name("draft"))),
        shop("b", Kind::Member(name("nowhere"))),
        shop("c", Kind::Any(vec![Criterion::new(Kind::Member(name("d"))), Criterion::new(Kind::Everyone)])),
        shop("d", Kind::Member(name("c"))),
        shop("draft", Kind::Everyone),
    ]);
    model.audiences.get_mut(&name("draft")).unwrap().status = Status::Draft;
    let world = World { inputs: vec![input("shop.web")], users: vec![User::default().seen("shop", 0)] };
    let members = evaluate(&model, &world.packed(), now("1970-01-01T00:00:00Z"), None, &Stored::default());
    let sizes: Vec<_> = members.audiences.iter().map(|(address, members)| (address.as_str(), members.len())).collect();
    // An audience of a circle, which no checked model has, is nobody where it is reached again.
    assert_eq!(sizes, [("a", 0), ("b", 0), ("c", 1), ("d", 0)]);
}

#[test]
fn an_empty_store_has_no_members() {
    let members = evaluate(
        &model([shop("a", Kind::Everyone)]),
        &World::default().packed(),
        now("2020-01-01T00:00:00Z"),
        None,
        &Stored::default(),
    );
    assert!(members.audiences[&name("a")].is_empty());
}
