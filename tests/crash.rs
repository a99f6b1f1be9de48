//! Runs that die, and runs at the same time: the state and the delivered files come out as if nothing had happened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::support::{Run, Sandbox, copy};

const NOW: &str = "2026-03-01T12:00:00Z";
const EDITED_NOW: &str = "2026-03-03T12:00:00Z";

/// A small shop with imported data, nothing applied.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let size = ["--users", "1500", "--events", "15000"];
    let _ = sandbox.aud(&[&["demo", ".", "--no-apply", "--now", NOW], &size[..]].concat()).fine();
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

fn twin(of: &Sandbox) -> Sandbox {
    let twin = Sandbox::empty();
    copy(of.path(), twin.path());
    twin
}

/// An edit that makes people enter and leave, and an audience go.
fn edit(sandbox: &Sandbox) {
    sandbox.edit("audiences/lifecycle.aud", "> 500", "> 400");
    sandbox.edit("audiences/commerce.aud", "at least 3 times", "at least 2 times");
    let crm = sandbox.read("audiences/crm.aud");
    let (before, rest) = crm.split_once("audience dach").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    sandbox.write("audiences/crm.aud", &format!("{before}{after}"));
}

fn apply(now: &str) -> [&str; 4] {
    ["apply", "--auto-approve", "--now", now]
}

/// Every delivered file by path, without the times at which it was made. Hidden files count.
fn delivered(sandbox: &Sandbox) -> BTreeMap<PathBuf, Vec<serde_json::Value>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![sandbox.at("delivered")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let lines = std::fs::read_to_string(&path).unwrap();
            let lines = lines.lines().map(|line| {
                let mut line: serde_json::Value = serde_json::from_str(line).expect("whole lines only");
                line.as_object_mut().unwrap().remove("at");
                line
            });
            files.insert(path.strip_prefix(sandbox.path()).unwrap().to_owned(), lines.collect());
        }
    }
    files
}

/// Files of each connection are numbered from 1 without gaps, and every line carries its file's number.
fn check_sequences(files: &BTreeMap<PathBuf, Vec<serde_json::Value>>) {
    let mut by_folder: BTreeMap<&Path, Vec<u64>> = BTreeMap::new();
    for (path, lines) in files {
        let number: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap_or_else(|_| panic!("{path:?}"));
        assert!(!lines.is_empty() && lines.iter().all(|line| line["sequence"] == number), "{path:?}");
        by_folder.entry(path.parent().unwrap()).or_default().push(number);
    }
    for (folder, mut numbers) in by_folder {
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "{folder:?}");
    }
}

/// What `list` says of sizes and revisions.
fn listed(sandbox: &Sandbox) -> Vec<(String, serde_json::Value, serde_json::Value)> {
    let list = sandbox.aud(&["list", "--json"]).fine().json();
    let row = |row: &serde_json::Value| (row["address"].to_string(), row["size"].clone(), row["outputs"].clone());
    list["audiences"].as_array().unwrap().iter().map(row).collect()
}

/// The id of a lock in a message.
fn lock_id(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("aud state unlock ")?;
    Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect())
}

/// Applies until it works, taking a dead run's lock away where there is one. Whether there was one.
fn recover(sandbox: &Sandbox, now: &str) -> bool {
    let first = sandbox.aud(&apply(now));
    if first.code == Some(0) {
        return false;
    }
    let lock = lock_id(&first.err).unwrap_or_else(|| panic!("{}", first.err));
    assert!(first.err.contains("locked by") && first.err.contains("is gone"), "{}", first.err);
    let _ = sandbox.aud(&["state", "unlock", &lock]).fine();
    let _ = sandbox.aud(&apply(now)).fine();
    true
}

fn kill_at_random(sandbox: &Sandbox, now: &str, longest: Duration, random: &mut impl Rng) {
    let mut child = sandbox.start(&apply(now));
    let patience = longest.mul_f64(random.random::<f64>() * 1.1);
    let started = Instant::now();
    while started.elapsed() < patience {
        std::thread::sleep(Duration::from_micros(200));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_applies_end_as_uninterrupted_ones() {
    let kills: u32 = std::env::var("AUD_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(50);
    let base = shop();
    let whole = twin(&base);
    let started = Instant::now();
    let _ = whole.aud(&apply(NOW)).fine();
    let longest = started.elapsed();
    let once = twin(&whole);
    edit(&whole);
    let _ = whole.aud(&apply(EDITED_NOW)).fine();
    let (after_once, after_edit) = (delivered(&once), delivered(&whole));
    assert!(after_once.len() > 5 && after_edit.len() > after_once.len());

    let mut random = Pcg64Mcg::seed_from_u64(u64::from(std::process::id()));
    let mut locks_left = 0;
    for round in 0..kills {
        let first = round % 2 == 0;
        let sandbox = twin(if first { &base } else { &once });
        let now = if first { NOW } else { EDITED_NOW };
        if !first {
            edit(&sandbox);
        }
        kill_at_random(&sandbox, now, longest, &mut random);
        locks_left += u32::from(recover(&sandbox, now));
        let files = delivered(&sandbox);
        check_sequences(&files);
        assert_eq!(files, if first { after_once.clone() } else { after_edit.clone() }, "round {round}");
        assert_eq!(listed(&sandbox), listed(if first { &once } else { &whole }), "round {round}");
        let _ = sandbox.aud(&["plan", "--detailed-exitcode", "--now", now]).fine();
    }
    println!("{kills} kills, {locks_left} of them left a lock behind");
    assert!(kills < 50 || locks_left > 0, "no kill hit a run that held the lock");
}

#[test]
fn two_applies_at_once_never_tear_the_state() {
    let base = shop();
    let whole = twin(&base);
    let _ = whole.aud(&apply(NOW)).fine();
    for _ in 0..4 {
        let sandbox = twin(&base);
        let both = [sandbox.start(&apply(NOW)), sandbox.start(&apply(NOW))];
        let runs = both.map(|child| Run::of(child.wait_with_output().unwrap()));
        assert!(runs.iter().any(|run| run.code == Some(0)), "{}{}", runs[0].err, runs[1].err);
        for run in &runs {
            let told = run.err.contains("locked by") && run.err.contains("since")
                || run.err.contains("the state changed meanwhile")
                || run.err.contains("serial");
            assert!(run.code == Some(0) || told, "{:?} {}", run.code, run.err);
        }
        let _ = sandbox.aud(&apply(NOW)).fine();
        let files = delivered(&sandbox);
        check_sequences(&files);
        assert_eq!(files, delivered(&whole));
        assert_eq!(listed(&sandbox), listed(&whole));
    }
}

#[test]
fn the_same_data_imported_elsewhere_delivers_nothing() {
    let here = shop();
    let _ = here.aud(&apply(NOW)).fine();
    let before = delivered(&here);

    let there = twin(&here);
    std::fs::remove_dir_all(there.at(".aud")).unwrap();
    // Other names change the order in which the files are read, and so the numbers of the rows.
    std::fs::rename(there.at("data/app-events-1.csv.gz"), there.at("data/app-events-9.csv.gz")).unwrap();
    let state = here.at(".aud/state.db");
    let shared = format!("\nstate: {{ backend: sqlite, path: {} }}\n", state.display());
    there.write("aud.yaml", &(there.read("aud.yaml") + &shared));
    let _ = there.aud(&["import"]).fine();
    let _ = there.aud(&["plan", "--detailed-exitcode", "--now", NOW]).fine();
    let applied = there.aud(&[&apply(NOW)[..], &["--json"]].concat()).fine().json();
    assert_eq!((&applied["people"]["entered"], &applied["people"]["left"]), (&0.into(), &0.into()), "{applied}");
    assert_eq!(delivered(&there), before);
}
