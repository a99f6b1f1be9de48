//! The instants at which an answer about one user may change as time goes by.
//!
//! In: audiences, one user's data, a `now`. Out: later instants, ascending. An answer depends on time only through windows
//! whose ends move with `now`, and through what has happened up to `now`. So it can only change where an instant of the
//! data, moved by a length that some window has, meets `now`: at that millisecond or at the next one. What stands in the
//! calendar does not move.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Value;
use super::person::Person;
use crate::base::value::read_date;
use crate::base::{Duration, InputName, Now, TimeFilter, WorkspaceName};
use crate::catalog::{EventKey, EventKind, LocationField, ProfileField};
use crate::ir::{Condition, Criterion, Events, Kind, Model, Predicate};

/// How old a location may be (M17).
const LOCATION_AGE: i64 = 30 * crate::base::time::DAY_MS;

/// The instants after `now` at which the membership of an audience of the model may change.
pub(super) fn instants(model: &Model, person: &Person, now: Now) -> Vec<i64> {
    let mut schedule = Schedule { model, person, now: now.ms(), instants: BTreeSet::new(), sighted: BTreeMap::new() };
    schedule.opt_outs();
    for audience in model.audiences.values() {
        audience.workspaces.iter().for_each(|workspace| schedule.living(workspace));
        audience.criterion.visit(&mut |criterion| schedule.criterion(criterion));
    }
    schedule.instants.into_iter().collect()
}

struct Schedule<'a> {
    model: &'a Model,
    person: &'a Person,
    now: i64,
    instants: BTreeSet<i64>,
    /// Sightings that can still matter, by workspace.
    sighted: BTreeMap<WorkspaceName, Vec<i64>>,
}

impl Schedule<'_> {
    /// Instants of the data that may meet windows of some lengths.
    fn add(&mut self, times: &[i64], lengths: &[i64]) {
        for time in times {
            for length in lengths.iter().copied().chain([0]) {
                let Some(meets) = time.checked_add(length) else { continue };
                self.instants.extend([meets, meets.saturating_add(1)].into_iter().filter(|at| *at > self.now));
            }
        }
    }

    fn criterion(&mut self, criterion: &Criterion) {
        match &criterion.kind {
            Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Member(_) => {}
            Kind::UserAttribute { attribute, predicate, workspaces, .. } => {
                self.fields(workspaces, predicate, |field| *field == ProfileField::attribute(attribute));
            }
            Kind::Profile { field: asked, predicate, workspaces } => {
                self.fields(workspaces, predicate, |field| field == asked);
                if let ProfileField::Location(_) = asked {
                    self.locations(workspaces);
                }
            }
            Kind::Attribution { edge, filter, workspaces } => {
                let ours = |field: &ProfileField| matches!(field, ProfileField::Attribution(each, _) if each == edge);
                self.fields(workspaces, &Predicate::Exists, ours);
                for (_, predicate) in filter.iter().flat_map(conditions) {
                    self.fields(workspaces, predicate, ours);
                }
            }
            Kind::Seen { time, workspaces, .. } => {
                for workspace in workspaces {
                    self.living(workspace);
                    let sightings = self.sightings(workspace);
                    self.add(&sightings, &lengths(*time));
                }
            }
            Kind::Identity { identity, predicate, .. } => {
                let identities = self.person.store.users.identities.of(0).filter(|each| each.identity == *identity);
                let dates: Vec<i64> = identities.filter_map(|each| read_date(each.value)).map(|at| at.0).collect();
                self.add(&dates, &predicate_lengths(predicate));
            }
            Kind::Near { workspaces, .. } => {
                workspaces.iter().for_each(|workspace| self.living(workspace));
                self.locations(workspaces);
            }
            Kind::Event(test) => self.events(&test.events, &[]),
            Kind::Picked(test) => self.events(&test.events, &[]),
            Kind::Sequence(sequence) => {
                self.events(&sequence.first, &[]);
                for step in &sequence.steps {
                    step.without.iter().chain([&step.events]).for_each(|events| self.events(events, &[]));
                }
            }
            Kind::Abandoned(test) => {
                for kind in [EventKind::AddToCart, EventKind::Purchase] {
                    let filter = test.filter.clone();
                    let events = Events { filter, ..Events::of(EventKey::of(kind), test.inputs.clone()) };
                    self.events(&events, &[test.wait.0]);
                }
            }
            Kind::Aggregate(test) => {
                let lengths = predicate_lengths(&test.predicate);
                self.events(&test.events, &lengths);
                if let Some(attribute) = &test.attribute {
                    let dates = self.event_dates(&test.events.event, &attribute.name);
                    self.add(&dates, &lengths);
                }
            }
        }
    }

    fn events(&mut self, events: &Events, lengths_beside: &[i64]) {
        let person = self.person;
        let Some(found) = person.events(&events.event) else { return };
        let ours = |input: Option<&InputName>| input.is_some_and(|input| events.inputs.contains(input));
        let times = found.times().iter().enumerate().filter(|(at, _)| ours(found.input(*at))).map(|(_, time)| *time);
        let times: Vec<i64> = times.collect();
        let mut reach = lengths_beside.to_vec();
        reach.extend(events.time.map(lengths).into_iter().flatten());
        reach.extend(self.model.event_retention.map(|kept| kept.0));
        self.add(&times, &reach);
        for (attribute, predicate) in events.filter.iter().flat_map(conditions) {
            let dates = self.event_dates(&events.event, attribute);
            self.add(&dates, &predicate_lengths(predicate));
        }
    }

    fn event_dates(&self, event: &EventKey, attribute: &str) -> Vec<i64> {
        let texts = self.person.events(event).map(|events| events.texts(attribute)).unwrap_or_default();
        texts.iter().filter_map(|text| read_date(text)).map(|at| at.0).collect()
    }

    /// Fields of living profiles.
    fn fields(
        &mut self,
        workspaces: &std::collections::BTreeSet<WorkspaceName>,
        predicate: &Predicate,
        ours: impl Fn(&ProfileField) -> bool,
    ) {
        let lengths = predicate_lengths(predicate);
        for workspace in workspaces {
            self.living(workspace);
            let person = self.person;
            let values = person.fields(workspace).filter(|field| ours(field));
            let dates = values.filter_map(|field| match person.value(workspace, field) {
                Value::Text(text) => read_date(&text).map(|at| at.0),
                _ => None,
            });
            let dates: Vec<i64> = dates.collect();
            self.add(&dates, &lengths);
        }
    }

    fn locations(&mut self, workspaces: &std::collections::BTreeSet<WorkspaceName>) {
        for workspace in workspaces {
            let said = |(_, field): &(&str, LocationField)| {
                self.person.said(workspace, &ProfileField::Location(*field)).map(|at| at.0)
            };
            let times: Vec<i64> = LocationField::ALL.iter().filter_map(said).collect();
            self.add(&times, &[LOCATION_AGE]);
        }
    }

    /// Whether a profile is alive (M12).
    fn living(&mut self, workspace: &WorkspaceName) {
        if self.sighted.contains_key(workspace) {
            return;
        }
        let sightings = self.sightings(workspace);
        let lengths: Vec<i64> = self.model.profile_retention.map(|kept| kept.0).into_iter().collect();
        self.add(&sightings, &lengths);
        self.sighted.insert(workspace.clone(), sightings);
    }

    /// The first sighting, the last one known, and those to come.
    fn sightings(&self, workspace: &WorkspaceName) -> Vec<i64> {
        if let Some(known) = self.sighted.get(workspace) {
            return known.clone();
        }
        let Some((first, last)) = self.person.sightings(workspace) else { return Vec::new() };
        let mut all = self.person.event_times(workspace);
        all.extend([first, last]);
        let latest = all.iter().copied().filter(|at| *at <= self.now).max();
        all.retain(|at| *at > self.now);
        all.extend(latest);
        all.push(first);
        all
    }

    fn opt_outs(&mut self) {
        let times = self.person.opt_outs().map(|events| events.times().to_vec()).unwrap_or_default();
        self.add(&times, &[]);
    }
}

/// The lengths by which the ends of a window lie behind `now`.
fn lengths(time: TimeFilter) -> Vec<i64> {
    match time {
        TimeFilter::WithinLast(Duration(last)) => vec![last],
        TimeFilter::BetweenAgo { newer, older } => vec![newer.0, older.0],
        TimeFilter::MoreThanAgo(Duration(ago)) => vec![ago],
        TimeFilter::Before(_) | TimeFilter::After(_) | TimeFilter::On(_) | TimeFilter::Between(..) => Vec::new(),
    }
}

fn predicate_lengths(predicate: &Predicate) -> Vec<i64> {
    match predicate {
        Predicate::Time(time) => lengths(*time),
        _ => Vec::new(),
    }
}

/// Every attribute that a condition asks, with what it asks.
fn conditions(condition: &Condition) -> Vec<(&str, &Predicate)> {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(conditions).collect(),
        Condition::Not(inner) => conditions(inner),
        Condition::Attribute { attribute, predicate, .. } => vec![(attribute, predicate)],
    }
}
