//! One test: what is expected against what the evaluator says.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::{Shapes, Shown};
use super::part::{Placed, placed};
use super::world::{first_input, mpid, store};
use super::{Failure, Run, Wrong};
use crate::base::{Address, InputName, Now};
use crate::eval::{self, Stored};
use crate::explain::{Question, explain};
use crate::ir::{Expectation, Scenario, Then, VariantName};
use crate::members::Memberships;
use crate::store::Store;

/// The expectations of a test that are not met, and what the test has shown of the criteria it asked.
pub(super) fn of(run: &Run<'_>, scenario: &Scenario, shapes: Option<&Shapes<'_>>) -> (Vec<Failure>, Vec<Shown>) {
    let (mut failures, mut shown) = (Vec::new(), Vec::new());
    for (at, then) in scenario.steps.iter().enumerate() {
        let mut of_step = Vec::new();
        for (first_input, expectations) in by_first_input(run, then) {
            let moment = Moment::new(run, scenario, at, first_input.as_ref(), &expectations);
            let failed = expectations.iter().filter_map(|(number, each)| Some((*number, moment.check(each)?)));
            of_step.extend(failed);
            shown.extend(shapes.iter().flat_map(|shapes| moment.shown(shapes, &expectations)));
        }
        of_step.sort_by_key(|(number, _)| *number);
        failures.extend(of_step.into_iter().map(|(_, failure)| failure));
    }
    (failures, shown)
}

type Numbered<'s> = (usize, &'s Expectation);

/// The expectations of a step by the input of events that name none, which differs by the audience that is asked.
fn by_first_input<'s>(run: &Run<'_>, then: &'s Then) -> BTreeMap<Option<InputName>, Vec<Numbered<'s>>> {
    let mut groups: BTreeMap<_, Vec<Numbered<'s>>> = BTreeMap::new();
    for (number, expectation) in then.expectations.iter().enumerate() {
        let audience = run.model.audiences.get(expectation.audience());
        let input = audience.and_then(|audience| first_input(run.project, audience));
        groups.entry(input).or_default().push((number, expectation));
    }
    groups
}

/// A test at one of its steps, evaluated.
struct Moment<'a> {
    run: &'a Run<'a>,
    scenario: &'a Scenario,
    now: Now,
    store: Store,
    members: Memberships,
}

impl<'a> Moment<'a> {
    fn new(
        run: &'a Run<'a>,
        scenario: &'a Scenario,
        step: usize,
        first_input: Option<&InputName>,
        expectations: &[Numbered<'_>],
    ) -> Self {
        let store = store(run.project, scenario, step, first_input);
        let now = Now(scenario.steps.get(step).map_or(scenario.now, |step| step.now));
        let asked: BTreeSet<Address> = expectations.iter().map(|(_, each)| each.audience().clone()).collect();
        let members = eval::evaluate(run.model, &store, now, Some(&asked), &Stored::default());
        Self { run, scenario, now, store, members }
    }

    /// The failure of an expectation; `None` where it is met.
    fn check(&self, expectation: &Expectation) -> Option<Failure> {
        let (audience, variant) = (expectation.audience(), expectation.variant());
        let inside = |user: usize| self.is_in(user, audience, variant);
        let (asked, found): (Vec<(usize, bool)>, _) = match expectation {
            Expectation::Member { user, inside, .. } => (vec![(*user, *inside)], None),
            Expectation::Members { users, .. } => {
                let everybody = 0..self.scenario.users.len();
                let names = everybody.clone().filter(|user| inside(*user)).filter_map(|user| self.name(user)).collect();
                (everybody.map(|user| (user, users.contains(&user))).collect(), Some(names))
            }
        };
        let wrong = asked.into_iter().filter(|(user, expected)| inside(*user) != *expected);
        let wrong: Vec<Wrong> = wrong.filter_map(|(user, _)| self.wrong(user, audience, variant)).collect();
        (!wrong.is_empty()).then(|| Failure {
            origin: expectation.origin(),
            now: self.now.0,
            audience: audience.clone(),
            variant: variant.clone(),
            found,
            wrong,
        })
    }

    fn name(&self, user: usize) -> Option<crate::base::Name> {
        self.scenario.users.get(user).map(|user| user.name.clone())
    }

    /// Whether a user is in a whole audience.
    fn is_member(&self, user: usize, audience: &Address) -> bool {
        self.members.audiences.get(audience).is_some_and(|rows| rows.contains(user as u32))
    }

    fn is_in(&self, user: usize, audience: &Address, variant: &VariantName) -> bool {
        let in_part = || self.placed(user, audience).is_some_and(|placed| placed.part == *variant);
        self.is_member(user, audience) && (*variant == VariantName::Whole || in_part())
    }

    fn placed(&self, user: usize, audience: &Address) -> Option<Placed> {
        let (user, audience) = (self.scenario.users.get(user)?, self.run.model.audiences.get(audience)?);
        placed(&self.run.model.project, audience, mpid(user))
    }

    /// Why a user is where it was not to be.
    fn wrong(&self, user: usize, audience: &Address, variant: &VariantName) -> Option<Wrong> {
        let question = Question {
            model: self.run.model,
            store: &self.store,
            row: user as u32,
            audience,
            now: self.now,
            stored: &BTreeMap::new(),
        };
        let split = *variant != VariantName::Whole && self.is_member(user, audience);
        Some(Wrong {
            user: self.name(user)?,
            inside: self.is_in(user, audience, variant),
            placed: if split { self.placed(user, audience) } else { None },
            explanation: explain(&question),
        })
    }

    /// What the expectations show of the criteria of the audiences that they ask: those of one user, or of everybody.
    fn shown(&self, shapes: &Shapes<'_>, expectations: &[Numbered<'_>]) -> Vec<Shown> {
        let mut asked: BTreeMap<&Address, BTreeSet<usize>> = BTreeMap::new();
        for (_, expectation) in expectations {
            let users = asked.entry(expectation.audience()).or_default();
            match expectation {
                Expectation::Member { user, .. } => users.extend([*user]),
                Expectation::Members { .. } => users.extend(0..self.scenario.users.len()),
            }
        }
        let shown = |(audience, users)| shapes.shown(self.run.model, audience, &self.store, self.now, &users);
        asked.into_iter().filter_map(shown).collect()
    }
}
