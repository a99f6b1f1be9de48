//! Any criterion that the language can write about the project of these tests.

use std::collections::BTreeSet;

use aud::base::{Day, Duration, InputName, Moment, Name, TimeFilter, Timestamp, WorkspaceName};
use aud::catalog::{
    Calculation, CustomEventType, DeviceField, EventKey, EventKind, IdentityType, InstallEdge, LocationField, Part,
    ProfileField, Regulation,
};
use aud::ir::{
    AbandonedTest, AggregateTest, AttributeRef, Condition, Count, Criterion, EventTest, Events, Float, Kind, Pick,
    PickedTest, Predicate, SeenEdge, Sequence, Step, Unit,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{1,2}", "[ -~é\n\t]{0,8}"]
}

fn number() -> impl Strategy<Value = Float> {
    let plain = (-1000i32..1000).prop_map(|n| f64::from(n) / 4.0);
    let any = any::<f64>().prop_filter("finite", |n| n.is_finite());
    prop_oneof![4 => plain, 1 => any].prop_map(|n| Float::new(n).unwrap())
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        (-20_000i32..40_000).prop_map(|day| Moment::Day(Day(day))),
        (-1_000_000_000_000i64..3_000_000_000_000).prop_map(|ms| Moment::Instant(Timestamp(ms))),
        (0i64..3_000_000_000).prop_map(|s| Moment::Instant(Timestamp(s * 1000))),
    ]
}

fn time() -> BoxedStrategy<TimeFilter> {
    let length = || (1u64..100, select(vec!["second", "minute", "hour", "day", "week"]));
    let duration = || length().prop_map(|(count, unit)| Duration::of(count, unit).unwrap());
    prop_oneof![
        duration().prop_map(TimeFilter::WithinLast),
        (length(), 1u64..100).prop_map(|((count, unit), more)| TimeFilter::BetweenAgo {
            newer: Duration::of(count, unit).unwrap(),
            older: Duration::of(count + more, unit).unwrap(),
        }),
        duration().prop_map(TimeFilter::MoreThanAgo),
        moment().prop_map(TimeFilter::Before),
        moment().prop_map(TimeFilter::After),
        moment().prop_map(TimeFilter::On),
        (-20_000i32..40_000, 0i32..100)
            .prop_map(|(day, more)| TimeFilter::Between(Moment::Day(Day(day)), Moment::Day(Day(day + more)))),
    ]
    .boxed()
}

fn text_predicate() -> BoxedStrategy<Predicate> {
    prop_oneof![
        text().prop_map(Predicate::Is),
        prop::collection::vec(text(), 1..4).prop_map(Predicate::IsIn),
        text().prop_map(Predicate::Contains),
        text().prop_map(Predicate::StartsWith),
        text().prop_map(Predicate::EndsWith),
        text().prop_map(Predicate::Matches),
        Just(Predicate::Empty),
        Just(Predicate::Exists),
    ]
    .boxed()
}

fn number_predicate() -> BoxedStrategy<Predicate> {
    prop_oneof![
        number().prop_map(Predicate::Equal),
        prop::collection::vec(number(), 1..4).prop_map(Predicate::OneOf),
        number().prop_map(Predicate::Less),
        number().prop_map(Predicate::AtMost),
        number().prop_map(Predicate::Greater),
        number().prop_map(Predicate::AtLeast),
        (number(), number()).prop_map(|(a, b)| {
            if a.get() <= b.get() { Predicate::Between(a, b) } else { Predicate::Between(b, a) }
        }),
        Just(Predicate::Exists),
    ]
    .boxed()
}

/// An attribute of each type with a predicate that fits; the types are those of the project.
fn attribute() -> BoxedStrategy<(String, Predicate)> {
    let named = |name: &'static str| move |predicate| (name.to_owned(), predicate);
    prop_oneof![
        text_predicate().prop_map(named("text")),
        number_predicate().prop_map(named("number")),
        any::<bool>().prop_map(|value| ("flag".to_owned(), Predicate::Boolean(value))),
        time().prop_map(|time| ("date".to_owned(), Predicate::Time(time))),
    ]
    .boxed()
}

fn list_attribute() -> BoxedStrategy<(String, Predicate)> {
    prop_oneof![
        text().prop_map(Predicate::Includes),
        text().prop_map(Predicate::PartiallyMatches),
        Just(Predicate::Empty)
    ]
    .prop_map(|predicate| ("list".to_owned(), predicate))
    .boxed()
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = attribute().prop_map(|(attribute, predicate)| Condition::Attribute { part: None, attribute, predicate });
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn workspaces() -> impl Strategy<Value = BTreeSet<WorkspaceName>> {
    let all = vec!["shop", "travel"];
    subsequence(all, 1..=2).prop_map(|names| names.into_iter().map(|name| Name::new(name).unwrap()).collect())
}

fn inputs() -> impl Strategy<Value = BTreeSet<InputName>> {
    let all = vec!["shop.ios", "shop.web", "travel.ios", "travel.booking"];
    subsequence(all, 1..=4)
        .prop_map(|names| names.into_iter().map(|name| InputName::try_from(name.to_owned()).unwrap()).collect())
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![
        Just(Count::ONCE),
        (0u64..5).prop_map(|least| Count { least, most: None }),
        (0u64..5, 0u64..5).prop_map(|(least, more)| Count { least, most: Some(least + more) }),
    ]
}

fn event() -> impl Strategy<Value = Kind> {
    let types: Vec<CustomEventType> = CustomEventType::ALL.iter().map(|(_, each)| *each).collect();
    let event_type = prop::option::weighted(0.3, select(types));
    (event_type, prop::option::of(condition()), count(), prop::option::of(time()), inputs()).prop_map(
        |(event_type, filter, count, time, inputs)| {
            Kind::Event(Box::new(EventTest {
                events: Events { event: EventKey::custom("A"), event_type, unit: Unit::Event, filter, time, inputs },
                count,
            }))
        },
    )
}

fn leaf() -> impl Strategy<Value = Kind> {
    let identities: Vec<IdentityType> = IdentityType::ALL.iter().map(|(_, each)| *each).collect();
    prop_oneof![
        Just(Kind::Everyone),
        Just(Kind::Member(Name::new("b").unwrap())),
        (prop_oneof![attribute(), list_attribute()], workspaces()).prop_map(|((attribute, predicate), workspaces)| {
            let list = matches!(predicate, Predicate::Includes(_) | Predicate::PartiallyMatches(_));
            Kind::UserAttribute { attribute, list, predicate, workspaces }
        }),
        (any::<bool>(), time(), workspaces()).prop_map(|(first, time, workspaces)| Kind::Seen {
            edge: if first { SeenEdge::First } else { SeenEdge::Last },
            time,
            workspaces
        }),
        (select(identities), text_predicate(), workspaces())
            .prop_map(|(identity, predicate, workspaces)| { Kind::Identity { identity, predicate, workspaces } }),
        event().boxed(),
        any_event().boxed(),
        picked().boxed(),
        sequence().boxed(),
        abandoned().boxed(),
        aggregate().boxed(),
        profile().boxed(),
        near().boxed(),
        attribution().boxed(),
    ]
}

fn key() -> impl Strategy<Value = EventKey> {
    let kinds: Vec<EventKind> = EventKind::ALL.iter().map(|(_, kind)| *kind).collect();
    let kinds = kinds.into_iter().filter(|kind| !kind.is_named() && *kind != EventKind::OptOut).collect::<Vec<_>>();
    prop_oneof![
        2 => Just(EventKey::custom("A")),
        1 => text().prop_map(|name| EventKey::custom(format!("E {name}"))),
        1 => text().prop_map(EventKey::screen),
        4 => select(kinds).prop_map(EventKey::of),
    ]
}

/// Asks parts only where events have them.
fn condition_of(kind: EventKind) -> BoxedStrategy<Condition> {
    if !kind.is_commerce() {
        return condition().boxed();
    }
    let part = select(vec![None, Some(Part::Action), Some(Part::Product)]);
    let leaf = (part, attribute()).prop_map(|(part, (attribute, predicate))| Condition::Attribute {
        part,
        attribute,
        predicate,
    });
    leaf.prop_recursive(2, 4, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::All),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

/// Events that read no input yet.
fn events() -> BoxedStrategy<Events> {
    let types: Vec<CustomEventType> = CustomEventType::ALL.iter().map(|(_, each)| *each).collect();
    key()
        .prop_flat_map(move |key| {
            let event_type = match key.kind {
                EventKind::Custom => prop::option::weighted(0.3, select(types.clone())).boxed(),
                _ => Just(None).boxed(),
            };
            let filter = prop::option::of(condition_of(key.kind));
            (Just(key), event_type, filter, prop::option::of(time())).prop_map(|(event, event_type, filter, time)| {
                Events { event_type, filter, time, ..Events::of(event, BTreeSet::new()) }
            })
        })
        .boxed()
}

/// What a kind of event reads where these inputs are meant.
fn read(kind: EventKind, inputs: &BTreeSet<InputName>) -> BTreeSet<InputName> {
    let all = ["shop.ios", "shop.web", "travel.ios", "travel.booking"];
    let all = all.map(|name| InputName::try_from(name.to_owned()).unwrap());
    let beside = |each: &InputName| inputs.iter().any(|input| input.workspace == each.workspace);
    if kind.is_by_workspace() { all.into_iter().filter(beside).collect() } else { inputs.clone() }
}

fn reading(events: Events, inputs: &BTreeSet<InputName>) -> Events {
    Events { inputs: read(events.event.kind, inputs), ..events }
}

fn any_event() -> impl Strategy<Value = Kind> {
    (events(), any::<bool>(), count(), inputs()).prop_map(|(events, item, count, inputs)| {
        let unit = if item && events.event.kind.is_commerce() { Unit::Item } else { Unit::Event };
        Kind::Event(Box::new(EventTest { events: Events { unit, ..reading(events, &inputs) }, count }))
    })
}

fn picked() -> impl Strategy<Value = Kind> {
    (any::<bool>(), events(), inputs()).prop_map(|(first, events, inputs)| {
        let pick = if first { Pick::First } else { Pick::Latest };
        Kind::Picked(Box::new(PickedTest { pick, events: reading(events, &inputs) }))
    })
}

fn sequence() -> impl Strategy<Value = Kind> {
    let within = (1u64..100, select(vec!["second", "hour", "day"]));
    let within = within.prop_map(|(count, unit)| Duration::of(count, unit).unwrap());
    let without = prop::collection::vec(events().prop_map(|events| Events { time: None, ..events }), 0..3);
    let step = (events(), prop::option::of(within), without).prop_map(|(events, within, without)| Step {
        events,
        within,
        without,
    });
    (events(), prop::collection::vec(step, 1..3), inputs()).prop_map(|(first, steps, inputs)| {
        let steps = steps.into_iter().map(|step| Step {
            events: reading(step.events, &inputs),
            without: step.without.into_iter().map(|each| reading(each, &inputs)).collect(),
            ..step
        });
        Kind::Sequence(Box::new(Sequence { first: reading(first, &inputs), steps: steps.collect() }))
    })
}

fn abandoned() -> impl Strategy<Value = Kind> {
    let wait = (1u64..100, select(vec!["second", "hour", "day"]));
    (any::<bool>(), wait, prop::option::of(condition_of(EventKind::AddToCart)), inputs()).prop_map(
        |(item, (count, unit), filter, inputs)| {
            let wait = Duration::of(count, unit).unwrap();
            let unit = if item { Unit::Item } else { Unit::Event };
            Kind::Abandoned(Box::new(AbandonedTest { unit, wait, filter, inputs }))
        },
    )
}

/// How a value is calculated, over which attribute, and what it must be.
fn value() -> impl Strategy<Value = (Calculation, Option<String>, Predicate)> {
    use Calculation as C;
    let named = |name: &str| Some(name.to_owned());
    prop_oneof![
        number_predicate().prop_map(|predicate| (C::Count, None, predicate)),
        (select(vec![C::Sum, C::Average, C::Minimum, C::Maximum]), number_predicate())
            .prop_map(move |(calculation, predicate)| (calculation, named("number"), predicate)),
        number_predicate().prop_map(move |predicate| (C::UniqueCount, named("text"), predicate)),
        (select(vec![C::First, C::Latest, C::MostFrequent]), attribute())
            .prop_map(|(calculation, (name, predicate))| (calculation, Some(name), predicate)),
        (select(vec![C::FirstTime, C::LatestTime]), time()).prop_map(|(calculation, time)| (
            calculation,
            None,
            Predicate::Time(time)
        )),
        list_attribute().prop_map(move |(_, predicate)| (C::UniqueList, named("text"), predicate)),
    ]
}

fn aggregate() -> impl Strategy<Value = Kind> {
    let part = select(vec![None, Some(Part::Action), Some(Part::Product)]);
    (value(), part, events(), any::<bool>(), inputs()).prop_map(
        |((calculation, attribute, predicate), part, events, item, inputs)| {
            let commerce = events.event.kind.is_commerce();
            let attribute = attribute.map(|name| AttributeRef { part: part.filter(|_| commerce), name });
            let counted = item && commerce && calculation == Calculation::Count;
            let unit = if counted { Unit::Item } else { Unit::Event };
            let events = Events { unit, ..reading(events, &inputs) };
            Kind::Aggregate(Box::new(AggregateTest { calculation, attribute, events, predicate }))
        },
    )
}

fn profile() -> impl Strategy<Value = Kind> {
    let devices: Vec<DeviceField> = DeviceField::ALL.iter().map(|(_, each)| *each).collect();
    let locations: Vec<LocationField> = LocationField::ALL.iter().map(|(_, each)| *each).collect();
    let locations = locations.into_iter().filter(|each| *each != LocationField::Point).collect::<Vec<_>>();
    let consent = prop_oneof![any::<bool>().prop_map(Predicate::Boolean), Just(Predicate::Exists)];
    let purpose = prop_oneof![
        text().prop_map(|purpose| ProfileField::Consent(Regulation::Gdpr, purpose)),
        Just(ProfileField::Consent(Regulation::Ccpa, "data_sale_opt_out".to_owned())),
    ];
    let field = prop_oneof![
        (purpose, consent),
        (select(devices).prop_map(ProfileField::Device), text_predicate()),
        (select(locations).prop_map(ProfileField::Location), text_predicate()),
        prop_oneof![attribute(), list_attribute()]
            .prop_map(|(name, predicate)| (ProfileField::Calculated(name), predicate)),
    ];
    (field, workspaces()).prop_map(|((field, predicate), workspaces)| Kind::Profile { field, predicate, workspaces })
}

fn near() -> impl Strategy<Value = Kind> {
    let metres = prop_oneof![(1i32..80_000_000).prop_map(|n| f64::from(n) / 4.0), 1e-3f64..2e7];
    let float = |value| Float::new(value).unwrap();
    (-90.0f64..=90.0, -180.0f64..=180.0, metres, workspaces()).prop_map(move |(north, east, metres, workspaces)| {
        Kind::Near { latitude: float(north), longitude: float(east), metres: float(metres), workspaces }
    })
}

fn attribution() -> impl Strategy<Value = Kind> {
    let says = || (text(), text_predicate());
    let says =
        move || says().prop_map(|(attribute, predicate)| Condition::Attribute { part: None, attribute, predicate });
    let filter = prop_oneof![says(), prop::collection::vec(says(), 1..3).prop_map(Condition::Any)];
    (any::<bool>(), prop::option::of(filter), workspaces()).prop_map(|(install, filter, workspaces)| {
        let edge = if install { InstallEdge::Install } else { InstallEdge::Uninstall };
        Kind::Attribution { edge, filter, workspaces }
    })
}

pub(super) fn criterion() -> impl Strategy<Value = Criterion> {
    let label = || prop::option::weighted(0.2, select(vec!["spend", "not_now", "And"]));
    let labelled = |(label, kind): (Option<&str>, Kind)| Criterion {
        label: label.map(|label| Name::new(label).unwrap()),
        ..Criterion::new(kind)
    };
    (label(), leaf()).prop_map(labelled).prop_recursive(4, 16, 4, move |inner| {
        let kind = prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Kind::All),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Kind::Any),
            inner.prop_map(|inner| Kind::Not(Box::new(inner))),
        ];
        (label(), kind).prop_map(labelled)
    })
}
