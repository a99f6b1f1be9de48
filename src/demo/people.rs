//! Generated customers of a shop.

use std::io::Write;

use rand::RngExt;

use super::rows::{choose, random, time};
use crate::base::time::DAY_MS;
use crate::base::{Now, Timestamp};

/// What the event generator needs to know of a person.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    /// Days since they last did anything.
    pub quiet_days: f64,
    /// The category that they like best.
    pub favourite: usize,
}

/// What the shop sells.
pub(super) const CATEGORIES: [&str; 8] =
    ["Shoes", "Running shoes", "Jackets", "Shirts", "Bags", "Hats", "Socks", "Watches"];

const FIRST_NAMES: [&str; 20] = [
    "Ada", "Ben", "Chloé", "Dmitri", "Elif", "Finn", "Grace", "Hugo", "Ines", "Jonas", "Kenji", "Léa", "Marta", "Noah",
    "Olga", "Pablo", "Quentin", "Rosa", "Søren", "Zoë",
];
const LAST_NAMES: [&str; 12] =
    ["abel", "bianchi", "costa", "dubois", "eriksen", "fischer", "garcia", "huber", "ito", "jansen", "kowalski", "lee"];
const PLACES: [(u32, &[&str; 3]); 9] = [
    (22, &["FR", "Paris", "75004"]),
    (9, &["FR", "Lyon", "69001"]),
    (18, &["DE", "Berlin", "10115"]),
    (9, &["DE", "Köln", "50667"]),
    (7, &["AT", "Wien", "1010"]),
    (6, &["CH", "Zürich", "8001"]),
    (14, &["GB", "London", "E1"]),
    (10, &["ES", "Madrid", "28001"]),
    (5, &["IT", "Milano", "20121"]),
];
const PLANS: [(u32, &str); 3] = [(70, "free"), (22, "plus"), (8, "pro")];

/// Everybody, in the order of their customer ids.
pub(super) fn generate(count: u32, seed: u64) -> Vec<Person> {
    let mut random = random(seed, 1);
    (0..count)
        .map(|_| {
            let quiet: f64 = random.random();
            // Most came by lately; a tail has been away for weeks.
            let quiet_days = quiet.powi(4) * 58.0;
            Person { quiet_days, favourite: random.random_range(0..CATEGORIES.len()) }
        })
        .collect()
}

/// The customer id of a person.
pub(super) fn customer_id(person: usize) -> String {
    format!("c{:06}", person + 1)
}

/// Writes the profiles.
pub(super) fn write(out: &mut csv::Writer<&mut dyn Write>, people: &[Person], seed: u64, now: Now) -> csv::Result<()> {
    out.write_record([
        "customer_id",
        "email",
        "idfa",
        "phone",
        "updated_at",
        "plan",
        "country",
        "city",
        "lifetime_value",
        "signup_date",
        "birthday",
        "newsletter",
        "first_name",
    ])?;
    let mut random = random(seed, 2);
    for (at, person) in people.iter().enumerate() {
        let first = FIRST_NAMES[random.random_range(0..FIRST_NAMES.len())];
        let last = LAST_NAMES[random.random_range(0..LAST_NAMES.len())];
        let domain = if at % 250 == 7 { "ourshop.example" } else { "mail.example" };
        let has = |share: f64, roll: f64, value: String| if roll < share { value } else { String::new() };
        let email = has(0.92, random.random(), format!("{last}.{}@{domain}", at + 1));
        let idfa = has(0.4, random.random(), uuid::Uuid::from_u128(random.random()).to_string());
        let phone = has(0.3, random.random(), format!("+44 20 7946 {:04}", at % 10_000));
        let place = choose(&mut random, &PLACES).unwrap_or(&["FR", "Paris", "75004"]);
        let signup_days = random.random::<f64>().powi(2) * 1000.0;
        let value = random.random::<f64>().powi(5) * 4000.0;
        let age = random.random_range(18 * 365..75 * 365);
        let day = |days_ago: f64| Timestamp(now.ms() - (days_ago * DAY_MS as f64) as i64).to_string()[..10].to_owned();
        out.write_record([
            customer_id(at),
            email,
            idfa,
            phone,
            time(now.ms() - ((person.quiet_days + random.random::<f64>() * 30.0) * DAY_MS as f64) as i64),
            choose(&mut random, &PLANS).unwrap_or("free").to_owned(),
            place[0].to_owned(),
            place[1].to_owned(),
            format!("{value:.2}"),
            day(signup_days.max(0.01)),
            day(f64::from(age)),
            (random.random::<f64>() < 0.35).to_string(),
            first.to_owned(),
        ])?;
    }
    Ok(())
}
