//! The tree of an audience: verdicts of the evaluator on every criterion, joined as the definition joins them.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::node::{Fact, Inside, Node, Population, Profile, Tree};
use super::person::Person;
use super::probe::Probe;
use super::{Question, turn};
use crate::base::{Address, Now, Timestamp};
use crate::ir::{Audience, Count, Criterion, Kind, Status};

/// How deep nested audiences are shown. Deeper ones are evaluated, and not taken apart.
const DEEPEST: usize = 32;

/// The tree of the audience that is asked for.
pub(super) fn tree(question: &Question<'_>, person: &Person) -> Option<Tree> {
    let audience = question.model.audiences.get(question.audience)?;
    Growing { question, person, numbers: 0, known: BTreeMap::new(), at: question.now, depth: 0 }.tree(audience)
}

struct Growing<'a> {
    question: &'a Question<'a>,
    person: &'a Person,
    numbers: usize,
    /// Whether the user is in the audiences shown so far, at the instant that they were asked at.
    known: BTreeMap<(Address, Now), bool>,
    /// The instant of the audience at hand, which those that it nests share (M14).
    at: Now,
    depth: usize,
}

/// An audience that is being taken apart: its verdicts, in the order in which its criteria are met.
struct Home<'a> {
    audience: &'a Audience,
    facts: Facts<'a>,
    verdicts: std::vec::IntoIter<bool>,
}

impl<'a> Growing<'a> {
    fn tree(&mut self, audience: &'a Audience) -> Option<Tree> {
        let around = self.at;
        let probe = Probe::new(self.question, audience, around)?;
        self.at = probe.at();
        let stored = audience.standard.and(self.question.stored.get(&audience.address)).copied();
        let population = population(&probe, self.person, audience);
        let mut asked = Vec::new();
        questions(&audience.criterion, &mut asked);
        let verdicts = probe.holds(&self.person.store, &asked).into_iter();
        let facts = Facts::new(self.person, probe);
        let at = facts.at();
        let mut home = Home { audience, facts, verdicts };
        let root = self.node(&audience.criterion, &mut home);
        self.at = around;
        let active = audience.status == Status::Active;
        let member = stored.unwrap_or(active && population.holds && root.holds);
        self.known.insert((audience.address.clone(), around), member);
        let (address, name) = (audience.address.clone(), audience.name.clone());
        Some(Tree { address, name, member, at, stored: stored.is_some(), population, root })
    }

    fn node(&mut self, criterion: &'a Criterion, home: &mut Home<'a>) -> Node {
        let number = self.numbers;
        self.numbers += 1;
        let (text, holds, inside) = match &criterion.kind {
            Kind::All(inner) => {
                let inner = self.nodes(inner, home);
                ("and".to_owned(), inner.iter().all(|each| each.holds), Inside::All(inner))
            }
            Kind::Any(inner) => {
                let inner = self.nodes(inner, home);
                ("or".to_owned(), inner.iter().any(|each| each.holds), Inside::Any(inner))
            }
            Kind::Not(inner) if is_group(inner) => {
                let inner = self.node(inner, home);
                ("not".to_owned(), !inner.holds, Inside::Not(Box::new(inner)))
            }
            Kind::Not(inner) => {
                let (holds, inside) = self.answer(inner, home);
                (home.text(criterion), !holds, complement(inside))
            }
            _ => {
                let (holds, inside) = self.answer(criterion, home);
                (home.text(criterion), holds, inside)
            }
        };
        Node { number, label: label(criterion), text, origin: criterion.origin, holds, inside }
    }

    /// The inner criteria in the order in which they were written.
    fn nodes(&mut self, inner: &'a [Criterion], home: &mut Home<'a>) -> Vec<Node> {
        Criterion::as_written(inner).into_iter().map(|each| self.node(each, home)).collect()
    }

    /// The answer to a criterion that is no group.
    fn answer(&mut self, criterion: &'a Criterion, home: &mut Home<'a>) -> (bool, Inside) {
        match &criterion.kind {
            Kind::Member(address) => {
                let (member, tree) = self.member(address);
                (member, Inside::Member(address.clone(), tree.map(Box::new)))
            }
            _ => {
                let holds = home.verdicts.next().unwrap_or(false);
                (holds, Inside::Leaf(home.facts.of(criterion, holds)))
            }
        }
    }

    /// Whether the user is in a nested audience, and why, unless that was shown before.
    fn member(&mut self, address: &Address) -> (bool, Option<Tree>) {
        let key = (address.clone(), self.at);
        if let Some(member) = self.known.get(&key) {
            return (*member, None);
        }
        let nested = self.question.model.audiences.get(address).filter(|each| each.status == Status::Active);
        let Some(nested) = nested else { return (false, None) };
        if self.depth >= DEEPEST {
            return (turn::member(self.question, self.person, address, self.at), None);
        }
        // An audience that nests itself, which no checked model has, is met here again.
        self.known.insert(key, false);
        self.depth += 1;
        let tree = self.tree(nested);
        self.depth -= 1;
        (tree.as_ref().is_some_and(|tree| tree.member), tree)
    }
}

impl Home<'_> {
    fn text(&self, criterion: &Criterion) -> String {
        let bare = Criterion { label: None, ..criterion.clone() };
        self.audience.text_of(&bare)
    }
}

/// Facts as the complement reads them: `at least 2 times` asked for is `at most 1 time` asked for.
fn complement(inside: Inside) -> Inside {
    let Inside::Leaf(mut facts) = inside else { return inside };
    for fact in &mut facts {
        if let Fact::Count { asked, .. } = fact
            && let Count { least: 1.., most: None } = *asked
        {
            *asked = Count { least: 0, most: Some(asked.least - 1) };
        }
    }
    Inside::Leaf(facts)
}

/// The label of a criterion, or of the one that it negates.
fn label(criterion: &Criterion) -> Option<crate::base::Name> {
    match &criterion.kind {
        Kind::Not(inner) if criterion.label.is_none() && !is_group(inner) => inner.label.clone(),
        _ => criterion.label.clone(),
    }
}

fn is_group(criterion: &Criterion) -> bool {
    matches!(criterion.kind, Kind::All(_) | Kind::Any(_) | Kind::Not(_))
}

/// What is asked of the data, in the order in which [`Growing::node`] meets it.
fn questions(criterion: &Criterion, into: &mut Vec<Criterion>) {
    match &criterion.kind {
        Kind::All(inner) | Kind::Any(inner) => {
            Criterion::as_written(inner).into_iter().for_each(|each| questions(each, into))
        }
        Kind::Not(inner) => questions(inner, into),
        Kind::Member(_) => {}
        _ => into.push(Criterion::new(criterion.kind.clone())),
    }
}

fn population(probe: &Probe, person: &Person, audience: &Audience) -> Population {
    let at = probe.at().ms();
    let profile = |workspace| {
        let sightings = person.sightings(workspace);
        let known = sightings.and_then(|(first, last)| {
            let events = person.event_times(workspace);
            let earlier = events.into_iter().chain([first, last]).filter(|seen| *seen <= at).max();
            earlier.map(|last| (first, last))
        });
        let expiry = |last: i64| Some(last.saturating_add(probe.profile_retention()?.0));
        Profile {
            workspace: workspace.clone(),
            first: known.map(|(first, _)| Timestamp(first)),
            last: known.map(|(_, last)| Timestamp(last)),
            until: known.and_then(|(_, last)| expiry(last)).map(Timestamp),
            alive: probe.alive(&person.store, workspace),
        }
    };
    Population {
        holds: probe.population(&person.store, &audience.workspaces),
        opted_out: opted_out(probe, person),
        profiles: audience.workspaces.iter().map(profile).collect(),
    }
}

/// When the user opted out, where the latest opt-out says so (M26).
fn opted_out(probe: &Probe, person: &Person) -> Option<Timestamp> {
    let events = person.opt_outs()?;
    let times = events.times();
    let latest = times.iter().copied().filter(|at| *at <= probe.at().ms()).max()?;
    let says = |at: &usize| {
        let values = events.values(*at, None, "is_opted_out");
        values.iter().any(|value| matches!(value, super::Value::Text(text) if text.eq_ignore_ascii_case("true")))
    };
    let out = (0..times.len()).filter(|at| times.get(*at) == Some(&latest)).any(|at| says(&at));
    out.then_some(Timestamp(latest))
}
