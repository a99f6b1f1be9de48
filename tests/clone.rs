//! Copies of audiences in the words of the originals, adoptions of a whole project, and splits that came out far off.

use aud::base::Mpid;
use aud::estimate::sample_ratio;
use aud::members::bucket;

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

#[test]
fn what_others_miss_is_adopted_and_nothing_beside_it() {
    let sandbox = shop();
    // Its audiences are nested and tested elsewhere, so that the definitions have errors until they are back.
    std::fs::remove_file(sandbox.at("audiences/lifecycle.aud")).unwrap();
    let _ = sandbox.aud(&["check"]).code(1);
    let twice = sandbox.aud(&["adopt", "parisians"]).code(1);
    assert!(twice.err.contains("`parisians` is written already"), "{}", twice.err);
    let adopted = sandbox.aud(&["adopt", "--all", "--json"]).fine().json();
    assert!(adopted["audiences"].as_array().unwrap().contains(&"employees".into()), "{adopted}");
    assert!(!adopted["audiences"].as_array().unwrap().contains(&"parisians".into()), "{adopted}");
    nothing_to_do(&sandbox);
    // A file that cannot be read may hold anything.
    sandbox.write("audiences/crm.aud", "version 1\n\naudience {");
    assert!(sandbox.aud(&["adopt", "--all"]).code(1).err.contains("crm.aud cannot be read"));
}

#[test]
fn a_split_that_is_far_off_is_told_beside_the_plan() {
    let sandbox = shop();
    let people = sandbox.aud(&["who", "parisians", "--now", NOW]).fine().out;
    let mpids: Vec<Mpid> = people
        .lines()
        .map(|line| match serde_json::from_str::<serde_json::Value>(line) {
            Ok(serde_json::Value::Object(person)) => Mpid(person["mpid"].as_str().unwrap().parse().unwrap()),
            _ => Mpid(line.trim().parse().unwrap()),
        })
        .collect();
    let far_off = |salt: &String| {
        let half = mpids.iter().filter(|mpid| bucket(salt, **mpid) < 50).count() as u64;
        sample_ratio(&[50, 50], &[half, mpids.len() as u64 - half]).unwrap() < 0.001
    };
    let salt = (0..100_000).map(|number| format!("salt {number}")).find(far_off).unwrap();
    let path = "audiences/crm.aud";
    let split = format!(
        "  split fair {{\n    salt \"{salt}\"\n    variant a \"A\" 50%\n  }}\n\n  connect ads_file {{\n    variant a\n  }}\n"
    );
    let text = sandbox.read(path);
    let (before, rest) = text.split_once("audience parisians ").unwrap();
    sandbox.write(path, &format!("{before}audience parisians {}", rest.replacen("  connect ads_file\n", &split, 1)));
    let planned = sandbox.aud(&["plan", "--now", NOW]).fine();
    assert!(planned.err.contains("warning: the split `fair` of `parisians` came out as a "), "{}", planned.err);
    assert!(planned.err.contains("where a 50% · control 50% was asked for (chance 1 in "), "{}", planned.err);
    let hidden = sandbox.aud(&["plan", "--suppress-below", "10", "--now", NOW]).fine();
    assert!(hidden.err.contains("`parisians` came out far from a 50%"), "{}", hidden.err);
    let applied = sandbox.aud(&["apply", "--auto-approve", "--suppress-below", "10", "--json", "--now", NOW]).fine();
    assert!(applied.err.contains("came out far from"), "{}", applied.err);
    assert_eq!(applied.json()["people"]["entered"], "withheld");
    assert!(!sandbox.aud(&["plan", "--now", NOW]).fine().err.contains("warning: the split"));
}
