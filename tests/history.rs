//! What became of audiences, and where a user was.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::Sandbox;

/// A shop whose audience is edited, gets other people, is renamed and deleted; then another one takes its first address.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "aud.yaml",
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\nretention: { events: unlimited, profiles: unlimited }\n\
         data:\n  sources:\n    - { name: people, input: web, files: people/*.csv, format: csv, user: { email: email }, event: { name: Visit, time: { column: at } }, user_attributes: { age: age } }\n\
         outputs: { warehouse: { kind: file, settings: { path: delivered } } }\n",
    );
    sandbox.write(
        "people/1.csv",
        "email,age,at\nann@shop.example,30,2026-02-01\nbob@shop.example,20,2026-02-02\ncy@shop.example,19,2026-02-03\n",
    );
    define(
        &sandbox,
        "audience adults { match { user \"age\" >= 18 } connect warehouse }\naudience all { match { everyone } }\n",
    );
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

fn define(sandbox: &Sandbox, text: &str) {
    sandbox.write("audiences/one.aud", &format!("version 1\n\n{text}"));
}

fn apply(sandbox: &Sandbox, day: u8) {
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", &format!("2026-03-{day:02}T12:00:00Z")]).fine();
}

/// Everything that happens, an apply a day.
fn lived() -> Sandbox {
    let sandbox = shop();
    apply(&sandbox, 1);
    define(
        &sandbox,
        "audience adults \"Of age\" { match { user \"age\" >= 20 } connect warehouse }\naudience all { match { everyone } }\n",
    );
    apply(&sandbox, 2);
    sandbox.write(
        "people/2.csv",
        "email,age,at\ncy@shop.example,21,2026-03-01\ndi@shop.example,40,2026-03-01\nbob@shop.example,3,2026-03-01\n",
    );
    let _ = sandbox.aud(&["import"]).fine();
    apply(&sandbox, 3);
    define(
        &sandbox,
        "audience grown \"Of age\" { match { user \"age\" >= 20 } connect warehouse }\naudience all { match { everyone } }\nmoved adults to grown\n",
    );
    apply(&sandbox, 4);
    sandbox
}

/// The text without the times of the clock and the fingerprints of git, as wide as with them.
fn timeless(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    let clock = |word: &str| word.len() == 10 && word.as_bytes()[4] == b'-' && !word.starts_with("2026-03");
    for at in 0..words.len() {
        if clock(&words[at]) {
            words[at] = "YYYY-MM-DD".to_owned();
            let rest = words[at + 1].split_off(8);
            words[at + 1] = format!("hh:mm:ss{rest}");
        }
    }
    words.join(" ")
}

/// What happened in each step of the first history, the latest first.
fn happened(document: &Value) -> Vec<Value> {
    let steps = document["audiences"][0]["steps"].as_array().unwrap();
    steps.iter().map(|step| step["happened"].clone()).collect()
}

#[test]
fn an_audience_by_any_address_that_it_had() {
    let sandbox = lived();
    let now = sandbox.aud(&["history", "grown"]).fine().out;
    assert_eq!(sandbox.aud(&["history", "adults"]).fine().out, now, "by the address that it had");
    insta::assert_snapshot!(timeless(&now));
    let document = sandbox.aud(&["history", "grown", "--json"]).fine().json();
    assert_eq!(document["version"], 1);
    let members = |day: u8, adds: u64, drops: u64| json!({ "what": "members", "now": format!("2026-03-{day:02}T12:00:00Z"), "adds": adds, "drops": drops });
    assert_eq!(
        happened(&document),
        [
            json!([{ "what": "renamed", "from": "adults", "to": "grown" }, { "what": "revised", "revision": 3, "fields": ["address"] }]),
            json!([members(3, 2, 1)]),
            json!([{ "what": "revised", "revision": 2, "fields": ["name", "external_name", "match"] }, members(2, 0, 1)]),
            json!([{ "what": "created", "revision": 1 }, members(1, 3, 0)]),
        ]
    );
    let step = &document["audiences"][0]["steps"][0];
    assert_eq!((&step["by"], &step["reason"], &step["serial"]), (&"tester".into(), &"aud apply".into(), &4.into()));
    let unknown = sandbox.aud(&["history", "grwn"]).code(1);
    assert!(
        unknown.err.contains("no audience has or had the address `grwn`; did you mean `grown`?"),
        "{}",
        unknown.err
    );
    let _ = sandbox.aud(&["history"]).code(1);
    let _ = sandbox.aud(&["history", "grown", "--user", "-7"]).code(1);
}

#[test]
fn deleted_ones_and_another_one_under_the_same_address() {
    let sandbox = lived();
    define(&sandbox, "audience all { match { everyone } }\n");
    apply(&sandbox, 5);
    define(&sandbox, "audience adults { match { user \"age\" >= 30 } }\naudience all { match { everyone } }\n");
    apply(&sandbox, 6);
    insta::assert_snapshot!(timeless(&sandbox.aud(&["history", "adults"]).fine().out));
    let document = sandbox.aud(&["history", "adults", "--json"]).fine().json();
    let audiences = document["audiences"].as_array().unwrap();
    assert_eq!(audiences.iter().map(|each| each["address"].clone()).collect::<Vec<_>>(), ["grown", "adults"]);
    assert_eq!((&audiences[0]["deleted"]["by"], &audiences[1]["deleted"]), (&"tester".into(), &Value::Null));
    assert_eq!(
        happened(&document)[0],
        json!([{ "what": "deleted" }, { "what": "members", "now": "2026-03-05T12:00:00Z", "adds": 0, "drops": 3 }])
    );
    let _ = sandbox.aud(&["history", "grown"]).fine();
}

#[test]
fn limited() {
    let sandbox = lived();
    let limited = sandbox.aud(&["history", "grown", "--limit", "1", "--json"]).fine().json();
    assert_eq!(happened(&limited).len(), 1);
    let since = |time: &str| sandbox.aud(&["history", "grown", "--since", time, "--json"]).fine().json();
    assert_eq!(happened(&since("2000-01-01")).len(), 4);
    assert_eq!(happened(&since("2999-01-01")).len(), 0);
    let text = sandbox.aud(&["history", "grown", "--since", "2999-01-01"]).fine().out;
    assert!(text.contains("nothing in this time"), "{text}");
}

#[test]
fn with_the_commit_of_git() {
    let sandbox = lived();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=ann", "-c", "user.email=ann@shop.example", "-c", "commit.gpgsign=false"];
        let run = Command::new("git").arg("-C").arg(sandbox.path()).args(who).args(args).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "-q"]);
    git(&["commit", "-q", "--allow-empty", "-m", "delete"]);
    let commit = git(&["rev-parse", "HEAD"]);
    define(&sandbox, "audience all { match { everyone } }\n");
    apply(&sandbox, 5);
    let text = sandbox.aud(&["history", "adults"]).fine().out;
    assert!(text.contains(&format!(" · tester · aud apply · git {} · serial 5\n", &commit[..8])), "{text}");
    let document = sandbox.aud(&["history", "adults", "--json"]).fine().json();
    assert_eq!(document["audiences"][0]["steps"][0]["commit"], commit.as_str());
    let told = sandbox.aud(&["history", "--user", "email:cy@shop.example", "--limit", "1"]).fine().out;
    assert!(told.contains(&format!("tester  {}\n", &commit[..8])), "{told}");
}

fn mpid(sandbox: &Sandbox, email: &str) -> String {
    let who = sandbox.aud(&["who", "all", "--identities", "email", "--now", "2026-03-09"]).fine().out;
    who.lines().find(|line| line.ends_with(email)).unwrap().split('\t').next().unwrap().to_owned()
}

#[test]
fn a_user_by_number_and_by_identity() {
    let sandbox = lived();
    define(&sandbox, "audience all { match { everyone } }\n");
    apply(&sandbox, 5);
    let by_identity = sandbox.aud(&["history", "--user", "email:cy@shop.example"]).fine();
    insta::assert_snapshot!(timeless(&by_identity.out));
    let cy = mpid(&sandbox, "cy@shop.example");
    let by_number = sandbox.aud(&["history", "--user", &cy]).fine();
    assert_eq!(by_number.out, by_identity.out);
    assert!(!by_number.out.contains(&cy) && !by_number.out.contains("cy@"), "{}", by_number.out);
    let document = sandbox.aud(&["history", "--user", "email:cy@shop.example", "--json"]).fine();
    assert!(!document.out.contains(&cy) && !document.out.contains("cy@"), "{}", document.out);
    assert_eq!(document.json()["mpid"], Value::Null);
    let document =
        sandbox.aud(&["history", "--user", &cy, "--json", "--since", "2026-03-02", "--limit", "3"]).fine().json();
    assert_eq!(document["mpid"], cy.as_str());
    let told = document["passages"].as_array().unwrap().iter().map(|each| {
        (
            each["action"].as_str().unwrap(),
            each["address"].as_str().unwrap(),
            each["deleted"].as_bool().unwrap(),
            each["revision"].as_u64().unwrap(),
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("left", "grown", true, 3), ("entered", "grown", true, 2), ("left", "grown", true, 2)]
    );
    // The number is enough where the data is gone.
    std::fs::remove_dir_all(sandbox.at(".aud/data")).unwrap();
    assert_eq!(sandbox.aud(&["history", "--user", &cy]).fine().out, by_number.out);
    let _ = sandbox.aud(&["history", "--user", "email:cy@shop.example"]).code(1);
}

#[test]
fn nothing_is_told_of_somebody_who_was_forgotten() {
    let sandbox = lived();
    let cy = mpid(&sandbox, "cy@shop.example");
    let _ = sandbox.aud(&["forget", "email:cy@shop.example", "--auto-approve"]).fine();
    let told = sandbox.aud(&["history", "--user", &cy]).fine().out;
    assert_eq!(told, "The state knows of no audience that this user entered or left in this time.\n");
    let _ = sandbox.aud(&["history", "--user", "email:cy@shop.example"]).code(1);
    // The audience itself still says that somebody left.
    let document = sandbox.aud(&["history", "grown", "--json"]).fine().json();
    assert_eq!(document["audiences"][0]["steps"][0]["reason"], "aud forget");
    assert_eq!(
        (&happened(&document)[0][0]["what"], &happened(&document)[0][0]["drops"]),
        (&"members".into(), &1.into())
    );
}

#[test]
fn the_state_as_its_commands_show_it() {
    let sandbox = lived();
    let shown =
        [&["state", "list"][..], &["state", "show", "grown"], &["state", "history"], &["state", "mv", "grown", "old"]]
            .map(|args| timeless(&sandbox.aud(args).fine().out));
    insta::assert_snapshot!(shown.join("\n"));
    let removed = sandbox.aud(&["state", "rm", "old", "all", "--yes"]).fine().out;
    insta::assert_snapshot!(removed);
    let _ = sandbox.aud(&["state", "pull", "-o", "state.json"]).fine();
    let pushed = sandbox.aud(&["state", "push", "state.json", "--force"]).fine().out;
    assert!(pushed.starts_with("the state is that of state.json; serial "), "{pushed}");
    let document = sandbox.aud(&["state", "history", "--json", "--limit", "2"]).fine().json();
    let commits = document["commits"].as_array().unwrap();
    assert_eq!(
        (&commits[0]["reason"], &commits[0]["drops"], &commits[1]["reason"]),
        (&"state rm".into(), &7.into(), &"state mv".into())
    );
}
