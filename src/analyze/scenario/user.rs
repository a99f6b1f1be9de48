//! The users of a test, with what they take over from those that they start from.
//!
//! A user made `from` another has everything that is known of that one, except its number; what it says itself takes the
//! place of the same thing there: an attribute of that name, all identities of that type, all devices' field of that
//! name, the location. Events add up.

use std::collections::BTreeMap;

use super::Reading;
use crate::analyze::graph::{Circle, Graph};
use crate::base::{Mpid, Span, Spanned, Timestamp};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::{Fact, TestUser};
use crate::syntax::ast::scenario::{self as written, Entry, Test, User};

impl Reading<'_, '_> {
    /// The users in the order written.
    pub(super) fn users_of(&mut self, test: &Test, now: Timestamp) -> Vec<TestUser> {
        let users = self.declared(test);
        self.users = users.iter().map(|user| user.name.value.clone()).collect();
        let mut graph = Graph { edges: vec![Vec::new(); users.len()] };
        for (at, user) in users.iter().enumerate() {
            if let Some(from) = &user.from
                && let Some(base) = self.user(from)
            {
                graph.add(at, base, from.span);
            }
        }
        let walk = graph.walk();
        walk.circles.iter().for_each(|each| self.circle(each));
        let own: Vec<TestUser> = users.iter().map(|user| self.own(user, now)).collect();
        self.numbers(&users);
        let mut made: BTreeMap<usize, TestUser> = BTreeMap::new();
        for at in walk.order {
            let Some(own) = own.get(at).cloned() else { continue };
            let base = graph.of(at).first().and_then(|(base, _)| made.get(base));
            let user = base.map_or_else(|| own.clone(), |base| changed(base, own.clone()));
            made.insert(at, user);
        }
        let mut users: Vec<TestUser> = made.into_values().collect();
        // Who takes nothing over has none of what it says it does not have.
        users.iter_mut().for_each(|user| user.facts.retain(|fact| !matches!(fact, Fact::NoAttribute(_))));
        users
    }

    /// Each user once.
    fn declared<'t>(&mut self, test: &'t Test) -> Vec<&'t User> {
        let mut users: Vec<&User> = Vec::new();
        for entry in &test.entries {
            let Entry::User(user) = &entry.value else { continue };
            match users.iter().find(|first| first.name.value == user.name.value) {
                Some(first) => self.found.push(
                    Diagnostic::new(Code::DuplicateTestUser, format!("the test has two users `{}`", user.name.value))
                        .label(user.name.span, "taken already")
                        .label(first.name.span, "first used here")
                        .help("give this one another name, or put the facts of both together"),
                ),
                None => users.push(user),
            }
        }
        users
    }

    fn circle(&mut self, circle: &Circle) {
        let names: Vec<&str> =
            circle.way.iter().filter_map(|at| self.users.get(*at)).map(|name| name.as_str()).collect();
        let message = match names.as_slice() {
            [one, _] => format!("user `{one}` starts from itself"),
            _ => format!("users start from each other in a circle: {}", names.join(" → ")),
        };
        let help = match names.as_slice() {
            [one, _] => format!("take `from {one}` out"),
            _ => "take the `from` of one of them out".to_owned(),
        };
        let wrong = Diagnostic::new(Code::TestUserCycle, message).label(circle.span, "closes the circle");
        self.found.push(wrong.help(help));
    }

    /// What a user says itself.
    fn own(&mut self, user: &User, now: Timestamp) -> TestUser {
        let mut own = TestUser { name: user.name.value.clone(), mpid: None, first_seen: None, facts: Vec::new() };
        for (at, fact) in user.facts.iter().enumerate() {
            let before = user.facts.get(..at).unwrap_or_default();
            if let Some(first) = before.iter().find(|first| contradicts(&first.value, &fact.value)) {
                self.found.push(said_twice(user, fact.span, first.span));
            }
            match &fact.value {
                written::Fact::Mpid(number) => own.mpid = Some(Mpid(number.value)),
                written::Fact::FirstSeen(time) => own.first_seen = self.first_seen(time, now),
                _ => own.facts.extend(self.fact(fact, now)),
            }
        }
        own
    }

    fn first_seen(&mut self, time: &Spanned<written::Time>, now: Timestamp) -> Option<Timestamp> {
        let at = self.instant(time, now)?;
        if at > now {
            self.found.push(
                Diagnostic::new(Code::ImpossibleFact, "the user is first seen after the test starts")
                    .label(time.span, format!("later than {now}"))
                    .help("every user of a test is seen at its `now`; write an earlier time, or leave it out"),
            );
        }
        Some(at)
    }

    /// No two users have one number.
    fn numbers(&mut self, users: &[&User]) {
        let mut first: BTreeMap<i64, Span> = BTreeMap::new();
        for number in users.iter().flat_map(|user| &user.facts).filter_map(|fact| match &fact.value {
            written::Fact::Mpid(number) => Some(number),
            _ => None,
        }) {
            if let Some(first) = first.get(&number.value) {
                self.found.push(
                    Diagnostic::new(Code::DuplicateMpid, format!("two users have the MPID {}", number.value))
                        .label(number.span, "taken already")
                        .label(*first, "first used here")
                        .help("an MPID is one user; write another, or leave it out"),
                );
            } else {
                first.insert(number.value, number.span);
            }
        }
    }
}

fn said_twice(user: &User, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateField, format!("user `{}` is given the same thing twice", user.name.value))
        .label(again, "again here")
        .label(first, "first here")
        .help("keep one of them; what changes later stands in a step `at …`")
}

/// Whether a user cannot have both: things of which there is one. Identities, devices, locations and events may be many.
fn contradicts(one: &written::Fact, other: &written::Fact) -> bool {
    use written::Fact as F;
    match (one, other) {
        (F::Mpid(_), F::Mpid(_)) | (F::FirstSeen(_), F::FirstSeen(_)) => true,
        (F::Attribute(a, _) | F::NoAttribute(a), F::Attribute(b, _) | F::NoAttribute(b)) => a.value == b.value,
        (F::Calculated(a, _), F::Calculated(b, _)) => a.value == b.value,
        (F::Consent(a, purpose, _), F::Consent(b, other, _)) => a.value == b.value && purpose.value == other.value,
        (F::Attribution(a, _), F::Attribution(b, _)) => a.value == b.value,
        _ => false,
    }
}

/// A user with what is different in another one made from it.
fn changed(base: &TestUser, own: TestUser) -> TestUser {
    let kept = base.facts.iter().filter(|fact| !own.facts.iter().any(|each| takes_the_place(each, fact)));
    let mut facts: Vec<Fact> = kept.cloned().collect();
    facts.extend(own.facts);
    TestUser { name: own.name, mpid: own.mpid, first_seen: own.first_seen.or(base.first_seen), facts }
}

/// Whether a fact says anew what an inherited one said.
fn takes_the_place(own: &Fact, inherited: &Fact) -> bool {
    match (own, inherited) {
        (Fact::Attribute(a, _) | Fact::NoAttribute(a), Fact::Attribute(b, _) | Fact::NoAttribute(b))
        | (Fact::Calculated(a, _), Fact::Calculated(b, _)) => a == b,
        (Fact::Identity(a, _), Fact::Identity(b, _)) => a == b,
        (Fact::Consent(a, purpose, _), Fact::Consent(b, other, _)) => a == b && purpose == other,
        (Fact::Device(a, _), Fact::Device(b, _)) => a == b,
        (Fact::Attribution(a, _), Fact::Attribution(b, _)) => a == b,
        (Fact::Location(..), Fact::Location(..)) => true,
        _ => false,
    }
}
