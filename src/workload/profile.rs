//! Where the time of an evaluation goes: the criteria of a workload by kind, each kind evaluated by itself.
//!
//! In: a workload and a store. Out: the time of each kind. What a kind takes is measured from outside: all of its criteria are
//! asked as one audience, "any of them", so that nearly nothing but their answering is done. The sum of all kinds may be more
//! than the whole, since kinds share passes over the data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Workload;
use super::run::timed;
use crate::base::Name;
use crate::eval::{Program, Stored, evaluate};
use crate::ir::{Criterion, EventTest, Kind, Model, Predicate, normalise};
use crate::store::Store;

/// What one kind of criterion takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KindTime {
    /// The kind.
    pub kind: String,
    /// How many different questions of this kind are asked.
    pub leaves: usize,
    /// The least time that answering all of them took, in seconds.
    pub seconds: f64,
}

/// The time of each kind of criterion, by name, and of all criteria together. The rest of an evaluation is combining
/// and keeping. Runs on the rayon pool that it is called in.
pub(super) fn profile(workload: &Workload, store: &Store, repeat: usize) -> Vec<KindTime> {
    let mut kinds: BTreeMap<String, Vec<Criterion>> = BTreeMap::new();
    for audience in workload.model.audiences.values() {
        audience.criterion.visit(&mut |criterion| {
            if let Some(kind) = kind(&criterion.kind) {
                kinds.entry(kind).or_default().push(criterion.clone());
            }
        });
    }
    kinds.insert("all criteria".to_owned(), kinds.values().flatten().cloned().collect());
    let time = |(kind, criteria): (String, Vec<Criterion>)| {
        let model = any_of(workload, criteria);
        let once = || timed(|| evaluate(&model, store, workload.now, None, &Stored::default())).0;
        let seconds = (0..repeat.max(1)).map(|_| once()).fold(f64::INFINITY, f64::min);
        KindTime { kind, leaves: Program::new(&model, None).leaf_count(), seconds }
    };
    kinds.into_iter().map(time).collect()
}

/// A model of one audience, of whom any of the criteria holds.
fn any_of(workload: &Workload, criteria: Vec<Criterion>) -> Model {
    let criterion = normalise(Criterion::new(Kind::Any(criteria)));
    let Some(some) = workload.model.audiences.values().next() else { return workload.model.clone() };
    let mut audience = some.clone();
    audience.criterion = criterion.into();
    audience.address = Name::new("any").unwrap_or(audience.address);
    Model { audiences: [(audience.address.clone(), audience)].into(), ..workload.model.clone() }
}

/// The kind of a criterion that reads data; `None` for one that combines others.
fn kind(kind: &Kind) -> Option<String> {
    let filtered = |has: bool| if has { ", filtered" } else { "" };
    match kind {
        Kind::UserAttribute { predicate, .. } => Some(format!("attribute, {}", reading(predicate))),
        Kind::Event(test) => {
            let EventTest { events, count } = &**test;
            let many = if count.least > 1 { "several events" } else { "one event" };
            Some(format!("{many}{}", filtered(events.filter.is_some())))
        }
        Kind::Aggregate(test) => Some(format!("sum{}", filtered(test.events.filter.is_some()))),
        _ => None,
    }
}

/// How a predicate reads values.
fn reading(predicate: &Predicate) -> &'static str {
    use Predicate as P;
    match predicate {
        P::Exists | P::Empty => "presence",
        P::Boolean(_) => "boolean",
        P::Time(_) => "date",
        P::Includes(_) | P::PartiallyMatches(_) => "list",
        P::Equal(_) | P::OneOf(_) | P::Less(_) | P::AtMost(_) | P::Greater(_) | P::AtLeast(_) | P::Between(..) => {
            "number"
        }
        P::Is(_) | P::IsIn(_) | P::Contains(_) | P::StartsWith(_) | P::EndsWith(_) | P::Matches(_) => "text",
    }
}
