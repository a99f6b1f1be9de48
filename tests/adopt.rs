//! Definitions that are written for what is deployed, and copies of audiences.

use crate::support::Sandbox;

const NOW: &str = "2026-03-01T12:00:00Z";

/// A small shop with everything deployed.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "aud.yaml",
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\nretention: { events: unlimited, profiles: unlimited }\n\
         data:\n  sources:\n    - { name: people, input: web, files: people.csv, format: csv, user: { customer_id: id }, event: { name: Visit, time: { column: at } }, user_attributes: { age: age } }\n\
         outputs: { warehouse: { kind: file, settings: { path: delivered } } }\n",
    );
    sandbox.write("people.csv", "id,age,at\na,10,2026-02-01\nb,20,2026-02-02\nc,30,2026-02-03\n");
    sandbox.write(
        "audiences/one.aud",
        "version 1\n\n# What follows is about age.\n\n## Those of age.\naudience adults \"Grown-ups\" {\n  tags \"LTV\"\n  protect true\n  \
         match { age: user \"age\" >= 18 and event \"Visit\" within last 90 days }\n  split test { variant a \"One\" 40% }\n  \
         connect warehouse { variant a }\n  connect warehouse\n}\n",
    );
    sandbox.write("audiences/two.aud", "version 1\n\naudience nest { match { audience adults } }\naudience all_time { standard all match { everyone } }\n");
    let _ = sandbox.aud(&["fmt"]).fine();
    let _ = sandbox.aud(&["import"]).fine();
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    sandbox
}

fn is_settled(sandbox: &Sandbox) {
    let run = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
}

#[test]
fn what_was_adopted_is_what_is_deployed() {
    let sandbox = shop();
    std::fs::remove_file(sandbox.at("audiences/one.aud")).unwrap();
    std::fs::remove_file(sandbox.at("audiences/two.aud")).unwrap();
    let run = sandbox.aud(&["adopt", "--all"]).fine();
    assert_eq!(run.out, "Wrote adults, all_time, nest into audiences/adopted.aud\n");
    is_settled(&sandbox);
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    let again = sandbox.aud(&["adopt", "--all"]).code(1);
    assert!(again.err.contains("everything that is deployed is written as well"), "{}", again.err);
    let again = sandbox.aud(&["adopt", "nest"]).code(1);
    assert!(again.err.contains("`nest` is written already"), "{}", again.err);
}

#[test]
fn one_is_adopted_behind_what_a_file_holds() {
    let sandbox = shop();
    let before = sandbox.read("audiences/one.aud");
    std::fs::remove_file(sandbox.at("audiences/two.aud")).unwrap();
    let run = sandbox.aud(&["adopt", "nest", "all_time", "--file", "audiences/one.aud", "--json"]).fine();
    assert_eq!(run.json()["audiences"], serde_json::json!(["nest", "all_time"]));
    assert!(
        sandbox.read("audiences/one.aud").starts_with(before.trim_end()),
        "what stood there stays, comments included"
    );
    is_settled(&sandbox);
}

#[test]
fn nothing_is_written_where_it_would_mean_something_else() {
    let sandbox = shop();
    sandbox.write("audiences/two.aud", "version 1\n\ndefaults { tags \"Other\" }\n");
    let run = sandbox.aud(&["adopt", "--all", "--file", "audiences/two.aud"]).code(1);
    assert!(run.err.contains("gives it another tags"), "{}", run.err);
    assert_eq!(sandbox.read("audiences/two.aud"), "version 1\n\ndefaults { tags \"Other\" }\n");
    // An audience that is nested by one that is not written either is an error of the definitions.
    std::fs::remove_file(sandbox.at("audiences/one.aud")).unwrap();
    let run = sandbox.aud(&["adopt", "nest"]).code(1);
    assert!(run.err.contains("adults"), "{}", run.err);
    assert!(!sandbox.at("audiences/adopted.aud").exists());
    let run = sandbox.aud(&["adopt", "adult"]).code(1);
    assert!(run.err.contains("did you mean `adults`?"), "{}", run.err);
    let run = sandbox.aud(&["adopt", "adults", "--file", "elsewhere.aud"]).code(1);
    assert!(run.err.contains("audiences"), "{}", run.err);
}

#[test]
fn a_clone_is_a_draft_with_the_same_criteria_and_tags() {
    let sandbox = shop();
    let _ = sandbox.aud(&["clone", "adults", "elders", "--name", "Elders"]).fine();
    let text = sandbox.read("audiences/one.aud");
    assert!(text.contains("# What follows is about age.") && text.contains("audience elders \"Elders\""), "{text}");
    insta::assert_snapshot!(text.rsplit("## ").next().unwrap());
    let plan = sandbox.aud(&["plan", "--json", "--now", NOW]).fine().json();
    assert_eq!((&plan["counts"]["add"], &plan["counts"]["enter"]), (&1.into(), &0.into()), "{plan}");
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    for taken in ["elders", "nest"] {
        let run = sandbox.aud(&["clone", "adults", taken]).code(1);
        assert!(run.err.contains(&format!("there is an audience `{taken}` already")), "{}", run.err);
    }
    let run = sandbox.aud(&["clone", "adult", "more"]).code(1);
    assert!(run.err.contains("did you mean `adults`?"), "{}", run.err);
    // A name that another audience has is an error of the definitions, and nothing is written.
    let run = sandbox.aud(&["clone", "adults", "third", "--name", "Elders"]).code(1);
    assert!(run.err.contains("AUD"), "{}", run.err);
    assert_eq!(sandbox.read("audiences/one.aud"), text);
}

#[test]
fn a_clone_may_have_split_and_connections_and_a_file_of_its_own() {
    let sandbox = shop();
    let _ =
        sandbox.aud(&["clone", "adults", "elders", "--with-connections", "--file", "audiences/new/elders.aud"]).fine();
    let text = sandbox.read("audiences/new/elders.aud");
    assert!(text.contains("split test") && text.contains("connect warehouse"), "{text}");
    let _ = sandbox.aud(&["clone", "all_time", "again"]).fine();
    assert!(sandbox.read("audiences/two.aud").contains("standard all"), "a standard audience is made again as a clone");
    let _ = sandbox.aud(&["check"]).fine();
}
