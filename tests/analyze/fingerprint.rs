//! What means and says the same has the same fingerprint; what does not has another.

use super::{audience, model};

fn fingerprint(criterion: &str) -> aud::base::Fingerprint {
    audience(&format!("match {{ {criterion} }}")).fingerprint()
}

#[test]
fn equivalent_spellings_are_one() {
    let same: [&[&str]; 12] = [
        &[
            r#"user "text" is "x" and user "number" > 5"#,
            r#"user "number" > 5 and user "text" is "x""#,
            r#"(user "number" > 5.0) and (user "text" is "x" and user "number" > 5)"#,
            "user \"number\"\n  > 5 # a comment\n and user \"text\" is \"x\"",
        ],
        &[r#"not user "text" is "x""#, r#"user "text" is not "x""#, r#"not (not (user "text" is not "x"))"#],
        &[
            r#"event "A""#,
            r#"event "A" at least 1 times"#,
            r#"event "A" at least 1 time"#,
            r#"event "A" more than 0 times"#,
        ],
        &[r#"event "A" never"#, r#"not event "A""#, r#"event "A" exactly 0 times"#, r#"event "A" fewer than 1 times"#],
        &[r#"event "A" between 0 and 2 times"#, r#"event "A" at most 2 times"#, r#"event "A" fewer than 3 times"#],
        &[r#"user "text" is in ["b", "a", "b"]"#, r#"user "text" is in ["a", "b"]"#],
        &[r#"user "text" is in ["a"]"#, r#"user "text" is "a""#],
        &[r#"user "number" is in [3, 3]"#, r#"user "number" = 3"#, r#"user "number" between 3 and 3"#],
        &[r#"event "A" within last 2 weeks"#, r#"event "A" within last 14 days"#, r#"event "A" within last 336 hours"#],
        &[r#"user "date" on 2026-01-01"#, r#"user "date" between 2026-01-01 and 2026-01-01"#],
        &[r#"everyone exclude audience b"#, r#"everyone and not audience b"#],
        &[
            r#"user "text" exists in shop, travel"#,
            r#"user "text" exists in travel, shop"#,
            r#"user "text" exists"#,
            r#"not user "text" does not exist"#,
        ],
    ];
    for spellings in same {
        let first = fingerprint(spellings[0]);
        for other in &spellings[1..] {
            assert_eq!(fingerprint(other), first, "{other} and {}", spellings[0]);
        }
    }
}

#[test]
fn different_meanings_are_different() {
    let texts = [
        r#"user "text" is "x""#,
        r#"user "text" is "X""#,
        r#"user "text" is not "x""#,
        r#"user "text" contains "x""#,
        r#"user "text" is "x" in shop"#,
        r#"label: user "text" is "x""#,
        r#"identity email is "x""#,
        r#"event "A""#,
        r#"event "A" type other"#,
        r#"event "A" at least 2 times"#,
        r#"event "A" exactly 1 time"#,
        r#"event "A" in shop.ios"#,
        r#"event "A" where "text" is "x""#,
        r#"user "number" < 1"#,
        r#"user "number" <= 1"#,
        r#"first seen within last 1 day"#,
        r#"last seen within last 1 day"#,
    ];
    let fingerprints: std::collections::BTreeSet<_> = texts.iter().map(|text| fingerprint(text)).collect();
    assert_eq!(fingerprints.len(), texts.len());
}

#[test]
fn order_of_items_fields_and_files_does_not_matter() {
    let one = model(&[
        "version 1\ndefaults { workspace shop tags \"X\" }\n\
         audience a \"A\" { tags \"Y\", \"Z\" match { criterion c } connect warehouse connect backup }\n\
         criterion c = event \"A\"\n",
        "version 1\naudience b { workspace travel match { everyone } }\nmoved x to a\nmoved w to b\n",
    ]);
    let other = model(&[
        "version 1\nmoved w to b\nmoved x to a\naudience b { match { everyone } workspace travel }\n",
        "version 1\ncriterion c = (event \"A\" at least 1 times)\n",
        "version 1\naudience a \"A\" {\n  connect backup\n  connect warehouse { status sending }\n  tags \"Z\", \"Y\", \"X\"\n\
           match { criterion c }\n  workspaces shop\n  inputs web, shop.ios\n  status active\n}\n",
    ]);
    assert_eq!(one, other);
    for (address, audience) in &one.audiences {
        assert_eq!(audience.fingerprint(), other.audiences[address].fingerprint());
    }
}

#[test]
fn every_field_takes_part() {
    let base = "match { event \"A\" } split s { variant v \"V\" 40% }";
    let variants = [
        base.to_owned(),
        format!("{base} tags \"T\""),
        format!("{base} external_name \"other\""),
        format!("{base} access private"),
        format!("{base} protect true"),
        format!("{base} status draft"),
        format!("{base} inputs shop.ios"),
        format!("{base} connect warehouse"),
        format!("{base} connect warehouse {{ variant v }}"),
        format!("{base} connect warehouse {{ status inactive }}"),
        base.replace("40%", "41%"),
        base.replace("\"V\"", "\"W\""),
        base.replace("split s {", "split s { salt \"x\""),
    ];
    let fingerprints: std::collections::BTreeSet<_> =
        variants.iter().map(|text| audience(text).fingerprint()).collect();
    assert_eq!(fingerprints.len(), variants.len());
}
