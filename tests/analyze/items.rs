//! Items beside audiences and criteria: standard audiences, bulk connections, guards, assertions.

use aud::base::{Day, Moment, Name};
use aud::ir::{Assertion, Bound, ConnectionStatus, Float, Measure, Model, Standard, VariantName};

use super::{PROJECT, analysed, audience, messages, model, project};

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_standard_audience_keeps_its_range() {
    assert_eq!(audience("match { everyone }").standard, None);
    assert_eq!(audience("standard all match { everyone }").standard, Some(Standard::All));
    let day = |text| Moment::Day(Day::parse(text).unwrap());
    // One day is a range, and so is one that ended before any data was sent.
    let one = audience("standard between 1970-01-01 and 1970-01-01 match { everyone }");
    assert_eq!(one.standard, Some(Standard::Between(day("1970-01-01"), day("1970-01-01"))));
}

/// What is said of an audience in a project that keeps events and profiles for 30 days.
fn kept_for_30_days(fields: &str) -> Vec<String> {
    let project = project(Box::leak(
        PROJECT.replace("retention: { events: unlimited, profiles: unlimited }", "").into_boxed_str(),
    ));
    let text = format!("version 1\naudience a {{ workspaces shop, travel {fields} }}\n");
    let analysis = analysed(&project, &project.declared, &[&text]);
    analysis.diagnostics.iter().map(|each| each.code.to_string()).collect()
}

#[test]
fn events_of_a_standard_audience_count_whatever_the_retention() {
    let asks = r#"match { event "A" within last 90 days and event "A" then event "A" within 60 days }"#;
    assert_eq!(kept_for_30_days(asks), ["AUD0319", "AUD0319"]);
    assert_eq!(kept_for_30_days(&format!("standard all {asks}")), none());
    // Profiles are as known then: who was not seen inside the retention is in no population.
    assert_eq!(kept_for_30_days("standard all match { last seen more than 60 days ago }"), ["AUD0319"]);
}

#[test]
fn tags_of_the_defaults_count_for_bulk_connections() {
    let project = model(&[
        "version 1\ndefaults { workspace shop tags \"N\" }\naudience a { match { everyone } tags \"V\" }\naudience b { match { everyone } }\n",
        "version 1\nbulk connect warehouse { tags \"N\", \"V\" status inactive }\naudience c { workspace shop match { everyone } tags \"V\" }\n",
    ]);
    assert_eq!(connections(&project, "a"), ["whole audience warehouse inactive"]);
    assert_eq!(connections(&project, "b"), none());
    assert_eq!(connections(&project, "c"), none(), "defaults are for their file");
}

fn connections(model: &Model, address: &str) -> Vec<String> {
    let audience = &model.audiences[&Name::new(address).unwrap()];
    assert!(audience.connections.iter().all(|each| each.origin.0.is_some()));
    let text = |each: &aud::ir::Connection| format!("{} {} {}", each.variant, each.output, each.status.word());
    audience.connections.iter().map(text).collect()
}

#[test]
fn an_own_connection_stays_beside_a_bulk_one() {
    let project = model(&["version 1
defaults { workspace shop tags \"N\" }
bulk connect warehouse { tags \"N\" }
bulk connect backup { tags \"N\" }
bulk connect backup { tags \"N\" status sending }
audience a { match { everyone } connect warehouse { status inactive } }
audience b { match { user \"text\" exists } }
"]);
    assert_eq!(connections(&project, "a"), ["whole audience backup sending", "whole audience warehouse inactive"]);
    assert_eq!(connections(&project, "b"), ["whole audience backup sending", "whole audience warehouse sending"]);
    let a = &project.audiences[&Name::new("a").unwrap()];
    assert_eq!(a.connections[1].status, ConnectionStatus::Inactive);
    assert!(a.connections.iter().all(|each| each.variant == VariantName::Whole));
}

#[test]
fn an_audience_with_a_split_that_connects_itself_is_no_mistake() {
    let text = "version 1
defaults { workspace shop tags \"N\" }
bulk connect warehouse { tags \"N\" }
audience a { match { everyone } split s { variant p \"P\" 50% } connect warehouse }
";
    assert_eq!(messages(text), none());
    let by_variant = text.replace("connect warehouse }\n", "connect warehouse { variant p } }\n");
    assert_eq!(messages(&by_variant), ["AUD0341 `a` cannot be connected in bulk: it has a split"]);
}

#[test]
fn a_draft_or_several_are_told_together() {
    let text = "version 1
defaults { workspace shop tags \"N\" status draft }
bulk connect warehouse { tags \"N\" }
audience a { match { everyone } }
";
    assert_eq!(messages(text), ["AUD0341 `a` cannot be connected in bulk: it is a draft"]);
    let two = format!("{text}audience b {{ match {{ user \"text\" exists }} }}\n");
    assert_eq!(messages(&two), ["AUD0341 `a`, `b` cannot be connected in bulk: they have splits or are drafts"]);
}

#[test]
fn attributes_are_not_shared_in_bulk_where_an_audience_could_not_share_them() {
    let text = "version 1
bulk connect warehouse { tags \"N\" share \"text\" }
audience a { workspaces shop, travel tags \"N\" match { everyone } }
audience b { workspace shop tags \"N\" standard all match { user \"text\" exists } }
";
    let found = messages(text);
    let codes: Vec<&str> = found.iter().map(|each| &each[..7]).collect();
    assert_eq!(codes, ["AUD0314", "AUD0315", "AUD0340"]);
}

/// Guards and assertions of a project of two audiences.
fn promised(items: &str) -> Model {
    model(&[&format!(
        "version 1\n{items}\naudience b {{ workspace shop match {{ everyone }} }}\naudience a {{ workspace shop match {{ user \"text\" exists }} }}\n"
    )])
}

#[test]
fn guards_stand_in_the_order_of_their_audiences() {
    let model =
        promised("guard b { drops <= 5% adds < 100 size >= 1 }\nguard a { size between 10 and 20 drops = 0.5% }");
    let limits = |at: usize| -> Vec<(Measure, Bound, bool)> {
        model.guards[at].limits.iter().map(|each| (each.measure, each.bound, each.percent)).collect()
    };
    let number = |value| Float::new(value).unwrap();
    assert_eq!(model.guards.iter().map(|guard| guard.audience.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(
        limits(0),
        [
            (Measure::Size, Bound::Between(number(10.0), number(20.0)), false),
            (Measure::Drops, Bound::Equal(number(0.5)), true)
        ]
    );
    assert_eq!(
        limits(1),
        [
            (Measure::Drops, Bound::AtMost(number(5.0)), true),
            (Measure::Adds, Bound::Less(number(100.0)), false),
            (Measure::Size, Bound::AtLeast(number(1.0)), false)
        ]
    );
}

#[test]
fn limits_that_can_hold_are_not_reported() {
    for limits in [
        "drops <= 5% drops <= 100",
        "size > 0 size < 2",
        "adds <= 250%",
        "drops <= 0",
        "drops < 0.1%",
        "size > 10 size = 11",
        "drops >= 5% drops <= 5%",
    ] {
        let text = format!("version 1\naudience a {{ workspace shop match {{ everyone }} }}\nguard a {{ {limits} }}\n");
        assert_eq!(messages(&text), none(), "{limits}");
    }
}

#[test]
fn limits_that_cannot_hold_are_reported() {
    for (limits, code) in [
        ("size > 10 size < 11", "AUD0345"),
        ("drops > 5% drops <= 5%", "AUD0345"),
        ("drops > 100%", "AUD0345"),
        ("adds < 0%", "AUD0345"),
        ("size between 5 and 9 size = 10", "AUD0345"),
        ("drops between 0% and 100%", "AUD0346"),
        ("drops = 100.5%", "AUD0347"),
    ] {
        let text = format!("version 1\naudience a {{ workspace shop match {{ everyone }} }}\nguard a {{ {limits} }}\n");
        let found = messages(&text);
        assert_eq!(found.len(), 1, "{limits}: {found:?}");
        assert!(found[0].starts_with(code), "{limits}: {found:?}");
    }
}

#[test]
fn assertions_stand_as_written() {
    let name = |text| Name::new(text).unwrap();
    let model = promised("assert disjoint(b, a)");
    let [Assertion::Disjoint { audiences, origin }] = model.assertions.as_slice() else { panic!("{model:?}") };
    assert!(audiences == &[name("b"), name("a")] && origin.0.is_some());
    let model = promised("assert a inside b\nassert b inside a");
    assert_eq!(model.assertions.len(), 2, "both together say that they are equal");
}

#[test]
fn a_model_without_them_reads_as_before() {
    let json = serde_json::to_value(promised("")).unwrap();
    assert!(json.get("guards").is_none() && json.get("assertions").is_none());
    let with = serde_json::to_string(&promised("guard a { size > 0 } assert a inside b")).unwrap();
    assert_eq!(
        aud::ir::from_json::<Model>(with.as_bytes()).unwrap(),
        promised("guard a { size > 0 } assert a inside b")
    );
    let audience = serde_json::to_value(audience("match { everyone }")).unwrap();
    assert!(audience.get("standard").is_none());
}
