//! Generated events of an app and orders of a site, over the sixty days before `now`.

use std::io::Write;

use rand::{Rng, RngExt};

use super::people::{CATEGORIES, Person, customer_id};
use super::rows::{choose, random, time};
use crate::base::Now;
use crate::base::time::DAY_MS;

/// How many files the app's events are spread over.
pub(super) const PARTS: u32 = 4;

const NAMES: [(u32, &str); 5] =
    [(46, "App Open"), (28, "View Product"), (12, "Search"), (9, "Add To Cart"), (5, "Share Product")];
const SCREENS: [(u32, &str); 4] = [(5, "Home"), (3, "Catalogue"), (2, "Cart"), (1, "Account")];
const VERSIONS: [(u32, &str); 4] = [(50, "4.2.0"), (25, "4.1.3"), (15, "4.0.1"), (10, "3.9.8")];
const COUPONS: [(u32, &str); 4] = [(75, ""), (12, "SAVE10"), (8, "SAVE20"), (5, "WELCOME")];

/// Someone, the busy ones more often.
fn someone(random: &mut impl Rng, people: &[Person]) -> usize {
    let roll: f64 = random.random();
    ((roll * roll * people.len() as f64) as usize).min(people.len().saturating_sub(1))
}

/// An instant between sixty days ago and when the person was last around.
fn moment(random: &mut impl Rng, person: &Person, now: Now) -> i64 {
    let days = person.quiet_days + random.random::<f64>() * (60.0 - person.quiet_days);
    now.ms() - (days * DAY_MS as f64) as i64
}

/// What a person looks at: their favourite half of the time.
fn category(random: &mut impl Rng, person: &Person) -> &'static str {
    let at = if random.random::<bool>() { person.favourite } else { random.random_range(0..CATEGORIES.len()) };
    CATEGORIES[at]
}

/// Writes one part of the app's events.
pub(super) fn write_app_events(
    out: &mut csv::Writer<&mut dyn Write>,
    people: &[Person],
    part: u32,
    count: u32,
    seed: u64,
    now: Now,
) -> csv::Result<()> {
    out.write_record(["event_id", "time", "customer_id", "event", "screen", "category", "app_version"])?;
    let mut random = random(seed, 10 + u64::from(part));
    for at in 0..count {
        let who = someone(&mut random, people);
        let Some(person) = people.get(who) else { break };
        let name = choose(&mut random, &NAMES).unwrap_or("App Open");
        let looks = matches!(name, "View Product" | "Add To Cart" | "Share Product");
        out.write_record([
            format!("a{part}-{at}").as_str(),
            &time(moment(&mut random, person, now)),
            &customer_id(who),
            name,
            choose(&mut random, &SCREENS).unwrap_or("Home"),
            if looks { category(&mut random, person) } else { "" },
            choose(&mut random, &VERSIONS).unwrap_or("4.2.0"),
        ])?;
    }
    Ok(())
}

/// Writes the orders and refunds.
pub(super) fn write_orders(
    out: &mut csv::Writer<&mut dyn Write>,
    people: &[Person],
    count: u32,
    seed: u64,
    now: Now,
) -> csv::Result<()> {
    out.write_record(["order_id", "time", "customer_id", "kind", "category", "price", "quantity", "coupon"])?;
    let mut random = random(seed, 3);
    for at in 0..count {
        let who = someone(&mut random, people);
        let Some(person) = people.get(who) else { break };
        let kind = if random.random::<f64>() < 0.06 { "refund" } else { "order" };
        let price = 5.0 + random.random::<f64>().powi(3) * 240.0;
        out.write_record([
            format!("o{at}").as_str(),
            &time(moment(&mut random, person, now)),
            &customer_id(who),
            kind,
            category(&mut random, person),
            &format!("{price:.2}"),
            &random.random_range(1..=4u8).to_string(),
            choose(&mut random, &COUPONS).unwrap_or(""),
        ])?;
    }
    Ok(())
}
