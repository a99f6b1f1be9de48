//! Rules that a gallery case cannot show, or that must stay silent.

use aud::catalog::{Setting, SettingType};

use super::{PROJECT, analysed, messages, project};

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
        r#"device os is "iOS" and device os is "Android""#,
        r#"location within 5 km of 0, 0 and location within 5 km of 1, 1"#,
        r#"location within 5 km of "Paris, FR" and not location within 25 km of "London, GB""#,
        r#"consent gdpr "a" is granted and consent gdpr "b" is rejected"#,
        r#"latest event "A" where "text" is "x" and latest event "A" where "text" is "y""#,
        r#"latest "text" over event "A" is "x" and latest "text" over event "A" is "y""#,
        r#"(session then purchase) and item purchase never"#,
        r#"session between 3 and 5 days ago then purchase within last 4 days"#,
        r#"session after 2026-01-01 then purchase within last 4 days"#,
        r#"cart abandoned for 2 days and not cart abandoned for 4 days"#,
        r#"purchase and item purchase at most 3 times"#,
        r#"count of event "A" < 0.5 and sum of "number" over event "A" < 0"#,
        r#"average of "number" over event "A" does not exist"#,
        r#"attribution install where "campaign" is "x" and attribution install where "campaign" is "y""#,
        r#"first event "A" and event "A" at most 3 times"#,
        r#"calculated "never_heard_of" > 3"#,
        r#"screen "Never seen" where "x" is "y""#,
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
        r#"calculated "n" > 5 and calculated "n" < 3"#,
        r#"consent gdpr "a" is granted and consent gdpr "a" is rejected"#,
        r#"consent gdpr "a" is granted and consent gdpr "a" is not present"#,
        r#"location city is "Paris" and location city is "London""#,
        r#"latest event "A" within last 3 days and event "A" never within last 7 days"#,
        r#"(session then purchase where product "price" > 5) and purchase never"#,
        r#"cart abandoned for 4 days and not cart abandoned for 2 days"#,
        r#"item purchase at least 3 times and item purchase never"#,
        r#"sum of "number" over event "A" > 5 and sum of "number" over event "A" < 3"#,
        r#"average of "number" over event "A" > 5 and average of "number" over event "A" does not exist"#,
        r#"location within 5 km of 0, 0 and not location within 25 km of 0, 0"#,
        r#"attribution install where "campaign" is "x" and not attribution install"#,
        r#"device os is "iOS" and device os does not exist"#,
        r#"count of event "A" < 0"#,
        r#"sum of "number" over event "A" does not exist"#,
        r#"session then purchase within 0 seconds"#,
        r#"session within last 1 day then purchase more than 2 days ago"#,
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

/// A kind of output with settings of every type, which shares attributes.
const POSTBOX: aud::catalog::OutputKind = aud::catalog::OutputKind {
    name: "postbox",
    title: "Postbox",
    connection_settings: &[
        Setting { name: "folder", takes: SettingType::Text, required: true, doc: "Where letters go." },
        Setting { name: "copies", takes: SettingType::Integer, required: false, doc: "How many of each." },
        Setting { name: "colour", takes: SettingType::Boolean, required: false, doc: "Whether in colour." },
    ],
    shares_attributes: true,
    ..aud::catalog::OutputKind::ALL[0]
};

/// The connection of an audience to a postbox, or what is wrong with it.
fn connected(block: &str) -> Result<Vec<aud::ir::Connection>, Vec<String>> {
    let mut project = project(PROJECT);
    project.outputs.get_mut("backup").unwrap().kind = &POSTBOX;
    let text = format!("version 1\naudience a {{ workspace shop match {{ everyone }} connect backup {block} }}\n");
    let analysis = analysed(&project, &project.declared, &[&text]);
    let found = analysis.diagnostics.iter().map(|each| each.message.clone()).collect();
    analysis.model.map(|model| model.audiences["a"].connections.clone()).ok_or(found)
}

#[test]
fn settings_are_checked_against_the_output() {
    let fine = connected(r#"{ with { folder "in" copies 2 colour false } share "text", "number" }"#).unwrap();
    let settings = serde_json::to_string(&fine[0].settings).unwrap();
    assert_eq!(settings, r#"{"colour":false,"copies":2,"folder":"in"}"#);
    assert_eq!(fine[0].share.len(), 2);
    assert_eq!(connected("").unwrap_err(), ["output `backup` needs the setting `folder`"]);
    assert_eq!(
        connected(r#"{ with { folder 3 copies 2.5 colour "no" foldr "x" folder "y" } }"#).unwrap_err(),
        [
            "setting `folder` takes a text",
            "setting `copies` takes a whole number",
            "setting `colour` takes true or false",
            "output `backup` has no setting `foldr` for a connection",
            "setting `folder` is given twice",
        ]
    );
}

#[test]
fn the_depth_of_nesting_is_the_projects() {
    let chain = "version 1\ndefaults { workspace shop }\naudience a { match { everyone } }\n\
        audience b { match { audience a } }\naudience c { match { audience b } }\naudience d { match { audience c } }\n";
    let at = |depth| {
        let mut project = project(PROJECT);
        project.limits.nesting_depth = depth;
        let found = analysed(&project, &project.declared, &[chain]).diagnostics;
        found.iter().map(|each| each.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(at(0), ["audience `b` nests `a`, and this project nests no audiences"]);
    assert_eq!(at(1), ["audience `b` nests others itself, so it cannot be nested"]);
    assert_eq!(at(2), ["audiences nest 3 deep, and at most 2 are allowed"]);
    assert_eq!(at(3), Vec::<String>::new());
}

#[test]
fn a_draft_may_nest_a_draft() {
    let text = "version 1\ndefaults { workspace shop status draft }\naudience a { match { everyone } }\naudience b { match { audience a } }\n";
    assert_eq!(messages(text), Vec::<String>::new());
}

#[test]
fn unlimited_retention_warns_of_nothing() {
    assert_eq!(
        in_match(r#"event "A" within last 5000 days and last seen more than 400 days ago"#),
        Vec::<String>::new()
    );
}

#[test]
fn without_data_nothing_is_never_seen() {
    assert_eq!(in_match(r#"event "B" where "x" is "y" and user "unheard of" > 3"#), Vec::<String>::new());
}

#[test]
fn every_criterion_is_checked_where_several_are_wrong() {
    let found = in_match(
        r#"user "number" contains "x" and event "A" where ("text" > 3 and "flag" is "maybe") between 3 and 1 times within last 7 days in travel.ios"#,
    );
    let codes: Vec<&str> = found.iter().map(|each| &each[..7]).collect();
    assert_eq!(codes, ["AUD0207", "AUD0207", "AUD0207", "AUD0230", "AUD0220"]);
}
