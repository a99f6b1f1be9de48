//! The commands, run as a person runs them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::support::{Run, Sandbox};

const NOW: &str = "2026-03-01T12:00:00Z";

/// A small shop with imported data, its example audiences applied.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "2000", "--events", "20000", "--now", NOW]).fine();
    sandbox
}

fn plan(sandbox: &Sandbox) -> serde_json::Value {
    sandbox.aud(&["plan", "--json", "--now", NOW]).fine().json()
}

fn change<'a>(plan: &'a serde_json::Value, address: &str) -> &'a serde_json::Value {
    let changes = plan["changes"].as_array().unwrap();
    changes.iter().find(|change| change["address"] == address).unwrap_or_else(|| panic!("{address} in {plan}"))
}

fn ids(sandbox: &Sandbox) -> BTreeMap<String, u64> {
    let list = sandbox.aud(&["list", "--json"]).fine().json();
    let deployed = |row: &serde_json::Value| Some((row["address"].as_str()?.to_owned(), row["id"].as_u64()?));
    list["audiences"].as_array().unwrap().iter().filter_map(deployed).collect()
}

/// How many lines of each action the delivered files hold.
fn delivered_lines(sandbox: &Sandbox) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    let mut folders = vec![sandbox.at("delivered")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                *lines.entry(line["action"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    lines
}

fn who(sandbox: &Sandbox, audience: &str) -> Vec<String> {
    sandbox.aud(&["who", audience, "--now", NOW]).fine().out.lines().map(str::to_owned).collect()
}

#[test]
fn an_edit_does_exactly_what_its_plan_says() {
    let sandbox = shop();
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
    let before: Vec<_> = who(&sandbox, "lapsed_spenders");
    let lines_before = delivered_lines(&sandbox);

    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).code(2);
    let planned = plan(&sandbox);
    let after = who(&sandbox, "lapsed_spenders");
    let people = &change(&planned, "lapsed_spenders")["people"];
    let adds = after.iter().filter(|mpid| !before.contains(mpid)).count();
    let drops = before.iter().filter(|mpid| !after.contains(mpid)).count();
    assert!(adds > 0, "the edit lets people in");
    assert_eq!((&people["adds"], &people["drops"]), (&adds.into(), &drops.into()));
    assert_eq!((&people["before"], &people["after"]), (&before.len().into(), &after.len().into()));

    let promised = |action: &str| -> u64 {
        let connections = change(&planned, "lapsed_spenders")["connections"].as_array().unwrap();
        connections.iter().map(|connection| connection[action].as_u64().unwrap()).sum()
    };
    let applied = sandbox.aud(&["apply", "--auto-approve", "--json", "--now", NOW]).fine().json();
    assert_eq!((&applied["people"]["entered"], &applied["people"]["left"]), (&adds.into(), &drops.into()), "{applied}");
    let lines = delivered_lines(&sandbox);
    let grown = |action: &str| (lines.get(action).unwrap_or(&0) - lines_before.get(action).unwrap_or(&0)) as u64;
    assert_eq!((grown("add"), grown("drop")), (promised("adds"), promised("drops")));
    let second = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
    assert!(second.out.contains("Nothing to do"), "{}", second.out);
}

#[test]
fn time_alone_makes_people_enter_and_leave() {
    let sandbox = shop();
    let later = sandbox.aud(&["plan", "--json", "--now", "2026-03-06T12:00:00Z"]).fine().json();
    let newcomers = change(&later, "newcomers");
    assert_eq!(newcomers["action"], "refresh");
    assert!(newcomers["people"]["drops"].as_u64().unwrap() > 0);
}

#[test]
fn a_rename_keeps_id_and_members() {
    let sandbox = shop();
    let id = ids(&sandbox)["parisians"];
    let lines = delivered_lines(&sandbox);
    sandbox.edit("audiences/crm.aud", "audience parisians \"Parisians\"", "audience paris \"Parisians\"");
    sandbox.edit("audiences/crm.aud", "version 1\n", "version 1\n\nmoved parisians to paris\n");
    let planned = plan(&sandbox);
    let renamed = change(&planned, "paris");
    assert_eq!(renamed["renamed_from"], "parisians");
    assert_eq!((&renamed["people"]["adds"], &renamed["people"]["drops"]), (&0.into(), &0.into()));
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    assert_eq!(ids(&sandbox)["paris"], id);
    assert!(!ids(&sandbox).contains_key("parisians"));
    assert_eq!(delivered_lines(&sandbox), lines);
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}

#[test]
fn a_nested_audience_cannot_go() {
    let sandbox = shop();
    let text = sandbox.read("audiences/lifecycle.aud");
    let (before, rest) = text.split_once("## People who work here").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    sandbox.write("audiences/lifecycle.aud", &format!("{before}{after}"));
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let refused = sandbox.aud(command).code(1);
        assert!(refused.err.contains("`employees`") && refused.err.contains("lapsed_spenders"), "{}", refused.err);
        assert!(refused.err.contains("deployed"), "{}", refused.err);
    }
    assert!(ids(&sandbox).contains_key("employees"));
}

#[test]
fn a_protected_audience_cannot_go() {
    let sandbox = shop();
    let text = sandbox.read("audiences/lifecycle.aud");
    let (before, rest) = text.split_once("## Good customers who").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    sandbox.write("audiences/lifecycle.aud", &format!("{before}{after}"));
    sandbox.write("audiences/tests.aud", "version 1\n");
    let refused = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).code(1);
    assert!(refused.err.contains("lapsed_spenders") && refused.err.contains("protect"), "{}", refused.err);
}

#[test]
fn a_saved_plan_is_applied_as_it_is_or_not_at_all() {
    let sandbox = shop();
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    let _ = sandbox.aud(&["plan", "-o", "my.audplan", "--now", NOW]).fine();

    sandbox.edit("audiences/lifecycle.aud", "> 100", "> 200");
    let stale = sandbox.aud(&["apply", "my.audplan"]).code(1);
    assert!(stale.err.contains("definitions"), "{}", stale.err);

    sandbox.edit("audiences/lifecycle.aud", "> 200", "> 100");
    let _ = sandbox.aud(&["apply", "my.audplan"]).fine();
    let again = sandbox.aud(&["apply", "my.audplan"]).code(1);
    assert!(again.err.contains("serial"), "{}", again.err);
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();

    let text = sandbox.read("my.audplan");
    sandbox.write("my.audplan", &text[..text.len() / 2]);
    let broken = sandbox.aud(&["apply", "my.audplan"]).code(1);
    assert!(broken.err.contains("my.audplan"), "{}", broken.err);
}

#[test]
fn a_target_limits_the_plan() {
    let sandbox = Sandbox::empty();
    let size = ["--users", "500", "--events", "5000"];
    let _ = sandbox.aud(&[&["demo", ".", "--no-apply", "--now", NOW], &size[..]].concat()).fine();
    let _ = sandbox.aud(&["import"]).fine();
    let _ = sandbox.aud(&["apply", "--auto-approve", "--target", "dach", "--now", NOW]).fine();
    assert_eq!(ids(&sandbox).len(), 1);
    let unknown = sandbox.aud(&["plan", "--target", "dahc", "--now", NOW]).code(1);
    assert!(unknown.err.contains("dahc") && unknown.err.contains("dach"), "{}", unknown.err);
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let sandbox = shop();
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    let refused = sandbox.aud(&["apply", "--now", NOW]).code(1);
    assert!(refused.err.contains("--auto-approve"), "{}", refused.err);
}

#[test]
fn lists_take_audiences_with_all_the_tags() {
    let sandbox = shop();
    let addresses = |args: &[&str]| -> Vec<String> {
        let list = sandbox.aud(&[&["list", "--json"], args].concat()).fine().json();
        let rows = list["audiences"].as_array().unwrap().iter();
        rows.map(|row| row["address"].as_str().unwrap().to_owned()).collect()
    };
    assert!(addresses(&[]).len() >= 15);
    assert_eq!(addresses(&["--tag", "Lifecycle", "--tag", "LTV"]), ["lapsed_spenders"]);
    assert_eq!(addresses(&["--status", "draft"]), ["old_app"]);
    let table = sandbox.aud(&["list"]).fine().out;
    for column in ["Size", "Adds", "Drops", "Volatility", "outputs", "Tags", "updated", "Created", "Access", "Status"] {
        assert!(table.contains(column), "{column} in\n{table}");
    }
    let shown = sandbox.aud(&["show", "lapsed_spenders"]).fine().out;
    assert!(
        shown.contains("Lapsed spenders") && shown.contains("winback_test") && shown.contains("push_file"),
        "{shown}"
    );
    let wrong = sandbox.aud(&["show", "lapsed_spender"]).code(1);
    assert!(wrong.err.contains("did you mean `lapsed_spenders`?"), "{}", wrong.err);
}

#[test]
fn nothing_personal_is_printed_unless_asked_for() {
    let sandbox = shop();
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    let commands: [&[&str]; 7] = [
        &["check"],
        &["plan", "--verbose", "--now", NOW],
        &["plan", "--json", "--now", NOW],
        &["who", "lapsed_spenders", "--now", NOW],
        &["show", "lapsed_spenders"],
        &["list", "--json"],
        &["apply", "--auto-approve", "--json", "--now", NOW],
    ];
    for command in commands {
        let run = sandbox.aud(command).fine();
        assert!(!run.out.contains("mail.example") && !run.err.contains("mail.example"), "{command:?}");
    }
    let asked = sandbox.aud(&["who", "lapsed_spenders", "--identities", "email", "--now", NOW]).fine();
    assert!(asked.out.contains("mail.example"));
}

#[test]
fn a_new_project_checks_and_is_never_overwritten() {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["init"]).fine();
    let _ = sandbox.aud(&["check"]).fine();
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    let again = sandbox.aud(&["init"]).code(1);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let outside = Sandbox::empty().aud(&["check"]).code(1);
    assert!(outside.err.contains("no aud.yaml"), "{}", outside.err);
}

#[test]
fn the_example_project_is_canonical_and_clean() {
    let sandbox = Sandbox::copy_of("audiences");
    let checked = sandbox.aud(&["check"]).fine();
    assert!(checked.out.contains("nothing wrong"), "{}", checked.out);
    let _ = sandbox.aud(&["fmt", "--check"]).fine();
    let retail = Sandbox::copy_of("tests/retail");
    let _ = retail.aud(&["check"]).fine();
    let _ = retail.aud(&["fmt", "--check"]).fine();
}

const UNTIDY: &str = "version 1\n# Kept.\naudience a{match{everyone}}\n";
const TIDY: &str = "version 1\n\n# Kept.\naudience a { match { everyone } }\n";

#[test]
fn formatting_shows_its_difference_and_writes_nothing() {
    let sandbox = Sandbox::empty();
    sandbox.write("a.aud", UNTIDY);
    sandbox.write("b.aud", TIDY);
    let shown = sandbox.aud(&["fmt", "--diff", "a.aud", "b.aud"]).code(1);
    let expected = "--- a/a.aud\n+++ b/a.aud\n@@ -1,3 +1,4 @@\n version 1\n+\n # Kept.\n-audience a{match{everyone}}\n\
                    +audience a { match { everyone } }\n";
    assert_eq!(shown.out, expected);
    assert_eq!(sandbox.read("a.aud"), UNTIDY);
    assert_eq!(sandbox.aud(&["fmt", "--diff", "b.aud"]).fine().out, "");
    let _ = sandbox.aud(&["fmt", "--check", "a.aud"]).code(1);
    assert_eq!(sandbox.read("a.aud"), UNTIDY);
    let _ = sandbox.aud(&["fmt", "a.aud"]).fine();
    assert_eq!(sandbox.read("a.aud"), TIDY);
}

/// Runs the program with a text on standard input.
fn with_input(args: &[&str], text: &[u8]) -> Run {
    let mut command = Sandbox::empty().command(args);
    let pipe = std::process::Stdio::piped;
    let mut child = command.current_dir("/").stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), text).unwrap();
    Run::of(child.wait_with_output().unwrap())
}

#[test]
fn standard_input_is_formatted_to_standard_output() {
    assert_eq!(with_input(&["fmt", "-"], UNTIDY.as_bytes()).fine().out, TIDY);
    assert_eq!(with_input(&["fmt", "-", "--check"], UNTIDY.as_bytes()).code(1).out, "");
    assert_eq!(with_input(&["fmt", "-", "--check"], TIDY.as_bytes()).fine().out, "");
    let shown = with_input(&["fmt", "-", "--diff"], UNTIDY.as_bytes()).code(1);
    assert!(shown.out.contains("\n+audience a { match { everyone } }\n"), "{}", shown.out);
    assert_eq!(with_input(&["fmt", "-", "--diff"], TIDY.as_bytes()).fine().out, "");
    let broken = with_input(&["fmt", "-"], b"version 1\naudience a {").code(1);
    assert_eq!(broken.out, "");
    assert!(broken.err.contains("AUD0105") && broken.err.contains("standard input"), "{}", broken.err);
    let binary = with_input(&["fmt", "-"], b"version 1\n\xff").code(1);
    assert!(binary.err.contains("UTF-8"), "{}", binary.err);
}

#[test]
fn wrong_usage_is_an_error_and_help_is_not() {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["plan", "--no-such-flag"]).code(1);
    let _ = sandbox.aud(&["frobnicate"]).code(1);
    let help = sandbox.aud(&["--help"]).fine();
    assert!(help.out.contains("Exit codes"));
}

/// A running `watch`, with its words as they come.
struct Watch {
    child: Child,
    results: Receiver<String>,
    remarks: Receiver<String>,
}

impl Watch {
    fn start(sandbox: &Sandbox) -> Self {
        let mut child = sandbox.start(&["watch", "--now", NOW]);
        let results = lines(child.stdout.take().unwrap());
        let remarks = lines(child.stderr.take().unwrap());
        Self { child, results, remarks }
    }

    /// Reads results until a line holds the text.
    fn shows(&self, text: &str) {
        until(&self.results, text);
    }

    /// Waits for the next time that nothing is left to do.
    fn rests(&self) {
        until(&self.remarks, "watching for changes");
    }
}

/// The lines of a stream as they come.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // The test has seen enough when it has stopped listening.
            let _ = sender.send(line);
        }
    });
    lines
}

fn until(lines: &Receiver<String>, text: &str) {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("no {text:?} came"));
        if line.contains(text) {
            return;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn watch_plans_at_every_save_and_outlives_bad_files() {
    let sandbox = shop();
    let watch = Watch::start(&sandbox);
    watch.rests();
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 100");
    watch.shows("lapsed_spenders");
    watch.rests();
    sandbox.edit("audiences/lifecycle.aud", "> 100", "> > 100");
    watch.shows("AUD01");
    watch.rests();
    std::fs::write(sandbox.at("audiences/bytes.aud"), [0xff, 0xfe, 0x00]).unwrap();
    watch.shows("bytes.aud");
    watch.rests();
    // It holds no lock, so an apply goes through beside it.
    std::fs::remove_file(sandbox.at("audiences/bytes.aud")).unwrap();
    sandbox.edit("audiences/lifecycle.aud", "> > 100", "> 100");
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    sandbox.edit("audiences/lifecycle.aud", "> 100", "> 101");
    watch.shows("lapsed_spenders");
}

#[test]
fn a_plan_is_never_saved_over_something_else() {
    let sandbox = shop();
    let before = sandbox.read("aud.yaml");
    let refused = sandbox.aud(&["plan", "-o", "aud.yaml", "--now", NOW]).code(1);
    assert!(refused.err.contains("not a saved plan"), "{}", refused.err);
    assert_eq!(sandbox.read("aud.yaml"), before);
    let _ = sandbox.aud(&["plan", "-o", "my.audplan", "--now", NOW]).fine();
    let _ = sandbox.aud(&["plan", "-o", "my.audplan", "--now", NOW]).fine();
}

#[test]
fn lost_data_empties_no_audience() {
    let sandbox = shop();
    std::fs::remove_dir_all(sandbox.at(".aud/data")).unwrap();
    for command in [&["plan", "--now", NOW][..], &["apply", "--auto-approve", "--now", NOW]] {
        let refused = sandbox.aud(command).code(1);
        assert!(refused.err.contains("no data") && refused.err.contains("aud import"), "{}", refused.err);
    }
    let _ = sandbox.aud(&["import"]).fine();
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}

#[test]
fn an_open_quote_stops_an_import() {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["init"]).fine();
    let source = "data:\n  sources:\n    - { name: people, input: crm, files: people.csv, format: csv, \
                  user: { customer_id: id }, user_attributes: { plan: plan } }\n";
    sandbox.write("aud.yaml", &(sandbox.read("aud.yaml") + source));
    let rows: String = (0..3000).map(|row| format!("c{row},free\n")).collect();
    sandbox.write("people.csv", &format!("id,plan\n{rows}"));
    let _ = sandbox.aud(&["import"]).fine();
    sandbox.write("people.csv", &format!("id,plan\nc1,\"open\n{rows}"));
    let refused = sandbox.aud(&["import"]).code(1);
    assert!(refused.err.contains("quote") && refused.err.contains("line 2"), "{}", refused.err);
}

#[test]
fn an_import_keeps_what_it_leaves_out_and_says_where() {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["init"]).fine();
    let source = "data:\n  sources:\n    - { name: app, input: crm, files: app.ndjson, format: mparticle }\n";
    sandbox.write("aud.yaml", &(sandbox.read("aud.yaml") + source));
    sandbox.write("app.ndjson", "{\"mpid\":1,\"user_attributes\":{\"email\":\"secret\"}}\n{\"mpid\":\"secret\"}\n");
    let refused = sandbox.aud(&["import", "--max-bad", "9"]).code(1);
    assert!(
        refused.err.contains(".aud/data/rejected/app-1.ndjson") && !refused.err.contains("secret"),
        "{}",
        refused.err
    );
    assert!(sandbox.read(".aud/data/rejected/app-1.ndjson").contains("secret"));
    let report: serde_json::Value = serde_json::from_str(&sandbox.aud(&["import", "--json"]).fine().out).unwrap();
    let source = &report["sources"][0];
    assert_eq!((&source["bad_rows"], &source["rejected"]), (&1.into(), &".aud/data/rejected/app-2.ndjson".into()));
    assert_eq!(source["bad"]["an MPID that is no whole number of 64 bits"], 1);
}

#[test]
fn diagnostics_in_endless_lines_are_drawn_in_part() {
    let sandbox = Sandbox::copy_of("audiences");
    let line = "everyone and ".repeat(8000);
    sandbox.write("audiences/x.aud", &format!("version 1\n\naudience x {{ match {{ {line}junk }} }}\n"));
    let checked = sandbox.aud(&["check"]).code(1);
    assert!(checked.out.contains("junk") && checked.out.len() < 4000, "{} bytes", checked.out.len());
    let many = (0..3000).map(|value| format!("user \"plan\" is \"a{value}\"")).collect::<Vec<_>>().join(" or ");
    sandbox.write("audiences/x.aud", &format!("version 1\n\naudience x {{ match {{ {many} }} }}\n"));
    let checked = sandbox.aud(&["check"]).code(1);
    assert!(checked.out.contains("2800 more") && checked.out.len() < 400_000, "{} bytes", checked.out.len());
}

/// A project that reads what another one exported has the same members everywhere.
#[test]
fn an_export_is_read_back_to_the_same_answers() {
    let sandbox = shop();
    let exported = sandbox.aud(&["data", "export", "out", "--json"]).fine().json();
    assert_eq!((&exported["version"], &exported["users"]), (&1.into(), &2000.into()));
    let again = sandbox.aud(&["data", "export", "out"]).code(1);
    assert!(again.err.contains("not empty"), "{}", again.err);

    let twin = Sandbox::copy_of("audiences");
    let (head, rest) = twin.read("aud.yaml").split_once("data:\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let tail = &rest[rest.find("\nretention:").unwrap()..];
    let sources: String = sandbox.read("out/sources.yaml").lines().map(|line| format!("  {line}\n")).collect();
    twin.write(
        "aud.yaml",
        &format!("{head}data:\n{}{tail}", sources.replace("\"out/", &format!("\"{}/", sandbox.at("out").display()))),
    );
    let _ = twin.aud(&["import", "--max-bad", "0"]).fine();
    for audience in ids(&sandbox).into_keys().filter(|audience| audience != "old_app") {
        let command = ["who", &audience, "--identities", "email,customer_id", "--now", NOW];
        assert_eq!(twin.aud(&command).fine().out, sandbox.aud(&command).fine().out, "{audience}");
    }
    let stats = |sandbox: &Sandbox| {
        let stats = sandbox.aud(&["data", "stats", "--json"]).fine().json();
        let event =
            |event: &serde_json::Value| ["event", "rows", "texts", "first", "last"].map(|key| event[key].clone());
        let events: Vec<_> = stats["events"].as_array().unwrap().iter().map(event).collect();
        (stats["users"].clone(), stats["identities"].clone(), events)
    };
    assert_eq!(stats(&twin), stats(&sandbox));
    let schema = |sandbox: &Sandbox| -> Vec<String> {
        let schema = sandbox.aud(&["schema"]).fine().out;
        schema.lines().map(|line| line.split("  ").filter(|part| !part.trim().is_empty()).take(2).collect()).collect()
    };
    assert_eq!(schema(&twin), schema(&sandbox));
}
