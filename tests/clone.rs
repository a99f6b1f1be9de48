//! Copies of audiences in the words of the originals, and adoptions of a whole project.

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
fn a_clone_reads_as_its_original_and_nothing_else_changes() {
    let sandbox = shop();
    let path = "audiences/commerce.aud";
    // A file that is not in canonical form stays as it is, but for what comes.
    let before = sandbox.read(path).replace("audience cart_leavers", "# ours\naudience   cart_leavers");
    let (head, rest) = before.split_once("\n## Put something aside").unwrap();
    sandbox.write(path, &before);
    let _ = sandbox.aud(&["clone", "shoe_browsers", "shoe_lovers", "--name", "Shoe \"lovers\""]).fine();
    let after = sandbox.read(path);
    let (kept, copy) = after
        .split_once("\n## Looked at shoes more than once this week and bought none.\naudience shoe_lovers")
        .unwrap();
    assert_eq!(kept, head);
    let (copy, tail) = copy.split_once("\n## Put something aside").unwrap();
    assert_eq!(tail, rest);
    assert_eq!(
        copy,
        " \"Shoe \\\"lovers\\\"\" {\n  status draft\n  tags   \"Retargeting\"\n\n  match {\n    criterion wants_shoes\n    exclude event \
         \"Purchase\" where \"category\" is \"Shoes\" within last 7 days\n  }\n}\n"
    );
    let shown = sandbox.aud(&["show", "shoe_lovers", "--json"]).fine().json();
    assert_eq!(shown["audience"]["tags"].as_array().or(shown["tags"].as_array()).map(Vec::len), Some(2), "{shown}");
}

#[test]
fn a_clone_has_the_test_and_the_connections_only_where_it_is_asked_to() {
    let sandbox = shop();
    sandbox.edit(
        "audiences/lifecycle.aud",
        "  split winback_test {",
        "  # how we win\n  split winback_test {\n    salt \"shop/lapsed_spenders/winback_test\"",
    );
    let _ = sandbox.aud(&["clone", "lapsed_spenders", "bare"]).fine();
    let whole =
        ["clone", "lapsed_spenders", "tested", "--with-connections", "--file", "audiences/more/tests of 2026.aud"];
    let said = sandbox.aud(&whole).fine();
    assert!(said.out.contains("tests of 2026.aud"), "{}", said.out);
    let text = sandbox.read("audiences/lifecycle.aud");
    let bare = text.split_once("audience bare ").unwrap().1.split("\n}").next().unwrap();
    for gone in ["split", "connect", "protect", "external_name", "lapsed_spenders"] {
        assert!(!bare.contains(gone), "{bare}");
    }
    assert!(bare.contains("spend: user") && bare.contains("exclude audience employees"), "{bare}");
    let tested = sandbox.read("audiences/more/tests of 2026.aud");
    assert!(
        tested.contains("status") && tested.contains("split winback_test") && tested.contains("variant push"),
        "{tested}"
    );
    assert!(!tested.contains("salt") && tested.contains("\"Lifecycle\""), "{tested}");
    let _ = sandbox.aud(&["check"]).fine();
    let planned = sandbox.aud(&["plan", "--json", "--now", NOW]).fine().json();
    let made = planned["changes"].as_array().unwrap().iter().filter(|change| change["action"] == "create");
    assert!(made.clone().count() == 2 && made.clone().all(|change| change["people"]["after"].is_null()), "{planned}");
}

#[test]
fn a_standard_audience_is_calculated_again_as_a_clone() {
    let sandbox = shop();
    sandbox.write(
        "audiences/standard.aud",
        "version 1\n\naudience winter \"Winter\" {\n  standard between 2026-01-10 and 2026-02-20\n\n  match { event \"Purchase\" at least 1 time }\n\n  \
         connect warehouse\n}\n",
    );
    let _ = sandbox.aud(&["fmt"]).fine();
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    let _ = sandbox.aud(&["clone", "winter", "winter_again", "--with-connections"]).fine();
    sandbox.edit("audiences/standard.aud", "  status   draft\n", "");
    let planned = sandbox.aud(&["plan", "--json", "--now", NOW]).fine().json();
    let [change] = planned["changes"].as_array().unwrap().as_slice() else { panic!("{planned}") };
    assert_eq!((&change["action"], &change["address"]), (&"create".into(), &"winter_again".into()));
    assert!(change["people"]["after"].as_u64().unwrap() > 0, "{change}");
    let tabs = |tab: &str| {
        sandbox.aud(&["list", "--tab", tab, "--json", "--now", NOW]).fine().json()["audiences"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((tabs("standard"), tabs("multi")), (2, 0));
    assert!(tabs("single") > 5);
    let text = sandbox.aud(&["list", "--now", NOW]).fine().out;
    assert!(text.contains("Single workspace (") && text.contains("Standard (2)") && !text.contains("Multi"), "{text}");
}

#[test]
fn a_clone_that_would_be_wrong_is_not_written() {
    let sandbox = shop();
    let text = sandbox.read("audiences/commerce.aud");
    assert!(sandbox.aud(&["clone", "shoe_browsers", "no name"]).code(1).err.contains("identifier"));
    let outside = sandbox.aud(&["clone", "shoe_browsers", "other", "--file", "other.aud"]).code(1);
    assert!(outside.err.contains("is no `.aud` file below"), "{}", outside.err);
    let long = "x".repeat(101);
    let _ = sandbox.aud(&["clone", "shoe_browsers", "other", "--name", &long]).code(1);
    assert_eq!(sandbox.read("audiences/commerce.aud"), text);
    assert!(!sandbox.at("other.aud").exists());
    // What is deployed and stands nowhere can be copied too.
    sandbox.write("audiences/commerce.aud", "version 1\n");
    std::fs::remove_file(sandbox.at("audiences/tests.aud")).unwrap();
    let _ = sandbox.aud(&["clone", "coupon_hunters", "hunters"]).fine();
    assert!(sandbox.read("audiences/hunters.aud").contains("audience hunters \"hunters\""));
}

#[test]
fn adoption_keeps_everything_and_replaces_nothing() {
    let sandbox = shop();
    sandbox.write(
        "audiences/standard.aud",
        "version 1\n\n## Bought in winter.\n##\n## Ask Ann.\naudience winter \"Winter\" {\n  tags     \"Season\"\n  standard between 2026-01-10 and 2026-02-20\n\n  \
         match {\n    bought: event \"Purchase\" at least 1 time\n    exclude audience employees\n  }\n\n  connect warehouse {\n    status inactive\n  }\n}\n",
    );
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    let ir = |sandbox: &Sandbox| sandbox.aud(&["emit", "ir"]).fine().json()["audiences"].clone();
    let before = ir(&sandbox);
    for file in ["standard", "lifecycle", "commerce", "crm", "tests"] {
        std::fs::remove_file(sandbox.at(&format!("audiences/{file}.aud"))).unwrap();
    }
    sandbox
        .write("audiences/own.aud", "version 1\n\n# Ours stays.\naudience mine \"Mine\" {\n  match { everyone }\n}\n");
    // One by one, while what it nests is missing: refused, and nothing is written.
    let alone = sandbox.aud(&["adopt", "lapsed_spenders"]).code(1);
    assert!(alone.err.contains("employees") && !sandbox.at("audiences/adopted.aud").exists(), "{}", alone.err);
    let _ = sandbox.aud(&["adopt", "lapsed_spenders", "employees", "--file", "audiences/own.aud"]).fine();
    let own = sandbox.read("audiences/own.aud");
    assert!(
        own.starts_with("version 1\n\n# Ours stays.\naudience mine \"Mine\" {\n  match { everyone }\n}\n\n"),
        "{own}"
    );
    let all = sandbox.aud(&["adopt", "--all", "--json"]).fine().json();
    assert!(all["audiences"].as_array().unwrap().contains(&"winter".into()), "{all}");
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    let adopted = sandbox.read("audiences/adopted.aud");
    for kept in ["## Ask Ann.", "bought: ", "standard", "status inactive", "\"Season\""] {
        assert!(adopted.contains(kept), "{kept} in {adopted}");
    }
    assert!(own.contains("split winback_test") && own.contains("protect"), "{own}");
    let mut after = ir(&sandbox);
    after.as_object_mut().map(|all| all.remove("mine")).or_else(|| {
        after.as_array_mut().map(|all| {
            all.retain(|it| it["address"] != "mine");
            None
        })
    });
    assert_eq!(after, before);
    std::fs::write(
        sandbox.at("audiences/own.aud"),
        own.replace("audience mine \"Mine\" {\n  match { everyone }\n}\n\n", ""),
    )
    .unwrap();
    nothing_to_do(&sandbox);
}
