//! Tests to what they say: names resolved, times made instants, users with what they took over from others.
//!
//! In: every test as written, and every audience as lowered. Out: a [`Scenario`] for each test without errors. Nothing in
//! a test decides how an attribute is read; a value that cannot be read as its attribute's type is a warning.

mod expectation;
mod fact;
mod happening;
mod time;
mod user;
mod value;

use std::collections::BTreeMap;

use super::lower::LoweredAudience;
use super::resolve::Home;
use super::world::World;
use crate::base::{Name, Now};
use crate::base::{Origin, Span, Spanned, Timestamp, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::ir::{Scenario, Then};
use crate::syntax::ast::scenario::{At, Entry, StepEntry, Test, When};

/// What every part of one test may ask.
struct Reading<'w, 'a> {
    world: &'w World<'a>,
    audiences: &'w [LoweredAudience<'a>],
    /// All workspaces and inputs: a test may send events anywhere.
    home: Home,
    /// The names of its users, by their numbers.
    users: Vec<Name>,
    found: Diagnostics,
}

/// The tests without errors, in the order of the files.
pub(super) fn lower(world: &World<'_>, audiences: &[LoweredAudience<'_>], found: &mut Diagnostics) -> Vec<Scenario> {
    titles(world, found);
    let mut scenarios = Vec::new();
    for test in world.declared.tests.iter().copied() {
        let home = Home { certain: true, ..Home::everywhere(world.project()) };
        let mut reading = Reading { world, audiences, home, users: Vec::new(), found: Diagnostics::default() };
        let scenario = reading.test(test);
        scenarios.extend((!reading.found.has_errors()).then_some(scenario));
        found.append(reading.found);
    }
    scenarios
}

/// Titles are there, and tell tests apart.
fn titles(world: &World<'_>, found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for test in &world.declared.tests {
        let title = &test.title;
        if title.value.trim().is_empty() {
            found.push(
                Diagnostic::new(Code::EmptyText, "the title of the test is empty")
                    .label(title.span, "nothing in it")
                    .help("say what holds, such as \"a quiet big spender is in\""),
            );
        } else if let Some(first) = first.get(title.value.as_str()) {
            found.push(
                Diagnostic::new(Code::DuplicateTestTitle, format!("two tests are called \"{}\"", title.value))
                    .label(title.span, "taken already")
                    .label(*first, "first used here")
                    .help("a failed test is found by its title; give this one another"),
            );
        } else {
            first.insert(&title.value, title.span);
        }
    }
}

impl Reading<'_, '_> {
    /// Every part is checked even where another one fails.
    fn test(&mut self, test: &Test) -> Scenario {
        let now = self.now(test);
        let users = self.users_of(test, now);
        let mut steps = vec![Then { now, facts: Vec::new(), expectations: Vec::new() }];
        for entry in &test.entries {
            match &entry.value {
                Entry::Now(_) | Entry::User(_) => {}
                Entry::Expect(expect) => {
                    let expectation = self.expectation(expect, entry.span);
                    if let Some(last) = steps.last_mut() {
                        last.expectations.extend(expectation);
                    }
                }
                Entry::At(at) => {
                    let before = steps.last().map_or(now, |last| last.now);
                    let step = self.step(at, before);
                    steps.push(step);
                }
            }
        }
        steps.iter().for_each(|step| self.contradictions(step));
        self.expects_something(test);
        Scenario { title: test.title.value.clone(), now, users, steps, origin: Origin::from(test.span) }
    }

    /// When the test starts. Where it does not say, an instant that suits it, so that the rest can be checked.
    fn now(&mut self, test: &Test) -> Timestamp {
        let mut written = test.entries.iter().filter_map(|entry| match &entry.value {
            Entry::Now(moment) => Some((moment, entry.span)),
            _ => None,
        });
        let Some((first, first_span)) = written.next() else {
            let suited = Now(time::after_everything(test));
            let mut wrong = Diagnostic::new(Code::NowOfTest, "the test does not say when it is")
                .label(test.title.span, "needs a `now`")
                .note("a test gives the same result on every day, so that it has a `now` of its own")
                .help(format!("add `now {suited}`"));
            if let Some(entry) = test.entries.first() {
                wrong = wrong.fix(Fix::replace(
                    format!("add `now {suited}`"),
                    entry.span.before(),
                    format!("now {suited}\n  "),
                ));
            }
            self.found.push(wrong);
            return suited.0;
        };
        for (again, span) in written {
            let entry = Diagnostic::new(Code::NowOfTest, "the test says twice when it starts")
                .label(span, "again here")
                .label(first_span, "first here");
            self.found.push(entry.help(format!("let time pass with `at {} {{ … }}`", again.value)));
        }
        time::start(first.value)
    }

    fn step(&mut self, at: &At, before: Timestamp) -> Then {
        let now = match &at.when.value {
            When::Instant(moment) => time::start(*moment),
            When::Later(quantity) => {
                let length = self.length(*quantity, at.when.span);
                Timestamp(before.0.saturating_add(length.map_or(0, |length| length.0)))
            }
        };
        if now < before {
            self.found.push(
                Diagnostic::new(Code::StepBack, format!("this step goes back in time, from {before} to {now}"))
                    .label(at.when.span, "earlier than the step before")
                    .help("steps stand in the order of time; `at +7 days` counts from the step before"),
            );
        }
        let mut step = Then { now, facts: Vec::new(), expectations: Vec::new() };
        for entry in &at.entries {
            match &entry.value {
                StepEntry::Expect(expect) => step.expectations.extend(self.expectation(expect, entry.span)),
                StepEntry::Fact { user, fact } => {
                    let user = self.user(user);
                    let fact = self.later_fact(fact, now);
                    step.facts.extend(user.zip(fact));
                }
            }
        }
        step
    }

    fn expects_something(&mut self, test: &Test) {
        let expects = |entry: &Spanned<Entry>| match &entry.value {
            Entry::Expect(_) => true,
            Entry::At(at) => at.entries.iter().any(|each| matches!(each.value, StepEntry::Expect(_))),
            Entry::Now(_) | Entry::User(_) => false,
        };
        if !test.entries.iter().any(expects) {
            self.found.push(
                Diagnostic::new(Code::NothingExpected, "the test expects nothing, so it cannot fail")
                    .label(test.title.span, "checks nothing")
                    .help("add a line such as `expect ann in big_spenders`"),
            );
        }
    }

    /// The number of a user.
    fn user(&mut self, name: &Spanned<Name>) -> Option<usize> {
        let number = self.users.iter().position(|known| *known == name.value);
        if number.is_none() {
            let known: Vec<&str> = self.users.iter().map(Name::as_str).collect();
            let help = match known.as_slice() {
                [] => format!("define it: `user {} {{ … }}`", name.value),
                known => format!("the test has {}", super::resolve::listed(known.iter().copied())),
            };
            self.found.push(
                Diagnostic::new(Code::UnknownTestUser, format!("the test has no user `{}`", name.value))
                    .label(name.span, "not defined in this test")
                    .help(help)
                    .did_you_mean(name.span, &suggest::nearest(name.as_str(), known), str::to_owned),
            );
        }
        number
    }
}
