//! Random models over random users, both out of small pools of nasty values, so that they meet.

use std::collections::BTreeSet;

use aud::base::{Day, Duration, InputName, Moment, Now, TimeFilter, Timestamp, WorkspaceName};
use aud::catalog::{CustomEventType, EventKey, IdentityType};
use aud::ir::{
    Audience, Condition, Count, Criterion, EventTest, Events, Float, Kind, Model, Predicate, SeenEdge, Status, Unit,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{Event, User, World, audience, days, input, model, name};

/// 2026-03-01T12:00:00Z, around which everything happens.
const BASE_MS: i64 = 1_772_366_400_000;
const DAY_MS: i64 = 86_400_000;

const WORKSPACES: [&str; 3] = ["shop", "travel", "ghost"];
/// The last one is known to no store.
const INPUTS: [&str; 4] = ["shop.ios", "shop.web", "travel.web", "ghost.web"];
const EVENTS: [&str; 3] = ["Buy", "buy", "Never"];
const EVENT_ATTRIBUTES: [&str; 3] = ["a", "b", "never"];
const USER_ATTRIBUTES: [&str; 3] = ["plan", "age", "never"];
const IDENTITIES: [IdentityType; 3] = [IdentityType::CustomerId, IdentityType::Email, IdentityType::Twitter];

/// Texts that are alike in one way and differ in another.
const TEXTS: [&str; 56] = [
    "",
    " ",
    "pro",
    "PRO",
    "Pro ",
    "apropos",
    "É",
    "é",
    "e\u{301}",
    "caf\u{e9}",
    "CAFÉ",
    "ß",
    "ẞ",
    "ss",
    "SS",
    "ς",
    "σ",
    "Σ",
    "İ",
    "i",
    "I",
    "ı",
    "i\u{307}",
    "\u{212a}",
    "k",
    "a*b",
    "A?B",
    "axb",
    "ab",
    "a\\b",
    "\\",
    "5",
    " 5 ",
    "\t5.0\n",
    "5e0",
    "-0",
    "0",
    "1000",
    "1e3",
    "007",
    "+5",
    "NaN",
    "inf",
    "1e999",
    "true",
    "TRUE",
    " true",
    "False",
    "2026-02-28",
    "2026-02-29",
    "2026-02-28T12:00:00Z",
    "2026-02-28 14:00",
    "2026-03-02T00:00:00+02:00",
    "1772366400000",
    "1772366399999.0",
    "-1",
];
const PATTERNS: [&str; 16] =
    ["", "*", "?", "??", "*p*", "p?o", "P*O*", "a\\*b", "a\\?b", "a?b", "a*b", "\\\\", "\\", "*é", "?*σ", "a\\\\b"];
const NUMBERS: [f64; 8] = [-1.0, 0.0, 1.0, 4.9, 5.0, 5.000_000_1, 1000.0, 1_772_366_400_000.0];

/// One random question with its answer to be.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) model: Model,
    pub(super) world: World,
    pub(super) now: Now,
}

pub(super) fn case(users: usize) -> impl Strategy<Value = Case> {
    (models(), worlds(users), select(vec![0, -DAY_MS, DAY_MS, -8 * DAY_MS + 1, 40 * DAY_MS]))
        .prop_map(|(model, world, shift)| Case { model, world, now: Now(Timestamp(BASE_MS + shift)) })
}

fn models() -> impl Strategy<Value = Model> {
    let audiences: Vec<_> = (0..5).map(audiences).collect();
    (audiences, retention(), retention()).prop_map(|(audiences, events, profiles)| Model {
        event_retention: events,
        profile_retention: profiles,
        ..model(audiences)
    })
}

/// Audience `at`, which may nest those before it.
fn audiences(at: usize) -> impl Strategy<Value = Audience> {
    let status = prop_oneof![9 => Just(Status::Active), 1 => Just(Status::Draft)];
    (criteria(at), scope(), status).prop_map(move |(criterion, workspaces, status)| Audience {
        criterion,
        status,
        ..audience(&address(at), workspaces, Kind::Everyone)
    })
}

fn address(at: usize) -> String {
    format!("a{at}")
}

fn retention() -> impl Strategy<Value = Option<Duration>> {
    select(vec![None, Some(days(1)), Some(days(2)), Some(days(30))])
}

fn criteria(nestable: usize) -> impl Strategy<Value = Criterion> {
    kinds(nestable)
        .prop_recursive(3, 12, 3, |inner| {
            let criterion = labelled(inner).boxed();
            prop_oneof![
                vec(criterion.clone(), 0..4).prop_map(Kind::All),
                vec(criterion.clone(), 0..4).prop_map(Kind::Any),
                criterion.prop_map(|inner| Kind::Not(Box::new(inner))),
            ]
        })
        .prop_map(Criterion::new)
}

fn labelled(kinds: impl Strategy<Value = Kind>) -> impl Strategy<Value = Criterion> {
    let label = option::weighted(0.2, select(vec!["x", "y"]).prop_map(name));
    (kinds, label).prop_map(|(kind, label)| Criterion { label, ..Criterion::new(kind) })
}

fn kinds(nestable: usize) -> impl Strategy<Value = Kind> {
    let edge = select(vec![SeenEdge::First, SeenEdge::Last]);
    prop_oneof![
        1 => Just(Kind::Everyone),
        // One address more than there are audiences before this one: nobody is in that.
        2 => (0..=nestable).prop_map(move |at| Kind::Member(name(&if at < nestable { address(at) } else { "z".into() }))),
        6 => (select(USER_ATTRIBUTES.to_vec()), any::<bool>(), predicates(), scope()).prop_map(
            |(attribute, list, predicate, workspaces)| {
                Kind::UserAttribute { attribute: attribute.to_owned(), list, predicate, workspaces }
            }
        ),
        2 => (edge, times(), scope()).prop_map(|(edge, time, workspaces)| Kind::Seen { edge, time, workspaces }),
        2 => (select(IDENTITIES.to_vec()), predicates(), scope()).prop_map(|(identity, predicate, workspaces)| {
            Kind::Identity { identity, predicate, workspaces }
        }),
        8 => event_tests().prop_map(|test| Kind::Event(Box::new(test))),
    ]
}

fn event_tests() -> impl Strategy<Value = EventTest> {
    let filter = option::of(conditions());
    (event_keys(), option::weighted(0.3, event_types()), filter, counts(), option::of(times()), inputs()).prop_map(
        |(event, event_type, filter, count, time, inputs)| EventTest {
            events: Events { event, event_type, unit: Unit::Event, filter, time, inputs },
            count,
        },
    )
}

fn conditions() -> impl Strategy<Value = Condition> {
    let one = (select(EVENT_ATTRIBUTES.to_vec()), predicates()).prop_map(|(attribute, predicate)| {
        Condition::Attribute { part: None, attribute: attribute.to_owned(), predicate }
    });
    one.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Condition::All),
            vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn counts() -> impl Strategy<Value = Count> {
    prop_oneof![
        3 => Just(Count::ONCE),
        1 => Just(Count { least: 0, most: Some(0) }),
        3 => (0..4u64, option::of(0..4u64)).prop_map(|(least, most)| Count { least, most }),
        1 => select(vec![255, 256, u64::MAX]).prop_map(|most| Count { least: 0, most: Some(most) }),
        1 => select(vec![255, 256, u64::from(u32::MAX) + 1, u64::MAX]).prop_map(|least| Count { least, most: None }),
    ]
}

fn predicates() -> impl Strategy<Value = Predicate> {
    let number = || select(NUMBERS.to_vec()).prop_map(|number| Float::new(number).unwrap());
    let text = || select(TEXTS.to_vec()).prop_map(str::to_owned);
    prop_oneof![
        2 => Just(Predicate::Exists),
        2 => Just(Predicate::Empty),
        2 => text().prop_map(Predicate::Is),
        1 => vec(text(), 0..4).prop_map(Predicate::IsIn),
        2 => text().prop_map(Predicate::Contains),
        1 => text().prop_map(Predicate::StartsWith),
        1 => text().prop_map(Predicate::EndsWith),
        2 => select(PATTERNS.to_vec()).prop_map(|pattern| Predicate::Matches(pattern.to_owned())),
        1 => text().prop_map(Predicate::Includes),
        1 => text().prop_map(Predicate::PartiallyMatches),
        1 => number().prop_map(Predicate::Equal),
        1 => vec(number(), 0..3).prop_map(Predicate::OneOf),
        1 => number().prop_map(Predicate::Less),
        1 => number().prop_map(Predicate::AtMost),
        1 => number().prop_map(Predicate::Greater),
        1 => number().prop_map(Predicate::AtLeast),
        1 => (number(), number()).prop_map(|(low, high)| Predicate::Between(low, high)),
        1 => any::<bool>().prop_map(Predicate::Boolean),
        2 => times().prop_map(Predicate::Time),
    ]
}

fn lengths() -> impl Strategy<Value = Duration> {
    select(vec![Duration(0), Duration(1000), days(1), days(2), days(7), days(30), days(400)])
}

fn times() -> impl Strategy<Value = TimeFilter> {
    let moment = || {
        prop_oneof![
            (-9..3i32).prop_map(|days| Moment::Day(Day((BASE_MS / DAY_MS) as i32 + days))),
            instants().prop_map(|at| Moment::Instant(Timestamp(at))),
        ]
    };
    prop_oneof![
        3 => lengths().prop_map(TimeFilter::WithinLast),
        2 => (lengths(), lengths()).prop_map(|(newer, older)| TimeFilter::BetweenAgo { newer, older }),
        2 => lengths().prop_map(TimeFilter::MoreThanAgo),
        1 => moment().prop_map(TimeFilter::Before),
        1 => moment().prop_map(TimeFilter::After),
        1 => moment().prop_map(TimeFilter::On),
        1 => (moment(), moment()).prop_map(|(from, to)| TimeFilter::Between(from, to)),
    ]
}

/// Instants at the edges of windows, a millisecond off them, and anywhere.
fn instants() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => (lengths(), -1..=1i64).prop_map(|(ago, off)| BASE_MS - ago.0 + off),
        3 => (-9..4i64, -1..=1i64).prop_map(|(day, off)| (BASE_MS / DAY_MS + day) * DAY_MS + off),
        2 => (-9..2i64, -1..=1i64).prop_map(|(day, off)| BASE_MS + day * DAY_MS + off),
        1 => (-40 * DAY_MS..3 * DAY_MS).prop_map(|off| BASE_MS + off),
    ]
}

fn scope() -> impl Strategy<Value = BTreeSet<WorkspaceName>> {
    prop_oneof![
        4 => Just(super::world::workspaces(&["shop"])),
        3 => btree_set(select(WORKSPACES.to_vec()).prop_map(name), 0..=3),
    ]
}

fn inputs() -> impl Strategy<Value = BTreeSet<InputName>> {
    let of = |names: Vec<&str>| names.into_iter().map(input).collect();
    prop_oneof![Just(of(INPUTS.to_vec())), subsequence(INPUTS.to_vec(), 0..=4).prop_map(of)]
}

fn event_keys() -> impl Strategy<Value = EventKey> {
    prop_oneof![4 => Just(EVENTS[0]), 2 => select(EVENTS.to_vec())].prop_map(EventKey::custom)
}

fn event_types() -> impl Strategy<Value = CustomEventType> {
    select(vec![CustomEventType::Other, CustomEventType::Navigation, CustomEventType::Unknown])
}

fn worlds(users: usize) -> impl Strategy<Value = World> {
    vec(user(), 1..=users).prop_map(|users| {
        let mut world = World { inputs: INPUTS[..3].iter().copied().map(input).collect(), users };
        world.settle();
        world
    })
}

fn user() -> impl Strategy<Value = User> {
    let value = || option::weighted(0.9, select(TEXTS.to_vec()).prop_map(str::to_owned));
    let place = || select(WORKSPACES[..2].to_vec()).prop_map(name);
    let attribute = (place(), select(USER_ATTRIBUTES[..2].to_vec()).prop_map(str::to_owned));
    // An identity is kept trimmed, and nobody has an empty one.
    let identity =
        select(TEXTS.to_vec()).prop_map(|text| text.trim().to_owned()).prop_filter("empty", |t| !t.is_empty());
    let event = (
        prop_oneof![4 => Just(EVENTS[0]), 1 => Just(EVENTS[1])].prop_map(EventKey::custom),
        instants(),
        0..3u8,
        event_types(),
        btree_map(select(EVENT_ATTRIBUTES[..2].to_vec()).prop_map(str::to_owned), value(), 0..3),
    );
    let event = event.prop_map(|(key, at_ms, input, event_type, attributes)| Event {
        key,
        at_ms,
        input,
        event_type,
        attributes,
    });
    (
        vec((place(), instants()), 0..4),
        btree_map(attribute, value(), 0..4),
        vec((select(IDENTITIES[..2].to_vec()), identity), 0..3),
        vec(event, 0..6),
        // Now and then one event again and again, at the same instant.
        option::weighted(0.1, select(vec![3usize, 255, 256])),
    )
        .prop_map(|(sightings, attributes, identities, mut events, repeated)| {
            if let (Some(times), Some(first)) = (repeated, events.first().cloned()) {
                events.extend(std::iter::repeat_n(first, times - 1));
            }
            User { sightings, attributes, identities, events }
        })
}
