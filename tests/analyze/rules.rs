//! Rules that a gallery case cannot show, or that must stay silent.

use super::messages;

fn in_match(criterion: &str) -> Vec<String> {
    messages(&format!(
        "version 1\naudience a {{ workspace shop match {{ {criterion} }} }}\naudience b {{ workspace shop match {{ everyone }} }}\n"
    ))
}

#[test]
fn what_can_hold_is_not_reported() {
    let fine = [
        r#"user "number" >= 5 and user "number" <= 5"#,
        r#"user "number" > 5 or user "number" < 3"#,
        r#"user "text" is "pro" and user "text" contains "P""#,
        r#"user "text" is not "a" and user "text" is not "b""#,
        r#"identity email is "a@x.example" and identity email is "b@x.example""#,
        r#"event "A" within last 30 days and not event "A" within last 7 days"#,
        r#"event "A" at least 3 times and event "A" at most 5 times"#,
        r#"event "A" where "text" is "x" and event "A" where "text" is "y""#,
        r#"event "A" and event "A" where "text" is "x" never"#,
        r#"user "number" > 5 or user "number" <= 5"#,
        r#"everyone"#,
        r#"everyone exclude audience b"#,
        r#"user "date" before 2020-01-01 and user "date" within last 7 days"#,
        r#"user list "list" includes "a" and user list "list" does not include "b""#,
        r#"user "list" exists and user "list" is not empty"#,
    ];
    for criterion in fine {
        assert_eq!(in_match(criterion), Vec::<String>::new(), "{criterion}");
    }
}

#[test]
fn several_workspaces_may_hold_several_values() {
    let text = r#"user "number" > 5 and user "number" < 3"#;
    assert_eq!(in_match(text).len(), 1);
    let several = messages(&format!("version 1\naudience a {{ workspaces shop, travel match {{ {text} }} }}\n"));
    assert_eq!(several, Vec::<String>::new());
}

#[test]
fn what_cannot_hold_is_reported() {
    let never = [
        r#"user "number" > 5 and user "number" < 5"#,
        r#"user "number" = 5 and user "number" is in [1, 2]"#,
        r#"user "text" is "pro" and user "text" is not "PRO""#,
        r#"user "text" is "pro" and user "text" does not exist"#,
        r#"user "text" is empty and user "text" contains "a""#,
        r#"user "flag" is true and user "flag" is false"#,
        r#"user "date" before 2020-01-01 and user "date" after 2020-01-01"#,
        r#"event "A" at least 3 times and event "A" within last 90 days at most 0 times and event "A" never"#,
        r#"event "A" where "text" is "x" and event "A" never"#,
        r#"event "A" type other and event "A" never"#,
        r#"event "A" in ios and event "A" never"#,
        r#"audience b and (user "text" is "x" or event "A") and not (audience b or user "text" is "y")"#,
        r#"last seen within last 3 days and not last seen within last 10 days"#,
    ];
    for criterion in never {
        let criterion = criterion.replace("within last 90 days at most 0 times", "at most 0 times within last 90 days");
        let found = in_match(&criterion);
        assert!(found.len() == 1 && found[0].starts_with("AUD0317"), "{criterion}: {found:?}");
    }
}

#[test]
fn one_mistake_gives_one_diagnostic() {
    let broken = [
        r#"audience nobody and not audience nobody_else_at_all"#,
        r#"user "Number" contains "x" and user "Number" contains "x""#,
        r#"criterion missing or criterion missing_too"#,
    ];
    for criterion in broken {
        let found = in_match(criterion);
        assert_eq!(found.len(), 2, "{criterion}: {found:?}");
    }
}

#[test]
fn criteria_that_double_stay_within_bounds() {
    let mut text = "version 1\ncriterion c0 = event \"A\"\n".to_owned();
    for at in 1..64 {
        text += &format!("criterion c{at} = criterion c{0} or not criterion c{0}\n", at - 1);
    }
    text += "audience a { workspace shop match { criterion c63 } }\n";
    let found = messages(&text);
    assert_eq!(found.iter().filter(|each| each.starts_with("AUD0327")).count(), 1, "{found:?}");
}

#[test]
fn long_chains_of_criteria_stay_within_bounds() {
    let mut text = "version 1\ncriterion c0 = event \"A\"\n".to_owned();
    for at in 1..5000 {
        text += &format!("criterion c{at} = not criterion c{}\n", at - 1);
    }
    let found = messages(&text);
    assert!(found.iter().any(|each| each.starts_with("AUD0327")), "{found:?}");
}

#[test]
fn long_chains_of_audiences_are_walked_without_recursion() {
    let mut text = "version 1\naudience a0 { workspace shop match { everyone } }\n".to_owned();
    for at in 1..5000 {
        text += &format!("audience a{at} {{ workspace shop match {{ audience a{} }} }}\n", at - 1);
    }
    let found = messages(&text);
    assert_eq!(found, ["AUD0324 audience `a1` nests others itself, so it cannot be nested"]);
}
