//! Processes that are killed at any moment: what they acknowledged is there, and the next run ends as if nothing had happened.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use aud::store::{compact, fold, open, verify};
use aud::system::OsSystem;
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::full::{batch, holds, say, twin};
use super::recent::append_to;
use super::support::describe;
use crate::support::{Sandbox, child, folder_of_child, kills, last_number};

fn random() -> Pcg64Mcg {
    Pcg64Mcg::seed_from_u64(u64::from(std::process::id()))
}

/// Kills a process at a random moment before it has run for so long, or a little later.
fn kill_at_random(mut started: Child, longest: Duration, random: &mut impl Rng) -> Vec<u8> {
    let patience = longest.mul_f64(random.random::<f64>() * 1.1);
    let begin = Instant::now();
    while begin.elapsed() < patience {
        std::thread::sleep(Duration::from_micros(200));
    }
    started.kill().unwrap();
    started.wait_with_output().unwrap().stdout
}

/// Whether a run left files that no manifest names: it was killed while it wrote.
fn left_something(folder: &Path) -> bool {
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap_or_default();
    let names = std::fs::read_dir(folder).into_iter().flatten();
    let mut names = names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.any(|name| name.ends_with(".partial") || (name.ends_with(".arrow") && !manifest.contains(&name)))
}

/// How many batches there are in a folder that nobody writes to.
fn stored(folder: &Path) -> u64 {
    open(&OsSystem, folder).unwrap().event_count()
}

/// Goes on from where the folder is, and after every so many batches puts them into files.
fn go_on(fold_after: u64) {
    let Some(folder) = folder_of_child() else { return };
    say("ready", 0);
    for number in stored(&folder).. {
        append_to(&OsSystem, &folder, &batch(number)).unwrap();
        say("acknowledged", number + 1);
        if fold_after > 0 && number % fold_after == 0 {
            let folded = if number % (3 * fold_after) == 0 { compact } else { fold };
            folded(&OsSystem, &folder).unwrap();
            say("folded", number + 1);
        }
    }
}

#[test]
#[ignore = "runs in a process that another test starts"]
fn child_appends() {
    go_on(0);
}

#[test]
#[ignore = "runs in a process that another test starts"]
fn child_appends_and_folds() {
    go_on(2);
}

/// Lets a child go on in a folder and kills it, again and again. Gives how many left files behind.
fn killed_again_and_again(test: &str, longest: Duration) -> u32 {
    let mut random = random();
    let mut folder = tempfile::tempdir().unwrap();
    let (mut left, mut acknowledged) = (0, 0);
    for round in 0..kills(20) {
        if round % 10 == 0 {
            folder = tempfile::tempdir().unwrap();
            acknowledged = 0;
        }
        let folder = folder.path();
        let said = kill_at_random(child(test, folder).spawn().unwrap(), longest, &mut random);
        acknowledged = last_number(&said, "acknowledged").unwrap_or(acknowledged);
        left += u32::from(left_something(folder));
        let there = stored(folder);
        assert!(there == acknowledged || there == acknowledged + 1, "round {round}: {there} of {acknowledged}");
        holds(folder, there);
        // A batch may be there whose acknowledgement nobody heard.
        acknowledged = there;
    }
    assert!(kills(20) % 10 == 1 || acknowledged > 0, "nothing was ever appended");
    left
}

#[test]
fn killed_appends_lose_nothing() {
    killed_again_and_again("store::killed::child_appends", Duration::from_millis(250));
}

#[test]
fn killed_folds_lose_nothing() {
    let left = killed_again_and_again("store::killed::child_appends_and_folds", Duration::from_millis(350));
    println!("{} kills, {left} of them left files behind", kills(20));
    assert!(kills(20) < 50 || left > 0, "no kill hit a fold that wrote");
}

fn import(sandbox: &Sandbox) -> Command {
    sandbox.command(&["import"])
}

/// Kills imports that make one folder of the other, which is what an uninterrupted import made.
fn imports_are_killed(before: &Sandbox) {
    let data = |sandbox: &Sandbox| sandbox.at(".aud/data");
    let seen = |sandbox: &Sandbox| describe(&open(&OsSystem, &data(sandbox)).unwrap());
    let whole = twin(before);
    let begin = Instant::now();
    assert!(import(&whole).status().unwrap().success());
    let longest = begin.elapsed();
    let (first, last) = (seen(before), seen(&whole));
    assert!(last != first);
    let mut random = random();
    let (mut left, mut done) = (0, 0);
    for round in 0..kills(20) {
        let sandbox = twin(before);
        kill_at_random(import(&sandbox).spawn().unwrap(), longest, &mut random);
        left += u32::from(left_something(&data(&sandbox)));
        let now = seen(&sandbox);
        assert!(now == first || now == last, "round {round}: neither the old store nor the new one");
        assert_eq!(verify(&OsSystem, &data(&sandbox)).unwrap().damages, []);
        done += u32::from(now == last);
        let _ = sandbox.aud(&["import"]).fine();
        assert!(seen(&sandbox) == last, "round {round}, then again");
        assert!(now == last || !left_something(&data(&sandbox)), "round {round}: it is cleared up");
    }
    println!("{} kills, {left} of them left files behind, {done} came too late", kills(20));
    assert!(kills(20) < 50 || left > 0, "no kill hit an import that wrote");
}

fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    let _ = sandbox.aud(&["demo", ".", "--users", "300", "--events", "3000", "--no-apply"]).fine();
    sandbox
}

#[test]
fn killed_first_imports_change_nothing() {
    imports_are_killed(&shop());
}

#[test]
fn killed_later_imports_change_nothing() {
    let sandbox = shop();
    let late = sandbox.at("data/app-events-1.csv.gz");
    let aside = sandbox.at("late");
    std::fs::rename(&late, &aside).unwrap();
    let _ = sandbox.aud(&["import"]).fine();
    std::fs::rename(&aside, &late).unwrap();
    imports_are_killed(&sandbox);
}
