//! Tests of the language: what they are made into.

use aud::base::{Mpid, Timestamp};
use aud::ir::{Expectation, Fact, Happening, Scenario, Sent, VariantName};

use super::{PROJECT, analysed, messages, project};

const AUDIENCES: &str = r#"
defaults { workspace shop }
audience a { match { event "A" } split s { variant push "Push" 40% } }
audience b { match { user "text" exists } }
"#;

fn text(test: &str) -> String {
    format!("version 1\n{AUDIENCES}\n{test}\n")
}

fn scenarios(test: &str) -> Vec<Scenario> {
    let project = project(PROJECT);
    let analysis = analysed(&project, &project.declared, &[&text(test)]);
    let found: Vec<_> = analysis.diagnostics.iter().map(|each| &each.message).collect();
    assert!(analysis.model.is_some(), "{test}: {found:?}");
    analysis.scenarios
}

fn scenario(test: &str) -> Scenario {
    let mut all = scenarios(test);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// What is known of the only user of a test that is given these facts.
fn facts(facts: &str) -> Vec<Fact> {
    let test = format!("test \"t\" {{ now 2026-03-01T12:00:00Z user ann {{ {facts} }} expect ann in a }}");
    scenario(&test).users.remove(0).facts
}

fn event(fact: &str) -> Happening {
    match facts(fact).remove(0) {
        Fact::Event(event) => *event,
        other => panic!("{fact}: {other:?}"),
    }
}

fn sent(text: &str) -> Sent {
    Sent::Text(text.to_owned())
}

#[test]
fn times_become_instants() {
    let test = scenario(
        r#"test "t" {
            now 2026-03-01
            user ann { first seen 3 days ago event "A" at 1 hour ago event "A" at 2026-02-20 event "A" at 2026-02-20T09:30:00+01:00 event "A" }
            expect ann in a
            at 2026-03-08T12:00:00Z { ann does event "A" at 1 hour ago }
            at +7 days { expect ann in a }
            at +0 days { expect ann not in b }
            expect ann not in b
        }"#,
    );
    assert_eq!(test.now, at("2026-03-01T00:00:00Z"));
    assert_eq!(test.users[0].first_seen, Some(at("2026-02-26T00:00:00Z")));
    let when = |fact: &Fact| match fact {
        Fact::Event(event) => event.at,
        other => panic!("{other:?}"),
    };
    let times: Vec<_> = test.users[0].facts.iter().map(when).collect();
    let expected =
        ["2026-02-28T23:00:00Z", "2026-02-20T00:00:00Z", "2026-02-20T08:30:00Z", "2026-03-01T00:00:00Z"].map(at);
    assert_eq!(times, expected);
    let steps: Vec<_> = test.steps.iter().map(|step| (step.now, step.facts.len(), step.expectations.len())).collect();
    assert_eq!(
        steps,
        [
            (at("2026-03-01T00:00:00Z"), 0, 1),
            (at("2026-03-08T12:00:00Z"), 1, 0),
            (at("2026-03-15T12:00:00Z"), 0, 1),
            (at("2026-03-15T12:00:00Z"), 0, 2),
        ],
        "what is expected after a step is expected at its time"
    );
    assert_eq!(when(&test.steps[1].facts[0].1), at("2026-03-08T11:00:00Z"));
}

#[test]
fn values_keep_their_text() {
    let found = facts(
        r#"attribute "text" "x" attribute "n" 900 attribute "m" -12.50 attribute "e" 1e3
           attribute "flag" true attribute "gone" null attribute "list" ["a", 2]"#,
    );
    let values: Vec<Sent> = found
        .into_iter()
        .map(|fact| match fact {
            Fact::Attribute(_, value) => value,
            other => panic!("{other:?}"),
        })
        .collect();
    let list = Sent::List(vec!["a".to_owned(), "2".to_owned()]);
    assert_eq!(values, [sent("x"), sent("900"), sent("-12.50"), sent("1e3"), sent("true"), Sent::Null, list]);
}

#[test]
fn events_are_what_they_say() {
    let bought = event(
        r#"purchase { "total_amount" 9 } product { "id" "1" } product { "id" "2" } 3 times in shop.web id "e1" at 2 days ago"#,
    );
    insta::assert_debug_snapshot!(bought);
    let plain = event(r#"event "A" type navigation"#);
    assert_eq!((plain.input, plain.id, plain.times, plain.event_type.name()), (None, None, 1, "navigation"));
    assert_eq!(event("session").event_type.name(), "other");
    assert_eq!(event(r#"event "A" in travel.ios"#).input.unwrap().to_string(), "travel.ios");
    assert_eq!(event(r#"event "A" in booking"#).input.unwrap().to_string(), "travel.booking");
}

#[test]
fn facts_are_what_they_say() {
    insta::assert_debug_snapshot!(facts(
        r#"identity email "ann@example.com" calculated "ltv" 3.5 consent gdpr "marketing" granted
           consent ccpa "data_sale_opt_out" rejected device os "iOS" device os "tvOS" location 48.85, 2.35
           location { city "Paris" country "FR" } at 1 day ago attribution install { "publisher" "FB" }"#
    ));
}

#[test]
fn a_user_takes_over_what_it_does_not_change() {
    let test = scenario(
        r#"test "t" {
            now 2026-03-01
            user cara from bob { no attribute "n" event "A" at 2 days ago }
            user bob from ann { identity email "bob@example.com" attribute "text" "y" device os "tvOS" }
            user ann {
                mpid 7 first seen 2025-01-01 identity email "ann@example.com" identity email "a@example.com" identity other "o"
                attribute "text" "x" attribute "n" 1 no attribute "m" device os "iOS" device model "M" event "A" at 1 day ago
            }
            expect ann in a
        }"#,
    );
    let names: Vec<_> = test.users.iter().map(|user| (user.name.as_str(), user.mpid)).collect();
    assert_eq!(names, [("cara", None), ("bob", None), ("ann", Some(Mpid(7)))]);
    assert!(test.users.iter().all(|user| user.first_seen == Some(at("2025-01-01T00:00:00Z"))));
    let said = |user: usize| -> Vec<String> {
        let short = |fact: &Fact| match fact {
            Fact::Identity(identity, value) => format!("{identity} {value}"),
            Fact::Attribute(name, value) => format!("{name} {value:?}"),
            Fact::Device(field, value) => format!("{field} {value}"),
            Fact::Event(event) => format!("{} at {}", event.event, event.at),
            other => panic!("{other:?}"),
        };
        test.users[user].facts.iter().map(short).collect()
    };
    assert_eq!(
        said(1),
        [
            "other o",
            "n Text(\"1\")",
            "model M",
            "event \"A\" at 2026-02-28T00:00:00Z",
            "email bob@example.com",
            "text Text(\"y\")",
            "os tvOS"
        ]
    );
    let cara = said(0);
    assert!(!cara.iter().any(|fact| fact.starts_with("n ")) && cara.last().unwrap().ends_with("2026-02-27T00:00:00Z"));
    assert_eq!(cara.len(), 7);
    assert_eq!(said(2).len(), 8, "what it does not have is no fact at the start");
}

#[test]
fn expectations_name_users_by_number() {
    let test = scenario(
        r#"test "t" {
            now 2026-03-01
            user ann { }
            user bob { }
            expect bob in a / push
            expect ann not in a / control
            expect members of b are [bob, ann]
            at +1 day { ann has no attribute "text" }
        }"#,
    );
    let shown: Vec<_> = test.steps[0]
        .expectations
        .iter()
        .map(|each| match each {
            Expectation::Member { user, inside, audience, variant, origin } => {
                assert!(origin.0.is_some());
                format!("{user} {inside} {audience} {variant}")
            }
            Expectation::Members { audience, variant, users, .. } => format!("{users:?} {audience} {variant}"),
        })
        .collect();
    assert_eq!(shown, ["1 true a push", "0 false a control", "[1, 0] b whole audience"]);
    assert!(matches!(test.steps[0].expectations[1], Expectation::Member { variant: VariantName::Control, .. }));
    assert_eq!(test.steps[1].facts, [(0, Fact::NoAttribute("text".to_owned()))]);
}

#[test]
fn a_test_with_an_error_is_left_out_and_the_others_stay() {
    let project = project(PROJECT);
    let tests = r#"
        test "wrong" { now 2026-03-01 expect ann in a }
        test "right" { now 2026-03-01 user ann { } expect ann not in a }
    "#;
    let analysis = analysed(&project, &project.declared, &[&text(tests)]);
    let titles: Vec<_> = analysis.scenarios.iter().map(|each| each.title.as_str()).collect();
    assert_eq!(titles, ["right"]);
    assert!(analysis.model.is_none(), "an error in a test is an error of the check");
}

#[test]
fn what_may_be_in_a_test_is_not_reported() {
    let fine = [
        r#"user ann { event "A" 3 times id "e" event "Unknown" { "x" 1 } event "a" } expect ann in a"#,
        r#"user ann { attribute "number" "5" attribute "flag" "TRUE" attribute "date" "2026-01-01" attribute "list" "x" } expect ann in a"#,
        r#"user ann { attribute "number" null attribute "never seen" [] location 90, -180 } expect ann in a"#,
        r#"user ann { event "A" 10000 times at 0 seconds ago } expect members of a are [] at +0 seconds { expect ann in a }"#,
        r#"user ann { } expect ann in a / push expect ann not in a / control expect ann not in b"#,
    ];
    for entries in fine {
        let found = messages(&text(&format!("test \"t\" {{ now 2026-03-01 {entries} }}")));
        assert!(found.is_empty(), "{entries}: {found:?}");
    }
}

#[test]
fn values_that_cannot_be_read_are_warnings() {
    let unreadable = [
        r#"attribute "number" "five""#,
        r#"attribute "number" [5]"#,
        r#"attribute "flag" 1"#,
        r#"attribute "date" "soon""#,
        r#"attribute "text" ["x"]"#,
        r#"event "A" { "number" true }"#,
    ];
    for fact in unreadable {
        let found = messages(&text(&format!("test \"t\" {{ now 2026-03-01 user ann {{ {fact} }} expect ann in a }}")));
        assert_eq!(found.len(), 1, "{fact}: {found:?}");
        assert!(found[0].starts_with("AUD0258"), "{fact}: {found:?}");
    }
}

#[test]
fn values_in_tests_never_decide_a_type() {
    let project = project(PROJECT);
    let text = "version 1
audience a { workspace shop match { user \"fresh\" > 5 } }
test \"t\" { now 2026-03-01 user ann { attribute \"fresh\" \"text\" } expect ann not in a }
";
    let analysis = analysed(&project, &project.declared, &[text]);
    let found: Vec<_> = analysis.diagnostics.iter().map(|each| &each.message).collect();
    assert!(analysis.diagnostics.is_empty(), "{found:?}");
}
