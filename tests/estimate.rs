//! How often intervals hold the truth, on the data of the workload, and estimates at the command line.

use std::path::{Path, PathBuf};

use aud::estimate::{FEWEST_HITS, Frame, Size};
use aud::eval::{Stored, evaluate};
use aud::store::open;
use aud::system::OsSystem;
use aud::workload::Workload;
use serde_json::Value;

use crate::support::Sandbox;

/// Audiences of the workload of size S under samples of several sizes and seeds: in 93 to 97 of 100 cases the interval holds the true size;
/// where too few hit, the upper bound does in at least 95 of 100.
#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    let Some(folder) = std::env::var_os("AUD_BENCH").map(PathBuf::from) else {
        println!("skipped: AUD_BENCH names no folder of the workload");
        return;
    };
    let sandbox = Sandbox::empty();
    let (folder, place) = (folder.canonicalize().unwrap(), sandbox.at("store"));
    let paths = [folder.as_path(), place.as_path()].map(Path::to_str).map(Option::unwrap);
    let _ = sandbox.aud(&["bench", paths[0], "--store", paths[1], "--size", "S", "--phase", "open"]).fine();
    let workload = Workload::open(&OsSystem, &folder).unwrap();
    let store = open(&OsSystem, &place).unwrap();
    let truth = evaluate(&workload.model, &store, workload.now, None, &Stored::default());

    let (mut held, mut about, mut bounded, mut few) = (0u32, 0u32, 0u32, 0u32);
    for seed in 1..=25 {
        for share in [0.01, 0.03, 0.1, 0.3] {
            let frame = Frame::sample(&store, share, seed);
            // Some audiences each time, so that no sample decides over all of them at once.
            let some = truth.audiences.values().enumerate().filter(|(at, _)| at % 25 == seed as usize % 25);
            for (_, members) in some {
                let holds = |low: u64, high: u64| u32::from((low..=high).contains(&members.len()));
                match frame.size_of(members) {
                    Size::About { low, high, .. } => (held, about) = (held + holds(low, high), about + 1),
                    Size::TooFew { low, high } => (bounded, few) = (bounded + holds(low, high), few + 1),
                    Size::Exact { .. } => panic!("a sample is not exact"),
                }
            }
        }
    }
    let share = f64::from(held) / f64::from(about);
    println!("{held} of {about} intervals hold the truth ({share:.4}); {bounded} of {few} upper bounds");
    assert!(about >= 300 && (0.93..=0.97).contains(&share), "{held} of {about}");
    assert!(few >= 50 && f64::from(bounded) >= 0.95 * f64::from(few), "{bounded} of {few}");
    assert_eq!(FEWEST_HITS, 10);
}

/// A project with people of three plans, some of whom bought.
fn shop() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "aud.yaml",
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform }, ios: { kind: platform } } } }\n\
         data:\n  sources:\n    - { name: s, input: web, files: in.csv, format: csv, user: { customer_id: id, email: mail }, \
         event: { name: Purchase, time: at, attributes: { price: price } }, user_attributes: { plan: plan } }\n\
         outputs: { file: { kind: file, settings: { path: delivered } } }\n",
    );
    let mut rows = "id,mail,at,price,plan\n".to_owned();
    for user in 0..40 {
        let mail = if user % 4 == 0 { String::new() } else { format!("{user}@x.example") };
        let plan = ["free", "pro", "team"][user % 3];
        for day in 0..=user % 5 {
            rows += &format!("{user},{mail},2026-03-{:02} 10:00:00,{},{plan}\n", 20 - day * 4, user);
        }
    }
    sandbox.write("in.csv", &rows);
    sandbox.write(
        "audiences/a.aud",
        r#"version 1

audience payers "Payers" {
  match {
    paid: user "plan" is not "free"
    and recent: event "Purchase" at least 2 times within last 10 days
  }

  split test {
    variant a "A" 50%
    variant b "B" 30%
  }

  connect file {
    variant a
  }
}

audience anyone "Anyone" {
  status draft

  match {
    user "plan" is "pro"
    or event "Purchase" where "price" > 30
  }
}

audience nowhere "Nowhere" {
  match {
    event "Refund"
  }
}

audience everybody "Everybody" {
  match {
    everyone
  }
}

audience twice "Twice" {
  match {
    event "Purchase" between 4 and 9 days ago
    and user "plan" is in ["pro", "team"]
  }
}

audience nested "Nested" {
  status draft

  match {
    audience anyone
    and user "plan" is "team"
  }
}

audience phone "Phone" {
  inputs ios

  match {
    event "Purchase"
  }
}

audience once "Once" {
  standard between 2026-03-01 and 2026-03-31

  match {
    event "Purchase" at least 4 times
  }
}
"#,
    );
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

const NOW: [&str; 2] = ["--now", "2026-03-20T12:00:00Z"];

fn run(sandbox: &Sandbox, words: &str) -> crate::support::Run {
    let mut all: Vec<&str> = words.split(' ').collect();
    all.extend(NOW);
    sandbox.aud(&all)
}

#[test]
fn every_answer_in_every_form() {
    let sandbox = shop();
    for (name, words) in [
        ("sizes", "estimate"),
        ("detail", "estimate payers anyone nowhere"),
        ("sampled", "estimate payers anyone --sample 60"),
        ("overlap", "estimate --overlap"),
        ("sweep", "estimate payers --sweep recent:time --target-size 12"),
        ("values", "estimate payers --sweep 2 --values 1,2,3"),
        ("balance", "estimate payers --balance=plan"),
        ("backtest", "backtest payers --days 6 --ahead 12"),
        ("backtest_sampled", "backtest payers --days 2 --ahead 1 --sample 60"),
    ] {
        let text = run(&sandbox, words).fine().out;
        insta::assert_snapshot!(format!("{name}_as_text"), text);
        let csv = run(&sandbox, &format!("{words} --csv")).fine().out;
        insta::assert_snapshot!(format!("{name}_as_csv"), csv);
        let json = run(&sandbox, &format!("{words} --json")).fine().json();
        assert_eq!(json["version"], 1);
        insta::assert_snapshot!(format!("{name}_as_json"), format!("{json:#}"));
        for theme in ["light", "dark"] {
            let svg = run(&sandbox, &format!("{words} --svg --theme {theme}")).fine().out;
            assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{name}");
            let html = run(&sandbox, &format!("{words} --html --theme {theme}")).fine().out;
            assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<svg "), "{name}");
        }
    }
}

#[test]
fn what_is_not_saved_is_estimated() {
    let sandbox = shop();
    let unsaved = "version 1\n\naudience fresh \"Fresh\" { match { audience payers } }\n";
    let words = |more: &[&str]| {
        [&["estimate", "-", "--json"], more, &NOW].concat().iter().map(|each| each.to_string()).collect::<Vec<_>>()
    };
    let run = |more: &[&str], text: &str| {
        let words = words(more);
        sandbox.aud_with(&words.iter().map(String::as_str).collect::<Vec<_>>(), text)
    };
    let found = run(&[], unsaved).fine().json();
    let addresses = |found: &Value| {
        found["audiences"].as_array().unwrap().iter().map(|each| each["address"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(addresses(&found), ["fresh"]);
    assert_eq!(found["audiences"][0]["estimate"]["exact"], true);

    // In the place of a file that is there: what it defines is meant, and it alone.
    let edited = "version 1\n\naudience payers \"Payers\" { match { user \"plan\" is \"team\" } }\n";
    let path = sandbox.at("audiences/a.aud");
    let found = run(&["--stdin-path", path.to_str().unwrap()], edited).fine().json();
    assert_eq!((addresses(&found), &found["audiences"][0]["estimate"]["size"]), (vec!["payers".into()], &13.into()));

    // A file that is not there yet, and one by another way.
    let found = run(&["--stdin-path", sandbox.at("audiences/new/b.aud").to_str().unwrap()], unsaved).fine().json();
    assert_eq!(addresses(&found), ["fresh"]);
    let found = run(&["--stdin-path", "outputs/../audiences/a.aud"], edited).fine().json();
    assert_eq!(addresses(&found), ["payers"]);

    // Beside it, the audience is there twice.
    let told = run(&[], edited).code(1).json().to_string();
    assert!(told.contains("payers"), "{told}");
    let told = run(&[], "version 1\n").code(1).json();
    assert_eq!(told["error"], "standard input defines no audience");
}

#[test]
fn lists_carry_estimates_until_the_first_evaluation() {
    let sandbox = shop();
    let listed = |sandbox: &Sandbox| run(sandbox, "list --json").fine().json()["audiences"].clone();
    let of = |listed: &Value, address: &str, key: &str| {
        let all = listed.as_array().unwrap();
        all.iter().find(|each| each["address"] == address).unwrap()[key].clone()
    };
    let before = listed(&sandbox);
    let size = of(&before, "payers", "estimate")["size"].clone();
    assert!(of(&before, "payers", "size").is_null() && size.is_u64());
    assert_eq!(of(&before, "nowhere", "estimate")["because"], "no `event \"Refund\"` was ever sent");
    assert_eq!(run(&sandbox, "show payers --json").fine().json()["estimate"]["size"], size);
    let _ = run(&sandbox, "apply --auto-approve").fine();
    let after = listed(&sandbox);
    assert_eq!((of(&after, "payers", "size"), of(&after, "payers", "estimate")), (size, Value::Null));
    // A draft is estimated, never evaluated.
    assert!(of(&after, "anyone", "size").is_null() && of(&after, "anyone", "estimate")["size"].is_u64());
}

#[test]
fn drafts_that_nest_drafts_are_estimated_as_if_all_were_active() {
    let sandbox = shop();
    let size = |sandbox: &Sandbox| {
        run(sandbox, "estimate nested --json").fine().json()["audiences"][0]["estimate"]["size"].clone()
    };
    let as_draft = size(&sandbox);
    assert!(as_draft.as_u64().unwrap() > 0);
    sandbox.edit("audiences/a.aud", "  status draft\n\n", "");
    assert_eq!(size(&sandbox), as_draft);
    assert_eq!(run(&sandbox, "who nested").fine().out.lines().count() as u64, as_draft.as_u64().unwrap());
}

#[test]
fn a_standard_audience_is_as_it_was_stored() {
    let sandbox = shop();
    let size = |more: &str| {
        run(&sandbox, &format!("estimate once --json{more}")).fine().json()["audiences"][0]["estimate"]["size"].clone()
    };
    let before = size("");
    let _ = run(&sandbox, "apply --auto-approve").fine();
    sandbox.write("in.csv", "id,mail,at,price,plan\n0,,2026-03-20 11:00:00,1,free\n");
    let _ = sandbox.aud(&["import"]).fine();
    assert_eq!(size(""), before, "the data are others, the membership is the stored one");
    assert!(before.as_u64().unwrap() > 0);
}

#[test]
fn a_wanted_size_is_looked_for_beyond_the_values_too() {
    let sandbox = shop();
    let found = run(&sandbox, "estimate everybody twice payers --json").fine().json();
    assert_eq!(found["audiences"].as_array().unwrap().len(), 3);
    let sweep = |words: &str| run(&sandbox, words).fine().json()["nearest"]["value"].clone();
    assert_eq!(
        sweep("estimate payers --sweep 2:count --values 1,2 --target-size 5 --json"),
        4,
        "five have four, and none eight"
    );
    let wide = run(&sandbox, "estimate anyone --sweep 2:value --values 35,36 --target-size 40 --json").fine().json();
    assert_eq!(wide["nearest"]["size"]["size"], 40);
}

#[test]
fn projects_are_found_from_folders_inside() {
    let sandbox = shop();
    let inside = sandbox.command(&["list", "--json"]).current_dir(sandbox.at("audiences")).output().unwrap();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&inside.stderr));
}

#[test]
fn damaged_data_hides_no_estimate_silently() {
    let sandbox = shop();
    let file = std::fs::read_dir(sandbox.at(".aud/data")).unwrap().map(|file| file.unwrap().path());
    let file = file.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("events-")).min().unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let told = run(&sandbox, "list").fine().err;
    assert!(told.contains("note: nothing is estimated: ") && told.contains("events-"), "{told}");
    let _ = run(&sandbox, "estimate payers").code(1);
}

#[test]
fn wrong_questions_are_told() {
    let sandbox = shop();
    for (words, expected) in [
        ("estimate payerss", "no audience `payerss`; did you mean `payers`?"),
        ("estimate payers --sweep 3", "no criterion `3` in `payers`; it has 1 (paid), 2 (recent)"),
        ("estimate payers --sweep paid", "has no number or length of time that could vary"),
        (
            "estimate payers --sweep recent",
            "has several numbers (count 2, time 10 days); name one criterion, or one of these behind its place: `:count`, `:time`",
        ),
        ("estimate twice --sweep 1:time", "`:time:1`, `:time:2`"),
        ("estimate everybody --sweep 1", "no criterion `1` in `everybody`; it has none"),
        ("estimate payers --overlap", "an overlap is of at least two audiences"),
        ("estimate payers --balance=Plan", "no profile has an attribute `Plan`; did you mean `plan`?"),
        ("estimate - --stdin-path x.aud", "no `.aud` file below"),
        ("estimate - --stdin-path audiences/x.txt", "no `.aud` file below"),
        ("estimate payers --sweep recent:value", "has no value that could vary; it has count 2, time 10 days"),
        ("estimate payers --sweep recent:size", "`size` is none of count, time, value"),
        ("estimate payers --sweep recent --values 3x", "`3x` is no number and no length of time"),
        ("estimate payers anyone --sweep recent", "this is about one audience, and 2 are meant"),
        ("estimate anyone --balance=plan", "`anyone` has no split"),
        ("estimate payers --stdin-path x.aud", "--stdin-path is about standard input"),
    ] {
        let told = run(&sandbox, words).code(1).err;
        assert!(told.contains(expected), "{words}: {told}");
    }
    for words in [
        "estimate --sample 0",
        "estimate --sample 101",
        "estimate --sample x",
        "backtest payers --days 0",
        "estimate --csv --svg",
    ] {
        let _ = run(&sandbox, words).code(1);
    }
}
