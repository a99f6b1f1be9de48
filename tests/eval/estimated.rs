//! Estimates of random audiences: asked of everybody they are what the reference counts one by one, asked of a sample they are of those in it.

use std::sync::Arc;

use aud::base::{Now, OutputName, Timestamp};
use aud::catalog::{IdentityType, OutputKind};
use aud::estimate::{
    Basis, Detail, Effort, Frame, Joint, Setting, Size, SweepRequest, Trial, estimate, history, overlaps, reach, sweep,
};
use aud::eval::{Stored, evaluate};
use aud::ir::{Audience, Count, Criterion, Kind, Model, Status};
use aud::store::Store;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::arbitrary::{Case, case};
use super::pools::DAY_MS;
use super::reference::{Reference, StoredBits};
use super::world::{User, name};

const USERS: usize = 8;

fn check(cases: u32, property: impl Fn(Case) -> TestCaseResult) {
    // Each case asks many times: the share is a tenth of what the main property gets.
    let cases = super::property::cases(10 * cases) / 10;
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&case(USERS), property);
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// Who would be in an audience with another criterion: an active one of its own, whatever is stored of the real one.
struct WhatIf<'c> {
    case: &'c Case,
    model: Model,
    now: Now,
    stored: StoredBits,
}

impl<'c> WhatIf<'c> {
    fn new(case: &'c Case, audience: &Audience, criterion: &Criterion) -> Self {
        let mut model = case.model.clone();
        // A draft is asked about as if it and all that it nests were active.
        if audience.status == Status::Draft {
            model.audiences.values_mut().for_each(|each| each.status = Status::Active);
        }
        let (address, criterion) = (name("what_if"), Arc::new(criterion.clone()));
        let status = Status::Active;
        model.audiences.insert(address.clone(), Audience { address, status, criterion, ..audience.clone() });
        Self { case, model, now: case.now, stored: case.stored.clone() }
    }

    fn at(self, now: Now) -> Self {
        Self { now, ..self }
    }

    fn members(&self) -> Vec<&'c User> {
        let reference = Reference::new(&self.model, &self.case.world, self.now, &self.stored);
        self.case.world.users.iter().filter(|user| reference.is_member(&name("what_if"), user)).collect()
    }

    fn size(&self) -> Size {
        Size::Exact { size: self.members().len() as u64 }
    }
}

/// Who is in an audience as it is written: what was stored of a standard one (M23).
fn whole<'c>(case: &'c Case, audience: &Audience) -> Vec<&'c User> {
    whole_at(case, audience, case.now)
}

fn whole_at<'c>(case: &'c Case, audience: &Audience, now: Now) -> Vec<&'c User> {
    match case.stored.get(&audience.address) {
        Some(bits) => case.world.users.iter().zip(bits).filter(|(_, inside)| **inside).map(|(user, _)| user).collect(),
        None => WhatIf::new(case, audience, &audience.criterion).at(now).members(),
    }
}

fn stored(case: &Case) -> Stored {
    super::property::stored(&case.stored, &super::property::packed(case))
}

fn basis<'c>(case: &'c Case, store: &'c Store, stored: &'c Stored) -> Basis<'c> {
    Basis { model: &case.model, store, now: case.now, stored }
}

fn all(case: &Case) -> Vec<&Audience> {
    case.model.audiences.values().collect()
}

/// The outermost group, in the order of the normal form: random criteria have no places.
fn outermost(criterion: &Criterion) -> Vec<&Criterion> {
    match &criterion.kind {
        Kind::Everyone => Vec::new(),
        Kind::All(inner) | Kind::Any(inner) => inner.iter().collect(),
        _ => vec![criterion],
    }
}

fn joined(joint: Joint, criteria: Vec<Criterion>) -> Criterion {
    match joint {
        Joint::All => Criterion::new(Kind::All(criteria)),
        Joint::Any => Criterion::new(Kind::Any(criteria)),
    }
}

#[test]
fn criteria_and_the_waterfall_are_what_is_counted_one_by_one() {
    check(60, |case| {
        let (store, stored) = (case.world.packed(), stored(&case));
        let estimates = estimate(basis(&case, &store, &stored), &all(&case), Detail::Criteria, Effort::Exact);
        for each in &estimates.audiences {
            let what_if = |criterion: &Criterion| WhatIf::new(&case, &each.audience, criterion);
            prop_assert_eq!(each.population, what_if(&Criterion::new(Kind::Everyone)).size());
            if let Ok(size) = each.size {
                prop_assert_eq!(size, size_of(whole(&case, &each.audience).len() as u64));
            }
            let whole = what_if(&each.audience.criterion).size();
            let group = outermost(&each.audience.criterion);
            let outer: Vec<_> = each.parts.iter().filter(|part| part.step.is_some()).collect();
            prop_assert_eq!(outer.len(), group.len());
            for (at, (part, criterion)) in outer.iter().zip(&group).enumerate() {
                prop_assert_eq!(&part.position, &(at + 1).to_string());
                if let Ok(alone) = part.alone {
                    prop_assert_eq!(alone, what_if(criterion).size());
                }
                let step = part.step.unwrap();
                let before = group.iter().take(at + 1).map(|each| (*each).clone()).collect();
                prop_assert_eq!(step.after, what_if(&joined(each.joint, before)).size());
                let others = group.iter().enumerate().filter(|(other, _)| *other != at);
                let others: Vec<Criterion> = others.map(|(_, each)| (*each).clone()).collect();
                let others = what_if(&joined(each.joint, others));
                let (members, without) = (what_if(&each.audience.criterion), others.members());
                let holds = |set: &[&User], user: &&User| set.iter().any(|each| std::ptr::eq(*each, *user));
                let only = match each.joint {
                    Joint::All => without.iter().filter(|user| !holds(&members.members(), user)).count(),
                    Joint::Any => members.members().iter().filter(|user| !holds(&without, user)).count(),
                };
                prop_assert_eq!(step.only, Size::Exact { size: only as u64 });
            }
            if let Some(last) = outer.last() {
                prop_assert_eq!(last.step.unwrap().after, whole, "what is left at the end is the audience");
            }
        }
        Ok(())
    });
}

#[test]
fn overlap_and_reach_are_what_is_counted_one_by_one() {
    const EMAIL_ONLY: OutputKind =
        OutputKind { identities: Some(&[IdentityType::Email, IdentityType::Twitter]), ..OutputKind::ALL[0] };
    check(60, |case| {
        let (store, stored) = (case.world.packed(), stored(&case));
        let estimates = estimate(basis(&case, &store, &stored), &all(&case), Detail::Criteria, Effort::Exact);
        let members = |at: usize| whole(&case, &estimates.audiences[at].audience);
        let same = |a: &&User, b: &[&User]| b.iter().any(|each| std::ptr::eq(*each, *a));
        let found = overlaps(&estimates);
        let count = estimates.audiences.len();
        prop_assert_eq!(found.len(), count * count.saturating_sub(1) / 2);
        for pair in found {
            let (first, second) = (members(pair.first), members(pair.second));
            let both = first.iter().filter(|user| same(user, &second)).count();
            prop_assert_eq!(pair.both, Size::Exact { size: both as u64 });
            let share = |of: usize| (of > 0).then(|| both as f64 / of as f64);
            prop_assert_eq!(pair.of_first, share(first.len()));
            prop_assert_eq!(pair.of_second, share(second.len()));
            prop_assert_eq!(pair.alike, share(first.len() + second.len() - both));
        }
        let outputs: [(OutputName, &OutputKind); 2] =
            [(name("any"), &OutputKind::ALL[0]), (name("email"), &EMAIL_ONLY)];
        for (at, each) in estimates.audiences.iter().enumerate() {
            let reached =
                reach(&estimates.frame, &store, &each.members, outputs.iter().map(|(name, kind)| (name, *kind)));
            let everybody = members(at);
            for (reached, (_, kind)) in reached.iter().zip(&outputs) {
                let has = |user: &&&User, asked: Option<IdentityType>| {
                    let mut types = user.identities.iter().map(|(each, _)| *each);
                    types.any(|each| kind.accepts(each) && asked.is_none_or(|asked| asked == each))
                };
                let any = everybody.iter().filter(|user| has(user, None)).count();
                prop_assert_eq!(reached.any, Size::Exact { size: any as u64 });
                prop_assert_eq!(reached.none, Size::Exact { size: (everybody.len() - any) as u64 });
                for (_, identity) in IdentityType::ALL {
                    let expected = everybody.iter().filter(|user| has(user, Some(*identity))).count() as u64;
                    let found = reached.by_type.iter().find(|(each, _)| each == identity);
                    let found = found.map_or(0, |(_, size)| size.best().unwrap());
                    prop_assert_eq!(found, expected, "{}", identity);
                }
            }
        }
        Ok(())
    });
}

/// A criterion with another number in it.
type With<'c> = Box<dyn Fn(u64) -> Criterion + 'c>;

/// The audience's criteria that ask for a least number of events, with their positions, and the criterion with another number.
fn counted(criterion: &Criterion) -> Vec<(String, With<'_>)> {
    let group = outermost(criterion);
    let is_group = matches!(criterion.kind, Kind::All(_) | Kind::Any(_));
    let mut found: Vec<(String, With<'_>)> = Vec::new();
    for (at, each) in group.iter().enumerate() {
        let Kind::Event(test) = &each.kind else { continue };
        let Count { least: _, most: None } = test.count else { continue };
        let test = test.clone();
        let with = move |least: u64| {
            let mut test = test.clone();
            test.count.least = least;
            let part = Criterion::new(Kind::Event(test));
            match &criterion.kind {
                _ if !is_group => part,
                Kind::All(inner) => Criterion::new(Kind::All(put(inner, at, part))),
                Kind::Any(inner) => Criterion::new(Kind::Any(put(inner, at, part))),
                _ => part,
            }
        };
        found.push(((at + 1).to_string(), Box::new(with)));
    }
    found
}

fn put(inner: &[Criterion], at: usize, part: Criterion) -> Vec<Criterion> {
    let mut inner = inner.to_vec();
    inner[at] = part;
    inner
}

#[test]
fn a_sweep_is_what_each_value_would_give() {
    check(200, |case| {
        let (store, stored) = (case.world.packed(), stored(&case));
        for audience in all(&case) {
            for (place, with) in counted(&audience.criterion) {
                let values: Vec<Setting> = (1..5).map(Setting::Count).collect();
                let request = SweepRequest { place, kind: None, which: None, values, target: Some(2) };
                let found = sweep(basis(&case, &store, &stored), audience, &request, Effort::Exact);
                let found = found.map_err(|error| TestCaseError::fail(error.to_string()))?;
                for (setting, size) in &found.steps {
                    let Setting::Count(count) = setting else { panic!("{setting}") };
                    prop_assert_eq!(*size, WhatIf::new(&case, audience, &with(*count)).size());
                }
                let off = |size: Size| size.best().unwrap().abs_diff(2);
                let best = found.steps.iter().map(|(_, size)| off(*size)).min().unwrap();
                prop_assert_eq!(off(found.nearest.unwrap().1), best);
            }
        }
        Ok(())
    });
}

#[test]
fn the_days_behind_and_ahead_are_what_evaluation_says_of_them() {
    check(30, |case| {
        let (store, stored) = (case.world.packed(), stored(&case));
        for audience in all(&case) {
            let history = history(basis(&case, &store, &stored), audience, (3, 4), Effort::Exact, &|_| {});
            let members_at = |now: Now| whole_at(&case, audience, now);
            prop_assert_eq!((history.past.len(), history.ahead.len()), (4, 4));
            let days: Vec<_> = history.past.iter().chain(&history.ahead).collect();
            for (place, day) in days.iter().enumerate() {
                let at = Now(Timestamp(case.now.ms() + (place as i64 - 3) * DAY_MS));
                prop_assert_eq!(day.at, at);
                prop_assert_eq!(day.size, size_of(members_at(at).len() as u64));
                let before = Now(Timestamp(at.ms() - DAY_MS));
                let (old, new) = (members_at(before), members_at(at));
                let missing = |from: &[&User], of: &[&User]| {
                    from.iter().filter(|user| !of.iter().any(|each| std::ptr::eq(*each, **user))).count() as u64
                };
                let moved = (place > 0).then(|| (missing(&new, &old), missing(&old, &new)));
                prop_assert_eq!(day.adds, moved.map(|(adds, _)| size_of(adds)));
                prop_assert_eq!(day.drops, moved.map(|(_, drops)| size_of(drops)));
            }
            // The forecast is what evaluation says when that day has come.
            if audience.status == Status::Active {
                for day in &history.ahead {
                    let then = evaluate(&case.model, &store, day.at, None, &stored);
                    prop_assert_eq!(day.size, size_of(then.audiences[&audience.address].len()));
                }
            }
        }
        Ok(())
    });
}

fn size_of(size: u64) -> Size {
    Size::Exact { size }
}

#[test]
fn samples_are_nested_and_say_of_their_own_what_is_true_of_everybody() {
    check(60, |case| {
        let (store, stored) = (case.world.packed(), stored(&case));
        let members = |frame: Frame, audience: &Audience| {
            let mut trial = Trial::new(basis(&case, &store, &stored));
            let question = trial.ask_audience(audience);
            trial.answer_in(frame).members(question).clone()
        };
        for audience in all(&case) {
            let everybody = members(Frame::everybody(&store), audience);
            let mut smaller = roaring::RoaringBitmap::new();
            for share in [0.2, 0.5, 0.9] {
                let frame = Frame::sample(&store, share, 0);
                let hits = members(frame.clone(), audience);
                prop_assert!(hits.is_subset(&everybody) && smaller.is_subset(&hits));
                prop_assert_eq!(frame.size(hits.len()), frame.size_of(&everybody));
                let (low, high) = frame.size(hits.len()).range();
                prop_assert!(low <= high && high <= USERS as u64);
                smaller = hits;
            }
        }
        let found = estimate(basis(&case, &store, &stored), &all(&case), Detail::Sizes, Effort::Quick);
        for (found, audience) in found.audiences.into_iter().zip(all(&case)) {
            prop_assert_eq!(&found.audience.address, &audience.address);
            prop_assert!(found.parts.is_empty());
            if let Ok(size) = found.size {
                prop_assert_eq!(size, size_of(whole(&case, audience).len() as u64));
            }
        }
        Ok(())
    });
}
