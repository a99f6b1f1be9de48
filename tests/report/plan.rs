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
    let json = report::json(&report::view(&plan, &sources(), report::Show::default()));
    assert!(!json.to_string().contains("77777777777"));
    assert_eq!(json["new_users"], 1);
    insta::assert_snapshot!(format!("{json:#}"));
}

fn json(plan: &Plan, show: report::Show) -> serde_json::Value {
    report::json(&report::view(plan, &sources(), show))
}

/// One of everything that can happen to an audience.
fn every_action() -> World {
    let draft = |audience: Audience| Audience { status: Status::Draft, ..audience };
    let named = |address: &str, number: f64| with_outputs(audience(address, more_than("ltv", number)), &["warehouse"]);
    let other_split = Audience { split: Some(split("winback", &[("push", 30), ("sms", 30)])), ..tested(500.0) };
    let other_split = Audience { connections: vec![connect(variant("sms"), "warehouse")], ..other_split };
    let mut world = everything()
        .deploy(draft(named("b_ready", 3.0)), [])
        .write(named("b_ready", 3.0), 0..7)
        .deploy(named("c_paused", 4.0), 0..70)
        .write(draft(named("c_paused", 4.0)), [])
        .deploy(named("d_old", 5.0), 0..70)
        .write(named("d_new", 5.0), 0..70)
        .moved("d_old", "d_new")
        .deploy(named("e_connections", 5.0), 0..70)
        .write(with_outputs(audience("e_connections", more_than("ltv", 5.0)), &["archive"]), 0..70)
        .write(other_split, 39..1416);
    world.replace.push(name("lapsed_spenders"));
    world
}

/// The same with everything that only a state that lived through something can have.
fn every_word() -> Plan {
    use aud::plan::{Check, CheckKind, Drift, Evaluation, Found, Moves, Verdict, Why};
    let mut plan = every_action().plan();
    let check = |name: &str, limit: &str, people, percent, verdict| Check {
        name: name.to_owned(),
        limit: limit.to_owned(),
        kind: match () {
            () if name.starts_with("disjoint") => CheckKind::Disjoint,
            () if name.contains(".inside.") => CheckKind::Inside,
            () => CheckKind::Guard,
        },
        found: Found { people, percent },
        verdict,
        origin: aud::base::Origin::default(),
    };
    let allowed = Verdict::Allowed { reason: "the sale is over".to_owned() };
    plan.checks = vec![
        check("lapsed_spenders.drops", "drops <= 5%", 39, Some(3.239), Verdict::Holds),
        check("vip.size", "size between 100 and 200", 312, None, Verdict::Broken),
        check("engaged.adds", "adds <= 0.1%", 3, Some(0.3), allowed),
        check("disjoint(vip,engaged)", "disjoint(vip, engaged)", 12, None, Verdict::Broken),
        check("vip.inside.engaged", "vip inside engaged", 0, None, Verdict::Holds),
    ];
    plan.evaluation = Evaluation { evaluated: 3, reused: 9_997 };
    plan.excluded = vec![name("other")];
    for change in &mut plan.changes {
        match change.address.as_str() {
            "lapsed_spenders" => {
                let moves = |adds, drops| Moves { adds, drops };
                change.why = Some(Why { edit: moves(205, 31), time: moves(7, 8), ..Why::default() });
            }
            "vip" => {
                let sample = |mpid, enters, criterion: Option<&str>| aud::plan::Sample {
                    mpid: aud::base::Mpid(mpid),
                    enters,
                    cause: aud::plan::Cause::Edit,
                    criterion: criterion.map(str::to_owned),
                };
                change.samples = vec![sample(1007, true, Some("user \"ltv\" > 9")), sample(1008, false, None)];
            }
            "engaged" => change.drift = Drift { definition: false, members: true },
            "e_connections" => change.drift = Drift { definition: true, members: true },
            _ => {}
        }
    }
    plan
}

#[test]
fn every_action_has_its_words() {
    insta::assert_snapshot!("every_word", text(&every_word()));
    insta::assert_snapshot!("every_word_in_full", report::text(&every_word(), &sources(), Style::PLAIN, true));
}

#[test]
fn examples_are_redacted_unless_asked_for() {
    let shown = |mpids| report::view(&every_word(), &sources(), report::Show { mpids, ..report::Show::default() });
    let (redacted, named) = (shown(false), shown(true));
    for text in [report::text_of(&redacted, Style::PLAIN, true), report::json(&redacted).to_string()] {
        assert!(!text.contains("1007") && text.contains("user \"ltv\" > 9") | text.contains("user \\\"ltv"), "{text}");
    }
    assert!(report::text_of(&named, Style::PLAIN, false).contains("+ user 1007  your edit  user \"ltv\" > 9"));
    let hidden = report::Show { suppress_below: Some(400), mpids: true, ..report::Show::default() };
    let hidden = report::view(&every_word(), &sources(), hidden);
    assert!(!report::json(&hidden).to_string().contains("1007"), "nor where their audience is suppressed");
}

#[test]
fn a_shadow_environment_says_that_nothing_is_delivered() {
    let mut plan = every_action().plan();
    plan.changes.truncate(1);
    plan.made_from.shadow = true;
    plan.made_from.environment = Some(name("staging"));
    plan.selected_by = vec!["tag \"LTV\"".to_owned()];
    plan.targets = vec![name("old_newsletter")];
    insta::assert_snapshot!(text(&plan));
    let shown = report::view(&plan, &sources(), report::Show { steps: true, ..report::Show::default() });
    insta::assert_snapshot!("the_steps_in_a_shadow", report::explain(&shown, Style::PLAIN));
}

#[test]
fn the_steps_are_those_of_an_apply() {
    let mut plan = every_word();
    plan.pending = 2;
    let shown = report::view(&plan, &sources(), report::Show { steps: true, ..report::Show::default() });
    insta::assert_snapshot!(report::explain(&shown, Style::PLAIN));
}

#[test]
fn small_counts_are_suppressed() {
    let show = report::Show { suppress_below: Some(10), ..report::Show::default() };
    let shown = report::view(&every_word(), &sources(), show);
    insta::assert_snapshot!(report::text_of(&shown, Style::PLAIN, true));
}

/// The schema that other programs may rely on is the one in `docs/schema`.
#[test]
fn the_schema_is_written_down_and_documents_keep_to_it() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/plan-1.json");
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        std::fs::write(&path, report::json_schema()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), report::json_schema(), "INSTA_UPDATE=always writes it anew");
    let schema: serde_json::Value = serde_json::from_str(&report::json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for suppress_below in [None, Some(10), Some(100)] {
        for plan in [every_word(), large().keep(lapsed(1.0), 0..10).plan()] {
            let document = json(&plan, report::Show { suppress_below, steps: true, mpids: false });
            let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }
}
