//! The rules of meaning, one table each. Every line is asked of the evaluation and of the reference.

use std::collections::BTreeSet;

use aud::base::{Day, Duration, Moment, Now, TimeFilter, Timestamp};
use aud::catalog::{EventKey, IdentityType};
use aud::eval::{Stored, evaluate};
use aud::ir::{Condition, Count, Criterion, EventTest, Events, Float, Kind, Model, Predicate, SeenEdge, Unit};

use super::reference::{Reference, StoredBits};
use super::world::{User, World, at, audience, days, input, model, name, now, workspaces};

/// What most tables are asked at.
fn noon() -> Now {
    now("2018-09-09T13:00:00Z")
}

/// A user whom `shop` has just seen.
fn user() -> User {
    User::default().seen("shop", noon().ms())
}

/// Whether one user is a member of the audience `a` of a model; evaluation and reference must say the same.
fn is_member(model: &Model, user: User, now: Now) -> bool {
    let mut world = World { inputs: ["shop.web", "travel.web"].map(input).to_vec(), users: vec![user] };
    world.settle();
    let members = evaluate(model, &world.packed(), now, None, &Stored::default()).audiences[&name("a")].contains(0);
    let given = StoredBits::new();
    let reference = Reference::new(model, &world, now, &given);
    assert_eq!(reference.is_member(&name("a"), &world.users[0]), members, "the reference differs");
    members
}

/// Whether a criterion holds for a user of `shop`.
fn holds(criterion: &Kind, user: User) -> bool {
    is_member(&model([audience("a", workspaces(&["shop"]), criterion.clone())]), user, noon())
}

fn not(inner: Kind) -> Kind {
    Kind::Not(Box::new(Criterion::new(inner)))
}

fn all(inner: impl IntoIterator<Item = Kind>) -> Kind {
    Kind::All(inner.into_iter().map(Criterion::new).collect())
}

fn plan_in(places: &[&str], predicate: Predicate) -> Kind {
    let workspaces = workspaces(places);
    Kind::UserAttribute { attribute: "plan".to_owned(), list: false, predicate, workspaces }
}

fn plan(predicate: Predicate) -> Kind {
    plan_in(&["shop"], predicate)
}

/// Whether a value of `plan` satisfies a predicate.
fn satisfies(value: &str, predicate: Predicate) -> bool {
    holds(&plan(predicate), user().with("shop", "plan", Some(value)))
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn number(value: f64) -> Float {
    Float::new(value).unwrap()
}

fn day(text: &str) -> Moment {
    Moment::Day(Day::parse(text).unwrap())
}

fn instant(text: &str) -> Moment {
    Moment::Instant(Timestamp(at(text)))
}

/// Purchases in `shop`.
fn purchases(count: Count, time: Option<TimeFilter>, filter: Option<Condition>) -> Kind {
    let inputs = BTreeSet::from([input("shop.web")]);
    Kind::Event(Box::new(EventTest {
        events: Events { event: EventKey::custom("Buy"), event_type: None, unit: Unit::Event, filter, time, inputs },
        count,
    }))
}

fn bought(time: TimeFilter) -> Kind {
    purchases(Count::ONCE, Some(time), None)
}

fn member(address: &str) -> Kind {
    Kind::Member(name(address))
}

#[test]
fn m1_case_is_ignored_character_by_character() {
    for (value, asked, same) in [
        ("Pro", "pRO", true),
        ("CAFÉ", "café", true),
        ("cafe\u{301}", "café", false),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ", true),
        ("ß", "ẞ", true),
        ("ß", "ss", false),
        ("İ", "i", false),
        ("\u{212a}", "k", true),
        ("pro ", "pro", false),
    ] {
        assert_eq!(satisfies(value, Predicate::Is(text(asked))), same, "{value:?} is {asked:?}");
        let anyone = Predicate::IsIn(vec![text("other"), text(asked)]);
        assert_eq!(satisfies(value, anyone), same, "{value:?} is in [{asked:?}]");
    }
    let mail = |asked: &str| {
        let predicate = Predicate::EndsWith(text(asked));
        Kind::Identity { identity: IdentityType::Email, predicate, workspaces: workspaces(&["shop"]) }
    };
    assert!(holds(&mail("@EXAMPLE.com"), user().known_as(IdentityType::Email, "Ann@Example.Com")));
    let buy = purchases(Count::ONCE, None, None);
    assert!(!holds(&buy, user().does("buy", 0, noon().ms())), "names match exactly");
}

#[test]
fn m2_strings_and_wildcards() {
    for (value, pattern, fits) in [
        ("blue", "bl?e", true),
        ("blé", "bl?", true),
        ("blue shirt", "blue", false),
        ("Blue Shirt", "b*T", true),
        ("", "*", true),
        ("", "?", false),
        ("a*b", "a\\*b", true),
        ("axb", "a\\*b", false),
        ("a*b", "a?b", true),
        ("a[b", "a[b", true),
    ] {
        assert_eq!(satisfies(value, Predicate::Matches(text(pattern))), fits, "{value:?} matches {pattern:?}");
    }
    assert!(satisfies("Running Shoes", Predicate::Contains(text("NG SH"))));
    assert!(satisfies("Running Shoes", Predicate::StartsWith(text("run"))));
    assert!(!satisfies("Running Shoes", Predicate::StartsWith(text("shoes"))));
    assert!(satisfies("Running Shoes", Predicate::EndsWith(text("SHOES"))));
    assert!(satisfies("", Predicate::Contains(text(""))));
}

#[test]
fn m3_a_single_value_is_a_list_of_one() {
    let list = |predicate| Kind::UserAttribute {
        attribute: text("movies"),
        list: true,
        predicate,
        workspaces: workspaces(&["shop"]),
    };
    let heat = || user().with("shop", "movies", Some("Heat"));
    assert!(holds(&list(Predicate::Includes(text("HEAT"))), heat()));
    assert!(!holds(&list(Predicate::Includes(text("Hea"))), heat()));
    assert!(holds(&list(Predicate::PartiallyMatches(text("EA"))), heat()));
    assert!(!holds(&list(Predicate::Includes(text(""))), user()));
}

#[test]
fn m3a_m4_presence_and_missing_values() {
    let missing = user;
    let null = || user().with("shop", "plan", None);
    let empty = || user().with("shop", "plan", Some(""));
    let blank = || user().with("shop", "plan", Some(" "));
    for (predicate, answers) in [
        (Predicate::Exists, [false, true, true, true]),
        (Predicate::Empty, [true, true, true, false]),
        (Predicate::Is(text("")), [false, false, true, false]),
        (Predicate::Contains(text("")), [false, false, true, true]),
        (Predicate::Matches(text("*")), [false, false, true, true]),
        (Predicate::AtLeast(number(-1e300)), [false; 4]),
        (Predicate::Boolean(false), [false; 4]),
        (Predicate::Time(TimeFilter::Before(day("9999-12-31"))), [false; 4]),
    ] {
        let users = [missing(), null(), empty(), blank()];
        let asked = plan(predicate);
        assert_eq!(users.clone().map(|user| holds(&asked, user)), answers, "{asked:?}");
        let complement = not(asked);
        assert_eq!(users.map(|user| holds(&complement, user)), answers.map(|answer| !answer), "{complement:?}");
    }
    // In a condition over events, too: an event without the attribute does not contain the text.
    let where_not = |predicate| {
        let condition = Condition::Attribute { part: None, attribute: text("coupon"), predicate };
        purchases(Count::ONCE, None, Some(Condition::Not(Box::new(condition))))
    };
    let bare = || user().does("Buy", 0, noon().ms());
    assert!(holds(&where_not(Predicate::Contains(text("x"))), bare()));
    assert!(!holds(&where_not(Predicate::Empty), bare()));
}

#[test]
fn m5_values_that_cannot_be_read_are_missing() {
    for (value, is_five) in
        [("5", true), (" 5.0\t", true), ("5e0", true), ("0x5", false), ("+5", false), ("05", false), ("5 5", false)]
    {
        assert_eq!(satisfies(value, Predicate::Equal(number(5.0))), is_five, "{value:?} = 5");
        assert_eq!(satisfies(value, Predicate::Between(number(5.0), number(5.0))), is_five, "{value:?} between");
    }
    for (value, is_true) in [("true", true), ("TRUE", true), ("1", false), (" true", false), ("yes", false)] {
        assert_eq!(satisfies(value, Predicate::Boolean(true)), is_true, "{value:?} is true");
    }
    let on = |asked| Predicate::Time(TimeFilter::On(instant(asked)));
    for (value, is_noon) in [
        ("2018-09-09T12:00:00Z", true),
        ("2018-09-09T14:00:00+02:00", true),
        ("2018-09-09 12:00", true),
        ("2018-09-09T12:00:00.000", true),
        ("1536494400000", true),
        ("1536494400000.0", false),
        ("09/09/2018", false),
    ] {
        assert_eq!(satisfies(value, on("2018-09-09T12:00:00Z")), is_noon, "{value:?} at noon");
    }
    assert!(satisfies("2018-09-09", on("2018-09-09T00:00:00Z")), "a bare date is its midnight");
}

#[test]
fn m7_recency_has_both_ends_inside() {
    let within = TimeFilter::WithinLast(days(7));
    let between = TimeFilter::BetweenAgo { newer: days(4), older: days(6) };
    let more = TimeFilter::MoreThanAgo(days(7));
    for (time, happened, passes) in [
        (within, "2018-09-02T13:00:00Z", true),
        (within, "2018-09-02T12:59:59.999Z", false),
        (within, "2018-09-09T13:00:00Z", true),
        (between, "2018-09-03T12:59:59.999Z", false),
        (between, "2018-09-03T13:00:00Z", true),
        (between, "2018-09-05T13:00:00Z", true),
        (between, "2018-09-05T13:00:00.001Z", false),
        (more, "2018-09-02T13:00:00Z", false),
        (more, "2018-09-02T12:59:59.999Z", true),
    ] {
        assert_eq!(holds(&bought(time), user().does("Buy", 0, at(happened))), passes, "{time} at {happened}");
        assert_eq!(satisfies(happened, Predicate::Time(time)), passes, "user date {time} at {happened}");
    }
}

#[test]
fn m8_calendar_days_are_utc_and_whole() {
    use TimeFilter::{After, Before, Between, On};
    for (time, happened, passes) in [
        (Before(day("2018-09-08")), "2018-09-07T23:59:59.999Z", true),
        (Before(day("2018-09-08")), "2018-09-08T00:00:00Z", false),
        (After(day("2018-09-08")), "2018-09-08T00:00:00Z", true),
        (After(day("2018-09-08")), "2018-09-07T23:59:59.999Z", false),
        (On(day("2018-09-08")), "2018-09-08T23:59:59.999Z", true),
        (On(day("2018-09-08")), "2018-09-09T00:00:00Z", false),
        (Between(day("2018-09-07"), day("2018-09-08")), "2018-09-07T00:00:00Z", true),
        (Between(day("2018-09-07"), day("2018-09-08")), "2018-09-08T23:59:59.999Z", true),
        (Between(day("2018-09-07"), day("2018-09-08")), "2018-09-09T00:00:00Z", false),
        (Before(instant("2018-09-08T10:00:00Z")), "2018-09-08T10:00:00Z", false),
        (After(instant("2018-09-08T10:00:00Z")), "2018-09-08T10:00:00Z", true),
        (On(instant("2018-09-08T10:00:00Z")), "2018-09-08T10:00:00.001Z", false),
        (Between(instant("2018-09-08T10:00:00Z"), day("2018-09-08")), "2018-09-08T10:00:00Z", true),
    ] {
        assert_eq!(holds(&bought(time), user().does("Buy", 0, at(happened))), passes, "{time} at {happened}");
        assert_eq!(satisfies(happened, Predicate::Time(time)), passes, "user date {time} at {happened}");
    }
}

#[test]
fn m9_the_future_counts_for_attributes_only() {
    let future = noon().ms() + 1;
    assert!(!holds(&purchases(Count::ONCE, None, None), user().does("Buy", 0, future)));
    assert!(!holds(&bought(TimeFilter::After(day("2018-09-01"))), user().does("Buy", 0, future)));
    assert!(satisfies("2030-01-02", Predicate::Time(TimeFilter::After(day("2030-01-01")))));
    assert!(!satisfies("2018-09-09T13:00:00.001Z", Predicate::Time(TimeFilter::WithinLast(days(7)))));
    let coming_due = Condition::Attribute {
        part: None,
        attribute: text("due"),
        predicate: Predicate::Time(TimeFilter::After(day("2030-01-01"))),
    };
    let order = user().does_with("Buy", 0, noon().ms(), &[("due", Some("2031-01-01"))]);
    assert!(holds(&purchases(Count::ONCE, None, Some(coming_due)), order));
}

#[test]
fn m10_events_beyond_the_retention_are_not_read() {
    let edge = noon().ms() - days(30).0;
    let ever = purchases(Count::ONCE, None, None);
    for (happened, event_retention, read) in [
        (edge, Some(days(30)), true),
        (edge - 1, Some(days(30)), false),
        (edge - 1, None, true),
        (edge - 1, Some(days(31)), true),
        (edge, Some(Duration(1)), false),
    ] {
        let mut model = model([audience("a", workspaces(&["shop"]), ever.clone())]);
        model.event_retention = event_retention;
        assert_eq!(is_member(&model, user().does("Buy", 0, happened), noon()), read, "{event_retention:?}");
    }
    // A window that reaches past it is cut.
    assert!(!holds(&bought(TimeFilter::MoreThanAgo(days(30))), user().does("Buy", 0, edge - 1)));
    // A profile beyond the retention is not read, though the user lives on in another workspace.
    let places = workspaces(&["shop", "travel"]);
    let asked = plan_in(&["shop", "travel"], Predicate::Is(text("pro")));
    let model = model([audience("a", places, asked)]);
    for (seen, read) in [(edge, true), (edge - 1, false)] {
        let user = User::default().seen("shop", noon().ms()).seen("travel", seen).with("travel", "plan", Some("pro"));
        assert_eq!(is_member(&model, user, noon()), read, "travel seen at {seen}");
    }
}

#[test]
fn m11_counts() {
    let count = |least, most| Count { least, most };
    let buyer = |times: usize| (0..times).fold(user(), |user, at| user.does("Buy", 0, noon().ms() - at as i64 / 2));
    for (asked, answers) in [
        (count(0, Some(0)), [true, false, false, false]),
        (count(0, Some(1)), [true, true, false, false]),
        (count(1, None), [false, true, true, true]),
        (count(2, Some(2)), [false, false, true, false]),
        (count(1, Some(2)), [false, true, true, false]),
        (count(3, None), [false, false, false, true]),
        (count(0, None), [true, true, true, true]),
        (count(2, Some(1)), [false, false, false, false]),
        (count(3, Some(u64::MAX)), [false, false, false, true]),
    ] {
        let asked = purchases(asked, None, None);
        assert_eq!([0, 1, 2, 3].map(|times| holds(&asked, buyer(times))), answers, "{asked:?}");
    }
    // Narrow counters must not wrap or stop too early.
    for times in [254u64, 255, 256, 257, 300] {
        for least in [255, 256, 257] {
            let asked = purchases(count(least, None), None, None);
            assert_eq!(holds(&asked, buyer(times as usize)), times >= least, "{times} of {least}");
        }
    }
}

#[test]
fn m12_the_population_is_who_was_seen_lately() {
    let edge = noon().ms() - days(30).0;
    let everyone = |places: &[&str]| model([audience("a", workspaces(places), Kind::Everyone)]);
    for (seen, inside) in [(edge, true), (edge - 1, false), (noon().ms(), true), (noon().ms() + 1, false)] {
        assert_eq!(is_member(&everyone(&["shop"]), User::default().seen("shop", seen), noon()), inside, "{seen}");
        assert!(!is_member(&everyone(&["travel"]), User::default().seen("shop", seen), noon()), "of another workspace");
        let both = everyone(&["shop", "travel"]);
        assert_eq!(is_member(&both, User::default().seen("travel", seen), noon()), inside, "one of two is enough");
    }
    let event = |input, happened| User::default().does("Buy", input, happened);
    assert!(is_member(&everyone(&["shop"]), event(0, edge), noon()), "an event is a sighting");
    assert!(!is_member(&everyone(&["shop"]), event(1, edge), noon()), "in the workspace of its input");
    let nothing = purchases(Count { least: 0, most: Some(0) }, None, None);
    assert!(!holds(&nothing, User::default()) && !holds(&not(plan(Predicate::Exists)), User::default()));

    // Seen long before and again after an earlier `now`: the events in between decide.
    let around = || User::default().seen("shop", edge - 1).seen("shop", noon().ms() + 1);
    assert!(!is_member(&everyone(&["shop"]), around(), noon()));
    assert!(is_member(&everyone(&["shop"]), around().does("Buy", 0, edge), noon()));
    assert!(!is_member(&everyone(&["shop"]), around().does("Buy", 1, edge), noon()));
    let mut unlimited = everyone(&["shop"]);
    unlimited.profile_retention = None;
    assert!(is_member(&unlimited, around(), noon()));
    assert!(!is_member(&unlimited, User::default().with("shop", "plan", Some("pro")), noon()), "never seen");
}

#[test]
fn first_and_last_seen_are_as_known_at_now() {
    let seen = |edge, time| Kind::Seen { edge, time, workspaces: workspaces(&["shop"]) };
    let within = TimeFilter::WithinLast(days(7));
    let hour = 3_600_000;
    let long_ago = noon().ms() - days(20).0;
    for (edge, sightings, passes) in [
        (SeenEdge::First, vec![long_ago, noon().ms()], false),
        (SeenEdge::Last, vec![long_ago, noon().ms()], true),
        (SeenEdge::First, vec![noon().ms() - hour, noon().ms() + hour], true),
        (SeenEdge::Last, vec![noon().ms() - hour, noon().ms() + hour], true),
        (SeenEdge::Last, vec![long_ago, noon().ms() + hour], false),
    ] {
        let user = sightings.iter().fold(User::default(), |user, at| user.seen("shop", *at));
        assert_eq!(holds(&seen(edge, within), user), passes, "{edge:?} {sightings:?}");
    }
    let busy =
        User::default().seen("shop", long_ago).seen("shop", noon().ms() + hour).does("Buy", 0, noon().ms() - hour);
    assert!(holds(&seen(SeenEdge::Last, within), busy));
}

#[test]
fn m13_exclude_removes_and_never_adds() {
    let pro = || plan(Predicate::Is(text("pro")));
    let buyers = || purchases(Count::ONCE, None, None);
    let users = [user(), user().does("Buy", 0, noon().ms())];
    let users = users.into_iter().flat_map(|user| [user.clone(), user.with("shop", "plan", Some("pro"))]);
    let both: Vec<bool> = users.clone().map(|user| holds(&all([pro(), not(buyers())]), user)).collect();
    assert_eq!(both, [false, true, false, false]);
    let exclusions_only: Vec<bool> = users.map(|user| holds(&not(buyers()), user)).collect();
    assert_eq!(exclusions_only, [true, true, false, false]);
}

#[test]
fn m14_nesting_brings_the_population_along() {
    let shop = || workspaces(&["shop"]);
    let nobody_special = not(plan_in(&["travel"], Predicate::Is(text("pro"))));
    let traveller = audience("b", workspaces(&["travel"]), nobody_special);
    let seen_by_both = || user().seen("travel", noon().ms());
    let inside = model([audience("a", shop(), member("b")), traveller.clone()]);
    assert!(is_member(&inside, seen_by_both(), noon()));
    assert!(!is_member(&inside, user(), noon()), "not in b's population, though b is a negation");
    assert!(!is_member(&inside, User::default().seen("travel", noon().ms()), noon()), "not in a's population");
    let outside = model([audience("a", shop(), not(member("b"))), traveller]);
    assert!(is_member(&outside, user(), noon()));

    // As deep as anybody likes: each audience is the complement of the one before it.
    let depth = 5000;
    let chain = (0..depth).map(|at| {
        let inner = if at == 0 { Kind::Everyone } else { not(member(&format!("n{}", at - 1))) };
        audience(&format!("n{at}"), shop(), inner)
    });
    let deep = model(chain.chain([audience("a", shop(), Kind::Everyone)]));
    let world = World { inputs: vec![input("shop.web")], users: vec![user()] };
    let members = evaluate(
        &deep,
        &world.packed(),
        noon(),
        Some(&BTreeSet::from([name("n4998"), name("n4999")])),
        &Stored::default(),
    );
    assert_eq!(members.audiences.values().map(|members| members.len()).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn m21_any_of_several_values_and_none_of_them() {
    let places = &["shop", "travel"][..];
    let both = |shop: Option<&str>, travel: Option<&str>| {
        let user = user().seen("travel", noon().ms());
        let user = shop.map_or(user.clone(), |value| user.with("shop", "plan", Some(value)));
        travel.map_or(user.clone(), |value| user.with("travel", "plan", Some(value)))
    };
    let ask = |kind: Kind, user| is_member(&model([audience("a", workspaces(places), kind)]), user, noon());
    let is_pro = || plan_in(places, Predicate::Is(text("pro")));
    assert!(ask(is_pro(), both(Some("free"), Some("pro"))) && !ask(not(is_pro()), both(Some("free"), Some("pro"))));
    assert!(!ask(is_pro(), both(Some("free"), None)) && ask(not(is_pro()), both(Some("free"), None)));
    assert!(!ask(plan_in(&["shop"], Predicate::Is(text("pro"))), both(None, Some("pro"))), "only shop is read");
    assert!(ask(plan_in(places, Predicate::Empty), both(Some("free"), None)), "missing in one of two profiles");
    assert!(!ask(plan_in(places, Predicate::Empty), user().with("shop", "plan", Some("x"))), "no profile, no value");
    assert!(ask(plan_in(&["travel"], Predicate::Empty), user()), "no profile at all: the key is missing");

    let mail = |predicate| Kind::Identity { identity: IdentityType::Email, predicate, workspaces: workspaces(places) };
    let ann = || user().known_as(IdentityType::Email, "ann@a.com").known_as(IdentityType::Email, "ann@b.com");
    assert!(ask(mail(Predicate::EndsWith(text("@b.com"))), ann()));
    assert!(!ask(not(mail(Predicate::EndsWith(text("@b.com")))), ann()));
    assert!(ask(mail(Predicate::Exists), ann()) && !ask(mail(Predicate::Empty), ann()));
    let other = user().known_as(IdentityType::CustomerId, "ann@b.com");
    assert!(!ask(mail(Predicate::Exists), other.clone()) && ask(mail(Predicate::Empty), other));

    // One condition is about one event: two events that satisfy half of it each do not.
    let half =
        |attribute: &str| Condition::Attribute { part: None, attribute: text(attribute), predicate: Predicate::Exists };
    let asked = purchases(Count::ONCE, None, Some(Condition::All(vec![half("x"), half("y")])));
    let one = |attributes: &[(&str, Option<&str>)]| user().does_with("Buy", 0, noon().ms(), attributes);
    assert!(holds(&asked, one(&[("x", None), ("y", None)])));
    assert!(!holds(&asked, one(&[("x", None)]).does_with("Buy", 0, noon().ms(), &[("y", None)])));
}
