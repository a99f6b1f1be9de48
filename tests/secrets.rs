//! Nothing gives away a secret or a person: whatever is printed, saved or written to the state is searched for seeded ones.
//!
//! Identities stand in delivered files, in the data itself, and in the answer to a question for them, and nowhere else.

use std::path::{Path, PathBuf};

use base64::Engine;

use crate::support::{Run, Sandbox, files_below};

const NOW: &str = "2026-03-01T12:00:00Z";
const SECRET: &str = "s3cr3t-t0ken-of-the-output";
const PASSWORD: &str = "pa55w0rd-of-the-state";
const FILED: &str = "s3cr3t-in-a-file";

const PROJECT: &str = "version: 1
project: shop

workspaces:
  shop:
    inputs:
      web: { kind: platform }
      crm: { kind: feed }

data:
  sources:
    - name: people
      input: crm
      files: data/people*.csv
      format: csv
      user: { mpid: mpid, customer_id: customer_id, email: email, mobile_number: phone }
      seen: { column: seen }
      user_attributes: { spend: spend, first_name: first_name, address: address }

schema:
  user: { spend: number, first_name: string, address: string }

outputs:
  warehouse: { kind: file, settings: { path: delivered/warehouse } }
";

const AUDIENCES: &str = "version 1

audience big {
  match { user \"spend\" > 100 }
  split offer { variant coupon 50% }
  connect warehouse { variant coupon }
}

audience small { match { user \"spend\" <= 100 } connect warehouse }
";

/// Everything about a user that names a person.
fn traces(user: u32) -> [String; 5] {
    [
        format!("customer-{user:03}-kept-to-us"),
        format!("jane.{user:03}@private.example"),
        format!("+49151000{user:04}"),
        format!("Firstname{user:03}"),
        format!("{user:03} Hidden Lane"),
    ]
}

fn people(users: std::ops::Range<u32>, spend: u32) -> String {
    let mut text = "mpid,customer_id,email,phone,seen,spend,first_name,address\n".to_owned();
    for user in users {
        let [customer, email, phone, name, address] = traces(user);
        text += &format!("{user},{customer},{email},{phone},2026-02-27T12:00:00Z,{},{name},{address}\n", spend + user);
    }
    text
}

/// A shop full of secrets, and everything that it ever says.
struct Shop {
    sandbox: Sandbox,
    said: Vec<(String, String)>,
}

impl Shop {
    fn new() -> Self {
        let sandbox = Sandbox::empty();
        sandbox.write("aud.yaml", PROJECT);
        sandbox.write("audiences/shop.aud", AUDIENCES);
        sandbox.write("data/people.csv", &people(1..41, 80));
        sandbox.write("token.txt", FILED);
        Self { sandbox, said: Vec::new() }
    }

    /// Runs the program, as text and with more words, and keeps what it says.
    fn say(&mut self, arguments: &[&str]) -> Run {
        let mut command = self.sandbox.command(arguments);
        command
            .env("WAREHOUSE_TOKEN", SECRET)
            .env("AUD_STATE_URL", format!("postgresql://aud:{PASSWORD}@127.0.0.1:1/aud"));
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
        let run = Run::of(command.output().unwrap());
        self.said.push((format!("aud {}", arguments.join(" ")), format!("{}\n{}", run.out, run.err)));
        run
    }

    fn all_ways(&mut self, arguments: &[&str]) {
        let _ = self.say(arguments);
        let _ = self.say(&[arguments, &["-v"]].concat());
        let _ = self.say(&[arguments, &["--json"]].concat());
    }

    /// Files that are neither data nor deliveries nor what was written by hand.
    fn kept(&self) -> Vec<(String, Vec<u8>)> {
        let is_kept = |path: &Path| {
            let elsewhere = ["data", "delivered", ".aud/data", "token.txt"].map(|each| self.sandbox.at(each));
            !elsewhere.iter().any(|each| path.starts_with(each))
        };
        let files: Vec<PathBuf> = files_below(self.sandbox.path()).into_iter().filter(|path| is_kept(path)).collect();
        files.into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
    }

    /// Where any seed shows, as it is or in base64.
    fn leaks(&self) -> Vec<String> {
        let mut seeds: Vec<String> = (1..61).flat_map(traces).collect();
        seeds.extend([SECRET, PASSWORD, FILED].map(str::to_owned));
        let encoded: Vec<String> =
            seeds.iter().map(|seed| base64::engine::general_purpose::STANDARD_NO_PAD.encode(seed)).collect();
        let said = self.said.iter().map(|(command, text)| (command.clone(), text.clone().into_bytes()));
        let mut leaks = Vec::new();
        for (place, bytes) in said.chain(self.kept()) {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            for seed in seeds.iter().chain(&encoded) {
                if text.contains(&seed.to_lowercase()) {
                    leaks.push(format!("{seed} in {place}"));
                }
            }
        }
        leaks
    }
}

#[test]
fn nothing_gives_away_a_secret_or_a_person() {
    let mut shop = Shop::new();
    assert!(!shop.sandbox.at(".aud").exists());
    shop.all_ways(&["check"]);
    shop.all_ways(&["import"]);
    shop.all_ways(&["schema"]);
    shop.all_ways(&["schema", "propose"]);
    shop.all_ways(&["schema", "diff"]);
    shop.all_ways(&["data", "stats"]);
    shop.all_ways(&["data", "verify"]);
    shop.all_ways(&["plan", "--now", NOW]);
    let saved = shop.say(&["plan", "-o", "first.audplan", "--now", NOW]).fine();
    assert!(saved.out.contains("Saved") || saved.err.contains("Saved"), "{}{}", saved.out, saved.err);
    let _ = shop.say(&["apply", "first.audplan", "-v"]).fine();
    assert!(std::fs::metadata(shop.sandbox.at(".aud/state.db")).unwrap().len() > 0);
    // Others come, some change, one cannot be read.
    shop.sandbox.write("data/people-2.csv", &(people(10..15, 0) + &people(41..61, 200)[55..]));
    shop.all_ways(&["import"]);
    shop.all_ways(&["plan", "--now", NOW]);
    shop.all_ways(&["apply", "--auto-approve", "--now", NOW]);
    for command in [
        &["list"][..],
        &["show", "big"],
        &["who", "big", "--now", NOW],
        &["describe", "big"],
        &["estimate"],
        &["backtest", "big", "--now", NOW],
        &["graph"],
        &["emit", "ir"],
        &["state", "--help"],
        &["state", "list"],
        &["state", "show", "big"],
        &["state", "pull"],
        &["history", "big"],
        &["history", "--user", "12"],
        &["forget", "12"],
        &["forget", "12", "--auto-approve"],
    ] {
        shop.all_ways(command);
    }
    assert_eq!(shop.leaks(), [] as [String; 0]);
}

#[test]
fn errors_give_nothing_away() {
    let mut shop = Shop::new();
    let _ = shop.say(&["import"]).fine();
    let _ = shop.say(&["apply", "--auto-approve", "--now", NOW]).fine();
    // Rows with a person where a time or a number should be.
    let [customer, email, phone, name, address] = traces(50);
    let header = "mpid,customer_id,email,phone,seen,spend,first_name,address";
    shop.sandbox.write(
        "data/people-2.csv",
        &format!("{header}\n{email},{customer},{email},{phone},{email},{phone},{name},{address}\n"),
    );
    shop.all_ways(&["import"]);
    shop.all_ways(&["data", "stats"]);
    std::fs::remove_file(shop.sandbox.at("data/people-2.csv")).unwrap();
    // Nobody, somebody who is not known, somebody who is not in.
    shop.all_ways(&["explain", "4711", "big", "--now", NOW]);
    shop.all_ways(&["explain", "mpid:4711", "big", "--now", NOW]);
    shop.all_ways(&["forget", "4711", "--auto-approve"]);
    // Names that are nearly those of the data, and values that nobody has.
    for criterion in [
        "user \"first_nam\" is \"x\"",
        "user \"first_name\" is \"Firstname\"",
        "user \"first_name\" > 5",
        "user \"spend\" contains \"x\"",
        "identity email > 5",
        "identity emial exists",
    ] {
        shop.sandbox.write("audiences/shop.aud", &format!("version 1\naudience big {{ match {{ {criterion} }} }}\n"));
        shop.all_ways(&["check"]);
        shop.all_ways(&["plan", "--now", NOW]);
    }
    shop.sandbox.write("audiences/shop.aud", AUDIENCES);
    // An output that cannot be written, a state that is locked, damaged, or elsewhere.
    std::fs::remove_dir_all(shop.sandbox.at("delivered")).unwrap();
    shop.sandbox.write("delivered", "a file");
    shop.sandbox.edit("audiences/shop.aud", "> 100", "> 105");
    shop.all_ways(&["apply", "--auto-approve", "--now", NOW]);
    shop.all_ways(&["state", "unlock", "0"]);
    for secrets in [
        format!("secrets: {{ token: {SECRET} }}"),
        "secrets: { token: { env: WAREHOUSE_TOKEN } }".to_owned(),
        "secrets: { token: { file: token.txt } }".to_owned(),
        format!("secrets: {SECRET}"),
    ] {
        shop.sandbox.write("aud.yaml", &PROJECT.replace("settings: {", &format!("{secrets}, settings: {{")));
        shop.all_ways(&["check"]);
        shop.all_ways(&["plan", "--now", NOW]);
        shop.all_ways(&["list"]);
    }
    for state in [
        "state: { backend: postgres, url: { env: AUD_STATE_URL } }".to_owned(),
        format!("state: {{ backend: postgres, url: \"postgresql://aud:{PASSWORD}@127.0.0.1:1/aud\" }}"),
    ] {
        shop.sandbox.write("aud.yaml", &format!("{PROJECT}\n{state}\n"));
        shop.all_ways(&["check"]);
        shop.all_ways(&["plan", "--now", NOW]);
        shop.all_ways(&["apply", "--auto-approve", "--now", NOW]);
    }
    shop.sandbox.write("aud.yaml", PROJECT);
    shop.sandbox.write(".aud/state.db", "no database");
    shop.all_ways(&["plan", "--now", NOW]);
    shop.sandbox.write("first.audplan", "no plan");
    shop.all_ways(&["apply", "first.audplan"]);
    // What was written by hand may hold it.
    std::fs::remove_file(shop.sandbox.at("delivered")).unwrap();
    assert_eq!(shop.leaks(), [] as [String; 0]);
}
