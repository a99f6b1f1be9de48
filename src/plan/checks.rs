//! Guards and assertions, held against what a plan would come to (M24).
//!
//! In: the guards and assertions that are written, and who is in the audiences before and after. Out: a [`Check`] for each limit that is about something
//! that the plan changes. What nothing happens to is not asked about: its guards held, or were overridden, when it was last applied.
//!
//! Percentages are of the size before; of a new audience only `size` is asked. Whoever enters an audience that was empty is more than any percentage.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use crate::base::{Address, Origin, suggest};
use crate::ir::{Assertion, Bound, Guard, Limit, Measure, Model};

/// A guard or an assertion that the plan was held to (M24).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What `--allow` calls it: `lapsed_spenders.drops`, `disjoint(lapsed_spenders,employees)`.
    pub name: String,
    /// What was asked for, as the language says it: `drops <= 5%`.
    pub limit: String,
    /// What is asked.
    pub kind: CheckKind,
    /// What was found.
    pub found: Found,
    /// What came of it.
    pub verdict: Verdict,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// What a check asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// How many enter, leave or are in an audience.
    Guard,
    /// Whether nobody is in both of two audiences.
    Disjoint,
    /// Whether everybody in one audience is in another.
    Inside,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Of a guard how many people enter, leave or are in it; of an assertion how many people break it.
    pub people: u64,
    /// The same in per cent of the size before, where the limit is one; `None` where that was nobody.
    pub percent: Option<f64>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It does not, and the plan cannot be applied.
    Broken,
    /// It does not, and that was allowed.
    Allowed {
        /// Why, in the words of whoever allowed it.
        reason: String,
    },
}

/// A guard or an assertion that may be broken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The check's name: `lapsed_spenders.drops`.
    pub name: String,
    /// Why, for the history.
    pub reason: String,
}

/// Who is in an audience before and after a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    /// Before; `None` where it was not deployed, or a draft.
    pub before: Option<&'a RoaringBitmap>,
    /// After; `None` for a draft, or what goes.
    pub after: Option<&'a RoaringBitmap>,
    /// Whether the plan changes anything about it.
    pub changes: bool,
}

/// Holds the plan against everything written about it.
pub(super) fn check(
    model: &Model,
    standing: &BTreeMap<&Address, Standing<'_>>,
    allowed: &[Allowance],
    refusals: &mut Vec<Refusal>,
) -> Vec<Check> {
    refusals.extend(allowed.iter().filter_map(|allowance| unknown(model, allowance)));
    let guards = model.guards.iter().flat_map(|guard| of_guard(guard, standing));
    let assertions = model.assertions.iter().flat_map(|assertion| of_assertion(assertion, standing));
    let mut checks: Vec<Check> = guards.chain(assertions).collect();
    for check in &mut checks {
        let allowance = allowed.iter().find(|allowance| compact(&allowance.name) == check.name);
        if let (Verdict::Broken, Some(allowance)) = (&check.verdict, allowance) {
            check.verdict = Verdict::Allowed { reason: allowance.reason.clone() };
        }
    }
    checks
}

/// The checks of a guard on an audience that the plan changes.
fn of_guard<'a>(guard: &'a Guard, standing: &'a BTreeMap<&Address, Standing<'_>>) -> impl Iterator<Item = Check> + 'a {
    let about = standing.get(&guard.audience).copied().filter(|about| about.changes && about.after.is_some());
    about.into_iter().flat_map(move |about| {
        let asked = guard.limits.iter().filter(move |limit| limit.measure == Measure::Size || about.before.is_some());
        asked.map(move |limit| of_limit(&guard.audience, limit, &about))
    })
}

fn of_limit(audience: &Address, limit: &Limit, about: &Standing<'_>) -> Check {
    let nobody = RoaringBitmap::new();
    let (before, after) = (about.before.unwrap_or(&nobody), about.after.unwrap_or(&nobody));
    let people = match limit.measure {
        Measure::Adds => after.difference_len(before),
        Measure::Drops => before.difference_len(after),
        Measure::Size => after.len(),
    };
    let share = limit.percent.then(|| percent(people, before.len()));
    let holds = is_within(limit.bound, share.unwrap_or(people as f64));
    Check {
        name: guard_name(audience, limit),
        limit: limit.text(),
        kind: CheckKind::Guard,
        found: Found { people, percent: share.filter(|share| share.is_finite()) },
        verdict: if holds { Verdict::Holds } else { Verdict::Broken },
        origin: limit.origin,
    }
}

fn percent(people: u64, of: u64) -> f64 {
    match (people, of) {
        (0, 0) => 0.0,
        (_, 0) => f64::INFINITY,
        (people, of) => people as f64 * 100.0 / of as f64,
    }
}

fn is_within(bound: Bound, number: f64) -> bool {
    match bound {
        Bound::Equal(limit) => number == limit.get(),
        Bound::Less(limit) => number < limit.get(),
        Bound::AtMost(limit) => number <= limit.get(),
        Bound::Greater(limit) => number > limit.get(),
        Bound::AtLeast(limit) => number >= limit.get(),
        Bound::Between(low, high) => number >= low.get() && number <= high.get(),
    }
}

/// The checks of an assertion that names an audience which the plan changes: one for each pair of disjoint audiences.
fn of_assertion(assertion: &Assertion, standing: &BTreeMap<&Address, Standing<'_>>) -> Vec<Check> {
    let changes = |address: &Address| standing.get(address).is_some_and(|about| about.changes);
    let members = |address: &Address| standing.get(address).and_then(|about| about.after);
    match assertion {
        Assertion::Disjoint { audiences, origin } => {
            let pairs = audiences
                .iter()
                .enumerate()
                .flat_map(|(at, one)| audiences.iter().skip(at + 1).map(move |two| (one, two)));
            let asked = pairs.filter(|(one, two)| changes(one) || changes(two));
            let found = asked.map(|(one, two)| {
                let both = members(one).zip(members(two)).map_or(0, |(one, two)| one.intersection_len(two));
                asserted(
                    format!("disjoint({one},{two})"),
                    format!("disjoint({one}, {two})"),
                    CheckKind::Disjoint,
                    both,
                    *origin,
                )
            });
            found.collect()
        }
        Assertion::Inside { audience, inside, origin } if changes(audience) || changes(inside) => {
            let outside = match (members(audience), members(inside)) {
                (Some(members), Some(inside)) => members.difference_len(inside),
                (Some(members), None) => members.len(),
                (None, _) => 0,
            };
            vec![asserted(
                format!("{audience}.inside.{inside}"),
                format!("{audience} inside {inside}"),
                CheckKind::Inside,
                outside,
                *origin,
            )]
        }
        Assertion::Inside { .. } => Vec::new(),
    }
}

/// `people` are those who break the assertion.
fn asserted(name: String, limit: String, kind: CheckKind, people: u64, origin: Origin) -> Check {
    let verdict = if people == 0 { Verdict::Holds } else { Verdict::Broken };
    Check { name, limit, kind, found: Found { people, percent: None }, verdict, origin }
}

fn guard_name(audience: &Address, limit: &Limit) -> String {
    let word = Measure::ALL.iter().find(|(_, measure)| *measure == limit.measure).map_or("", |(word, _)| word);
    format!("{audience}.{word}")
}

/// A name without spaces, so that `disjoint(a, b)` may be written either way.
fn compact(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// An allowance for something that nobody wrote.
fn unknown(model: &Model, allowance: &Allowance) -> Option<Refusal> {
    let guards =
        model.guards.iter().flat_map(|guard| guard.limits.iter().map(|limit| guard_name(&guard.audience, limit)));
    let assertions = model.assertions.iter().flat_map(|assertion| match assertion {
        Assertion::Inside { audience, inside, .. } => vec![format!("{audience}.inside.{inside}")],
        Assertion::Disjoint { audiences, .. } => {
            let pairs = audiences.iter().enumerate();
            pairs
                .flat_map(|(at, one)| audiences.iter().skip(at + 1).map(move |two| format!("disjoint({one},{two})")))
                .collect()
        }
    });
    let known: Vec<String> = guards.chain(assertions).collect();
    if known.contains(&compact(&allowance.name)) {
        return None;
    }
    let nearest = suggest::nearest(&allowance.name, known.iter().map(String::as_str));
    Some(Refusal::UnknownAllowance {
        name: allowance.name.clone(),
        nearest: nearest.into_iter().map(str::to_owned).collect(),
    })
}
