//! The action, step by step.

use std::collections::BTreeMap;

use super::*;

/// One run of the action in a job.
struct Job {
    sandbox: Sandbox,
    inputs: BTreeMap<String, String>,
    event: &'static str,
    reference: &'static str,
}

/// What a job came to.
struct Came {
    code: i32,
    log: String,
    summary: String,
    outputs: String,
}

const PULL: (&str, &str) = ("pull_request", "refs/pull/7/merge");
const PUSH: (&str, &str) = ("push", "refs/heads/main");

impl Job {
    fn new(sandbox: Sandbox, (event, reference): (&'static str, &'static str)) -> Self {
        let inputs = BTreeMap::from([("project".to_owned(), "shop".to_owned())]);
        Self { sandbox, inputs, event, reference }
    }

    fn with(mut self, input: &str, value: &str) -> Self {
        self.inputs.insert(input.to_owned(), value.to_owned());
        self
    }

    /// The values of `${{ … }}` that the action may use.
    fn value(&self, action: &serde_json::Value, expression: &str) -> String {
        match expression.strip_prefix("inputs.") {
            Some(input) => {
                let declared = &action["inputs"][input];
                assert!(declared.is_object(), "`{input}` is no input");
                self.inputs.get(input).cloned().unwrap_or_else(|| declared["default"].as_str().unwrap().to_owned())
            }
            None if expression == "github.token" => "token".to_owned(),
            None => panic!("`{expression}` is nothing that a step may ask for"),
        }
    }

    fn run(&self) -> Came {
        let action = yaml("ci/github/action.yml");
        assert_eq!(action["runs"]["using"], "composite");
        let temporary = self.sandbox.at("runner");
        std::fs::create_dir_all(&temporary).unwrap();
        let (summary, outputs) = (temporary.join("summary"), temporary.join("outputs"));
        [&summary, &outputs].iter().for_each(|file| std::fs::write(file, "").unwrap());
        let mut came = Came { code: 0, log: String::new(), summary: String::new(), outputs: String::new() };
        for step in action["runs"]["steps"].as_array().unwrap() {
            // A step runs while nothing failed, unless it says that it always does.
            let always = step["if"].as_str().map(|condition| assert_eq!(condition, "${{ !cancelled() }}")).is_some();
            if came.code != 0 && !always {
                continue;
            }
            assert_eq!(step["shell"], "bash");
            let script = temporary.join("step.sh");
            std::fs::write(&script, step["run"].as_str().unwrap()).unwrap();
            let mut bash = shell(&self.sandbox, "bash");
            bash.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(&script);
            for (name, value) in step["env"].as_object().unwrap() {
                let value = value.as_str().unwrap();
                let inside = value.strip_prefix("${{ ").and_then(|value| value.strip_suffix(" }}")).unwrap();
                bash.env(name, self.value(&action, inside));
            }
            bash.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_OUTPUT", &outputs).env("RUNNER_TEMP", &temporary);
            bash.env("GITHUB_EVENT_NAME", self.event).env("GITHUB_REF", self.reference);
            bash.env("GITHUB_REPOSITORY", "shop/audiences").env("GH_FOLDER", self.sandbox.at("gh"));
            let run = Run::of(bash.output().unwrap());
            came.log.push_str(&run.out);
            came.log.push_str(&run.err);
            if came.code == 0 {
                came.code = run.code.unwrap();
            }
        }
        came.summary = std::fs::read_to_string(&summary).unwrap();
        came.outputs = std::fs::read_to_string(&outputs).unwrap();
        came
    }

    /// Puts a `gh` on PATH that records what it is asked, and keeps one comment.
    fn with_gh(self) -> Self {
        let script = r#"#!/bin/bash
mkdir -p "$GH_FOLDER"
[ "$GH_TOKEN" = token ] || exit 4
printf '%s\n' "$*" >> "$GH_FOLDER/calls"
for word in "$@"; do
  case "$word" in
    body=@*) cp "${word#body=@}" "$GH_FOLDER/body" ;;
  esac
done
case "$*" in
  *--jq*) if [ -f "$GH_FOLDER/body" ]; then echo 41; echo 42; fi ;;
esac
"#;
        executable(&self.sandbox.at("bin/gh"), script);
        self
    }

    fn said(&self, file: &str) -> String {
        std::fs::read_to_string(self.sandbox.at("gh").join(file)).unwrap_or_default()
    }
}

#[test]
fn a_pull_request_hears_the_plan_and_nothing_is_applied() {
    let job = Job::new(shop(), PULL).with("command", "apply").with_gh();
    edit(&job.sandbox);
    let before = serial(&job.sandbox);
    let came = job.run();
    assert_eq!(came.code, 0, "{}", came.log);
    assert!(came.summary.contains("<!-- aud-plan -->") && came.summary.contains("lapsed"), "{}", came.summary);
    assert!(came.outputs.contains("changes=true") && came.outputs.contains("plan.audplan"), "{}", came.outputs);
    assert!(came.log.contains("nothing is applied: pull_request is no event that applies"), "{}", came.log);
    assert_eq!(serial(&job.sandbox), before);
    let body = job.said("body");
    assert!(body.starts_with("<!-- aud ") && body.contains("<!-- aud-plan -->"), "{body}");
    assert!(body.len() <= 65_536);
    let calls = job.said("calls");
    assert!(calls.contains("--method POST repos/shop/audiences/issues/7/comments"), "{calls}");

    // The next run writes over that comment.
    let came = job.run();
    assert_eq!(came.code, 0, "{}", came.log);
    let calls = job.said("calls");
    assert!(calls.contains("--method PATCH repos/shop/audiences/issues/comments/41 "), "{calls}");
    assert_eq!(calls.matches("--method POST").count(), 1, "{calls}");
    let marker = body.lines().next().unwrap();
    assert!(calls.contains(&format!("startswith(\"{marker}\")")), "{calls}");
}

#[test]
fn a_push_to_the_main_branch_applies_exactly_the_plan_that_was_saved() {
    let job = Job::new(shop(), PUSH).with("command", "apply");
    edit(&job.sandbox);
    let before = serial(&job.sandbox);
    let came = job.run();
    assert_eq!(came.code, 0, "{}", came.log);
    assert!(came.summary.contains("**Applied.**"), "{}", came.summary);
    assert_eq!(serial(&job.sandbox), before + 1);
    // No count of people stands in the log of an apply.
    assert!(came.log.contains("Applied: 1 updated") && !came.log.contains("entered"), "{}", came.log);
    assert!(came.log.lines().all(|line| !line.contains(" people")), "{}", came.log);
    let came = job.run();
    assert_eq!((came.code, serial(&job.sandbox)), (0, before + 1), "{}", came.log);
    assert!(came.log.contains("nothing to do") && came.outputs.contains("changes=false"), "{}", came.log);
}

#[test]
fn another_branch_and_a_mere_plan_apply_nothing() {
    let sandbox = shop();
    edit(&sandbox);
    let before = serial(&sandbox);
    let job = Job::new(sandbox, ("push", "refs/heads/feature")).with("command", "apply");
    assert_eq!(job.run().code, 0);
    let job = Job::new(job.sandbox, PUSH);
    assert_eq!(job.run().code, 0);
    assert_eq!(serial(&job.sandbox), before);
    let job = Job::new(job.sandbox, PUSH).with("command", "destroy");
    let came = job.run();
    assert_eq!(came.code, 1);
    assert!(came.log.contains("::error::the input command is neither plan nor apply"), "{}", came.log);
}

#[test]
fn errors_are_annotations_and_take_the_place_of_an_old_plan() {
    let job = Job::new(shop(), PULL).with_gh();
    job.sandbox.edit("shop/audiences/lifecycle.aud", "\"lifetime_value\" > 500", "\"lifetime_value\" > \"x\"");
    let came = job.run();
    assert_eq!(came.code, 1);
    assert!(came.log.contains("::error file=shop/audiences/lifecycle.aud,line="), "{}", came.log);
    assert!(job.said("body").contains("**No plan:** the definitions have errors"), "{}", job.said("body"));
    assert!(came.summary.contains("**No plan:**") && !came.outputs.contains("changes"));
}

#[test]
fn a_broken_guard_fails_the_job_with_its_words_and_is_never_applied() {
    let job = Job::new(shop(), PUSH).with("command", "apply");
    break_a_guard(&job.sandbox);
    let before = serial_of_state(&job.sandbox);
    let came = job.run();
    assert_eq!(came.code, 3, "{}", came.log);
    assert!(came.log.contains("::error::a guard or an assertion is broken"), "{}", came.log);
    assert!(came.summary.contains("parisians"), "{}", came.summary);
    assert_eq!(serial_of_state(&job.sandbox), before);
    // On a pull request the comment says it too.
    let job = Job::new(job.sandbox, PULL).with_gh();
    assert_eq!(job.run().code, 3);
    assert!(job.said("body").contains("parisians"), "{}", job.said("body"));
}

fn serial_of_state(sandbox: &Sandbox) -> u64 {
    sandbox.aud(&["state", "list", "--project", "shop", "--json"]).fine().json()["serial"].as_u64().unwrap()
}

#[test]
fn deliveries_that_fail_fail_the_job_after_the_apply() {
    let job = Job::new(shop(), PUSH).with("command", "apply");
    edit(&job.sandbox);
    std::fs::remove_dir_all(job.sandbox.at("shop/delivered")).unwrap();
    job.sandbox.write("shop/delivered", "in the way");
    let came = job.run();
    assert_eq!(came.code, 4, "{}", came.log);
    assert!(came.log.contains("::error::applied, and some deliveries could not be made"), "{}", came.log);
    assert!(came.summary.contains("The next apply makes them"), "{}", came.summary);
}

#[test]
fn a_plan_that_is_refused_says_so() {
    let job = Job::new(shop(), PULL).with_gh();
    let text = job.sandbox.read("shop/audiences/lifecycle.aud");
    job.sandbox.write(
        "shop/audiences/lifecycle.aud",
        &text.replace("  protect true\n", "").replace("audience lapsed_spenders ", "audience other "),
    );
    for file in ["tests", "commerce", "crm"] {
        let path = format!("shop/audiences/{file}.aud");
        let text = job.sandbox.read(&path).replace("lapsed_spenders", "other");
        job.sandbox.write(&path, &text);
    }
    let came = job.run();
    assert_eq!(came.code, 1, "{}", came.log);
    assert!(came.log.contains("::error::no plan could be made") && came.log.contains("protect"), "{}", came.log);
    assert!(job.said("body").contains("**No plan could be made.**"), "{}", job.said("body"));
}

#[test]
fn nothing_that_an_input_says_is_run() {
    let hostile = "shop\"; touch owned; $(touch owned) `touch owned` '; touch owned; #";
    for input in ["project", "environment", "command", "branch", "suppress-below"] {
        let job = Job::new(shop(), PULL).with(input, hostile).with_gh();
        let came = job.run();
        assert!(!job.sandbox.at("owned").exists(), "{input}: {}", came.log);
        assert_eq!(came.code != 0, input != "branch", "{input}: {}", came.log);
        // A key of the comment holds nothing of it either.
        assert!(!job.said("calls").contains("touch"), "{input}: {}", job.said("calls"));
    }
    // So it stays: no script holds an expression of the platform.
    let action = yaml("ci/github/action.yml");
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
    }
}

#[test]
fn without_gh_the_summary_is_all_there_is() {
    let job = Job::new(shop(), PULL);
    edit(&job.sandbox);
    // A `gh` that this machine may have cannot reach anything: it has no configuration and a token that is none.
    executable(&job.sandbox.at("bin/gh"), "#!/bin/sh\nexit 1\n");
    let came = job.run();
    assert_eq!(came.code, 0, "{}", came.log);
    assert!(came.log.contains("::warning::the comments of the pull request cannot be read"), "{}", came.log);
    assert!(came.summary.contains("<!-- aud-plan -->"));
}

#[test]
fn counts_are_suppressed_unless_told_otherwise_and_nobody_is_named() {
    let job = Job::new(shop(), PULL).with_gh();
    job.sandbox.edit("shop/audiences/lifecycle.aud", "> 500", "> 495");
    let hidden = job.run();
    let all = Job::new(job.sandbox, PULL).with("suppress-below", "").with_gh();
    let told = all.run();
    assert_eq!((hidden.code, told.code), (0, 0), "{}{}", hidden.log, told.log);
    assert!(hidden.summary.contains("&lt;10") || hidden.summary.contains("<10"), "{}", hidden.summary);
    assert!(!told.summary.contains("<10") && !told.summary.contains("&lt;10"), "{}", told.summary);
    let people =
        all.sandbox.aud(&["who", "everybody", "--project", "shop", "--identities", "email", "--now", NOW]).fine();
    let everything = format!("{}{}{}{}", hidden.log, hidden.summary, told.log, told.summary);
    for line in people.out.lines() {
        for word in line.split(|c: char| c.is_whitespace() || c == '"').filter(|word| word.len() > 8) {
            assert!(!everything.contains(word), "{word}");
        }
    }
}
