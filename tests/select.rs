//! Plans that are limited to some audiences: by address, tag, output, and what changed since a git revision.

use std::process::Command;

use crate::support::Sandbox;

const NOW: &str = "2026-03-01T12:00:00Z";

fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "aud.yaml",
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\nretention: { events: unlimited, profiles: unlimited }\n\
         data:\n  sources:\n    - { name: people, input: web, files: people.csv, format: csv, user: { customer_id: id }, event: { name: Visit, time: { column: at } }, user_attributes: { age: age } }\n\
         outputs: { warehouse: { kind: file, settings: { path: delivered } }, archive: { kind: file, settings: { path: archived } } }\n",
    );
    sandbox.write("people.csv", "id,age,at\na,10,2026-02-01\nb,20,2026-02-02\nc,30,2026-02-03\n");
    sandbox.write(
        "audiences/one.aud",
        "version 1\n\naudience teens { tags \"Young\", \"LTV\" match { user \"age\" < 18 } connect warehouse }\n\
         audience adults { tags \"LTV\" match { user \"age\" >= 18 } connect archive }\n",
    );
    sandbox.write(
        "audiences/two.aud",
        "version 1\n\naudience grown { match { audience adults } }\naudience all { match { everyone } }\n",
    );
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

/// The addresses that a plan changes.
fn planned(sandbox: &Sandbox, flags: &[&str]) -> Vec<String> {
    let args = [&["plan", "--json", "--now", NOW], flags].concat();
    let plan = sandbox.aud(&args).fine().json();
    plan["changes"].as_array().unwrap().iter().map(|change| change["address"].as_str().unwrap().to_owned()).collect()
}

fn git(sandbox: &Sandbox, args: &[&str]) {
    let name = ["-c", "user.name=ann", "-c", "user.email=ann@shop.example", "-c", "commit.gpgsign=false"];
    let run = Command::new("git").arg("-C").arg(sandbox.path()).args(name).args(args).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn by_tag_by_output_and_without_some() {
    let sandbox = shop();
    assert_eq!(planned(&sandbox, &[]), ["adults", "all", "grown", "teens"]);
    assert_eq!(planned(&sandbox, &["--tag", "LTV"]), ["adults", "teens"]);
    assert_eq!(planned(&sandbox, &["--tag", "LTV", "--tag", "Young"]), ["teens"]);
    assert_eq!(planned(&sandbox, &["--to", "archive"]), ["adults"]);
    assert_eq!(planned(&sandbox, &["--to", "archive", "--target", "all"]), ["adults", "all"]);
    assert_eq!(planned(&sandbox, &["--exclude", "all", "--exclude", "teens"]), ["adults", "grown"]);
    assert_eq!(planned(&sandbox, &["--tag", "Nothing"]), [""; 0], "what nothing carries is not everything");
    let text = sandbox.aud(&["plan", "--now", NOW, "--to", "archiv"]).code(1).err;
    assert!(text.contains("did you mean `archive`?"), "{text}");
    let text = sandbox.aud(&["plan", "--now", NOW, "--target", "grown", "--exclude", "adults"]).code(1).err;
    assert!(text.contains("`adults` is left out, and `grown` nests it"), "{text}");
}

#[test]
fn by_what_changed_since_a_revision() {
    let sandbox = shop();
    let text = sandbox.aud(&["plan", "--now", NOW, "--changed-since", "HEAD"]).code(1).err;
    assert!(text.contains("git"), "{text}");
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "first"]);
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD"]), [""; 0]);
    // A comment is no change; an edit changes those that nest it; a new file counts before it is added.
    sandbox.edit("audiences/two.aud", "version 1\n", "version 1\n\n# Everybody.\n");
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD"]), [""; 0]);
    sandbox.edit("audiences/one.aud", ">= 18", ">= 21");
    sandbox.write("audiences/three.aud", "version 1\n\naudience fresh { match { user \"age\" = 30 } }\n");
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD"]), ["adults", "fresh", "grown"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "second"]);
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD"]), [""; 0]);
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD~1"]), ["adults", "fresh", "grown"]);
    // What went is planned as well.
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    std::fs::remove_file(sandbox.at("audiences/three.aud")).unwrap();
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD"]), ["fresh"]);
    let text = sandbox.aud(&["plan", "--now", NOW, "--changed-since=--output=x"]).code(1).err;
    assert!(text.contains("no revision"), "{text}");
}

#[test]
fn a_revision_with_errors_says_so() {
    let sandbox = shop();
    let good = sandbox.read("audiences/one.aud");
    sandbox.write("audiences/one.aud", "version 1\n\naudience {\n");
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-qm", "broken"]);
    sandbox.write("audiences/one.aud", &good);
    let text = sandbox.aud(&["plan", "--now", NOW, "--changed-since", "HEAD"]).code(1).err;
    assert!(text.contains("the definitions at `HEAD` have errors"), "{text}");
}

#[test]
fn broken_guards_stop_a_plan_and_an_apply() {
    let sandbox = shop();
    sandbox.write("audiences/guards.aud", "version 1\n\nguard adults { size >= 5 }\nassert disjoint(adults, all)\n");
    let plan = sandbox.aud(&["plan", "--now", NOW, "-o", "my.audplan"]).code(3);
    assert!(plan.err.is_empty() || !plan.err.contains("error"), "{}", plan.err);
    for args in [&["apply", "--auto-approve", "--now", NOW][..], &["apply", "my.audplan"]] {
        let run = sandbox.aud(args).code(3);
        assert!(run.err.contains("adults.size: size >= 5, but it is 2 people"), "{}", run.err);
        assert!(
            run.err.contains("disjoint(adults,all): disjoint(adults, all), but 2 people are in both"),
            "{}",
            run.err
        );
        assert!(run.err.contains("--allow 'adults.size' --allow 'disjoint(adults,all)'"), "{}", run.err);
    }
    assert!(!sandbox.at(".aud/state.db").exists(), "nothing was applied");
    let allow = ["--allow", "adults.size", "--allow", "disjoint(adults, all)", "--reason", "opening week"];
    let _ = sandbox.aud(&[&["apply", "--auto-approve", "--now", NOW], &allow[..]].concat()).fine();
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}
