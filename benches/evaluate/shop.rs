//! A shop: commerce events with products, devices, consents and locations, and one criterion for each kernel.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aud::base::{Mpid, Name};
use aud::catalog::{
    Calculation, CustomEventType, DeviceField, EventKey, EventKind, LocationField, Part, ProfileField, Regulation,
};
use aud::ir::{
    AbandonedTest, AggregateTest, AttributeRef, Condition, Count, EventTest, Events, Kind, Model, Pick, PickedTest,
    Predicate, Sequence, Step, Unit,
};
use aud::store::{Builder, EventRow, ProfileValue, Store};

use super::{CATEGORIES, DAY_MS, NOW, Random, USERS, days, inputs, model_of, number, shop_only, within};

const EVENTS: u64 = 300_000;

/// What the criteria are about.
pub(super) const KINDS: [&str; 12] = [
    "product filter",
    "items",
    "latest event",
    "sequence",
    "cart",
    "item",
    "sum",
    "latest value",
    "most frequent",
    "near",
    "device",
    "consent",
];

pub(super) static STORE: LazyLock<Store> = LazyLock::new(store);

pub(super) fn model(kind: &str) -> Model {
    model_of([("a", criterion(kind))])
}

fn store() -> Store {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let shop = Name::new("shop").unwrap();
    let mut builder = Builder::new(&inputs());
    for user in 0..USERS {
        let row = builder.user(Mpid(i64::from(user) * 7 - 5));
        builder.see(row, &shop, NOW.ms() - random.below(40 * DAY_MS as u64) as i64);
        for _ in 0..=random.below(2) {
            builder.device(row, &shop, DeviceField::Os, random.one_of(&["iOS", "Android", "Linux"]));
        }
        let marketing = ProfileField::Consent(Regulation::Gdpr, "marketing".to_owned());
        builder.field(row, &shop, &marketing, ProfileValue::Text(random.one_of(&["true", "false"])), None);
        let point = format!("{},{}", random.below(180) as f64 - 90.0, random.below(360) as f64 - 180.0);
        let place = BTreeMap::from([(LocationField::Point, point)]);
        builder.locate(row, &shop, NOW.ms() - random.below(60 * DAY_MS as u64) as i64, &place);
    }
    for _ in 0..EVENTS {
        let (row, at_ms) = (random.below(u64::from(USERS)) as u32, NOW.ms() - random.below(45 * DAY_MS as u64) as i64);
        let kind =
            random.one_of(&[EventKind::AddToCart, EventKind::AddToCart, EventKind::ViewDetail, EventKind::Purchase]);
        let (id, total) = (random.below(500).to_string(), random.below(300).to_string());
        let product = vec![("id", Some(&*id)), ("category", Some(random.one_of(&CATEGORIES)))];
        let other = vec![("id", Some("500")), ("category", Some(random.one_of(&CATEGORIES)))];
        let event = EventRow {
            at_ms,
            input: random.below(2) as u8,
            event_type: CustomEventType::Other,
            id: None,
            attributes: &[],
            action: &[("total_amount", Some(&*total))],
            products: &[product, other],
        };
        builder.event(row, &EventKey::of(kind), event);
    }
    builder.finish("shop", 1)
}

fn events(kind: EventKind, filter: Option<Condition>) -> Events {
    Events { filter, ..Events::of(EventKey::of(kind), inputs().into_iter().collect()) }
}

fn shoes() -> Option<Condition> {
    let (attribute, predicate) = ("category".to_owned(), Predicate::Contains("shoe".to_owned()));
    Some(Condition::Attribute { part: Some(Part::Product), attribute, predicate })
}

fn calculated(calculation: Calculation, name: &str, predicate: Predicate) -> Kind {
    let attribute = Some(AttributeRef { part: None, name: name.to_owned() });
    let events = events(EventKind::Purchase, None);
    Kind::Aggregate(Box::new(AggregateTest { calculation, attribute, events, predicate }))
}

fn abandoned(unit: Unit) -> Kind {
    let inputs = inputs().into_iter().collect();
    Kind::Abandoned(Box::new(AbandonedTest { unit, wait: days(4), filter: shoes(), inputs }))
}

fn profile(field: ProfileField, predicate: Predicate) -> Kind {
    Kind::Profile { field, predicate, workspaces: shop_only() }
}

fn criterion(kind: &str) -> Kind {
    let twice = Count { least: 2, most: None };
    let bought = |unit| Events { unit, time: within(14), ..events(EventKind::Purchase, shoes()) };
    match kind {
        "product filter" => Kind::Event(Box::new(EventTest { events: bought(Unit::Event), count: twice })),
        "items" => Kind::Event(Box::new(EventTest { events: bought(Unit::Item), count: twice })),
        "latest event" => Kind::Picked(Box::new(PickedTest { pick: Pick::Latest, events: bought(Unit::Event) })),
        "sequence" => Kind::Sequence(Box::new(Sequence {
            first: events(EventKind::ViewDetail, None),
            steps: vec![Step {
                events: events(EventKind::Purchase, None),
                within: Some(days(5)),
                without: vec![events(EventKind::AddToCart, shoes())],
            }],
        })),
        "cart" => abandoned(Unit::Event),
        "item" => abandoned(Unit::Item),
        "sum" => calculated(Calculation::Sum, "total_amount", Predicate::Greater(number(300.0))),
        "latest value" => calculated(Calculation::Latest, "total_amount", Predicate::Greater(number(200.0))),
        "most frequent" => calculated(Calculation::MostFrequent, "category", Predicate::Is("Hats".to_owned())),
        "near" => Kind::Near {
            latitude: number(48.8566),
            longitude: number(2.3522),
            metres: number(2_000_000.0),
            workspaces: shop_only(),
        },
        "device" => profile(ProfileField::Device(DeviceField::Os), Predicate::Is("iOS".to_owned())),
        _ => profile(ProfileField::Consent(Regulation::Gdpr, "marketing".to_owned()), Predicate::Boolean(true)),
    }
}
