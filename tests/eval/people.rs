//! Random users: what is known of them, and what they did.

use std::collections::BTreeMap;

use aud::base::WorkspaceName;
use aud::catalog::{
    CustomEventType, DeviceField, EventKey, EventKind, IdentityType, InstallEdge, LocationField, ProfileField,
    Regulation,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::arbitrary::{INPUTS, WORKSPACES};
use super::pools::{common, held, instants, texts};
use super::world::{Attributes, Event, Held, User, World, input, name};

/// The last one is known to no user.
pub(super) const IDENTITIES: [IdentityType; 3] = [IdentityType::CustomerId, IdentityType::Email, IdentityType::Twitter];
/// The last one is never held.
pub(super) const USER_ATTRIBUTES: [&str; 3] = ["plan", "age", "never"];
pub(super) const DEVICE_FIELDS: [DeviceField; 3] = [DeviceField::Os, DeviceField::Model, DeviceField::Carrier];
/// Places, some of which are close to others, over the date line too.
pub(super) const POINTS: [(f64, f64); 5] =
    [(48.8566, 2.3522), (48.8567, 2.3522), (-33.9, 151.2), (0.0, 180.0), (0.0, -179.9999)];

/// Events that users do, the likeliest first.
pub(super) fn keys() -> BoxedStrategy<EventKey> {
    prop_oneof![
        5 => Just(EventKey::custom("Buy")),
        1 => Just(EventKey::custom("buy")),
        1 => Just(EventKey::screen("Buy")),
        4 => Just(EventKey::of(EventKind::Purchase)),
        5 => Just(EventKey::of(EventKind::AddToCart)),
        1 => select(vec![EventKind::Session, EventKind::Install, EventKind::Crash]).prop_map(EventKey::of),
    ]
    .boxed()
}

pub(super) fn event_types() -> impl Strategy<Value = CustomEventType> {
    use CustomEventType as Type;
    prop_oneof![5 => Just(Type::Other), 1 => select(vec![Type::Navigation, Type::Attribution, Type::Unknown])]
}

/// Users that meet, in a world of three inputs.
pub(super) fn worlds(users: usize) -> impl Strategy<Value = World> {
    vec(user(), 1..=users).prop_map(|users| {
        let mut world = World { inputs: INPUTS[..3].iter().copied().map(input).collect(), users };
        world.settle();
        world
    })
}

fn user() -> BoxedStrategy<User> {
    // An identity is kept trimmed, and nobody has an empty one.
    let identity = texts().prop_map(|text| text.trim().to_owned()).prop_filter("empty", |t| !t.is_empty());
    (
        vec((place(), instants()), 0..4),
        btree_map((place(), fields()), held(), 0..6),
        consents(),
        attributions(),
        vec((place(), select(DEVICE_FIELDS[..2].to_vec()), common()), 0..4),
        vec((place(), instants(), places()), 0..4),
        vec((select(IDENTITIES[..2].to_vec()), identity), 0..4),
        events(),
    )
        .prop_map(|(sightings, mut fields, consents, attributions, devices, places, identities, events)| {
            fields.extend(consents);
            fields.extend(attributions);
            User { sightings, fields, devices, places, identities, events }
        })
        .boxed()
}

fn place() -> impl Strategy<Value = WorkspaceName> {
    select(vec![WORKSPACES[0], WORKSPACES[0], WORKSPACES[1]]).prop_map(name)
}

fn fields() -> BoxedStrategy<ProfileField> {
    prop_oneof![
        3 => select(USER_ATTRIBUTES[..2].to_vec()).prop_map(ProfileField::attribute),
        1 => Just(ProfileField::Calculated("score".to_owned())),
    ]
    .boxed()
}

type Fields = BTreeMap<(WorkspaceName, ProfileField), Held>;

fn consents() -> BoxedStrategy<Fields> {
    let field = select(vec![Regulation::Gdpr, Regulation::Ccpa]).prop_map(|law| ProfileField::Consent(law, "m".into()));
    let value = select(vec!["true", "false"]).prop_map(|word| Held::Text(word.to_owned()));
    btree_map((place(), field), value, 0..3).boxed()
}

fn attributions() -> BoxedStrategy<Fields> {
    let edge = select(vec![InstallEdge::Install, InstallEdge::Install, InstallEdge::Uninstall]);
    let one = (place(), edge, option::weighted(0.8, held()), option::weighted(0.5, held()));
    vec(one, 0..3)
        .prop_map(|records| {
            let mut fields = Fields::new();
            for (place, edge, publisher, campaign) in records {
                let mut put = |name: Option<&str>, held| {
                    fields.insert((place.clone(), ProfileField::Attribution(edge, name.map(str::to_owned))), held);
                };
                put(None, Held::Text("true".to_owned()));
                publisher.into_iter().for_each(|held| put(Some("publisher"), held));
                campaign.into_iter().for_each(|held| put(Some("campaign"), held));
            }
            fields
        })
        .boxed()
}

fn places() -> BoxedStrategy<BTreeMap<LocationField, String>> {
    let point = select(POINTS.to_vec()).prop_map(|(north, east)| format!("{north},{east}"));
    (option::weighted(0.9, point), option::weighted(0.7, texts()), option::weighted(0.5, texts()))
        .prop_map(|(point, city, country)| {
            let fields =
                [(LocationField::Point, point), (LocationField::City, city), (LocationField::Country, country)];
            fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect()
        })
        .boxed()
}

fn events() -> BoxedStrategy<Vec<Event>> {
    // Now and then one event again and again, at the same instant; now and then somebody who says something about data.
    let repeated = option::weighted(0.1, select(vec![3usize, 255, 256]));
    (vec(event(), 0..10), repeated, option::weighted(0.15, vec(opt_out(), 1..3)))
        .prop_map(|(mut events, repeated, opt_outs)| {
            if let (Some(times), Some(first)) = (repeated, events.first().cloned()) {
                events.extend(std::iter::repeat_n(Event { id: None, ..first }, times - 1));
            }
            events.extend(opt_outs.into_iter().flatten());
            events
        })
        .boxed()
}

fn opt_out() -> impl Strategy<Value = Event> {
    let says = option::weighted(0.9, option::weighted(0.9, select(vec!["true", "True", "false", "1"])));
    (instants(), 0..3u8, says).prop_map(|(at_ms, input, says)| {
        let says = says.map(|says| ("is_opted_out".to_owned(), says.map(str::to_owned)));
        Event { attributes: says.into_iter().collect(), ..Event::of(EventKey::of(EventKind::OptOut), input, at_ms) }
    })
}

fn event() -> BoxedStrategy<Event> {
    let input = prop_oneof![2 => Just(0u8), 1 => 0..3u8];
    let id = option::weighted(0.3, select(vec!["e1", "e2"]).prop_map(str::to_owned));
    (keys(), instants(), input, event_types(), id, attributes(&["a", "b"]), attributes(&["a", "c"]), products())
        .prop_map(|(key, at_ms, input, event_type, id, attributes, action, products)| {
            let commerce = key.kind.is_commerce();
            let (action, products) = if commerce { (action, products) } else { Default::default() };
            Event { key, at_ms, input, event_type, id, attributes, action, products }
        })
        .boxed()
}

fn attributes(names: &'static [&'static str]) -> BoxedStrategy<Attributes> {
    btree_map(select(names.to_vec()).prop_map(str::to_owned), value(), 0..3).boxed()
}

/// Products with and without an id.
fn products() -> impl Strategy<Value = Vec<Attributes>> {
    let id = prop_oneof![6 => select(vec!["1", "2", "x"]).prop_map(Some), 1 => Just(None)];
    let product = (attributes(&["a", "b", "c"]), option::weighted(0.8, id)).prop_map(|(mut attributes, id)| {
        attributes.extend(id.map(|id| ("id".to_owned(), id.map(str::to_owned))));
        attributes
    });
    vec(product, 0..4)
}

fn value() -> impl Strategy<Value = Option<String>> {
    option::weighted(0.9, texts())
}
