//! What means and says the same has the same fingerprint; what does not has another.

use super::{audience, model};

fn fingerprint(criterion: &str) -> aud::base::Fingerprint {
    audience(&format!("match {{ {criterion} }}")).fingerprint()
}

#[test]
fn equivalent_spellings_are_one() {
    let same: [&[&str]; 23] = [
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
        &[
            r#"location within 25 km of "Paris, FR""#,
            r#"location within 25.0 km of "paris, France""#,
            r#"location within 2.5e1 km of 48.85341, 2.34880"#,
        ],
        &[r#"not consent gdpr "m" is not present"#, r#"not (not (not consent gdpr "m" is not present))"#],
        &[r#"event "A" then event "B" within 2 days"#, r#"event "A" then event "B" within 48 hours"#],
        &[
            r#"session then purchase without refund without crash"#,
            r#"session then purchase without crash without refund"#,
        ],
        &["cart abandoned for 1 day", "cart abandoned for 24 hours"],
        &["purchase", "purchase at least 1 time", "purchase in shop.ios, shop.web, travel.ios, travel.booking"],
        &["crash never", "not crash", "crash never in travel, shop"],
        &[r#"sum of "price" over item purchase > 5"#, r#"sum of "price" over purchase > 5.0"#],
        &[r#"latest time of event "A" on 2026-01-01"#, r#"latest time of event "A" between 2026-01-01 and 2026-01-01"#],
        &[
            r#"attribution install where ("a" is "x" and "b" is "y")"#,
            r#"attribution install where ("b" is "y" and "a" is in ["x"])"#,
        ],
        &[r#"device os is not in ["iOS"]"#, r#"not device os is "iOS""#],
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
        "purchase",
        "item purchase",
        "refund",
        r#"purchase where "price" > 5"#,
        r#"purchase where product "price" > 5"#,
        r#"purchase where action "price" > 5"#,
        "cart abandoned for 1 day",
        "item abandoned for 1 day",
        "cart abandoned for 2 days",
        r#"screen "A""#,
        r#"first event "A""#,
        r#"latest event "A""#,
        r#"event "A" then event "B""#,
        r#"event "B" then event "A""#,
        r#"event "A" then event "B" within 1 day"#,
        r#"event "A" then event "B" without event "C""#,
        r#"sum of "number" over event "A" > 5"#,
        r#"average of "number" over event "A" > 5"#,
        r#"unique count of "number" over event "A" > 5"#,
        r#"count of event "A" > 5"#,
        r#"first time of event "A" within last 1 day"#,
        r#"latest time of event "A" within last 1 day"#,
        r#"calculated "text" is "x""#,
        r#"consent gdpr "m" is granted"#,
        r#"consent gdpr "m" is rejected"#,
        r#"consent gdpr "m" is not present"#,
        r#"device os is "x""#,
        r#"device model is "x""#,
        r#"location city is "x""#,
        r#"location within 1 km of 0, 0"#,
        r#"location within 1 mi of 0, 0"#,
        "attribution install",
        "attribution uninstall",
    ];
    let fingerprints: std::collections::BTreeSet<_> = texts.iter().map(|text| fingerprint(text)).collect();
    assert_eq!(fingerprints.len(), texts.len());
}

#[test]
fn a_declared_calculation_is_what_it_says() {
    let model = model(&["version 1\n\
        calculated spend = sum of \"number\" over event \"A\" within last 1 week\n\
        calculated crashes = count of crash\n\
        audience a { workspaces shop, travel match { calculated \"spend\" > 5 and calculated \"crashes\" < 2 in shop } }\n\
        audience b { workspaces shop, travel match { \
          sum of \"number\" over event \"A\" within last 7 days > 5 and count of crash < 2 in shop } }\n"]);
    assert_eq!(model.audiences["a"].criterion, model.audiences["b"].criterion);
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
