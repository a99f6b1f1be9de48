//! Small pools of nasty values, out of which questions and users are drawn, so that they meet.

use aud::base::{Day, Duration, Moment, TimeFilter, Timestamp};
use aud::ir::{Float, Predicate};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::world::{Held, days};

/// 2026-03-01T12:00:00Z, around which everything happens.
pub(super) const BASE_MS: i64 = 1_772_366_400_000;
pub(super) const DAY_MS: i64 = 86_400_000;

/// Texts that many values and questions share, so that they meet often.
const COMMON: [&str; 10] = ["pro", "PRO", "a", "5", "7", "", "true", "FALSE", "2026-02-28", "1772366400000"];

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

/// Any text, every other time a common one.
pub(super) fn texts() -> BoxedStrategy<String> {
    prop_oneof![select(COMMON.to_vec()), select(TEXTS.to_vec())].prop_map(str::to_owned).boxed()
}

pub(super) fn common() -> BoxedStrategy<String> {
    select(COMMON.to_vec()).prop_map(str::to_owned).boxed()
}

/// What a field of a profile holds.
pub(super) fn held() -> BoxedStrategy<Held> {
    prop_oneof![
        1 => Just(Held::Null),
        7 => texts().prop_map(Held::Text),
        3 => vec(texts(), 0..4).prop_map(Held::List),
    ]
    .boxed()
}

pub(super) fn numbers() -> impl Strategy<Value = Float> {
    select(NUMBERS.to_vec()).prop_map(|number| Float::new(number).unwrap())
}

/// Any predicate at all: what does not fit a value makes it missing.
pub(super) fn predicates() -> BoxedStrategy<Predicate> {
    prop_oneof![
        2 => Just(Predicate::Exists),
        2 => Just(Predicate::Empty),
        5 => of_texts(),
        2 => of_lists(),
        4 => of_numbers(),
        2 => any::<bool>().prop_map(Predicate::Boolean),
        2 => times().prop_map(Predicate::Time),
    ]
    .boxed()
}

pub(super) fn of_texts() -> BoxedStrategy<Predicate> {
    prop_oneof![
        2 => texts().prop_map(Predicate::Is),
        1 => vec(texts(), 0..4).prop_map(Predicate::IsIn),
        2 => texts().prop_map(Predicate::Contains),
        1 => texts().prop_map(Predicate::StartsWith),
        1 => texts().prop_map(Predicate::EndsWith),
        2 => select(PATTERNS.to_vec()).prop_map(|pattern| Predicate::Matches(pattern.to_owned())),
    ]
    .boxed()
}

pub(super) fn of_lists() -> BoxedStrategy<Predicate> {
    prop_oneof![texts().prop_map(Predicate::Includes), texts().prop_map(Predicate::PartiallyMatches)].boxed()
}

pub(super) fn of_numbers() -> BoxedStrategy<Predicate> {
    prop_oneof![
        numbers().prop_map(Predicate::Equal),
        vec(numbers(), 0..3).prop_map(Predicate::OneOf),
        numbers().prop_map(Predicate::Less),
        numbers().prop_map(Predicate::AtMost),
        numbers().prop_map(Predicate::Greater),
        numbers().prop_map(Predicate::AtLeast),
        (numbers(), numbers()).prop_map(|(low, high)| Predicate::Between(low, high)),
    ]
    .boxed()
}

pub(super) fn lengths() -> BoxedStrategy<Duration> {
    select(vec![Duration(0), Duration(1000), days(1), days(2), days(7), days(30), days(400)]).boxed()
}

pub(super) fn times() -> BoxedStrategy<TimeFilter> {
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
    .boxed()
}

/// Instants at the edges of windows, a millisecond off them, and anywhere.
pub(super) fn instants() -> BoxedStrategy<i64> {
    prop_oneof![
        6 => (lengths(), -1..=1i64).prop_map(|(ago, off)| BASE_MS - ago.0 + off),
        3 => (-9..4i64, -1..=1i64).prop_map(|(day, off)| (BASE_MS / DAY_MS + day) * DAY_MS + off),
        2 => (-9..2i64, -1..=1i64).prop_map(|(day, off)| BASE_MS + day * DAY_MS + off),
        1 => (-40 * DAY_MS..3 * DAY_MS).prop_map(|off| BASE_MS + off),
    ]
    .boxed()
}
