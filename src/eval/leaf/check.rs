//! A predicate over single values: the one place that says what each operator asks (M2, M3, M5).
//!
//! In: a predicate in canonical form (its texts are folded) and a `now`. Out: answers about folded texts, numbers, instants.

use crate::base::text::{Wildcard, fold};
use crate::base::value::{read_boolean, read_date, read_number};
use crate::base::{Now, Window};
use crate::ir::Predicate;

/// A predicate made ready to be asked often.
pub(super) struct Check<'p> {
    predicate: &'p Predicate,
    /// The pattern of `matches`.
    wildcard: Option<Wildcard>,
    /// The instants of a time filter.
    window: Option<Window>,
}

/// What a value is read as (M5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Nothing: only its presence matters.
    Presence,
    /// The text as sent, folded.
    Text,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// An instant.
    Date,
}

/// Whether a missing key satisfies a predicate: only `is empty` does (M3a, M4).
pub(super) fn accepts_missing(predicate: &Predicate) -> bool {
    *predicate == Predicate::Empty
}

impl<'p> Check<'p> {
    pub(super) fn new(predicate: &'p Predicate, now: Now) -> Self {
        let wildcard = match predicate {
            Predicate::Matches(pattern) => Some(Wildcard::new(pattern)),
            _ => None,
        };
        let window = match predicate {
            Predicate::Time(time) => Some(time.window(now)),
            _ => None,
        };
        Self { predicate, wildcard, window }
    }

    /// Whether it is an operator of lists.
    pub(super) fn is_of_lists(&self) -> bool {
        matches!(self.predicate, Predicate::Includes(_) | Predicate::PartiallyMatches(_))
    }

    /// What it reads a value as.
    pub(super) fn reads(&self) -> Reads {
        use Predicate as P;
        match self.predicate {
            P::Exists | P::Empty => Reads::Presence,
            P::Is(_) | P::IsIn(_) | P::Contains(_) | P::StartsWith(_) | P::EndsWith(_) | P::Matches(_) => Reads::Text,
            P::Includes(_) | P::PartiallyMatches(_) => Reads::Text,
            P::Equal(_) | P::OneOf(_) | P::Less(_) | P::AtMost(_) => Reads::Number,
            P::Greater(_) | P::AtLeast(_) | P::Between(..) => Reads::Number,
            P::Boolean(_) => Reads::Boolean,
            P::Time(_) => Reads::Date,
        }
    }

    /// Whether a folded text passes an operator that reads texts. A single text is a list of one (M3).
    #[inline]
    pub(super) fn text(&self, folded: &str) -> bool {
        match self.predicate {
            Predicate::Is(whole) | Predicate::Includes(whole) => folded == whole,
            Predicate::IsIn(texts) => texts.iter().any(|each| each == folded),
            Predicate::Contains(part) | Predicate::PartiallyMatches(part) => folded.contains(&**part),
            Predicate::StartsWith(part) => folded.starts_with(&**part),
            Predicate::EndsWith(part) => folded.ends_with(&**part),
            Predicate::Matches(_) => self.wildcard.as_ref().is_some_and(|wildcard| wildcard.matches_folded(folded)),
            _ => false,
        }
    }

    /// Whether a number passes an operator that reads numbers. NaN, which stands for no number, passes none.
    #[inline]
    pub(super) fn number(&self, value: f64) -> bool {
        match self.predicate {
            Predicate::Equal(number) => value == number.get(),
            Predicate::OneOf(numbers) => numbers.iter().any(|each| value == each.get()),
            Predicate::Less(bound) => value < bound.get(),
            Predicate::AtMost(bound) => value <= bound.get(),
            Predicate::Greater(bound) => value > bound.get(),
            Predicate::AtLeast(bound) => value >= bound.get(),
            Predicate::Between(low, high) => low.get() <= value && value <= high.get(),
            _ => false,
        }
    }

    /// The numbers that pass, as intervals with both ends inside; none where that is not what the operator asks. No end is
    /// infinite unless its interval is empty, so that infinities are outside of all.
    pub(super) fn intervals(&self) -> Option<Vec<(f64, f64)>> {
        let interval = match self.predicate {
            Predicate::Equal(number) => (number.get(), number.get()),
            Predicate::OneOf(numbers) => return Some(numbers.iter().map(|each| (each.get(), each.get())).collect()),
            Predicate::Less(bound) => (f64::MIN, bound.get().next_down()),
            Predicate::AtMost(bound) => (f64::MIN, bound.get()),
            Predicate::Greater(bound) => (bound.get().next_up(), f64::MAX),
            Predicate::AtLeast(bound) => (bound.get(), f64::MAX),
            Predicate::Between(low, high) => (low.get(), high.get()),
            _ => return None,
        };
        Some(vec![interval])
    }

    /// The instants of a time filter.
    pub(super) fn window(&self) -> Option<Window> {
        self.window
    }

    /// Whether a truth value passes.
    #[inline]
    pub(super) fn boolean(&self, value: bool) -> bool {
        *self.predicate == Predicate::Boolean(value)
    }

    /// Whether an instant passes an operator that reads dates.
    #[inline]
    pub(super) fn date(&self, ms: i64) -> bool {
        self.window.is_some_and(|window| window.contains(ms))
    }

    /// Whether a calculated number passes; infinities and none at all are missing (M5, M11).
    pub(super) fn calculated(&self, value: Option<f64>) -> bool {
        match (self.predicate, value.filter(|value| value.is_finite())) {
            (predicate, None) => accepts_missing(predicate),
            (Predicate::Exists, Some(_)) => true,
            (_, Some(value)) => self.number(value),
        }
    }

    /// Whether an instant that may be missing passes.
    pub(super) fn instant(&self, ms: Option<i64>) -> bool {
        match (self.predicate, ms) {
            (predicate, None) => accepts_missing(predicate),
            (Predicate::Exists, Some(_)) => true,
            (_, Some(ms)) => self.date(ms),
        }
    }

    /// Whether one text, as sent, passes.
    pub(super) fn sent(&self, text: &str) -> bool {
        match self.reads() {
            Reads::Presence => *self.predicate == Predicate::Exists || text.is_empty(),
            Reads::Text => self.text(&fold(text)),
            Reads::Number => read_number(text).is_some_and(|number| self.number(number)),
            Reads::Boolean => read_boolean(text).is_some_and(|value| self.boolean(value)),
            Reads::Date => read_date(text).is_some_and(|at| self.date(at.0)),
        }
    }

    /// Whether a list passes: the operators of lists ask for any of its entries, scalar ones see a missing value (M3).
    pub(super) fn list(&self, entries: &[String]) -> bool {
        match self.predicate {
            Predicate::Exists => true,
            Predicate::Empty => entries.is_empty(),
            Predicate::Includes(_) | Predicate::PartiallyMatches(_) => entries.iter().any(|each| self.sent(each)),
            _ => false,
        }
    }

    /// Whether any of several values passes (M21).
    pub(super) fn any(&self, entries: &[String]) -> bool {
        self.list(entries) || entries.iter().any(|each| self.sent(each))
    }
}
