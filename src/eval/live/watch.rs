//! What can change the answers of leaves: what they read, and when an instant in it passes an edge of a window.
//!
//! In: the questions of a program. Out: [`Watched`]: sources of data, for each the ages at which its instants pass an edge, and
//! which families of leaves that concerns. Nothing here knows data or `now`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Address, TimeFilter, Window, WorkspaceName};
use crate::catalog::{Calculation, EventKey, LocationField, Part, ProfileField};
use crate::eval::leaf::LOCATION_AGE_MS;
use crate::eval::program::{Aggregate, Family, Link, Period, Questions, Seen, Selected, Stream, Valued};
use crate::ir::{Condition, Predicate};

/// Data that leaves read. Where it has instants, they may pass an edge as time passes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The events of a key; when they happened.
    Events(EventKey),
    /// Attributes of the events of a key that are instants.
    Dates(EventKey, Option<Part>, String),
    /// The first sighting in a workspace.
    First(WorkspaceName),
    /// The last sighting in a workspace.
    Last(WorkspaceName),
    /// The values of a field; those that are instants.
    Held(WorkspaceName, ProfileField),
    /// When the values of a field were said.
    Said(WorkspaceName, ProfileField),
    /// The identities of users; those that are instants.
    Identities,
    /// The membership of a standard audience.
    Given(Address),
}

/// An edge that instants pass: `t < now - age` says that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) age: i64,
    /// Of instants outside of these, no passing matters.
    pub(super) inside: (i64, i64),
}

/// What one leaf reads.
pub(super) type Watches = BTreeSet<(Source, Option<Edge>)>;

/// A source with all that is interested in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Interest {
    /// The families that read it.
    pub(super) families: BTreeSet<usize>,
    /// The ages at which an instant passes an edge, with the families that the edge is of.
    pub(super) ages: BTreeMap<i64, BTreeSet<usize>>,
}

/// Everything that a program watches.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) sources: BTreeMap<Source, Interest>,
    /// What each leaf reads, by slot.
    pub(super) leaves: Vec<Watches>,
    /// How many families there are.
    pub(super) families: usize,
}

impl Watched {
    /// Everything that some questions watch. Families are numbered as the kernels are.
    pub(super) fn new(questions: &Questions) -> Self {
        let mut watched = Self { leaves: vec![Watches::new(); questions.len()], ..Self::default() };
        watched.each(questions.events.as_slice(), |stream, test, into| {
            events(stream, test.period, into);
        });
        watched.each(questions.aggregates.as_slice(), aggregate);
        watched.each(questions.sequences.as_slice(), |first, links, into| {
            selected(first, into);
            links.iter().for_each(|link| step(link, into));
        });
        watched.each(questions.carts.as_slice(), |cart, wait, into| {
            selected(&cart.adds, into);
            selected(&cart.purchases, into);
            let key = Source::Events(cart.adds.stream.event.clone());
            edges(&key, Period::of(TimeFilter::BetweenAgo { newer: *wait, older: *wait }), into);
        });
        watched.each(questions.picked.as_slice(), |from, picked, into| {
            selected(from, into);
            selected(&picked.among, into);
        });
        watched.each(questions.places.as_slice(), |located, _, into| {
            let point = ProfileField::Location(LocationField::Point);
            for workspace in &located.workspaces {
                edges(&Source::Last(workspace.clone()), located.alive, into);
                field(workspace, &point, None, into);
            }
        });
        watched.each(questions.given.as_slice(), |(), address, into| {
            into.insert((Source::Given(address.clone()), None));
        });
        watched.each(questions.attributes.as_slice(), |(workspace, of), predicate, into| {
            field(workspace, of, Some(predicate), into);
        });
        watched.each(questions.identities.as_slice(), |_, predicate, into| {
            dates(&Source::Identities, predicate, into);
        });
        watched.each(questions.sightings.as_slice(), |workspace, seen, into| match seen {
            Seen::Last(period) => edges(&Source::Last(workspace.clone()), *period, into),
            // What is known of users who were seen after `now` is told by the last sighting.
            Seen::First(period) => edges(&Source::First(workspace.clone()), *period, into),
        });
        watched
    }

    fn each<K, T>(&mut self, families: &[Family<K, T>], watch: impl Fn(&K, &T, &mut Watches)) {
        for family in families {
            for (test, slot) in family.tests.iter().zip(&family.slots) {
                let mut watches = Watches::new();
                watch(&family.of, test, &mut watches);
                for (source, edge) in &watches {
                    let interest = self.sources.entry(source.clone()).or_default();
                    interest.families.insert(self.families);
                    if let Some(edge) = edge {
                        interest.ages.entry(edge.age).or_default().insert(self.families);
                    }
                }
                if let Some(leaf) = self.leaves.get_mut(*slot as usize) {
                    *leaf = watches;
                }
            }
            self.families += 1;
        }
    }
}

/// A source, and the edges of a period.
fn edges(source: &Source, period: Period, into: &mut Watches) {
    let (ages, Window { from, to }) = period.edges();
    into.insert((source.clone(), None));
    into.extend(ages.map(|age| (source.clone(), Some(Edge { age, inside: (from, to) }))));
}

/// A source, and the edges of the instants that a predicate asks for.
fn dates(source: &Source, predicate: &Predicate, into: &mut Watches) {
    match predicate {
        Predicate::Time(time) => edges(source, Period::of(*time), into),
        _ => {
            into.insert((source.clone(), None));
        }
    }
}

fn events(stream: &Stream, period: Period, into: &mut Watches) {
    edges(&Source::Events(stream.event.clone()), period, into);
    if let Some(filter) = &stream.filter {
        condition(&stream.event, filter, into);
    }
}

fn selected(selected: &Selected, into: &mut Watches) {
    events(&selected.stream, selected.period, into);
}

fn step(link: &Link, into: &mut Watches) {
    selected(&link.events, into);
    link.without.iter().for_each(|each| selected(each, into));
}

fn condition(key: &EventKey, of: &Condition, into: &mut Watches) {
    match of {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|each| condition(key, each, into)),
        Condition::Not(inner) => condition(key, inner, into),
        Condition::Attribute { part, attribute, predicate } => attribute_dates(key, *part, attribute, predicate, into),
    }
}

/// The instants of an attribute of events, where a predicate asks for some relative to `now`.
fn attribute_dates(key: &EventKey, part: Option<Part>, name: &str, predicate: &Predicate, into: &mut Watches) {
    if let Predicate::Time(time) = predicate
        && Period::of(*time).edges().0.next().is_some()
    {
        dates(&Source::Dates(key.clone(), part, name.to_owned()), predicate, into);
    }
}

fn aggregate(valued: &Valued, test: &Aggregate, into: &mut Watches) {
    selected(&valued.events, into);
    let key = &valued.events.stream.event;
    match (test.calculation, &test.predicate) {
        (Calculation::FirstTime | Calculation::LatestTime, predicate) => {
            dates(&Source::Events(key.clone()), predicate, into);
        }
        (_, predicate) => {
            if let Some(attribute) = &valued.attribute {
                attribute_dates(key, attribute.part, &attribute.name, predicate, into);
            }
        }
    }
}

/// A field, what is asked of it, and when it was said where it can be too old.
fn field(workspace: &WorkspaceName, of: &ProfileField, predicate: Option<&Predicate>, into: &mut Watches) {
    let held = Source::Held(workspace.clone(), of.clone());
    match predicate {
        Some(predicate) => dates(&held, predicate, into),
        None => {
            into.insert((held, None));
        }
    }
    if matches!(of, ProfileField::Location(_)) {
        let said = Source::Said(workspace.clone(), of.clone());
        let inside = (i64::MIN, i64::MAX);
        into.insert((said, Some(Edge { age: LOCATION_AGE_MS, inside })));
    }
}
