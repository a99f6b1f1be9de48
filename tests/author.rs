//! Definitions written by the program, the state mended by hand, and environments.

use crate::support::Sandbox;

const NOW: &str = "2026-03-01T12:00:00Z";

fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "2000", "--events", "20000", "--now", NOW]).fine();
    sandbox
}

fn nothing_to_do(sandbox: &Sandbox) {
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}

#[test]
fn a_clone_is_a_draft_of_its_own() {
    let sandbox = shop();
    let _ = sandbox.aud(&["clone", "parisians", "parisians_too"]).fine();
    let text = sandbox.read("audiences/crm.aud");
    let (_, copy) = text.split_once("audience parisians_too \"Parisians (copy)\" {").unwrap();
    let copy = copy.split("\n}").next().unwrap();
    assert!(copy.contains("status        draft") && !copy.contains("connect"), "{copy}");
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    let _ = sandbox.aud(&["check"]).fine();
    let again = sandbox.aud(&["clone", "parisians", "parisians_too"]).code(1);
    assert!(again.err.contains("is taken; parisians_too_2 and parisians_too_3 would be free"), "{}", again.err);
    let named = sandbox.aud(&["clone", "parisians", "third", "--name", "Parisians"]).code(1);
    assert!(named.err.contains("is named"), "{}", named.err);
    assert!(sandbox.aud(&["clone", "parisian", "x"]).code(1).err.contains("did you mean `parisians`?"));
    assert_eq!(sandbox.read("audiences/crm.aud"), text);
}

#[test]
fn what_was_adopted_leaves_nothing_to_do() {
    let sandbox = shop();
    std::fs::remove_dir_all(sandbox.at("audiences")).unwrap();
    std::fs::create_dir(sandbox.at("audiences")).unwrap();
    let adopted = sandbox.aud(&["adopt", "--all"]).fine();
    assert!(adopted.out.contains("wrote `parisians` into"), "{}", adopted.out);
    nothing_to_do(&sandbox);
    let text = sandbox.read("audiences/adopted.aud");
    let again = sandbox.aud(&["adopt", "parisians"]).code(1);
    assert!(again.err.contains("is written already, in"), "{}", again.err);
    assert!(sandbox.aud(&["adopt", "--all"]).fine().out.contains("written already"));
    assert_eq!(sandbox.read("audiences/adopted.aud"), text);
}

#[test]
fn the_state_can_be_mended() {
    let sandbox = shop();
    let serial = sandbox.aud(&["state", "list", "--json"]).fine().json()["serial"].as_u64().unwrap();
    let _ = sandbox.aud(&["state", "mv", "parisians", "vip_elsewhere"]).fine();
    let taken = sandbox.aud(&["state", "mv", "vip_elsewhere", "employees"]).code(1);
    assert!(taken.err.contains("deployed already"), "{}", taken.err);
    let _ = sandbox.aud(&["state", "mv", "vip_elsewhere", "parisians"]).fine();
    nothing_to_do(&sandbox);

    let _ = sandbox.aud(&["state", "pull", "-o", "state.json"]).fine();
    let unasked = sandbox.aud(&["state", "rm", "parisians"]).code(1);
    assert!(unasked.err.contains("--yes") && unasked.out.contains("people stay in"), "{}{}", unasked.out, unasked.err);
    let protected = sandbox.aud(&["state", "rm", "lapsed_spenders", "--yes"]).code(1);
    assert!(protected.err.contains("protected"), "{}", protected.err);
    let _ = sandbox.aud(&["state", "rm", "parisians", "--yes"]).fine();
    assert!(sandbox.aud(&["state", "show", "parisian"]).code(1).err.contains("is not deployed"));
    let history = sandbox.aud(&["state", "history", "--json"]).fine().json();
    let reasons: Vec<&str> =
        history["commits"].as_array().unwrap().iter().map(|it| it["reason"].as_str().unwrap()).collect();
    assert_eq!(&reasons[..3], ["state rm", "state mv", "state mv"]);
    assert_eq!(history["commits"][0]["serial"].as_u64(), Some(serial + 3));

    let _ = sandbox.aud(&["state", "push", "state.json"]).code(1);
    let _ = sandbox.aud(&["state", "push", "state.json", "--force"]).fine();
    let shown = sandbox.aud(&["state", "show", "parisians"]).fine();
    assert!(shown.out.contains("audience parisians \"Parisians\""), "{}", shown.out);
    nothing_to_do(&sandbox);
}

#[test]
fn environments_do_not_touch_each_other() {
    let sandbox = shop();
    let yaml = sandbox.read("aud.yaml");
    sandbox.write("aud.yaml", &format!("{yaml}\nenvironments:\n  dry: {{ shadow: true }}\n"));
    let wrong = sandbox.aud(&["plan", "--env", "dyr"]).code(1);
    assert!(wrong.err.contains("did you mean `dry`?"), "{}", wrong.err);
    let files = || crate::support::files_below(&sandbox.at("delivered"));
    let before = files();
    let planned = sandbox.aud(&["plan", "--env", "dry", "--now", NOW]).fine();
    assert!(planned.out.contains("shadow: nothing is delivered"), "{}", planned.out);
    let _ = sandbox.aud(&["apply", "--env", "dry", "--auto-approve", "--now", NOW]).fine();
    assert_eq!(files(), before);
    assert!(sandbox.at(".aud/state.dry.db").exists());
    nothing_to_do(&sandbox);
    let _ = sandbox.aud(&["plan", "--env", "dry", "--detailed-exitcode", "--now", NOW]).fine();
}
