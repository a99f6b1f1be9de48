//! A standard audience from its first plan to its expiry, by the commands (M23).

use crate::support::Sandbox;

const NOW: &str = "2026-03-01T12:00:00Z";
const LATER: &str = "2026-03-20T12:00:00Z";
const EXPIRED: &str = "2026-03-31T12:00:01Z";

const AUDIENCE: &str = "version 1

audience january {
  standard between 2026-01-01 and 2026-01-31
  match { event \"Purchase\" }
}

audience again { match { audience january and everyone } }
";

/// A small shop, its example audiences and a standard one applied.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "2000", "--events", "20000", "--now", NOW]).fine();
    std::fs::write(sandbox.at("audiences/january.aud"), AUDIENCE).unwrap();
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    sandbox
}

fn show(sandbox: &Sandbox, audience: &str, now: &str) -> serde_json::Value {
    sandbox.aud(&["show", audience, "--json", "--now", now]).fine().json()
}

fn connected(sandbox: &Sandbox) {
    sandbox.edit(
        "audiences/january.aud",
        "match { event \"Purchase\" }",
        "match { event \"Purchase\" }\n  connect warehouse",
    );
}

#[test]
fn it_is_evaluated_once_and_stays() {
    let sandbox = shop();
    let first = show(&sandbox, "january", NOW);
    assert_eq!((&first["standard_state"], &first["changed"]), (&"ready".into(), &false.into()));
    assert!(first["size"].as_u64().unwrap() > 0, "events older than the retention count");
    let members = sandbox.aud(&["who", "january", "--now", NOW]).fine().out;
    let plan = sandbox.aud(&["plan", "--json", "--now", LATER]).fine().json();
    let changes = plan["changes"].as_array().unwrap();
    assert!(!changes.iter().any(|change| change["address"] == "january"), "{plan}");
    assert_eq!(sandbox.aud(&["who", "january", "--now", LATER]).fine().out, members);
}

#[test]
fn it_is_connected_while_it_is_ready() {
    let sandbox = shop();
    connected(&sandbox);
    let plan = sandbox.aud(&["plan", "--json", "--now", LATER]).fine().json();
    let change = plan["changes"].as_array().unwrap().iter().find(|change| change["address"] == "january").unwrap();
    assert_eq!(change["connections"][0]["adds"], show(&sandbox, "january", NOW)["size"]);
    let refused = sandbox.aud(&["plan", "--now", EXPIRED]).code(1);
    assert!(refused.err.contains("`january` expired on 2026-03-31T12:00:00Z"), "{}", refused.err);
    assert_eq!(show(&sandbox, "january", EXPIRED)["standard_state"], "expired");

    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", LATER]).fine();
    let _ = sandbox.aud(&["plan", "--now", EXPIRED]).fine();
    // The other connections of that apply, and a new time, evaluate nothing again.
    assert_eq!(show(&sandbox, "january", EXPIRED)["standard_state"], "expired");
}

#[test]
fn what_it_was_made_from_is_fixed() {
    let sandbox = shop();
    sandbox.edit("audiences/january.aud", "2026-01-31", "2026-02-28");
    let refused = sandbox.aud(&["plan", "--now", LATER]).code(1);
    assert!(refused.err.contains("its `standard` cannot change"), "{}", refused.err);
    sandbox.edit("audiences/january.aud", "audience january {", "audience february {");
    sandbox.edit("audiences/january.aud", "audience january and", "audience february and");
    let plan = sandbox.aud(&["plan", "--json", "--now", LATER]).fine().json();
    let kinds: Vec<_> = (plan["changes"].as_array().unwrap().iter())
        .map(|change| format!("{} {}", change["action"], change["address"]).replace('"', ""))
        .filter(|change| change.contains("uary"))
        .collect();
    assert_eq!(kinds, ["delete january", "create february"]);
}
