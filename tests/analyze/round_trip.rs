//! Printing writes what parsing reads, for any criterion.

use std::collections::BTreeSet;

use aud::base::{Day, Duration, InputName, Moment, Name, TimeFilter, Timestamp, WorkspaceName};
use aud::catalog::{CustomEventType, EventKey, IdentityType};
use aud::diagnostic::Code;
use aud::ir::{Condition, Count, Criterion, EventTest, Events, Float, Kind, Predicate, SeenEdge, Unit, normalise};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{PROJECT, analysed, audience, project};

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

fn time() -> impl Strategy<Value = TimeFilter> {
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
}

fn text_predicate() -> impl Strategy<Value = Predicate> {
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
}

fn number_predicate() -> impl Strategy<Value = Predicate> {
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
}

/// An attribute of each type with a predicate that fits; the types are those of the project.
fn attribute() -> impl Strategy<Value = (String, Predicate)> {
    let named = |name: &'static str| move |predicate| (name.to_owned(), predicate);
    prop_oneof![
        text_predicate().prop_map(named("text")),
        number_predicate().prop_map(named("number")),
        any::<bool>().prop_map(|value| ("flag".to_owned(), Predicate::Boolean(value))),
        time().prop_map(|time| ("date".to_owned(), Predicate::Time(time))),
    ]
}

fn list_attribute() -> impl Strategy<Value = (String, Predicate)> {
    prop_oneof![
        text().prop_map(Predicate::Includes),
        text().prop_map(Predicate::PartiallyMatches),
        Just(Predicate::Empty)
    ]
    .prop_map(|predicate| ("list".to_owned(), predicate))
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
        event(),
    ]
}

fn criterion() -> impl Strategy<Value = Criterion> {
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn normalising_twice_changes_nothing(criterion in criterion()) {
        let once = normalise(criterion);
        prop_assert_eq!(normalise(once.clone()), once);
    }

    #[test]
    fn what_is_printed_is_read_back(criterion in criterion()) {
        let criterion = normalise(criterion);
        let mut printed = audience("match { everyone }");
        printed.criterion = criterion.clone();
        let text = format!(
            "version 1\naudience a {{ workspaces shop, travel match {{ {} }} }}\naudience b {{ workspace shop match {{ everyone }} }}\n",
            printed.criterion_text(),
        );
        let project = project(PROJECT);
        let analysis = analysed(&project, &project.declared, &[&text]);
        let contradictory = analysis.diagnostics.iter().any(|each| each.code == Code::NeverHolds);
        match analysis.model {
            Some(model) => prop_assert_eq!(&model.audiences["a"].criterion, &criterion, "{}", text),
            None => prop_assert!(contradictory, "{}\n{:#?}", text, analysis.diagnostics),
        }
    }
}
