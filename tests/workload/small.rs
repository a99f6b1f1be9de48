//! A small workload: every operator of the trees, over data in which many things happen exactly at the edge of a window.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

pub(super) const NOW: i64 = 1_767_225_600_000;
pub(super) const DAY: i64 = 86_400_000;
pub(super) const USERS: usize = 300;
const EVENTS: usize = 4000;
const NAMES: [&str; 3] = ["tap", "purchase", "view_item"];
const CATEGORIES: [&str; 4] = ["pets", "shoes", "books", "toys"];
const CITIES: [&str; 4] = ["Northville", "Lakeport", "Oldbridge", "Fort"];

/// A user as the file has it.
pub(super) struct User {
    pub(super) id: i64,
    pub(super) city: &'static str,
    pub(super) age: Option<i32>,
    pub(super) ltv: Option<f64>,
    pub(super) signup: i64,
    pub(super) last_seen: i64,
    pub(super) email_present: bool,
    pub(super) favorites: Vec<&'static str>,
}

/// An event as the file has it.
pub(super) struct Event {
    pub(super) user: i64,
    pub(super) name: &'static str,
    pub(super) at: i64,
    pub(super) amount: Option<f64>,
    pub(super) category: Option<&'static str>,
}

/// The data of a workload.
pub(super) struct Data {
    pub(super) users: Vec<User>,
    pub(super) events: Vec<Event>,
}

impl Data {
    pub(super) fn random(seed: u64) -> Self {
        let mut random = Pcg64Mcg::new(u128::from(seed) * 2 + 1);
        let users: Vec<User> = (0..USERS).map(|_| user(&mut random)).collect();
        // One user of ten has no events.
        let active = USERS * 9 / 10;
        let mut event = || Event {
            user: users[random.random_range(0..active)].id,
            name: NAMES[random.random_range(0..NAMES.len())],
            at: moment(&mut random, 20),
            amount: random.random_bool(0.8).then(|| f64::from(random.random_range(1..400)) / 4.0),
            category: random.random_bool(0.7).then(|| CATEGORIES[random.random_range(0..4)]),
        };
        let mut events: Vec<Event> = (0..EVENTS).map(|_| event()).collect();
        events.sort_by_key(|event| event.at);
        Self { users, events }
    }

    /// Writes the Parquet files.
    pub(super) fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        let mut favorites = ListBuilder::new(StringBuilder::new());
        self.users.iter().for_each(|user| favorites.append_value(user.favorites.iter().copied().map(Some)));
        let users = &self.users;
        write(
            &folder.join("users.parquet"),
            vec![
                ("user_id", Arc::new(Int64Array::from_iter_values(users.iter().map(|user| user.id)))),
                ("city", Arc::new(StringArray::from_iter_values(users.iter().map(|user| user.city)))),
                ("age", Arc::new(users.iter().map(|user| user.age).collect::<Int32Array>())),
                ("ltv", Arc::new(users.iter().map(|user| user.ltv).collect::<Float64Array>())),
                ("signup_ts", times(users.iter().map(|user| user.signup))),
                ("last_seen", times(users.iter().map(|user| user.last_seen))),
                ("email_present", Arc::new(BooleanArray::from_iter(users.iter().map(|user| Some(user.email_present))))),
                ("favorite_categories", Arc::new(favorites.finish())),
            ],
        );
        let events = &self.events;
        write(
            &folder.join("events.parquet"),
            vec![
                ("user_id", Arc::new(Int64Array::from_iter_values(events.iter().map(|event| event.user)))),
                ("event_name", Arc::new(StringArray::from_iter_values(events.iter().map(|event| event.name)))),
                ("ts", times(events.iter().map(|event| event.at))),
                ("amount", Arc::new(events.iter().map(|event| event.amount).collect::<Float64Array>())),
                ("category", Arc::new(events.iter().map(|event| event.category).collect::<StringArray>())),
            ],
        );
    }
}

fn user(random: &mut Pcg64Mcg) -> User {
    User {
        id: random.random(),
        city: CITIES[random.random_range(0..4)],
        age: random.random_bool(0.9).then(|| random.random_range(16..70)),
        ltv: random.random_bool(0.8).then(|| f64::from(random.random_range(1..40_000)) / 100.0),
        signup: moment(random, 400),
        last_seen: moment(random, 60),
        email_present: random.random(),
        favorites: CATEGORIES.into_iter().filter(|_| random.random_bool(0.4)).collect(),
    }
}

/// An instant up to now; every second one at the edge of a day before now, or a millisecond beside it.
fn moment(random: &mut Pcg64Mcg, days: i64) -> i64 {
    if random.random() {
        return NOW - random.random_range(0..days * DAY);
    }
    (NOW - random.random_range(0..days) * DAY + random.random_range(-1..2)).min(NOW)
}

fn times(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(TimestampMillisecondArray::from_iter_values(values).with_timezone("UTC"))
}

fn write(file: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(file).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The audiences: one for each operator and comparison, and some that combine and nest them.
pub(super) fn audiences() -> Value {
    let attr = |attr: &str, cmp: &str, value: Value| json!({ "op": "attr", "attr": attr, "cmp": cmp, "value": value });
    let count = |event: &str, filters: Value, window: Value, cmp: &str, value: u64| json!({ "op": "event_count", "event": event, "filters": filters, "window": window, "cmp": cmp, "value": value });
    let filter = |field: &str, cmp: &str, value: Value| json!({ "field": field, "cmp": cmp, "value": value });
    let last = |days: u64| json!({ "last_days": days });
    let is_pets = || json!([filter("category", "eq", json!("pets"))]);
    let sum = |filters: Value, value: f64| json!({ "op": "event_sum", "field": "amount", "event": "purchase", "filters": filters, "window": last(9), "cmp": "gte", "value": value });
    let older = |event: &str, filters: Value, days: u64| json!({ "op": "last_event_older_than", "event": event, "filters": filters, "days": days });
    let trees = [
        attr("city", "eq", json!("Fort")),
        attr("city", "in", json!(["Fort", "Lakeport"])),
        attr("city", "contains", json!("ORT")),
        attr("age", "gt", json!(40)),
        attr("age", "lt", json!(40)),
        attr("ltv", "between", json!([50.0, 250.5])),
        attr("age", "exists", json!(true)),
        attr("ltv", "exists", json!(false)),
        attr("email_present", "eq", json!(true)),
        attr("favorite_categories", "includes", json!("pets")),
        attr("signup_ts", "within_days", json!(90)),
        attr("last_seen", "older_than_days", json!(7)),
        count("tap", json!([]), last(3), "gte", 1),
        count("tap", json!([]), last(5), "gte", 2),
        count("view_item", is_pets(), last(14), "gte", 2),
        count(
            "purchase",
            json!([filter("category", "in", json!(["toys", "books"])), filter("amount", "gte", json!(50))]),
            last(10),
            "gte",
            1,
        ),
        count("tap", json!([]), last(7), "eq", 0),
        count("tap", json!([]), json!({ "between_days_ago": [6, 4] }), "gte", 1),
        count("view_item", json!([]), json!({ "between_days_ago": [3, 1] }), "eq", 0),
        sum(json!([]), 75.5),
        sum(is_pets(), 25.0),
        older("tap", json!([]), 4),
        older("purchase", is_pets(), 5),
        json!({ "op": "and", "children": [attr("email_present", "eq", json!(false)), { "op": "or", "children": [count("tap", json!([]), last(1), "gte", 1), attr("age", "between", json!([18, 30]))] }] }),
        json!({ "op": "exclude", "base": { "op": "audience", "id": 23 }, "minus": attr("city", "eq", json!("Fort")) }),
        json!({ "op": "or", "children": [{ "op": "audience", "id": 24 }, older("tap", json!([]), 4)] }),
    ];
    let audience = |(id, tree): (usize, &Value)| json!({ "id": id, "name": format!("audience_{id:03}"), "tree": tree });
    json!({ "now_ms": NOW, "audiences": trees.iter().enumerate().map(audience).collect::<Vec<_>>() })
}
