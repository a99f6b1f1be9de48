//! The jobs of the pipeline, each with nothing but the artifacts of the one before it.

use super::*;

fn pipeline() -> serde_json::Value {
    yaml("ci/gitlab.yml")
}

/// Runs a job the way that a runner does: variables in the environment, the lines of `script` one after the other.
fn job(sandbox: &Sandbox, name: &str, variables: &[(&str, &str)]) -> Run {
    let pipeline = pipeline();
    let lines = pipeline[name]["script"].as_array().unwrap();
    let script: String = lines.iter().map(|line| format!("{}\n", line.as_str().unwrap())).collect();
    let mut sh = shell(sandbox, "sh");
    sh.args(["-e", "-c", &script]);
    for (name, variable) in pipeline["variables"].as_object().unwrap() {
        sh.env(name, variable["value"].as_str().unwrap());
    }
    sh.env("AUD_PROJECT", "shop").envs(variables.iter().copied());
    Run::of(sh.output().unwrap())
}

#[test]
fn the_plan_of_one_job_is_what_the_next_one_applies() {
    let sandbox = shop();
    edit(&sandbox);
    let before = serial(&sandbox);
    let _ = job(&sandbox, "aud-check", &[]).fine();
    let planned = job(&sandbox, "aud-plan", &[]).fine();
    assert!(planned.out.contains("there is something to do"), "{}", planned.out);
    let pipeline = pipeline();
    let kept: Vec<&str> =
        pipeline["aud-plan"]["artifacts"]["paths"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(kept.iter().all(|file| sandbox.at(file).exists()), "{kept:?}");
    assert!(
        sandbox.read("plan.html").contains("<!DOCTYPE html>") || sandbox.read("plan.html").contains("<!doctype html>")
    );
    assert_eq!(serial(&sandbox), before);

    let applied = job(&sandbox, "aud-apply", &[]).fine();
    assert!(applied.out.contains("Applied: 1 updated") && !applied.out.contains("people"), "{}", applied.out);
    assert_eq!(serial(&sandbox), before + 1);
    // Applied once, it fits nothing any more.
    let again = job(&sandbox, "aud-apply", &[]).code(1);
    assert!(again.err.contains("stale") && again.out.contains("could not be applied"), "{}{}", again.out, again.err);
}

#[test]
fn only_a_person_applies_and_only_what_was_planned() {
    let pipeline = pipeline();
    let apply = &pipeline["aud-apply"];
    assert_eq!(apply["needs"], serde_json::json!([{ "job": "aud-plan", "artifacts": true }]));
    assert_eq!(apply["rules"].as_array().unwrap().len(), 1);
    assert_eq!(apply["rules"][0]["when"], "manual");
    assert_eq!(pipeline["aud-plan"]["artifacts"]["access"], "developer");
    for name in ["aud-check", "aud-plan", "aud-apply"] {
        let stage = &pipeline[name]["stage"];
        assert!(pipeline["stages"].as_array().unwrap().contains(stage), "{name}");
    }
}

#[test]
fn what_is_wrong_ends_the_job_it_is_found_in() {
    let sandbox = shop();
    break_a_guard(&sandbox);
    let broken = job(&sandbox, "aud-plan", &[]).code(3);
    assert!(broken.out.contains("a guard or an assertion is broken"), "{}", broken.out);
    assert!(sandbox.read("plan.html").contains("parisians"));
    sandbox.edit("shop/audiences/lifecycle.aud", "\"lifetime_value\" > 500", "\"lifetime_value\" > \"x\"");
    let _ = job(&sandbox, "aud-check", &[]).code(1);
    let failed = job(&sandbox, "aud-plan", &[]).code(1);
    assert!(failed.out.contains("no plan could be made") && !sandbox.at("plan.html").exists(), "{}", failed.out);
}

#[test]
fn nothing_that_a_variable_says_is_run() {
    let sandbox = shop();
    let hostile = "shop\"; touch owned; $(touch owned) `touch owned` '; touch owned; #";
    for variable in ["AUD_PROJECT", "AUD_ENVIRONMENT", "AUD_SUPPRESS_BELOW"] {
        for name in ["aud-check", "aud-plan", "aud-apply"] {
            let run = job(&sandbox, name, &[(variable, hostile)]);
            assert!(!sandbox.at("owned").exists(), "{name}, {variable}: {}{}", run.out, run.err);
        }
    }
}
