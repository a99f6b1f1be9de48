//! Plans of a large project: 10,000 deployed audiences in 1,000 files, over the data of 2,000 users.
//!
//! `cargo bench --bench plan` runs the program itself, five times each: a check, a plan with nothing to do, and a plan after one line was
//! edited; it prints the medians and what was evaluated. `AUD_PLAN_LIMIT=1.0` makes it fail where the plan with nothing to do takes more
//! seconds than that.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark works on real files, may fail loudly, and prints what it measured"
)]

mod large;

use std::fmt::Write;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use large::{AUDIENCES, FILES, Project};

const DATA: &str = "
data:
  sources:
    - name: people
      input: web
      files: data/people.csv
      format: csv
      user: { mpid: mpid, email: email }
      seen: { column: seen }
      user_attributes: { lifetime_value: lifetime_value, plan: plan }
    - name: purchases
      input: web
      files: data/purchases.csv
      format: csv
      user: { mpid: mpid }
      event: { name: Purchase, time: { column: time }, attributes: { category: category, price: price } }
    - name: opens
      input: ios
      files: data/opens.csv
      format: csv
      user: { mpid: mpid }
      event: { name: App Open, time: { column: time } }
";
const NOW: &str = "2026-03-01T12:00:00Z";
const USERS: u64 = 2_000;

fn day(seed: u64) -> String {
    // From 1 to 28 February.
    format!("2026-02-{:02}T{:02}:00:00Z", 1 + seed % 28, seed / 28 % 24)
}

fn write_data(project: &Project) {
    let folder = project.folder().join("data");
    std::fs::create_dir(&folder).unwrap();
    let mut people = "mpid,email,seen,lifetime_value,plan\n".to_owned();
    let (mut purchases, mut opens) = ("mpid,time,category,price\n".to_owned(), "mpid,time\n".to_owned());
    for user in 1..=USERS {
        let plan = ["free", "pro", "team"][(user % 3) as usize];
        writeln!(people, "{user},u{user}@example.com,2026-02-28T12:00:00Z,{},{plan}", user * 7 % 1000).unwrap();
        for each in 0..user % 9 {
            let category = ["shoes", "shirts"][(each % 2) as usize];
            writeln!(purchases, "{user},{},{category},{}", day(user * 31 + each * 17), user * each % 40).unwrap();
        }
        if user % 3 == 0 {
            writeln!(opens, "{user},{}", day(user * 13)).unwrap();
        }
    }
    for (name, text) in [("people", people), ("purchases", purchases), ("opens", opens)] {
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

fn aud(project: &Project, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aud"));
    let output = command.args(arguments).current_dir(project.folder()).output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "aud {}: {says}", arguments.join(" "));
    output
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The median of some runs.
fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..5).map(|_| timed(&mut run)).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn evaluated(project: &Project) -> String {
    let plan = aud(project, &["plan", "--json", "--now", NOW]).stdout;
    let plan: serde_json::Value = serde_json::from_slice(&plan).unwrap();
    format!("{} changes, evaluation {}", plan["changes"].as_array().unwrap().len(), plan["evaluation"])
}

fn main() {
    let project = Project::with(DATA);
    write_data(&project);
    aud(&project, &["import"]);
    println!("first plan:            {:.2?}", timed(|| drop(aud(&project, &["plan", "--now", NOW]))));
    println!(
        "apply of everything:   {:.2?}",
        timed(|| drop(aud(&project, &["apply", "--auto-approve", "--now", NOW])))
    );
    println!("{} audiences in {FILES} files are deployed", FILES * AUDIENCES);
    println!("check:                 {:.2?}", median(|| drop(aud(&project, &["check"]))));
    let nothing = median(|| drop(aud(&project, &["plan", "--now", NOW])));
    println!("plan, nothing to do:   {nothing:.2?}  ({})", evaluated(&project));
    project.edit();
    let edited = median(|| drop(aud(&project, &["plan", "--now", NOW])));
    println!("plan, one file edited: {edited:.2?}  ({})", evaluated(&project));
    if let Some(limit) = std::env::var("AUD_PLAN_LIMIT").ok().and_then(|limit| limit.parse().ok()) {
        assert!(nothing < Duration::from_secs_f64(limit), "a plan with nothing to do takes {nothing:.2?}");
    }
}
