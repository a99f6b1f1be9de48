//! How a changed `match` is shown.

use aud::base::{Duration, InputName, TimeFilter};
use aud::ir::{Audience, Condition, Count, Criterion, Float, Predicate};

use super::world::*;

fn within(days: u64) -> Option<TimeFilter> {
    Some(TimeFilter::WithinLast(Duration::of(days, "days").unwrap()))
}

fn differences_of(old: Audience, new: Audience) -> Vec<String> {
    fields(only(&World::new().deploy(old, 0..1).write(new, 0..1).plan()))
}

fn differences(old: Criterion, new: Criterion) -> Vec<String> {
    differences_of(audience("vip", old), audience("vip", new))
}

fn purchase(days: u64) -> Criterion {
    event("Purchase", |test| {
        let shoe = Predicate::Contains("shoe".to_owned());
        test.events.filter =
            Some(Condition::Attribute { part: None, attribute: "category".to_owned(), predicate: shoe });
        test.count = Count { least: 3, most: None };
        test.events.time = within(days);
    })
}

#[test]
fn only_the_criterion_that_differs_is_shown() {
    let old =
        all_of([more_than("ltv", 500.0), purchase(30), not(event("App Open", |test| test.events.time = within(7)))]);
    let new =
        all_of([more_than("ltv", 400.0), purchase(30), not(event("App Open", |test| test.events.time = within(9)))]);
    let expected = [
        r#"match: event "App Open" never within last 7 days -> [event "App Open" never ]within last 9 days"#,
        r#"match: user "ltv" > 500 -> [user "ltv" ]> 400"#,
    ];
    assert_eq!(differences(old, new), expected);
}

#[test]
fn what_both_sides_begin_with_is_marked() {
    let lead = r#"event "Purchase" where "category" contains "shoe" at least 3 times"#;
    assert_eq!(
        differences(purchase(30), purchase(60)),
        [format!("match: {lead} within last 30 days -> [{lead} ]within last 60 days")]
    );
    let other = event("Purchase", |test| test.events.time = within(30));
    assert_eq!(
        differences(purchase(30), other),
        [format!(r#"match: {lead} within last 30 days -> [event "Purchase" ]within last 30 days"#)]
    );
    // Nothing may be left out where one side would be left with nothing.
    assert_eq!(
        differences(event("Purchase", |_| ()), event("Purchase", |test| test.events.time = within(30))),
        [r#"match: event "Purchase" -> event "Purchase" within last 30 days"#]
    );
}

#[test]
fn criteria_come_and_go_with_their_word() {
    let ltv = || more_than("ltv", 500.0);
    let age = || more_than("age", 18.0);
    assert_eq!(differences(ltv(), all_of([ltv(), age()])), [r#"match: nothing -> and user "age" > 18"#]);
    assert_eq!(differences(any_of([ltv(), age()]), ltv()), [r#"match: or user "age" > 18 -> nothing"#]);
    let either = any_of([member("a"), member("b")]);
    assert_eq!(
        differences(all_of([ltv(), age()]), all_of([ltv(), age(), either])),
        ["match: nothing -> and (audience a or audience b)"]
    );
    assert_eq!(differences(ltv(), member("a")), [r#"match: user "ltv" > 500 -> audience a"#]);
    assert_eq!(
        differences(all_of([ltv(), age()]), any_of([ltv(), age()])),
        [r#"match: user "age" > 18 and user "ltv" > 500 -> user "age" > 18 or user "ltv" > 500"#]
    );
}

#[test]
fn groups_inside_groups_are_compared_inside() {
    let inner = |number| any_of([more_than("age", number), member("a")]);
    assert_eq!(
        differences(all_of([member("b"), not(inner(1.0))]), all_of([member("b"), not(inner(2.0))])),
        [r#"match: user "age" > 1 -> [user "age" ]> 2"#]
    );
}

#[test]
fn a_negation_is_a_change_of_the_same_criterion() {
    let plan = |negated| {
        let is = user("plan", Predicate::Is("pro".to_owned()));
        if negated { not(is) } else { is }
    };
    assert_eq!(differences(plan(false), plan(true)), [r#"match: user "plan" is "pro" -> [user "plan" ]is not "pro""#]);
}

#[test]
fn labels_are_shown() {
    let labelled = Criterion { label: Some(name("spend")), ..more_than("ltv", 5.0) };
    assert_eq!(
        differences(more_than("ltv", 5.0), labelled.clone()),
        [r#"match: user "ltv" > 5 -> spend: user "ltv" > 5"#]
    );
    let more = Criterion { label: Some(name("spend")), ..more_than("ltv", 6.0) };
    assert_eq!(
        differences(all_of([labelled, member("a")]), all_of([more, member("a")])),
        [r#"match: spend: user "ltv" > 5 -> [spend: user "ltv" ]> 6"#]
    );
}

#[test]
fn where_a_criterion_reads_is_shown_where_it_is_its_own() {
    let web: Vec<InputName> = inputs().into_iter().filter(|each| each.input == "web").collect();
    let only_web = event("Home", |test| test.events.inputs = web.iter().cloned().collect());
    assert_eq!(
        differences(event("Home", |_| ()), only_web.clone()),
        [r#"match: event "Home" -> [event "Home" ]in shop.web"#]
            .map(|text| text.replace("[event \"Home\" ]", "event \"Home\" "))
    );
    // The audience reads less, and its criterion with it: that is one change, not two.
    let narrow = Audience { inputs: web.iter().cloned().collect(), ..audience("vip", only_web) };
    assert_eq!(differences_of(audience("vip", event("Home", |_| ())), narrow), ["inputs: shop.ios -> nothing"]);
}

#[test]
fn texts_that_look_like_criteria_do_not_confuse() {
    let tricky = |text: &str| user("user \"x\" ", Predicate::Is(text.to_owned()));
    let lead = r#"user "user \"x\" " "#;
    assert_eq!(
        differences(tricky("user \"x\" is"), tricky("é")),
        [format!(r#"match: {lead}is "user \"x\" is" -> [{lead}]is "é""#)]
    );
}

#[test]
fn value_lists_are_shown_whole() {
    let ages = |list: &[f64]| user("age", Predicate::OneOf(list.iter().map(|n| Float::new(*n).unwrap()).collect()));
    assert_eq!(
        differences(ages(&[1.0, 2.0]), ages(&[1.0, 3.0])),
        [r#"match: user "age" is in [1, 2] -> [user "age" ]is in [1, 3]"#]
    );
}
