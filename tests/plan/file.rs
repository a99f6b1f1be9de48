//! Saved plans: they come back as they were, and nothing else comes back at all.

use std::path::Path;

use aud::base::Duration;
use aud::ir::{Audience, Condition, Count, Float, Predicate, VariantName};
use aud::plan::file::{PlanFileError, VERSION, decode, encode, read, write};
use aud::plan::{Plan, file};
use proptest::prelude::*;

use super::world::*;

/// A plan with every kind of change in it.
fn rich() -> Plan {
    let purchase = event("Purchase", |test| {
        let more = Predicate::Greater(Float::new(20.1).unwrap());
        test.events.filter = Some(Condition::Attribute { part: None, attribute: "price".to_owned(), predicate: more });
        test.count = Count { least: 3, most: None };
        test.events.time = Some(aud::base::TimeFilter::WithinLast(Duration::of(30, "days").unwrap()));
    });
    let tested = |address: &str, number| Audience {
        doc: Some("Good customers — ça va.".to_owned()),
        tags: ["LTV".to_owned()].into(),
        split: Some(split("winback", &[("push", 40), ("email", 40)])),
        connections: vec![connect(variant("push"), "warehouse"), connect(VariantName::Control, "archive")],
        ..audience(address, all_of([more_than("ltv", number), purchase.clone()]))
    };
    let mut world = World::new();
    world.rows.extend([7, -7]);
    world.snapshot.pending = 2;
    world
        .deploy(audience("gone", member("vip")), 0..4)
        .deploy(audience("same", more_than("age", 3.0)), 0..4)
        .write(audience("same", more_than("age", 3.0)), 2..6)
        .deploy(tested("old", 500.0), 0..60)
        .write(tested("lapsed", 400.0), 10..80)
        .moved("old", "lapsed")
        .write(audience("vip", more_than("ltv", 0.1 + 0.2)), 90..102)
        .write(Audience { status: aud::ir::Status::Draft, ..audience("wip", more_than("ltv", 1e300)) }, [])
        .plan()
}

#[test]
fn a_saved_plan_comes_back_as_it_was() {
    let plan = rich();
    assert_eq!(decode(&encode(&plan).unwrap()).unwrap(), plan);
    let after =
        |plan: &Plan| plan.changes.iter().filter_map(|c| Some(c.after.as_ref()?.fingerprint())).collect::<Vec<_>>();
    assert_eq!(after(&decode(&encode(&plan).unwrap()).unwrap()), after(&plan));
}

fn golden(version: u32) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plan/golden/version-{version}.audplan"))
}

#[test]
fn version_1_reads_for_ever() {
    let plan = decode(&std::fs::read(golden(1)).unwrap()).unwrap();
    // What version 1 did not have is as if nobody had asked for it.
    assert!(plan.checks.is_empty() && plan.holding.is_empty() && plan.made_from.environment.is_none());
    let now = rich();
    let said = |plan: &Plan| {
        let change = |change: &aud::plan::Change| {
            (
                change.address.clone(),
                change.people.clone(),
                change.after.clone(),
                change.salt.clone(),
                change.fields.clone(),
            )
        };
        plan.changes.iter().map(change).collect::<Vec<_>>()
    };
    assert_eq!(said(&plan), said(&now));
    assert_eq!((plan.counts().enter, plan.counts().leave), (now.counts().enter, now.counts().leave));
}

#[test]
fn the_form_is_that_of_its_version() {
    let path = golden(VERSION);
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        std::fs::write(&path, encode(&rich()).unwrap()).unwrap();
    }
    assert_eq!(VERSION, 2, "a new version needs its own golden file, and the old ones stay readable");
    let golden = std::fs::read(&path).unwrap();
    assert_eq!(decode(&golden).unwrap(), rich());
    assert_eq!(encode(&rich()).unwrap(), golden, "the form changed without a new version");
}

#[test]
fn every_cut_and_every_flipped_bit_is_found() {
    let bytes = encode(&rich()).unwrap();
    // The last newline is no part of the plan.
    for end in 0..bytes.len() - 1 {
        assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    for at in (0..bytes.len() - 1).filter(|at| *at < 300 || at % 7 == 0) {
        let mut edited = bytes.clone();
        edited[at] ^= 1 << (at % 8);
        match decode(&edited) {
            Err(_) => {}
            // In the header, a key that is unknown is left alone: what it says is what is compared.
            Ok(plan) => panic!("bit flip at {at} went unnoticed: {}", plan == rich()),
        }
    }
}

#[test]
fn files_are_written_and_read_and_missing_ones_are_told() {
    let system = aud::system::MemorySystem::default();
    write(&system, Path::new("my.audplan"), &rich()).unwrap();
    assert_eq!(read(&system, Path::new("my.audplan")).unwrap(), rich());
    let error = read(&system, Path::new("other.audplan")).unwrap_err();
    assert!(matches!(error, PlanFileError::File { .. }), "{error}");
}

#[test]
fn each_fault_has_its_own_words() {
    let bytes = encode(&rich()).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let newer = text.replacen("\"version\":2", "\"version\":7", 1);
    let edited = text.replacen("lapsed", "elapse", 1);
    let faults: [&[u8]; 6] = [
        b"",
        b"{\"format\":\"zip\",\"version\":1}\n{}\n",
        newer.as_bytes(),
        &bytes[..bytes.len() / 2],
        edited.as_bytes(),
        b"\0\xff",
    ];
    let texts: Vec<String> = faults.iter().map(|bytes| decode(bytes).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
this is not a saved plan; make one with `aud plan -o FILE`
this is not a saved plan; make one with `aud plan -o FILE`
the plan has format 7, and this build reads 1 to 2; make it again with this aud
the plan is cut or continued: 4210 bytes follow the header instead of 8549; make it again
the plan was changed since it was saved; make it again
this is not a saved plan; make one with `aud plan -o FILE`
"#);
}

/// A file around any content, with a header that fits it.
fn sealed(content: &str) -> Vec<u8> {
    let fingerprint = aud::base::Fingerprint::of(content);
    let header =
        format!(r#"{{"format":"aud plan","version":1,"length":{},"fingerprint":"{fingerprint}"}}"#, content.len());
    format!("{header}\n{content}\n").into_bytes()
}

fn content() -> String {
    String::from_utf8(encode(&rich()).unwrap()).unwrap().lines().nth(1).unwrap().to_owned()
}

#[test]
fn content_that_fits_its_header_and_is_no_plan_is_refused() {
    assert!(decode(&sealed(&content())).is_ok());
    let deep = "[".repeat(100_000);
    let action = content().replacen("\"action\":\"delete\"", "\"action\":\"create\"", 1);
    let key = content().replacen("\"unchanged\"", "\"extra\":1,\"unchanged\"", 1);
    let bitmap = content().replacen("\"drops\":\"", "\"drops\":\"AAAA", 1);
    for content in ["", "{}", "null", &deep, &action, &key, &bitmap] {
        let error = decode(&sealed(content)).unwrap_err();
        assert!(matches!(error, PlanFileError::Content(_)), "{content:.80}: {error}");
    }
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    // Zeroed memory is not touched, so this costs nothing.
    let error = decode(&vec![0; file::MAX_BYTES + 1]).unwrap_err();
    assert!(matches!(error, PlanFileError::TooLong { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_plan_comes_back(
        before in prop::collection::btree_set(0u32..100, 0..60),
        after in prop::collection::btree_set(0u32..140, 0..60),
        number in any::<f64>().prop_filter("finite", |number| number.is_finite()),
        text in ".*",
        share in 1u8..=100,
    ) {
        let written = Audience {
            name: text.clone(),
            doc: Some(text.clone()),
            split: Some(split("test", &[("push", share)])),
            connections: vec![connect(variant("push"), "warehouse")],
            ..audience("vip", either(number, &text))
        };
        let mut world = World::new();
        world.rows.extend(-40..0);
        let world = world.deploy(audience("vip", more_than("ltv", 1.0)), before).write(written, after);
        let plan = world.plan();
        prop_assert_eq!(decode(&encode(&plan).unwrap()).unwrap(), plan);
    }

    #[test]
    fn any_bytes_give_a_plan_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn any_edit_under_a_fitting_header_gives_a_plan_or_an_error(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut chars: Vec<char> = content().chars().collect();
        let at = at.index(chars.len());
        chars[at] = with;
        let _ = decode(&sealed(&chars.into_iter().collect::<String>()));
    }
}

fn either(number: f64, text: &str) -> aud::ir::Criterion {
    any_of([more_than("ltv", number), user(text, Predicate::Is(text.to_owned()))])
}
