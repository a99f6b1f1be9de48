//! `aud bench`: small workloads against a computation that shares no code with the product, and the whole one where the
//! environment names it.

mod oracle;
mod small;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::Sandbox;

/// A workload of this seed, with its expected answers.
fn workload(seed: u64) -> Sandbox {
    let sandbox = Sandbox::empty();
    let data = small::Data::random(seed);
    data.write(&sandbox.at("data/T"));
    sandbox.write("audiences.json", &small::audiences().to_string());
    let expected = json!({ "now_ms": small::NOW, "expected": oracle::answers(&small::audiences(), &data) });
    sandbox.write("expected_T.json", &expected.to_string());
    sandbox
}

fn bench(sandbox: &Sandbox, more: &[&str]) -> crate::support::Run {
    sandbox.aud(&[&["bench", ".", "--size", "T", "--json"], more].concat())
}

#[test]
fn every_answer_is_that_of_a_slow_and_obvious_computation() {
    for seed in 1..4 {
        let sandbox = workload(seed);
        let run = bench(&sandbox, &["--threads", "2"]).fine().json();
        assert_eq!((&run["evaluate"]["equal"], &run["users"]), (&json!(true), &json!(small::USERS)));
        let taps = small::Data::random(seed).events.iter().filter(|event| event.name == "tap").count() as u64;
        let rows = run["reads"]["event_rows"].as_u64().unwrap();
        assert!(
            taps < rows && rows <= run["events"].as_u64().unwrap(),
            "taps are asked for at any time, others for some days"
        );
        assert_eq!(run["reads"]["user_values"], json!(small::USERS * 7), "seven attributes");
        let results = run["evaluate"]["results"].as_object().unwrap();
        let some = results.values().filter(|answer| answer[0] != 0 && answer[0] != json!(small::USERS)).count();
        assert!(some * 3 > results.len() * 2, "most audiences tell users apart: {results:?}");
    }
}

#[test]
fn a_difference_is_named_and_is_an_error() {
    let sandbox = workload(1);
    let mut expected: Value = serde_json::from_str(&sandbox.read("expected_T.json")).unwrap();
    expected["expected"]["3"][1] = json!("12");
    sandbox.write("expected_T.json", &expected.to_string());
    assert_eq!(bench(&sandbox, &[]).code(1).json()["evaluate"]["differing"], json!([3]));
    let text = sandbox.aud(&["bench", ".", "--size", "T"]).code(1).out;
    assert!(text.contains("1 answers differ: audiences 3"), "{text}");
}

#[test]
fn the_store_is_made_once_for_the_same_files() {
    let sandbox = workload(1);
    let imports = |run: Value| run["import"]["seconds"].as_array().unwrap().len();
    assert_eq!(imports(bench(&sandbox, &[]).fine().json()), 1);
    assert_eq!(imports(bench(&sandbox, &[]).fine().json()), 0);
    assert_eq!(imports(bench(&sandbox, &["--phase", "import", "--repeat", "2"]).fine().json()), 2);
    small::Data::random(2).write(&sandbox.at("data/T"));
    let run = bench(&sandbox, &[]).code(1).json();
    assert_eq!(run["evaluate"]["equal"], json!(false), "other data, so other answers");
    assert_eq!(imports(run), 1);
}

#[test]
fn what_cannot_be_read_is_named() {
    let sandbox = workload(1);
    let says = |part: &str| {
        let error = bench(&sandbox, &[]).code(1).json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(part), "{error}");
    };
    sandbox.write("audiences.json", r#"{"now_ms": 1, "audiences": [{"id": 0, "tree": {"op": "and", "children": 3}}]}"#);
    says("audiences.json: at `audiences[0].tree.children`: expected an array");
    sandbox.write("audiences.json", "{");
    says("audiences.json is not JSON");
    sandbox.write("audiences.json", &small::audiences().to_string());
    sandbox.write("data/T/events.parquet", "no parquet");
    says("events.parquet`: ");
    std::fs::remove_file(sandbox.at("data/T/users.parquet")).unwrap();
    says("users.parquet");
}

#[test]
fn the_time_of_each_kind_of_criterion_is_told() {
    let run = bench(&workload(1), &["--phase", "profile"]).fine().json();
    let kinds: Vec<&str> =
        run["profile"].as_array().unwrap().iter().map(|each| each["kind"].as_str().unwrap()).collect();
    for kind in ["all criteria", "attribute, list", "one event", "several events, filtered", "sum"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert!(run.get("evaluate").is_none());
}

/// The whole workload of size S: every count and checksum, with the store in a folder of its own.
#[test]
fn the_whole_workload_is_answered_as_expected() {
    let Some(folder) = std::env::var_os("AUD_BENCH").map(PathBuf::from) else {
        println!("skipped: AUD_BENCH names no folder of the workload");
        return;
    };
    let sandbox = Sandbox::empty();
    let folder = folder.canonicalize().unwrap();
    let store = sandbox.at("store");
    let paths = [folder.as_path(), store.as_path()].map(Path::to_str).map(Option::unwrap);
    let run = sandbox.aud(&["bench", paths[0], "--store", paths[1], "--size", "S", "--repeat", "1", "--json"]).fine();
    let run = run.json();
    assert_eq!((&run["evaluate"]["equal"], &run["audiences"]), (&json!(true), &json!(200)));
}
