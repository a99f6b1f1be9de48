//! Calls and answers of a service that plans and applies where the data is.

use std::path::Path;

use aud::plan::file::encode;
use aud::remote::{
    Applied, ApplyAnswer, ApplyCall, Choice, DocumentError, Override, PlanAnswer, PlanCall, Planned, Problem,
    ProblemKind, Written, json_schema, read, write,
};

use crate::plan::world::{World, audience, more_than, name};

const SCHEMA: &str = "docs/schema/remote-1.json";

fn plan() -> aud::plan::Plan {
    World::new().write(audience("vip", more_than("ltv", 1.0)), 0..9).plan()
}

fn call() -> PlanCall {
    PlanCall {
        environment: Some(name("staging")),
        written: vec![Written { path: "vip.aud".into(), text: "version 1\n".into() }],
        now: Some(aud::base::Timestamp(1_764_000_000_000)),
        choice: Choice { targets: Some(vec![name("vip")]), tags: vec!["LTV".into()], ..Choice::default() },
        replace: vec![name("vip")],
        allow: vec![Override { name: "vip.drops".into(), reason: "new season".into() }],
    }
}

/// One of each document, by the name that the schema gives it.
fn documents() -> Vec<(&'static str, Vec<u8>)> {
    let planned = Planned::of(&plan(), serde_json::json!({ "version": 1 })).unwrap();
    let problem = Problem { kind: ProblemKind::Locked, message: "held by ann".into(), help: Some("wait".into()) };
    let apply =
        ApplyCall { saved: planned.saved.clone(), by: Some("ann".into()), commit: None, reason: "aud apply".into() };
    let applied = Applied { serial: 18, pending: 0, faulted: 1, shown: serde_json::json!({}) };
    vec![
        ("plan_call", write(&call())),
        ("plan_answer", write(&PlanAnswer::Planned(Box::new(planned)))),
        ("plan_answer", write(&PlanAnswer::Invalid(serde_json::json!({ "diagnostics": [] })))),
        ("plan_answer", write(&PlanAnswer::Problem(problem.clone()))),
        ("apply_call", write(&apply)),
        ("apply_answer", write(&ApplyAnswer::Applied(applied))),
        ("apply_answer", write(&ApplyAnswer::Problem(problem))),
    ]
}

#[test]
fn documents_come_back_as_they_were_and_follow_the_schema() {
    assert_eq!(read::<PlanCall>(&write(&call())).unwrap(), call());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
    if std::env::var_os("AUD_UPDATE").is_some() {
        std::fs::write(&path, json_schema()).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept, json_schema(), "{SCHEMA} is out of date: AUD_UPDATE=1 writes it");
    let schema: serde_json::Value = serde_json::from_str(&kept).unwrap();
    for (document, bytes) in documents() {
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        let mut part = schema.clone();
        part["properties"] = serde_json::json!({ "it": schema["properties"][document] });
        part["required"] = serde_json::json!(["it"]);
        let check = jsonschema::validator_for(&part).unwrap();
        let found: Vec<String> =
            check.iter_errors(&serde_json::json!({ "it": value })).map(|e| e.to_string()).collect();
        assert!(found.is_empty(), "{document}: {found:?}");
    }
}

#[test]
fn a_plan_travels_sealed() {
    let planned = Planned::of(&plan(), serde_json::Value::Null).unwrap();
    let PlanAnswer::Planned(back) = read(&write(&PlanAnswer::Planned(Box::new(planned.clone())))).unwrap() else {
        panic!("it was a plan");
    };
    assert_eq!(back.plan().unwrap(), plan());
    assert_eq!(back.saved.as_bytes(), encode(&plan()).unwrap());
    let edited = Planned { saved: planned.saved.replace("vip", "vap"), ..planned };
    assert!(edited.plan().is_err());
}

#[test]
fn other_versions_and_other_bytes_are_refused_clearly() {
    let text = String::from_utf8(write(&call())).unwrap();
    let newer = text.replacen("\"version\":1", "\"version\":2", 1);
    let error = read::<PlanCall>(newer.as_bytes()).unwrap_err();
    assert!(matches!(error, DocumentError::Version { found: 2 }), "{error}");
    let none = text.replacen("\"version\":1,", "", 1);
    assert!(matches!(read::<PlanCall>(none.as_bytes()).unwrap_err(), DocumentError::NoVersion));
    for bytes in [&b""[..], b"{", b"[]", &[b'['; 100_000], b"\xff"] {
        assert!(matches!(read::<PlanCall>(bytes).unwrap_err(), DocumentError::Form(_)));
    }
    // What a reader does not know it leaves alone; a kind of problem that it does not know is a failure.
    let more = text.replacen("\"written\"", "\"later\":{\"a\":1},\"written\"", 1);
    assert_eq!(read::<PlanCall>(more.as_bytes()).unwrap(), call());
    let problem = br#"{"version":1,"content":{"problem":{"kind":"melted","message":"hot"}}}"#;
    let PlanAnswer::Problem(problem) = read(problem).unwrap() else { panic!("it was a problem") };
    assert_eq!(problem.kind, ProblemKind::Failed);
}
