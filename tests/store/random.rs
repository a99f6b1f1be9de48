//! Random stores, built step by step, and the same by hand.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{InputName, Mpid};
use aud::catalog::{CustomEventType, DeviceField, EventKey, IdentityType, LocationField, ProfileField, Regulation};
use aud::store::{Builder, EventRow, ProfileValue, Store};
use proptest::prelude::*;

use super::support::{describe, input, said};

type Pairs = Vec<(&'static str, Option<String>)>;

/// One step of building a store.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Event {
        user: i64,
        key: u8,
        at: i64,
        input: u8,
        id: Option<u8>,
        attributes: Pairs,
        action: Pairs,
        products: Vec<Pairs>,
    },
    See {
        user: i64,
        at: i64,
    },
    Field {
        user: i64,
        app: bool,
        field: ProfileField,
        value: Value,
        at: Option<i64>,
    },
    Identity {
        user: i64,
        value: u8,
    },
}

/// What a field is set to.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Absent,
    Null,
    Text(String),
    List(Vec<String>),
}

fn text() -> impl Strategy<Value = String> {
    "[a-cé\"\u{1d},1 ]{0,2}".prop_map(|text| text.trim_start_matches('\u{1d}').to_owned())
}

fn pairs() -> impl Strategy<Value = Pairs> {
    let value = || proptest::option::of(proptest::option::of(text()));
    (value(), value()).prop_map(|(sku, size)| {
        [("sku", sku), ("size", size)].into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

fn field() -> impl Strategy<Value = ProfileField> {
    use ProfileField as F;
    prop_oneof![
        "(plan|\u{1d}odd)".prop_map(F::Attribute),
        Just(F::Calculated("plan".to_owned())),
        Just(F::Consent(Regulation::Gdpr, "a/b \"c\"".to_owned())),
        Just(F::Device(DeviceField::OsVersion)),
        Just(F::Location(LocationField::Point)),
        Just(F::Attribution(aud::catalog::InstallEdge::Install, None)),
        Just(F::Attribution(aud::catalog::InstallEdge::Uninstall, Some("publisher".to_owned()))),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        Just(Value::Null),
        text().prop_map(Value::Text),
        proptest::collection::vec(text(), 0..3).prop_map(Value::List),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let user = || -3i64..4;
    let at = || -5i64..6;
    let event = (user(), 0u8..4, at(), 0u8..2, proptest::option::of(0u8..3));
    let parts = (pairs(), pairs(), proptest::collection::vec(pairs(), 0..3));
    prop_oneof![
        3 => (event, parts).prop_map(|((user, key, at, input, id), (attributes, action, products))| Step::Event {
            user, key, at, input, id, attributes, action, products
        }),
        1 => (user(), -9i64..9).prop_map(|(user, at)| Step::See { user, at }),
        2 => (user(), any::<bool>(), field(), value(), proptest::option::of(at()))
            .prop_map(|(user, app, field, value, at)| Step::Field { user, app, field, value, at }),
        1 => (user(), 0u8..5).prop_map(|(user, value)| Step::Identity { user, value }),
    ]
}

fn inputs() -> [InputName; 2] {
    [input("shop.web"), input("app.ios")]
}

/// Of two keys with one name, and of two that have none.
fn key(key: u8) -> EventKey {
    match key {
        0 => EventKey::custom("a"),
        1 => EventKey::screen("a"),
        2 => EventKey::of(aud::catalog::EventKind::Purchase),
        _ => EventKey::of(aud::catalog::EventKind::Session),
    }
}

fn borrowed(pairs: &Pairs) -> Vec<(&str, Option<&str>)> {
    pairs.iter().map(|(name, value)| (*name, value.as_deref())).collect()
}

pub(super) fn build(steps: &[Step]) -> Store {
    let inputs = inputs();
    let mut builder = Builder::new(&inputs);
    for step in steps {
        match step {
            Step::Event { user, key: of, at, input, id, attributes, action, products } => {
                let row = builder.user(Mpid(*user));
                let products: Vec<_> = products.iter().map(borrowed).collect();
                let id = id.map(|id| format!("id{id}"));
                let event = EventRow {
                    at_ms: *at,
                    input: *input,
                    event_type: CustomEventType::Search,
                    id: id.as_deref(),
                    attributes: &borrowed(attributes),
                    action: &borrowed(action),
                    products: &products,
                };
                builder.event(row, &key(*of), event);
            }
            Step::See { user, at } => {
                let row = builder.user(Mpid(*user));
                builder.see(row, &inputs[0].workspace, *at);
            }
            Step::Field { user, app, field, value, at } => {
                let row = builder.user(Mpid(*user));
                let value = match value {
                    Value::Absent => ProfileValue::Absent,
                    Value::Null => ProfileValue::Null,
                    Value::Text(text) => ProfileValue::Text(text),
                    Value::List(list) => ProfileValue::List(list),
                };
                builder.field(row, &inputs[usize::from(*app)].workspace, field, value, *at);
            }
            Step::Identity { user, value } => {
                let row = builder.user(Mpid(*user));
                builder.identity(row, IdentityType::Email, &format!(" {value}"));
            }
        }
    }
    builder.finish("id", 7)
}

/// A user by hand: no columns, no codes.
#[derive(Default)]
struct User {
    seen: BTreeMap<&'static str, (i64, i64)>,
    fields: BTreeMap<(&'static str, ProfileField), (Value, i64)>,
    emails: Vec<u8>,
    ids: BTreeSet<u8>,
    events: Vec<String>,
}

impl User {
    fn see(&mut self, workspace: &'static str, at: i64) {
        let seen = self.seen.entry(workspace).or_insert((at, at));
        *seen = (seen.0.min(at), seen.1.max(at));
    }

    fn text(mut self) -> String {
        let mut text = String::new();
        for (workspace, (first, last)) in self.seen {
            text += &format!("seen in {workspace}: {first} to {last}\n");
        }
        for ((workspace, field), (value, _)) in self.fields {
            let name = match field {
                ProfileField::Attribute(name) => name,
                other => format!("{other:?}"),
            };
            match value {
                Value::Absent => {}
                Value::Null => text += &format!("{workspace} {name} = None\n"),
                Value::Text(value) => text += &format!("{workspace} {name} = {:?}\n", Some(value)),
                Value::List(list) => text += &format!("{workspace} {name} = {list:?}\n"),
            }
        }
        self.emails.iter().for_each(|email| text += &format!("email {email}\n"));
        self.events.sort();
        text + &self.events.concat()
    }
}

fn written(pairs: &Pairs) -> String {
    let mut pairs = pairs.clone();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!(" {name}={value:?}")).collect()
}

fn naive(steps: &[Step]) -> BTreeMap<i64, User> {
    let mut users: BTreeMap<i64, User> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Event { user, key: of, at, input, id, attributes, action, products } => {
                let (workspace, name) = [("shop", "shop.web"), ("app", "app.ios")][usize::from(*input)];
                let user = users.entry(*user).or_default();
                if id.is_some_and(|id| !user.ids.insert(id)) {
                    continue;
                }
                user.see(workspace, *at);
                let id = id.map(|id| format!(" id=\"id{id}\"")).unwrap_or_default();
                let action = written(action);
                let action = if action.is_empty() { action } else { format!(" action:{action}") };
                let products: String = products.iter().map(|each| format!(" product:{}", written(each))).collect();
                let key = key(*of).name;
                user.events.push(format!("{at} {key} {name} search{id}{}{action}{products}\n", written(attributes)));
            }
            Step::See { user, at } => users.entry(*user).or_default().see("shop", *at),
            Step::Field { user, app, field, value, at } => {
                let place = (if *app { "app" } else { "shop" }, field.clone());
                let fields = &mut users.entry(*user).or_default().fields;
                let known = fields.entry(place).or_insert((Value::Absent, i64::MIN));
                if at.is_none_or(|at| at >= known.1) {
                    *known = (value.clone(), at.unwrap_or(known.1));
                }
            }
            Step::Identity { user, value } => {
                if !users.entry(*user).or_default().emails.contains(value) {
                    users.values_mut().for_each(|other| other.emails.retain(|each| each != value));
                    users.entry(*user).or_default().emails.push(*value);
                }
            }
        }
    }
    users
}

proptest! {
    #[test]
    fn the_builder_keeps_what_it_was_told(steps in proptest::collection::vec(step(), 0..40)) {
        let store = build(&steps);
        let mut times = Vec::new();
        for (mpid, user) in naive(&steps) {
            let told = user.fields.iter().filter(|(_, (_, at))| *at != i64::MIN);
            times.extend(told.map(|((place, field), (_, at))| (Mpid(mpid), (*place).to_owned(), field.clone(), *at)));
        }
        times.sort();
        prop_assert_eq!(said(&store), times);
        let by_hand: BTreeMap<_, _> = naive(&steps).into_iter().map(|(mpid, user)| (Mpid(mpid), user.text())).collect();
        prop_assert_eq!(describe(&store), by_hand);
    }
}
