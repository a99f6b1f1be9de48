//! Plans as people and programs read them.

use aud::base::SourceMap;
use aud::ir::{Audience, Connection, ConnectionStatus, Split, Status, VariantName};
use aud::plan::Plan;
use aud::report::{Style, plan as report};

use crate::plan::world::*;

/// Three thousand users, everybody known to the state.
fn large() -> World {
    let mut world = World::new();
    world.rows = (1000..4000).collect();
    world.snapshot.mpids = world.rows.iter().copied().map(aud::base::Mpid).collect();
    world
}

fn sources() -> SourceMap {
    let mut sources = SourceMap::default();
    let file = "version 1\n\naudience lapsed_spenders {\n  match {\n    user \"lifetime_value\" > 400\n  }\n}\n";
    sources.add("audiences/lapsed.aud", file);
    sources
}

fn titled(audience: Audience, name: &str) -> Audience {
    Audience { name: name.to_owned(), ..audience }
}

/// A definition whose criterion was written on line 5.
fn lapsed(number: f64) -> Audience {
    let mut audience = titled(audience("lapsed_spenders", more_than("lifetime_value", number)), "Lapsed spenders");
    let origin = aud::base::Span::new(aud::base::SourceId(0), 55, 60).into();
    audience.criterion = aud::ir::Criterion { origin, ..(*audience.criterion).clone() }.into();
    audience
}

fn tested(number: f64) -> Audience {
    let titles = |mut split: Split| {
        split.variants[0].title = "Push message".to_owned();
        split
    };
    Audience {
        split: Some(titles(split("winback", &[("push", 40), ("email", 40)]))),
        connections: vec![connect(variant("push"), "warehouse"), connect(VariantName::Control, "archive")],
        ..lapsed(number)
    }
}

fn with_outputs(audience: Audience, outputs: &[&str]) -> Audience {
    let connections = outputs.iter().map(|output| connect(VariantName::Whole, output)).collect();
    Audience { connections, ..audience }
}

fn text(plan: &Plan) -> String {
    report::text(plan, &sources(), Style::PLAIN, false)
}

fn everything() -> World {
    large()
        .deploy(tested(500.0), 0..1204)
        .write(tested(400.0), 39..1416)
        .write(with_outputs(titled(audience("vip", more_than("ltv", 9.0)), "VIP"), &["warehouse"]), 0..312)
        .deploy(with_outputs(audience("old_newsletter", more_than("age", 1.0)), &["archive"]), 0..98)
        .deploy(audience("engaged", more_than("age", 2.0)), 0..1000)
        .write(audience("engaged", more_than("age", 2.0)), 1..1003)
        .keep(audience("same", more_than("age", 3.0)), 0..7)
}

#[test]
fn a_whole_plan() {
    insta::assert_snapshot!(text(&everything().plan()));
    insta::assert_snapshot!("a_whole_plan_in_full", report::text(&everything().plan(), &sources(), Style::PLAIN, true));
}

#[test]
fn colours_mark_who_enters_and_leaves() {
    let style = Style { color: true, ..Style::PLAIN };
    let plan = large().deploy(lapsed(1.0), 0..10).write(lapsed(1.0), 3..2000).plan();
    let text = report::text(&plan, &sources(), style, false);
    assert!(text.contains("\u{1b}[32m+1,990\u{1b}[0m") && text.contains("\u{1b}[31m−3\u{1b}[0m"), "{text:?}");
}

#[test]
fn an_update_shows_what_differs_and_where_it_was_written() {
    let old = Audience {
        tags: ["Retargeting".to_owned()].into(),
        doc: Some("Once.".to_owned()),
        ..with_outputs(lapsed(500.0), &["warehouse", "archive"])
    };
    let inactive = Connection { status: ConnectionStatus::Inactive, ..connect(VariantName::Whole, "archive") };
    let sharing = Connection { share: ["ltv".to_owned()].into(), ..connect(VariantName::Whole, "warehouse") };
    let new = Audience {
        tags: ["LTV".to_owned(), "Lifecycle".to_owned()].into(),
        doc: Some("Good customers who have gone quiet.".to_owned()),
        connections: vec![inactive, sharing],
        criterion: all_of([(*lapsed(400.0).criterion).clone(), not(member("employees"))]).into(),
        ..lapsed(400.0)
    };
    let plan = large().deploy(old, 0..1204).write(new, 39..1416).plan();
    insta::assert_snapshot!(text(&plan));
    insta::assert_snapshot!("an_update_in_full", report::text(&plan, &sources(), Style::PLAIN, true));
}

#[test]
fn a_long_criterion_takes_two_lines() {
    let long = |text: &str| {
        let is = aud::ir::Predicate::IsIn((0..6).map(|at| format!("{text} of a rather long name {at}")).collect());
        audience("vip", user("favourite_shop", is))
    };
    let plan = large().deploy(long("shop"), 0..10).write(long("store"), 0..10).plan();
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn a_rename_says_what_it_was() {
    let old = with_outputs(audience("old_lapsed", more_than("lifetime_value", 500.0)), &["warehouse"]);
    let new = with_outputs(lapsed(500.0), &["warehouse"]);
    let plan = large().deploy(old, 0..1204).write(new, 0..1205).moved("old_lapsed", "lapsed_spenders").plan();
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn drafts_have_no_numbers() {
    let draft = |audience: Audience| Audience { status: Status::Draft, ..audience };
    let world = large()
        .write(draft(audience("a_new_draft", more_than("ltv", 1.0))), [])
        .deploy(audience("b_withdrawn", more_than("ltv", 2.0)), 0..1204)
        .write(draft(audience("b_withdrawn", more_than("ltv", 2.0))), [])
        .deploy(draft(audience("c_ready", more_than("ltv", 3.0))), [])
        .write(audience("c_ready", more_than("ltv", 3.0)), 0..1)
        .deploy(draft(audience("d_given_up", more_than("ltv", 4.0))), []);
    insta::assert_snapshot!(text(&world.plan()));
}

#[test]
fn only_people_change() {
    let plan = large().deploy(tested(500.0), 0..1204).write(tested(500.0), 0..1205).plan();
    insta::assert_snapshot!(text(&plan));
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(text(&large().keep(lapsed(1.0), 0..10).plan()));
}

#[test]
fn only_deliveries_are_pending() {
    let mut world = large().keep(lapsed(1.0), 0..10);
    world.snapshot.pending = 3;
    insta::assert_snapshot!(text(&world.plan()));
}

#[test]
fn a_limited_plan_says_what_came_along() {
    let world = large()
        .write(audience("inner", more_than("ltv", 1.0)), 0..5)
        .write(audience("outer", member("inner")), 0..5)
        .write(audience("other", more_than("ltv", 2.0)), 0..5)
        .target("outer");
    insta::assert_snapshot!(text(&world.plan()));
}

#[test]
fn refusals_come_with_advice() {
    let protected = Audience { protect: true, ..audience("crown", more_than("ltv", 9.0)) };
    let world = large().deploy(protected, 0..5).target("crown").target("crwn");
    let refusals = world.try_plan().unwrap_err();
    insta::assert_snapshot!(report::refusals(&refusals, Style::PLAIN));
    assert_eq!(report::refusals_json(&refusals)["refusals"].as_array().unwrap().len(), 2);
    assert_eq!(format!("error: {refusals}\n"), report::refusals(&refusals, Style::PLAIN), "one wording everywhere");
}

#[test]
fn names_cannot_repaint_the_terminal() {
    let plan =
        large().write(titled(audience("vip", more_than("\u{1b}[2J", 1.0)), "\u{1b}[31mVIP\u{202e}"), 0..5).plan();
    let text = report::text(&plan, &sources(), Style::PLAIN, true);
    assert!(text.contains("VIP") && !text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
}

#[test]
fn json_counts_people_and_never_names_them() {
    let mut world = everything();
    world.rows.extend([77_777_777_777]);
    let world = world.write(audience("newcomers", more_than("age", 4.0)), 2999..3001);
    let plan = world.plan();
    let json = report::json(&plan);
    assert!(!json.to_string().contains("77777777777"));
    assert_eq!(json["new_users"], 1);
    insta::assert_snapshot!(format!("{json:#}"));
}
