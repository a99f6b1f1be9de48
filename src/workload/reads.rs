//! How much of the data a workload asks for: what an evaluation cannot do without reading once.
//!
//! In: a model, a store, a `now`. Out: rows, values and bytes, each counted once however many criteria ask for it. Times are
//! not counted, since a window is found by two searches.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::{Now, Window};
use crate::catalog::EventKey;
use crate::ir::{Condition, Events, Kind, Model};
use crate::store::Store;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reads {
    /// Events inside any window.
    pub event_rows: u64,
    /// Values of attributes of these events that a filter or a sum asks for.
    pub event_values: u64,
    /// Values of attributes of users.
    pub user_values: u64,
    /// The bytes of all these, as the store keeps them in memory: two for the user of an event, four for a value.
    pub bytes: u64,
}

/// The widest window in which an attribute of a kind of event is asked for; without an attribute, the events themselves.
type Asked<'m> = BTreeMap<(&'m EventKey, Option<&'m str>), Window>;

/// What the audiences of a model ask of a store.
pub(super) fn reads(model: &Model, store: &Store, now: Now) -> Reads {
    let (mut asked, mut fields) = (Asked::new(), BTreeSet::new());
    for audience in model.audiences.values() {
        audience.criterion.visit(&mut |criterion| match &criterion.kind {
            Kind::Event(test) => ask(&mut asked, &test.events, None, now),
            Kind::Aggregate(test) => {
                ask(&mut asked, &test.events, test.attribute.as_ref().map(|attribute| attribute.name.as_str()), now);
            }
            Kind::UserAttribute { attribute, .. } => {
                fields.insert(attribute.as_str());
            }
            _ => {}
        });
    }
    let mut reads = Reads { user_values: (fields.len() * store.user_count()) as u64, ..Reads::default() };
    for ((key, attribute), window) in asked {
        let rows = rows(store, key, window);
        match attribute {
            None => reads.event_rows += rows,
            Some(_) => reads.event_values += rows,
        }
    }
    reads.bytes =
        reads.event_rows * size_of::<u16>() as u64 + (reads.event_values + reads.user_values) * size_of::<u32>() as u64;
    reads
}

fn ask<'m>(asked: &mut Asked<'m>, events: &'m Events, value: Option<&'m str>, now: Now) {
    let window = events.time.map_or(Window::ALL, |time| time.window(now)).and(Window::until(now));
    let mut attributes: Vec<Option<&str>> = vec![None];
    attributes.extend(value.map(Some));
    if let Some(filter) = &events.filter {
        names(filter, &mut attributes);
    }
    for attribute in attributes {
        let widest = asked.entry((&events.event, attribute)).or_insert(window);
        *widest = Window { from: widest.from.min(window.from), to: widest.to.max(window.to) };
    }
}

fn names<'m>(condition: &'m Condition, into: &mut Vec<Option<&'m str>>) {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().for_each(|each| names(each, into)),
        Condition::Not(inner) => names(inner, into),
        Condition::Attribute { attribute, .. } => into.push(Some(attribute)),
    }
}

fn rows(store: &Store, key: &EventKey, window: Window) -> u64 {
    let segments = store.events.get(key).into_iter().flatten();
    segments.flat_map(|segment| &segment.shards).map(|shard| shard.range(window).len() as u64).sum()
}
