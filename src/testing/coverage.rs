//! What tests have shown of each criterion.
//!
//! In: the parts of every audience, and what each was for each user that an expectation asked about. Out: [`Coverage`].
//!
//! A criterion counts three points: seen true, seen false, and seen to decide, which it does where the membership of some user
//! that is asked about would be the other way round if this criterion alone were. The coverage of an audience is the share of the
//! points of its criteria that its own expectations have earned. What `everyone` says counts nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::Answers;
use super::shape::{Core, Part, Seen, Shape};
use crate::base::{Address, Name, Now, Origin};
use crate::ir::{Audience, Criterion, Model, Scenario, Status};
use crate::store::Store;

/// What the tests have shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The active audiences, by address.
    pub audiences: Vec<CoveredAudience>,
}

/// What the tests have shown of one audience.
#[derive(Clone, Debug, PartialEq)]
pub struct CoveredAudience {
    /// Its address.
    pub address: Address,
    /// Where it was written.
    pub origin: Origin,
    /// How many expectations are about it.
    pub expectations: usize,
    /// Its criteria and groups, in the order written, outermost first.
    pub criteria: Vec<Covered>,
}

/// What the tests have shown of one criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct Covered {
    /// Its label.
    pub label: Option<Name>,
    /// As the language writes it.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
    /// How deep it stands inside groups.
    pub depth: usize,
    /// Whether it was true for somebody.
    pub seen_true: bool,
    /// Whether it was false for somebody.
    pub seen_false: bool,
    /// Whether it decided a membership.
    pub decided: bool,
}

impl Covered {
    /// How many of its three points it has earned.
    pub fn points(&self) -> usize {
        [self.seen_true, self.seen_false, self.decided].into_iter().filter(|seen| *seen).count()
    }
}

impl CoveredAudience {
    /// Points earned, and points there are.
    pub fn points(&self) -> (usize, usize) {
        (self.criteria.iter().map(Covered::points).sum(), self.criteria.len() * 3)
    }

    /// The share of the points that it has earned, in whole per cent, rounded down.
    pub fn percent(&self) -> u8 {
        percent(self.points())
    }
}

impl Coverage {
    /// Points earned, and points there are, of all audiences.
    pub fn points(&self) -> (usize, usize) {
        let points = self.audiences.iter().map(CoveredAudience::points);
        points.fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1))
    }

    /// The share of the points that were earned, in whole per cent, rounded down.
    pub fn percent(&self) -> u8 {
        percent(self.points())
    }
}

/// Of nothing, everything is covered.
fn percent((earned, all): (usize, usize)) -> u8 {
    (earned * 100).checked_div(all).unwrap_or(100) as u8
}

/// What some users were to the parts of an audience.
pub(super) struct Shown {
    audience: Address,
    seen: Vec<Vec<Seen>>,
}

/// The parts of every active audience.
pub(super) struct Shapes<'a> {
    of: BTreeMap<&'a Address, (&'a Audience, Shape<'a>, usize)>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(model: &'a Model, scenarios: &[&Scenario]) -> Self {
        let asked: Vec<&Address> = scenarios.iter().flat_map(|scenario| scenario.audiences()).collect();
        let of = model.audiences.values().filter(|audience| audience.status == Status::Active).map(|audience| {
            let expectations = asked.iter().filter(|address| ***address == audience.address).count();
            (&audience.address, (audience, Shape::new(audience), expectations))
        });
        Self { of: of.collect() }
    }

    /// What these users are to the parts of an audience.
    pub(super) fn shown(
        &self,
        model: &Model,
        audience: &Address,
        store: &Store,
        now: Now,
        users: &BTreeSet<usize>,
    ) -> Option<Shown> {
        let (audience, shape, _) = self.of.get(audience)?;
        let answers = Answers::new(model, audience, store, now, &shape.questions())?;
        let seen = users.iter().map(|user| {
            let answer = |question: usize| answers.holds(question, *user);
            let member = |nested: &Address| answers.is_member(nested, *user);
            shape.seen(&answer, &member, answers.in_population(*user))
        });
        Some(Shown { audience: audience.address.clone(), seen: seen.collect() })
    }

    /// Everything shown, put together.
    pub(super) fn coverage(self, shown: impl Iterator<Item = Shown>) -> Coverage {
        let mut seen: BTreeMap<Address, Vec<Vec<Seen>>> = BTreeMap::new();
        shown.for_each(|each| seen.entry(each.audience).or_default().extend(each.seen));
        let of = self.of.into_values().map(|(audience, shape, expectations)| {
            let seen = seen.get(&audience.address).map_or(&[][..], Vec::as_slice);
            let depths = shape.depths();
            let parts = shape.parts.iter().enumerate().zip(depths);
            let parts = parts.filter(|((_, part), _)| !matches!(part.core, Core::Everyone));
            let covered = |((at, part), depth): ((usize, &Part<'_>), usize)| {
                let of_users = || seen.iter().filter_map(move |user| user.get(at));
                Covered {
                    label: part.label.cloned(),
                    text: audience.text_of(&Criterion { label: None, ..part.criterion.clone() }),
                    origin: part.origin,
                    depth,
                    seen_true: of_users().any(|seen| seen.holds),
                    seen_false: of_users().any(|seen| !seen.holds),
                    decided: of_users().any(|seen| seen.decides),
                }
            };
            let criteria = parts.map(covered).collect();
            CoveredAudience { address: audience.address.clone(), origin: audience.origin, expectations, criteria }
        });
        Coverage { audiences: of.collect() }
    }
}
