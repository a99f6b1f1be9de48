//! Which tests of one value exclude each other, and which follow from each other.
//!
//! In: two predicates over the same value. Out: yes where it is certain, no otherwise.

use crate::base::text::{Wildcard, fold};
use crate::base::{Now, TimeFilter, Timestamp, Window};
use crate::ir::Predicate;

/// Whether no value satisfies both.
pub(super) fn exclude(a: &Predicate, b: &Predicate) -> bool {
    match (a, b) {
        (Predicate::Boolean(a), Predicate::Boolean(b)) => a != b,
        (Predicate::Time(a), Predicate::Time(b)) => windows(*a, *b).is_some_and(|(a, b)| a.and(b).is_empty()),
        (Predicate::Empty, other) | (other, Predicate::Empty) => !holds_for_empty(other),
        _ => {
            let none = |values: Option<Vec<bool>>| values.is_some_and(|values| values.iter().all(|holds| !holds));
            let ranges = || Range::of(a).zip(Range::of(b)).is_some_and(|(a, b)| a.and(b).is_empty());
            none(each_value(a, b)) || none(each_value(b, a)) || ranges()
        }
    }
}

/// Whether every value that satisfies `a` satisfies `b`.
pub(super) fn implies(a: &Predicate, b: &Predicate) -> bool {
    use Predicate as P;
    match (a, b) {
        _ if a == b => true,
        (P::Empty, _) => false,
        (_, P::Exists) => true,
        (P::Time(a), P::Time(b)) => windows(*a, *b).is_some_and(|(a, b)| b.from <= a.from && a.to <= b.to),
        (P::Contains(a) | P::StartsWith(a) | P::EndsWith(a), P::Contains(b)) => fold(a).contains(&*fold(b)),
        (P::StartsWith(a), P::StartsWith(b)) => fold(a).starts_with(&*fold(b)),
        (P::EndsWith(a), P::EndsWith(b)) => fold(a).ends_with(&*fold(b)),
        (P::Includes(a) | P::PartiallyMatches(a), P::PartiallyMatches(b)) => fold(a).contains(&*fold(b)),
        (P::Includes(a), P::Includes(b)) => fold(a) == fold(b),
        _ => {
            let all = each_value(a, b).is_some_and(|values| values.iter().all(|holds| *holds));
            all || Range::of(a).zip(Range::of(b)).is_some_and(|(a, b)| a.and(b) == a)
        }
    }
}

/// Where `a` lists its values: for each of them, whether it satisfies `b`.
fn each_value(a: &Predicate, b: &Predicate) -> Option<Vec<bool>> {
    match a {
        Predicate::Is(text) => holds_text(b, text).map(|holds| vec![holds]),
        Predicate::IsIn(texts) => texts.iter().map(|text| holds_text(b, text)).collect(),
        Predicate::Equal(number) => holds_number(b, number.get()).map(|holds| vec![holds]),
        Predicate::OneOf(numbers) => numbers.iter().map(|number| holds_number(b, number.get())).collect(),
        _ => None,
    }
}

fn holds_text(predicate: &Predicate, text: &str) -> Option<bool> {
    let folded = fold(text);
    Some(match predicate {
        Predicate::Is(other) => fold(other) == folded,
        Predicate::IsIn(others) => others.iter().any(|other| fold(other) == folded),
        Predicate::Contains(part) => folded.contains(&*fold(part)),
        Predicate::StartsWith(part) => folded.starts_with(&*fold(part)),
        Predicate::EndsWith(part) => folded.ends_with(&*fold(part)),
        Predicate::Matches(pattern) => Wildcard::new(pattern).matches_folded(&folded),
        _ => return None,
    })
}

fn holds_number(predicate: &Predicate, number: f64) -> Option<bool> {
    match predicate {
        Predicate::OneOf(numbers) => Some(numbers.iter().any(|each| each.get() == number)),
        other => Range::of(other).map(|range| range.contains(number)),
    }
}

/// Whether a missing value, null, an empty text or an empty list can satisfy it.
fn holds_for_empty(predicate: &Predicate) -> bool {
    matches!(predicate, Predicate::Exists | Predicate::Empty) || holds_text(predicate, "").unwrap_or(false)
}

/// Two windows that can be compared without knowing `now`: both move with it, or none does.
fn windows(a: TimeFilter, b: TimeFilter) -> Option<(Window, Window)> {
    let ((one, a), (other, b)) = (comparable(a), comparable(b));
    (one == other).then_some((a, b))
}

/// Whether a window moves with `now`, and the window at some `now`: those that move can be compared with each other, and
/// those that do not.
pub(super) fn comparable(time: TimeFilter) -> (bool, Window) {
    let moves = matches!(time, TimeFilter::WithinLast(_) | TimeFilter::BetweenAgo { .. } | TimeFilter::MoreThanAgo(_));
    (moves, time.window(Now(Timestamp(0))))
}

/// Whether every whole number from 0 on satisfies a test of numbers, or none does.
pub(super) fn every_count(predicate: &Predicate) -> Option<bool> {
    let is_count = |number: f64| number >= 0.0 && number.fract() == 0.0;
    if let Predicate::OneOf(numbers) = predicate {
        return (!numbers.iter().any(|number| is_count(number.get()))).then_some(false);
    }
    let range = Range::of(predicate)?;
    let first = range.low.max(0.0).ceil();
    let first = if range.contains(first) { first } else { first + 1.0 };
    match range.contains(first) {
        false => Some(false),
        true => (range.contains(0.0) && range.high == f64::INFINITY).then_some(true),
    }
}

/// Whether every instant of `a` is one of `b`; `None` for `b` is any time.
pub(super) fn time_within(a: Option<TimeFilter>, b: Option<TimeFilter>) -> bool {
    match (a, b) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => implies(&Predicate::Time(a), &Predicate::Time(b)),
    }
}

/// A range of numbers; an open end is not inside.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    low: f64,
    low_open: bool,
    high: f64,
    high_open: bool,
}

impl Range {
    fn of(predicate: &Predicate) -> Option<Self> {
        let all = Self { low: f64::NEG_INFINITY, low_open: true, high: f64::INFINITY, high_open: true };
        Some(match predicate {
            Predicate::Equal(n) => Self { low: n.get(), low_open: false, high: n.get(), high_open: false },
            Predicate::Less(n) => Self { high: n.get(), ..all },
            Predicate::AtMost(n) => Self { high: n.get(), high_open: false, ..all },
            Predicate::Greater(n) => Self { low: n.get(), ..all },
            Predicate::AtLeast(n) => Self { low: n.get(), low_open: false, ..all },
            Predicate::Between(low, high) => {
                Self { low: low.get(), low_open: false, high: high.get(), high_open: false }
            }
            _ => return None,
        })
    }

    fn and(self, other: Self) -> Self {
        let (low, low_open) = match self.low.total_cmp(&other.low) {
            std::cmp::Ordering::Less => (other.low, other.low_open),
            std::cmp::Ordering::Greater => (self.low, self.low_open),
            std::cmp::Ordering::Equal => (self.low, self.low_open || other.low_open),
        };
        let (high, high_open) = match self.high.total_cmp(&other.high) {
            std::cmp::Ordering::Less => (self.high, self.high_open),
            std::cmp::Ordering::Greater => (other.high, other.high_open),
            std::cmp::Ordering::Equal => (self.high, self.high_open || other.high_open),
        };
        Self { low, low_open, high, high_open }
    }

    fn is_empty(self) -> bool {
        self.low > self.high || (self.low == self.high && (self.low_open || self.high_open))
    }

    fn contains(self, number: f64) -> bool {
        let above = if self.low_open { number > self.low } else { number >= self.low };
        let below = if self.high_open { number < self.high } else { number <= self.high };
        above && below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Duration;
    use crate::ir::Float;

    fn number(value: f64) -> Float {
        Float::new(value).unwrap()
    }

    fn last(days: u64) -> Predicate {
        Predicate::Time(TimeFilter::WithinLast(Duration::of(days, "day").unwrap()))
    }

    #[test]
    fn ranges_meet_or_do_not() {
        let above = Predicate::Greater(number(5.0));
        assert!(exclude(&above, &Predicate::AtMost(number(5.0))));
        assert!(!exclude(&Predicate::AtLeast(number(5.0)), &Predicate::AtMost(number(5.0))));
        assert!(exclude(&above, &Predicate::OneOf(vec![number(1.0), number(5.0)])));
        assert!(
            implies(&above, &Predicate::Greater(number(4.0))) && !implies(&Predicate::Greater(number(4.0)), &above)
        );
        assert!(implies(&Predicate::Equal(number(6.0)), &above));
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        let never = [Predicate::Less(number(0.0)), Predicate::Equal(number(1.5)), Predicate::AtMost(number(-1.0))];
        assert!(never.iter().all(|each| every_count(each) == Some(false)));
        let always = [Predicate::AtLeast(number(0.0)), Predicate::Greater(number(-0.5))];
        assert!(always.iter().all(|each| every_count(each) == Some(true)));
        let some = [
            Predicate::Between(number(0.5), number(1.0)),
            Predicate::Less(number(0.5)),
            Predicate::Greater(number(0.0)),
        ];
        assert!(some.iter().all(|each| every_count(each).is_none()));
        assert_eq!(every_count(&Predicate::Between(number(0.2), number(0.8))), Some(false));
    }

    #[test]
    fn texts_are_compared_without_case() {
        let is = |text: &str| Predicate::Is(text.to_owned());
        assert!(!exclude(&is("Pro"), &is("pro")) && exclude(&is("pro"), &is("free")));
        assert!(exclude(&is("pro"), &Predicate::Contains("x".to_owned())));
        assert!(implies(&is("pro"), &Predicate::Matches("P*".to_owned())));
        assert!(exclude(&Predicate::Empty, &is("pro")) && !exclude(&Predicate::Empty, &is("")));
        assert!(!exclude(&Predicate::Empty, &Predicate::Exists) && !implies(&Predicate::Empty, &Predicate::Exists));
    }

    #[test]
    fn windows_are_compared_where_now_does_not_matter() {
        assert!(implies(&last(7), &last(30)) && !implies(&last(30), &last(7)));
        let before = Predicate::Time(TimeFilter::Before(crate::base::Moment::Instant(Timestamp(0))));
        let after = Predicate::Time(TimeFilter::After(crate::base::Moment::Instant(Timestamp(0))));
        assert!(exclude(&before, &after));
        assert!(!exclude(&before, &last(7)) && !exclude(&last(7), &before));
    }
}
