//! Random models over random users, both out of small pools of nasty values, so that they meet.

use std::collections::BTreeSet;

use aud::base::{Duration, InputName, Moment, Now, Timestamp, WorkspaceName};
use aud::catalog::{Calculation, EventKey, EventKind, InstallEdge, LocationField, Part, ProfileField, Regulation};
use aud::ir::{
    AbandonedTest, AggregateTest, AttributeRef, Audience, Condition, Count, Criterion, EventTest, Events, Float, Kind,
    Model, Pick, PickedTest, Predicate, SeenEdge, Sequence, Standard, Status, Step, Unit,
};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::people::{DEVICE_FIELDS, IDENTITIES, POINTS, USER_ATTRIBUTES, event_types, keys, worlds};
use super::pools::{BASE_MS, DAY_MS, instants, lengths, of_lists, of_numbers, of_texts, predicates, times};
use super::reference::StoredBits;
use super::world::{World, audience, days, input, model, name};

/// The last one is known to no store.
pub(super) const WORKSPACES: [&str; 3] = ["shop", "travel", "ghost"];
/// The last one is known to no store.
pub(super) const INPUTS: [&str; 4] = ["shop.ios", "shop.web", "travel.web", "ghost.web"];
/// The names of attributes of events, actions and products; the last one is never held.
const EVENT_ATTRIBUTES: [&str; 5] = ["a", "b", "c", "id", "never"];

/// One random question with its answer to be.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) model: Model,
    pub(super) world: World,
    pub(super) now: Now,
    /// What is stored of standard audiences.
    pub(super) stored: StoredBits,
}

pub(super) fn case(users: usize) -> impl Strategy<Value = Case> {
    let bits = vec(option::weighted(0.3, vec(any::<bool>(), users)), 5);
    (models(), worlds(users), clocks(), bits).prop_map(|(model, world, now, bits)| {
        let standard = model.audiences.values().filter(|each| each.standard.is_some());
        let stored = standard.zip(bits).filter_map(|(each, bits)| Some((each.address.clone(), bits?))).collect();
        Case { model, world, now, stored }
    })
}

/// One question alone.
pub(super) fn alone(leaf: BoxedStrategy<Kind>) -> impl Strategy<Value = Case> {
    let kept = || prop_oneof![2 => Just(Some(days(30))), 1 => retention()];
    (leaf, worlds(8), clocks(), kept(), kept()).prop_map(|(leaf, world, now, events, profiles)| {
        let asked = audience("a", super::world::workspaces(&["shop", "travel"]), leaf);
        let model = Model { event_retention: events, profile_retention: profiles, ..model([asked]) };
        Case { model, world, now, stored: StoredBits::new() }
    })
}

fn clocks() -> impl Strategy<Value = Now> {
    let shift = prop_oneof![3 => Just(0), 2 => select(vec![-DAY_MS, DAY_MS, -8 * DAY_MS + 1, 40 * DAY_MS])];
    shift.prop_map(|shift| Now(Timestamp(BASE_MS + shift)))
}

fn models() -> BoxedStrategy<Model> {
    let audiences: Vec<_> = (0..5).map(audiences).collect();
    (audiences, retention(), retention())
        .prop_map(|(audiences, events, profiles)| Model {
            event_retention: events,
            profile_retention: profiles,
            ..model(audiences)
        })
        .boxed()
}

/// Audience `at`, which may nest those before it.
fn audiences(at: usize) -> impl Strategy<Value = Audience> {
    let status = prop_oneof![9 => Just(Status::Active), 1 => Just(Status::Draft)];
    (criteria(at), scope(), status, option::weighted(0.2, ranges())).prop_map(
        move |(criterion, workspaces, status, standard)| Audience {
            criterion: criterion.into(),
            status,
            standard,
            ..audience(&address(at), workspaces, Kind::Everyone)
        },
    )
}

fn ranges() -> impl Strategy<Value = Standard> {
    let instant = || instants().prop_map(|at| Moment::Instant(Timestamp(at)));
    let day = || (-40..3i32).prop_map(|days| Moment::Day(aud::base::Day((BASE_MS / DAY_MS) as i32 + days)));
    prop_oneof![
        1 => Just(Standard::All),
        2 => (instant(), instant()).prop_map(|(from, to)| Standard::Between(from, to)),
        2 => (day(), day()).prop_map(|(from, to)| Standard::Between(from, to)),
    ]
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
    let leaves = leaves().into_iter().map(|(_, leaf)| leaf).collect::<Vec<_>>();
    prop_oneof![
        1 => Just(Kind::Everyone),
        // One address more than there are audiences before this one: nobody is in that.
        3 => (0..=nestable).prop_map(move |at| Kind::Member(name(&if at < nestable { address(at) } else { "z".into() }))),
        30 => proptest::strategy::Union::new(leaves),
    ]
}

/// Every kind of question about data, by a name.
pub(super) fn leaves() -> Vec<(&'static str, BoxedStrategy<Kind>)> {
    let edges = || select(vec![SeenEdge::First, SeenEdge::Last]);
    let attribute = (select(USER_ATTRIBUTES.to_vec()), any::<bool>(), predicates(), scope()).prop_map(
        |(attribute, list, predicate, workspaces)| Kind::UserAttribute {
            attribute: attribute.to_owned(),
            list,
            predicate,
            workspaces,
        },
    );
    let seen = (edges(), times(), scope()).prop_map(|(edge, time, workspaces)| Kind::Seen { edge, time, workspaces });
    let identity = (select(IDENTITIES.to_vec()), predicates(), scope())
        .prop_map(|(identity, predicate, workspaces)| Kind::Identity { identity, predicate, workspaces });
    let law = select(vec![Regulation::Gdpr, Regulation::Ccpa]);
    let consented = prop_oneof![any::<bool>().prop_map(Predicate::Boolean), Just(Predicate::Exists)];
    let score = Just(ProfileField::Calculated("score".to_owned()));
    let place = select(vec![LocationField::City, LocationField::Country]).prop_map(ProfileField::Location);
    let stringly = || prop_oneof![4 => of_texts(), 1 => Just(Predicate::Exists), 1 => Just(Predicate::Empty)];
    vec![
        ("user attribute", attribute.boxed()),
        ("seen", seen.boxed()),
        ("identity", identity.boxed()),
        ("calculated", profile(score, predicates())),
        ("consent", profile(law.prop_map(|law| ProfileField::Consent(law, "m".into())), consented)),
        ("device", profile(select(DEVICE_FIELDS.to_vec()).prop_map(ProfileField::Device), stringly())),
        ("location", profile(place, stringly())),
        ("near", near().boxed()),
        ("attribution", attribution().boxed()),
        ("event", event_tests(Unit::Event).boxed()),
        ("item", event_tests(Unit::Item).boxed()),
        ("picked", picked().boxed()),
        ("sequence", sequences().boxed()),
        ("cart abandoned", abandoned(Unit::Event).boxed()),
        ("item abandoned", abandoned(Unit::Item).boxed()),
        ("number of aggregate", aggregates(&NUMERIC, aggregated(of_numbers())).boxed()),
        ("time of aggregate", aggregates(&TIMES, aggregated(times().prop_map(Predicate::Time))).boxed()),
        ("text of aggregate", aggregates(&TEXTUAL, predicates()).boxed()),
        ("list of aggregate", aggregates(&[Calculation::UniqueList], aggregated(of_lists())).boxed()),
    ]
}

fn profile(
    fields: impl Strategy<Value = ProfileField> + 'static,
    predicates: impl Strategy<Value = Predicate> + 'static,
) -> BoxedStrategy<Kind> {
    let all = (fields, predicates, scope());
    all.prop_map(|(field, predicate, workspaces)| Kind::Profile { field, predicate, workspaces }).boxed()
}

/// Never within a few metres of a boundary, where rounding decides.
fn near() -> impl Strategy<Value = Kind> {
    let float = |number: f64| Float::new(number).unwrap();
    let metres = select(vec![0.0, 5.0, 20.0, 1000.0, 16_000_000.0, 17_000_000.0, 30_000_000.0]);
    (select(POINTS.to_vec()), metres, scope()).prop_map(move |((north, east), metres, workspaces)| Kind::Near {
        latitude: float(north),
        longitude: float(east),
        metres: float(metres),
        workspaces,
    })
}

fn attribution() -> impl Strategy<Value = Kind> {
    let edge = prop_oneof![3 => Just(InstallEdge::Install), 1 => Just(InstallEdge::Uninstall)];
    let filter = conditions(&["publisher", "campaign", "never"], &[None]);
    (edge, option::of(filter), scope()).prop_map(|(edge, filter, workspaces)| Kind::Attribution {
        edge,
        filter,
        workspaces,
    })
}

/// Events of any key, or of the one that users do most often.
fn events(unit: Unit) -> BoxedStrategy<Events> {
    let purchases = vec![EventKey::of(EventKind::Purchase), EventKey::of(EventKind::AddToCart)];
    let key = match unit {
        Unit::Event => prop_oneof![
            3 => Just(EventKey::custom("Buy")),
            6 => keys(),
            1 => Just(EventKey::custom("Never"))
        ]
        .boxed(),
        Unit::Item => select(purchases).boxed(),
    };
    let filter =
        option::weighted(0.6, conditions(&EVENT_ATTRIBUTES, &[None, None, Some(Part::Action), Some(Part::Product)]));
    (key, option::weighted(0.15, event_types()), filter, option::weighted(0.4, times()), inputs())
        .prop_map(move |(event, event_type, filter, time, inputs)| Events {
            event,
            event_type,
            unit,
            filter,
            time,
            inputs,
        })
        .boxed()
}

fn event_tests(unit: Unit) -> impl Strategy<Value = Kind> {
    (events(unit), counts()).prop_map(|(events, count)| Kind::Event(Box::new(EventTest { events, count })))
}

fn picked() -> BoxedStrategy<Kind> {
    (select(vec![Pick::First, Pick::Latest]), events(Unit::Event))
        .prop_map(|(pick, events)| Kind::Picked(Box::new(PickedTest { pick, events })))
        .boxed()
}

/// Mostly wide steps: every further condition makes a sequence rarer.
fn sequences() -> BoxedStrategy<Kind> {
    let wide = || {
        let often =
            vec![EventKey::custom("Buy"), EventKey::of(EventKind::AddToCart), EventKey::of(EventKind::Purchase)];
        prop_oneof![
            6 => select(often).prop_map(|key| Events::of(key, INPUTS.iter().copied().map(input).collect())),
            1 => events(Unit::Event),
            1 => events(Unit::Item),
        ]
        .boxed()
    };
    let within = option::weighted(0.4, prop_oneof![2 => Just(days(400)), 1 => Just(days(29)), 3 => lengths()]);
    let without = prop_oneof![3 => Just(Vec::new()), 1 => vec(wide(), 1..3)];
    let step = (wide(), within.boxed(), without.boxed());
    let step = step.prop_map(|(events, within, without)| Step { events, within, without }).boxed();
    let steps = prop_oneof![4 => vec(step.clone(), 1..2), 1 => vec(step, 2..4)];
    (wide(), steps).prop_map(|(first, steps)| Kind::Sequence(Box::new(Sequence { first, steps }))).boxed()
}

fn abandoned(unit: Unit) -> impl Strategy<Value = Kind> {
    let filter = option::weighted(0.4, conditions(&EVENT_ATTRIBUTES, &[None, Some(Part::Product)]));
    (lengths(), filter, inputs())
        .prop_map(move |(wait, filter, inputs)| Kind::Abandoned(Box::new(AbandonedTest { unit, wait, filter, inputs })))
}

const NUMERIC: [Calculation; 6] = [
    Calculation::Count,
    Calculation::Sum,
    Calculation::Average,
    Calculation::Minimum,
    Calculation::Maximum,
    Calculation::UniqueCount,
];
const TIMES: [Calculation; 2] = [Calculation::FirstTime, Calculation::LatestTime];
const TEXTUAL: [Calculation; 3] = [Calculation::First, Calculation::Latest, Calculation::MostFrequent];

fn aggregated(predicates: impl Strategy<Value = Predicate>) -> impl Strategy<Value = Predicate> {
    prop_oneof![6 => predicates, 1 => Just(Predicate::Exists), 1 => Just(Predicate::Empty)]
}

fn aggregates(
    calculations: &[Calculation],
    predicates: impl Strategy<Value = Predicate> + 'static,
) -> BoxedStrategy<Kind> {
    let part = select(vec![None, None, Some(Part::Action), Some(Part::Product)]);
    let attribute =
        (part, select(EVENT_ATTRIBUTES.to_vec())).prop_map(|(part, name)| AttributeRef { part, name: name.to_owned() });
    let events = prop_oneof![4 => events(Unit::Event), 1 => events(Unit::Item)];
    (select(calculations.to_vec()), attribute, events, predicates)
        .prop_map(|(calculation, attribute, mut events, predicate)| {
            let attribute = Some(attribute).filter(|_| calculation.takes_attribute());
            if calculation != Calculation::Count {
                events.unit = Unit::Event;
            }
            Kind::Aggregate(Box::new(AggregateTest { calculation, attribute, events, predicate }))
        })
        .boxed()
}

fn conditions(names: &'static [&'static str], parts: &'static [Option<Part>]) -> BoxedStrategy<Condition> {
    let one =
        (select(parts.to_vec()), select(names.to_vec()), predicates()).prop_map(|(part, attribute, predicate)| {
            Condition::Attribute { part, attribute: attribute.to_owned(), predicate }
        });
    one.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Condition::All),
            vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
    .boxed()
}

fn counts() -> BoxedStrategy<Count> {
    prop_oneof![
        3 => Just(Count::ONCE),
        1 => Just(Count { least: 0, most: Some(0) }),
        3 => (0..4u64, option::of(0..4u64)).prop_map(|(least, most)| Count { least, most }),
        1 => select(vec![255, 256, u64::MAX]).prop_map(|most| Count { least: 0, most: Some(most) }),
        1 => select(vec![255, 256, u64::from(u32::MAX) + 1, u64::MAX]).prop_map(|least| Count { least, most: None }),
    ]
    .boxed()
}

fn scope() -> BoxedStrategy<BTreeSet<WorkspaceName>> {
    prop_oneof![
        4 => Just(super::world::workspaces(&["shop"])),
        3 => btree_set(select(WORKSPACES.to_vec()).prop_map(name), 0..=3),
    ]
    .boxed()
}

fn inputs() -> BoxedStrategy<BTreeSet<InputName>> {
    let of = |names: Vec<&str>| names.into_iter().map(input).collect();
    prop_oneof![3 => Just(of(INPUTS.to_vec())), 1 => subsequence(INPUTS.to_vec(), 0..=4).prop_map(of)].boxed()
}
