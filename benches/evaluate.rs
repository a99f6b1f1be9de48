//! Evaluates a dozen audiences over synthetic data: 50,000 users with a million events; then one audience for each kind of
//! criterion that has a kernel of its own, over a shop of 50,000 users with 300,000 events.
#![expect(clippy::unwrap_used, reason = "a benchmark may fail")]

#[path = "evaluate/shop.rs"]
mod shop;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aud::base::{Day, Duration, InputName, Moment, Mpid, Name, Now, Origin, TimeFilter, Timestamp};
use aud::catalog::{CustomEventType, EventKey, IdentityType};
use aud::eval::{Program, Stored, evaluate};
use aud::ir::{
    Access, Audience, Condition, Count, Criterion, EventTest, Events, Float, Kind, Model, Predicate, SeenEdge, Status,
    Unit,
};
use aud::store::{Builder, EventRow, Store};
use divan::Bencher;
use divan::counter::ItemsCount;

const USERS: u32 = 50_000;
const EVENTS: u64 = 1_000_000;
const DAY_MS: i64 = 86_400_000;
/// 2026-03-01T12:00:00Z.
const NOW: Now = Now(Timestamp(1_772_366_400_000));
/// Names with how many of a hundred events have them.
const NAMES: [(&str, u64); 6] =
    [("App Open", 45), ("Screen View", 25), ("Search", 12), ("Add To Cart", 9), ("Purchase", 7), ("Refund", 2)];
const CATEGORIES: [&str; 8] = ["Shoes", "Hats", "Coats", "Socks", "Bags", "Running Shoes", "Belts", "Gloves"];
const PLANS: [&str; 4] = ["free", "basic", "pro", "Enterprise"];

fn main() {
    divan::main();
}

static STORE: LazyLock<Store> = LazyLock::new(store);
static MODEL: LazyLock<Model> = LazyLock::new(model);

/// All audiences, from a bound model to bitmaps.
#[divan::bench(args = [1, 2])]
fn twelve_audiences(bencher: Bencher, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let (store, model) = (&*STORE, &*MODEL);
    bencher
        .counter(ItemsCount::new(EVENTS))
        .bench_local(|| pool.install(|| evaluate(divan::black_box(model), store, NOW, None, &Stored::default())));
}

/// Each of the audiences by itself, the sum of all.
#[divan::bench(args = [1, 2])]
fn one_by_one(bencher: Bencher, threads: usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let (store, model) = (&*STORE, &*MODEL);
    let each: Vec<BTreeSet<Name>> = model.audiences.keys().map(|address| BTreeSet::from([address.clone()])).collect();
    bencher.bench_local(|| {
        pool.install(|| {
            each.iter()
                .map(|only| evaluate(model, store, NOW, Some(only), &Stored::default()).audiences.len())
                .sum::<usize>()
        })
    });
}

/// One audience for each kernel.
#[divan::bench(args = shop::KINDS)]
fn kind(bencher: Bencher, kind: &str) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (store, model) = (&*shop::STORE, shop::model(kind));
    bencher.bench_local(|| pool.install(|| evaluate(divan::black_box(&model), store, NOW, None, &Stored::default())));
}

/// From criteria to the program.
#[divan::bench]
fn lowering(bencher: Bencher) {
    bencher.bench_local(|| Program::new(divan::black_box(&MODEL), None));
}

/// A small generator with a long enough period (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

fn inputs() -> [InputName; 2] {
    ["shop.app", "shop.web"].map(|input| InputName::try_from(input.to_owned()).unwrap())
}

fn store() -> Store {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let shop = Name::new("shop").unwrap();
    let mut builder = Builder::new(&inputs());
    for user in 0..USERS {
        let row = builder.user(Mpid(i64::from(user) * 7 - 5));
        builder.see(row, &shop, NOW.ms() - random.below(60 * DAY_MS as u64) as i64);
        builder.attribute(row, &shop, "plan", Some(random.one_of(&PLANS)));
        builder.attribute(row, &shop, "lifetime_value", Some(&random.below(2000).to_string()));
        let renewal = Timestamp(NOW.ms() + (random.below(400) as i64 - 200) * DAY_MS).to_string();
        builder.attribute(row, &shop, "renewal", Some(&renewal));
        let host = random.one_of(&["example.com", "ourshop.example", "mail.example"]);
        builder.identity(row, IdentityType::Email, &format!("user{user}@{host}"));
    }
    for _ in 0..EVENTS {
        let (row, at_ms) = (random.below(u64::from(USERS)) as u32, NOW.ms() - random.below(45 * DAY_MS as u64) as i64);
        let mut share = random.below(100);
        let (name, _) = *NAMES
            .iter()
            .find(|(_, of)| {
                share < *of || {
                    share -= of;
                    false
                }
            })
            .unwrap_or(&NAMES[0]);
        let price = random.below(300).to_string();
        let attributes = [("category", Some(random.one_of(&CATEGORIES))), ("price", Some(&*price))];
        let attributes = if matches!(name, "Purchase" | "Add To Cart" | "Refund") { &attributes[..] } else { &[] };
        let (input, event_type) = (random.below(2) as u8, CustomEventType::Other);
        builder.event(
            row,
            &EventKey::custom(name),
            EventRow { at_ms, input, event_type, id: None, attributes, action: &[], products: &[] },
        );
    }
    builder.finish("bench", 1)
}

fn days(count: u64) -> Duration {
    Duration::of(count, "days").unwrap()
}

fn event(name: &str, filter: Option<Condition>, count: (u64, Option<u64>), time: Option<TimeFilter>) -> Kind {
    let count = Count { least: count.0, most: count.1 };
    let inputs = inputs().into_iter().collect();
    Kind::Event(Box::new(EventTest {
        events: Events { event: EventKey::custom(name), event_type: None, unit: Unit::Event, filter, time, inputs },
        count,
    }))
}

fn attribute(name: &str, predicate: Predicate) -> Condition {
    Condition::Attribute { part: None, attribute: name.to_owned(), predicate }
}

fn shop_only() -> BTreeSet<Name> {
    BTreeSet::from([Name::new("shop").unwrap()])
}

fn user(name: &str, predicate: Predicate) -> Kind {
    Kind::UserAttribute { attribute: name.to_owned(), list: false, predicate, workspaces: shop_only() }
}

fn number(value: f64) -> Float {
    Float::new(value).unwrap()
}

fn all(inner: impl IntoIterator<Item = Kind>) -> Kind {
    Kind::All(inner.into_iter().map(Criterion::new).collect())
}

fn any(inner: impl IntoIterator<Item = Kind>) -> Kind {
    Kind::Any(inner.into_iter().map(Criterion::new).collect())
}

fn not(inner: Kind) -> Kind {
    Kind::Not(Box::new(Criterion::new(inner)))
}

fn within(count: u64) -> Option<TimeFilter> {
    Some(TimeFilter::WithinLast(days(count)))
}

fn member(address: &str) -> Kind {
    Kind::Member(Name::new(address).unwrap())
}

fn model() -> Model {
    let shoes = || attribute("category", Predicate::Contains("shoe".to_owned()));
    let dear = || attribute("price", Predicate::Greater(number(120.0)));
    let staff = Predicate::EndsWith("@ourshop.example".to_owned());
    let march = Moment::Day(Day::parse("2026-03-01").unwrap());
    let staff = Kind::Identity { identity: IdentityType::Email, predicate: staff, workspaces: shop_only() };
    let new = Kind::Seen { edge: SeenEdge::First, time: TimeFilter::WithinLast(days(7)), workspaces: shop_only() };
    let audiences = [
        ("staff", staff),
        ("everybody", Kind::Everyone),
        ("new", new),
        ("active", event("App Open", None, (3, None), within(7))),
        ("quiet", all([event("App Open", None, (1, None), None), not(event("App Open", None, (1, None), within(14)))])),
        ("shoe_buyers", event("Purchase", Some(Condition::All(vec![shoes(), dear()])), (1, None), within(30))),
        (
            "lapsed",
            all([
                user("lifetime_value", Predicate::Greater(number(500.0))),
                not(member("active")),
                not(member("staff")),
            ]),
        ),
        (
            "carts",
            all([event("Add To Cart", None, (2, None), within(3)), event("Purchase", None, (0, Some(0)), within(3))]),
        ),
        ("renewing", user("renewal", Predicate::Time(TimeFilter::After(march)))),
        ("pros", all([user("plan", Predicate::IsIn(vec!["PRO".into(), "enterprise".into()])), not(member("staff"))])),
        (
            "browsers",
            any([event("Search", None, (5, None), within(30)), event("Screen View", None, (10, None), within(30))]),
        ),
        (
            "unhappy",
            all([event("Refund", Some(shoes()), (1, None), None), event("Purchase", None, (0, Some(2)), within(14))]),
        ),
    ];
    model_of(audiences)
}

fn model_of(audiences: impl IntoIterator<Item = (&'static str, Kind)>) -> Model {
    Model {
        project: "bench".to_owned(),
        audiences: audiences.into_iter().map(|(address, kind)| audience(address, kind)).collect(),
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: Some(days(30)),
        profile_retention: Some(days(30)),
    }
}

fn audience(address: &str, kind: Kind) -> (Name, Audience) {
    let name = Name::new(address).unwrap();
    let audience = Audience {
        address: name.clone(),
        name: address.to_owned(),
        external_name: address.to_owned(),
        doc: None,
        workspaces: shop_only(),
        inputs: inputs().into_iter().collect(),
        tags: BTreeSet::new(),
        status: Status::Active,
        access: Access::Usable,
        protect: false,
        standard: None,
        criterion: Criterion::new(kind).into(),
        split: None,
        connections: Vec::new(),
        origin: Origin::default(),
    };
    (name, audience)
}
