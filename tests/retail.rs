//! Real purchases: every membership of the retail project against a computation that shares no code with the product.
//!
//! The computation reads the file line by line into plain lists and asks each customer's lines directly, as a person
//! would write it down from the definitions in `tests/retail/audiences/`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use sha2::{Digest, Sha256};

use crate::support::{Sandbox, retail_csv, retail_project};

/// The instant that everything is evaluated for.
pub(crate) const NOW: &str = "2011-12-10T00:00:00Z";

struct Line {
    refund: bool,
    code: String,
    text: String,
    quantity: f64,
    price: f64,
    at: NaiveDateTime,
}

#[derive(Default)]
struct Customer {
    lines: Vec<Line>,
    country: String,
    country_at: Option<NaiveDateTime>,
}

struct Purchases {
    customers: BTreeMap<String, Customer>,
    lines: u64,
    without_customer: u64,
}

fn read(path: &Path) -> Purchases {
    let file = flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap());
    let mut read = Purchases { customers: BTreeMap::new(), lines: 0, without_customer: 0 };
    for row in csv::Reader::from_reader(file).into_records() {
        let row = row.unwrap();
        read.lines += 1;
        let customer = row[6].trim();
        if customer.is_empty() {
            read.without_customer += 1;
            continue;
        }
        let at = NaiveDateTime::parse_from_str(&row[4], "%Y-%m-%d %H:%M:%S").unwrap();
        let entry = read.customers.entry(customer.to_owned()).or_default();
        if entry.country_at.is_none_or(|before| before <= at) {
            entry.country_at = Some(at);
            entry.country = row[7].to_owned();
        }
        entry.lines.push(Line {
            refund: row[0].starts_with('C') || row[0].starts_with('c'),
            code: row[1].to_lowercase(),
            text: row[2].to_lowercase(),
            quantity: row[3].parse().unwrap(),
            price: row[5].parse().unwrap(),
            at,
        });
    }
    read
}

impl Customer {
    fn count(&self, refund: bool, from: NaiveDateTime, to: NaiveDateTime, test: impl Fn(&Line) -> bool) -> usize {
        self.lines.iter().filter(|line| line.refund == refund && from <= line.at && line.at <= to && test(line)).count()
    }
}

/// The members of every audience, by address, as customer ids.
fn expected(purchases: &Purchases) -> BTreeMap<&'static str, BTreeSet<&str>> {
    let now = NaiveDate::from_ymd_opt(2011, 12, 10).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let ago = |days: i64| now - TimeDelta::days(days);
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap().and_hms_opt(0, 0, 0).unwrap();
    let (ever, any) = (NaiveDateTime::MIN, |_: &Line| true);
    let mut sets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, c) in &purchases.customers {
        let bought = |from, to, test: &dyn Fn(&Line) -> bool| c.count(false, from, to, test);
        let back = |test: &dyn Fn(&Line) -> bool| c.count(true, ever, now, test);
        let country = c.country.to_lowercase();
        let heart = |l: &Line| l.text.strip_prefix("white").is_some_and(|rest| rest.contains("heart"));
        let nothing = |l: &Line| l.text.is_empty();
        let gone_quiet = bought(ever, now, &any) > 0 && bought(ago(180), now, &any) == 0;
        let frequent = bought(ago(90), now, &any) >= 100;
        let bulk = bought(ever, now, &|l| l.quantity >= 100.0) >= 3;
        let sends_back = back(&any) >= 2;
        let end_of_24th = day(2010, 12, 25) - TimeDelta::milliseconds(1);
        let noon = day(2010, 12, 15) + TimeDelta::hours(12) - TimeDelta::milliseconds(1);
        let christmas = bought(day(2010, 12, 1), end_of_24th, &any) > 0
            && bought(ever, noon, &|l| l.text.contains("christmas")) > 0;
        let on_the_5th = (day(2011, 12, 5), day(2011, 12, 6) - TimeDelta::milliseconds(1));
        let continent = ["france", "germany", "spain", "belgium", "portugal", "italy", "netherlands"];
        let answers = [
            ("recent_buyers", bought(ago(30), now, &any) > 0),
            ("frequent_buyers", frequent),
            ("gone_quiet", gone_quiet),
            ("bulk_buyers", bulk),
            ("careful_buyers", bought(ago(365), now, &|l| l.price > 10.0 && (1.0..=2.0).contains(&l.quantity)) > 2),
            ("one_line", bought(ago(365), now, &any) == 1),
            ("slow_weeks", (1..=5).contains(&bought(ago(28), ago(14), &any))),
            ("hardly_any", bought(ago(60), now, &any) < 3),
            ("sends_back", sends_back),
            ("lantern_lovers", bought(ever, now, &|l| l.text.contains("lantern")) >= 2),
            ("white_hearts", bought(ever, now, &heart) > 0),
            (
                "a_single_code",
                bought(ever, now, &|l| l.code.chars().count() == 6 && l.code.starts_with("85123")) > 0
                    && bought(ever, now, &|l| l.code == "22423" || l.code == "47566") > 0,
            ),
            ("unnamed_goods", bought(ever, now, &nothing) > 0 || back(&|l| !l.text.contains('e')) > 0),
            ("christmas_2010", christmas),
            (
                "second_christmas",
                christmas && bought(day(2011, 11, 1), now, &any) > 0 && bought(on_the_5th.0, on_the_5th.1, &any) > 0,
            ),
            ("germans", country == "germany"),
            ("continental", continent.contains(&country.as_str()) && bought(ago(90), now, &any) > 0),
            (
                "abroad_and_loyal",
                country != "united kingdom" && (frequent || bulk) && !sends_back && !country.starts_with('e'),
            ),
            (
                "quiet_at_home",
                country.contains("united")
                    && gone_quiet
                    && back(&any) == 0
                    && bought(ever, now, &|l| l.quantity > 500.0) == 0,
            ),
        ];
        for (address, is_member) in answers {
            let members = sets.entry(address).or_default();
            if is_member {
                members.insert(id);
            }
        }
    }
    sets
}

/// The MPID that rule M25 gives a customer.
fn mpid(customer: &str) -> i64 {
    let hash = Sha256::digest(format!("customer_id:{customer}").as_bytes());
    i64::from_be_bytes(hash[..8].try_into().unwrap())
}

/// The variant that rule M16 gives a customer in the split of `recent_buyers`.
fn variant(customer: &str) -> &'static str {
    let hash = Sha256::digest(format!("gift_shop/recent_buyers/spring_mailing:{}", mpid(customer)).as_bytes());
    let bucket = (u128::from(u64::from_be_bytes(hash[..8].try_into().unwrap())) * 100) >> 64;
    match bucket {
        0..30 => "card",
        30..75 => "letter",
        _ => "control",
    }
}

/// Customer ids and MPIDs of an audience's members, as the program gives them.
fn who(sandbox: &Sandbox, audience: &str, more: &[&str]) -> BTreeMap<String, i64> {
    let mut args = vec!["who", audience, "--json", "--identities", "customer_id", "--now", NOW];
    args.extend(more);
    let run = sandbox.aud(&args).fine();
    let members = run.out.lines().map(|line| {
        let member: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = member["identities"][0]["value"].as_str().unwrap().to_owned();
        (id, member["mpid"].as_str().unwrap().parse().unwrap())
    });
    members.collect()
}

#[test]
fn every_membership_equals_an_independent_computation() {
    let Some(csv) = retail_csv() else { return };
    let sandbox = retail_project(&csv);
    let purchases = read(&csv);

    let imported = sandbox.aud(&["import", "--json"]).fine().json();
    let source = &imported["sources"][0];
    assert_eq!(source["rows"], purchases.lines, "{imported}");
    assert_eq!(source["without_user"], purchases.without_customer, "{imported}");
    assert_eq!(source["bad_rows"], 0, "{imported}");
    let _ = sandbox.aud(&["apply", "--auto-approve", "--now", NOW]).fine();

    let expected = expected(&purchases);
    assert!(expected.len() >= 12);
    let listed = sandbox.aud(&["list", "--json"]).fine().json();
    for (address, members) in &expected {
        let given = who(&sandbox, address, &[]);
        assert_eq!(given.keys().map(String::as_str).collect::<BTreeSet<_>>(), *members, "{address}");
        assert!(given.iter().all(|(id, given)| *given == mpid(id)), "{address}");
        assert!(!members.is_empty() && members.len() < purchases.customers.len(), "{address} tells nothing");
        let row = listed["audiences"].as_array().unwrap().iter().find(|row| row["address"] == **address).unwrap();
        assert_eq!(row["size"], members.len(), "{address}");
    }
    for name in ["card", "letter", "control"] {
        let given = who(&sandbox, "recent_buyers", &["--variant", name]);
        let members: BTreeSet<_> = expected["recent_buyers"].iter().copied().filter(|id| variant(id) == name).collect();
        assert_eq!(given.keys().map(String::as_str).collect::<BTreeSet<_>>(), members, "{name}");
    }
}
