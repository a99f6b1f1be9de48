//! Forgetting a person, as a person runs it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use crate::support::{Sandbox, copy, files_below};

const NOW: &str = "2026-03-01T12:00:00Z";
const AUDIENCE: &str = "lapsed_spenders";

fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "2000", "--events", "20000", "--now", NOW]).fine();
    sandbox
}

/// The MPID and the e-mail address of somebody in an audience.
fn somebody(sandbox: &Sandbox) -> (String, String) {
    let who = sandbox.aud(&["who", AUDIENCE, "--identities", "email", "--now", NOW]).fine().out;
    let found = who.lines().find_map(|line| line.split_once("\temail="));
    let (mpid, email) = found.unwrap();
    (mpid.to_owned(), email.to_owned())
}

/// Everything that names a person: identities, and the MPID as it is written and as eight bytes.
fn traces(sandbox: &Sandbox, mpid: &str) -> Vec<Vec<u8>> {
    let types = "email,customer_id,mobile_number,ios_advertising_id";
    let who = sandbox.aud(&["who", AUDIENCE, "--identities", types, "--now", NOW]).fine().out;
    let line = who.lines().find(|line| line.starts_with(&format!("{mpid}\t"))).unwrap();
    let values = line.split('\t').skip(1).map(|each| each.split_once('=').unwrap().1);
    let mut traces: Vec<Vec<u8>> = values.map(|value| value.as_bytes().to_vec()).collect();
    traces.push(mpid.as_bytes().to_vec());
    traces.push(mpid.parse::<i64>().unwrap().to_le_bytes().to_vec());
    traces
}

/// The files below `.aud`, hidden ones included, that hold any of some bytes.
fn holding(sandbox: &Sandbox, traces: &[Vec<u8>]) -> Vec<PathBuf> {
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        traces.iter().any(|trace| bytes.windows(trace.len()).any(|window| window == &trace[..]))
    };
    files_below(&sandbox.at(".aud")).into_iter().filter(|path| holds(path)).collect()
}

/// The delivered lines about somebody.
fn delivered(sandbox: &Sandbox, mpid: &str) -> Vec<Value> {
    let texts = files_below(&sandbox.at("delivered")).into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    let lines: Vec<String> = texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    let lines = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["mpid"] == mpid).collect()
}

#[test]
fn a_forgotten_person_leaves_everything_and_never_comes_back() {
    let sandbox = shop();
    let (mpid, email) = somebody(&sandbox);
    let (user, traces) = (format!("email:{email}"), traces(&sandbox, &mpid));
    assert!(traces.len() >= 4 && !holding(&sandbox, &traces).is_empty());
    let users = sandbox.aud(&["data", "stats", "--json"]).fine().json()["identities"].as_u64().unwrap();
    let added: Vec<_> = delivered(&sandbox, &mpid).into_iter().map(|line| line["audience"].clone()).collect();

    let asked = sandbox.aud(&["forget", &user]).code(1);
    assert!(asked.err.contains("--auto-approve"), "{}", asked.err);
    assert!(asked.out.contains("To be removed") && !asked.out.contains(&email), "{}", asked.out);
    assert!(!holding(&sandbox, &traces).is_empty(), "nothing happened");

    let done = sandbox.aud(&["forget", &user, "--auto-approve", "--json"]).fine();
    let report = done.json();
    assert!(!done.out.contains(&email) && !done.err.contains(&email));
    assert_eq!((&report["version"], &report["status"], &report["people"]), (&1.into(), &"forgotten".into(), &1.into()));
    assert!(report["found"]["events"].as_u64().unwrap() > 0 && report["deliveries"]["made"].as_u64().unwrap() > 0);
    assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0]);

    let lines = delivered(&sandbox, &mpid);
    let dropped: Vec<_> = lines.iter().filter(|line| line["action"] == "drop").collect();
    assert_eq!(dropped.len(), added.len(), "each output that had the person is told");
    for line in dropped {
        assert!(added.contains(&line["audience"]));
        let known = line["identities"].as_array().unwrap().iter().any(|each| each["value"] == *email);
        assert!(known, "{line}");
    }

    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
    let again = sandbox.aud(&["forget", &user, "--json"]).fine().json();
    assert_eq!(again["status"], "nothing_to_do");
    assert_eq!(
        sandbox.aud(&["forget", &mpid]).fine().out,
        sandbox.aud(&["forget", &user.to_uppercase().replace("EMAIL", "email")]).fine().out
    );
    let stranger = sandbox.aud(&["forget", "email:nobody@nowhere.example", "--auto-approve"]).code(1);
    assert!(stranger.err.contains("no user"), "{}", stranger.err);

    let rebuilt = sandbox.aud(&["import", "--rebuild", "--json"]).fine().json();
    let left_out: u64 =
        rebuilt["sources"].as_array().unwrap().iter().map(|each| each["forgotten"].as_u64().unwrap()).sum();
    assert!(left_out > 1, "{rebuilt}");
    assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0]);
    let now = sandbox.aud(&["data", "stats", "--json"]).fine().json()["identities"].as_u64().unwrap();
    assert!(now < users);
    let _ = sandbox.aud(&["explain", &user, AUDIENCE, "--now", NOW]).code(1);
    let _ = sandbox.aud(&["data", "verify"]).fine();
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}

#[test]
fn an_output_that_is_not_there_is_told_later() {
    let sandbox = shop();
    let (mpid, email) = somebody(&sandbox);
    let traces = traces(&sandbox, &mpid);
    // A file in place of the folder: nothing can be delivered.
    std::fs::rename(sandbox.at("delivered"), sandbox.at("away")).unwrap();
    std::fs::write(sandbox.at("delivered"), "").unwrap();
    let run = sandbox.aud(&["forget", &format!("email:{email}"), "--auto-approve"]).code(4);
    assert!(run.out.contains("still to be made") && !run.out.contains(&email), "{}", run.out);
    let left = holding(&sandbox, &traces);
    assert!(
        left.iter().all(|path| path.ends_with("state.db")) && !left.is_empty(),
        "only what is to be delivered: {left:?}"
    );
    std::fs::remove_file(sandbox.at("delivered")).unwrap();
    std::fs::rename(sandbox.at("away"), sandbox.at("delivered")).unwrap();
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();
    assert!(delivered(&sandbox, &mpid).iter().any(|line| line["action"] == "drop"));
    assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0]);
}

#[test]
fn nothing_is_planned_or_shown_while_somebody_is_half_forgotten() {
    use aud::state::{SqliteState as State, StateWriter as _};
    use aud::store::{forgetting, open, remember_to_forget};
    use aud::system::OsSystem;
    let sandbox = shop();
    let idle = sandbox.aud(&["forget"]).fine();
    assert!(idle.out.contains("Nothing to do"), "{}", idle.out);
    let (mpid, email) = somebody(&sandbox);
    let traces = traces(&sandbox, &mpid);
    let data = sandbox.at(".aud/data");
    let store = open(&OsSystem, &data).unwrap();
    let row = store.row(mpid.parse().unwrap()).unwrap();
    // A run that was killed after its first step.
    remember_to_forget(&OsSystem, &data, &store, &forgetting(&store, row).unwrap()).unwrap();
    let refused = sandbox.aud(&["plan", "--now", NOW]).code(1);
    assert!(refused.err.contains("aud forget") && !refused.err.contains(&email), "{}", refused.err);
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).code(1);
    for shows in [
        &["who", AUDIENCE, "--identities", "email", "--now", NOW] as &[&str],
        &["explain", &mpid, AUDIENCE, "--now", NOW],
        &["data", "export", "out"],
    ] {
        let refused = sandbox.aud(shows).code(1);
        assert!(
            refused.err.contains("aud forget") && refused.out.is_empty(),
            "{shows:?}: {} {}",
            refused.out,
            refused.err
        );
        assert!(!sandbox.at("out").exists());
    }
    // It died with the lock of the state in its hands.
    let lock = State::open(Arc::new(OsSystem), &sandbox.at(".aud/state.db")).unwrap().lock("aud forget").unwrap();
    let locked = sandbox.aud(&["forget"]).code(1);
    assert!(locked.err.contains(&format!("aud state unlock {lock}")), "{}", locked.err);
    assert!(locked.out.is_empty(), "nothing is finished: {}", locked.out);
    let _ = sandbox.aud(&["state", "unlock", &lock]).fine();
    let finished = sandbox.aud(&["forget", "--json"]).fine().json();
    assert_eq!((&finished["status"], &finished["people"]), (&"finished".into(), &1.into()));
    assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0]);
    assert!(delivered(&sandbox, &mpid).iter().any(|line| line["action"] == "drop"));
    let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
}

#[test]
fn who_is_only_deployed_is_forgotten_by_mpid() {
    let sandbox = shop();
    let (mpid, email) = somebody(&sandbox);
    let traces = traces(&sandbox, &mpid);
    std::fs::remove_dir_all(sandbox.at(".aud/data")).unwrap();
    let _ = sandbox.aud(&["forget", &format!("email:{email}"), "--auto-approve"]).code(1);
    let _ = sandbox.aud(&["forget", &mpid, "--auto-approve"]).fine();
    assert!(delivered(&sandbox, &mpid).iter().any(|line| line["action"] == "drop"));
    assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0]);
}

#[test]
fn killed_runs_are_finished_by_the_next_one() {
    let kills: u32 = std::env::var("AUD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(12);
    let base = shop();
    let (mpid, email) = somebody(&base);
    let (user, traces) = (format!("email:{email}"), traces(&base, &mpid));
    let forget = ["forget", &user, "--auto-approve"];
    let twin = || {
        let twin = Sandbox::empty();
        copy(base.path(), twin.path());
        twin
    };
    let whole = twin();
    let started = Instant::now();
    let _ = whole.aud(&forget).fine();
    let longest = started.elapsed();
    let drops = |sandbox: &Sandbox| -> std::collections::BTreeSet<String> {
        let lines = delivered(sandbox, &mpid).into_iter().filter(|line| line["action"] == "drop");
        lines.map(|line| line["audience"].to_string()).collect()
    };
    let mut random = Pcg64Mcg::seed_from_u64(u64::from(std::process::id()));
    for round in 0..kills {
        let sandbox = twin();
        let mut child = sandbox.start(&forget);
        let patience = longest.mul_f64(random.random::<f64>() * 1.1);
        let started = Instant::now();
        while started.elapsed() < patience {
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let next = sandbox.aud(&forget);
        if next.code != Some(0) {
            assert!(!next.out.contains("finished now"), "{round}: {}", next.out);
            let (_, lock) = next.err.split_once("aud state unlock ").unwrap_or_else(|| panic!("{round}: {}", next.err));
            let lock: String = lock.chars().take_while(char::is_ascii_alphanumeric).collect();
            let _ = sandbox.aud(&["state", "unlock", &lock]).fine();
            let _ = sandbox.aud(&forget).fine();
        }
        assert_eq!(holding(&sandbox, &traces), [] as [PathBuf; 0], "round {round}");
        assert_eq!(drops(&sandbox), drops(&whole), "round {round}");
        let _ = sandbox.aud(&["data", "verify"]).fine();
        let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
    }
}
