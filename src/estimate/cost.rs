//! How long asking takes, before it is done.
//!
//! In: a model whose audiences are asked about. Out: times on this machine's cores, from the number of rows that are read and constants that were measured
//! on one machine (`benches/estimate.rs` prints both). A guess, but always the same one: it decides whether everybody is asked or a sample.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Now, TimeFilter};
use crate::catalog::{EventKey, EventKind};
use crate::ir::{Audience, Criterion, Events, Kind, Model};
use crate::store::Store;

/// What asking everybody may take at most, in ns.
const CHEAP: f64 = 200e6;
/// One core reads one event for one question, in ns.
const EVENT: f64 = 3.0;
/// One core reads one event for a question about the order of a user's events, or about products.
const ORDERED: f64 = 25.0;
/// One core asks one user one question about the profile.
const USER: f64 = 1.0;
/// One core finds the events of one user for one question.
const FOUND: f64 = 700.0;

/// What asking costs. The default costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Asking everybody, in ns of one core.
    everybody: f64,
    /// Asking each user by themselves, in ns of one core for all of them.
    each: f64,
    cores: f64,
}

impl std::iter::Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), |sum, cost| Self {
            everybody: sum.everybody + cost.everybody,
            each: sum.each + cost.each,
            cores: cost.cores,
        })
    }
}

impl Cost {
    /// What asking about all audiences of a model costs.
    pub fn of(model: &Model, store: &Store, now: Now) -> Self {
        let users = store.user_count() as f64;
        let mut rows: BTreeMap<EventKey, f64> = BTreeMap::new();
        let mut cost = Self { cores: rayon::current_num_threads() as f64, ..Self::default() };
        // What several audiences ask in the same words is asked once.
        let mut asked = BTreeSet::new();
        let mut ask = |criterion: &Criterion, audience: &Audience| {
            if !asked.insert(format!("{:?} {:?}", criterion.kind, audience.standard)) {
                return;
            }
            let (events, per_event) = read(&criterion.kind);
            for (key, time) in &events {
                let stored = rows.entry(key.clone()).or_insert_with(|| count(store, key));
                cost.everybody += part(*time, audience, model, now) * *stored * per_event;
                cost.each += FOUND * users;
            }
            if events.is_empty() {
                cost.everybody += USER * users;
                cost.each += USER * 10.0 * users;
            }
        };
        for audience in model.audiences.values() {
            audience.criterion.visit(&mut |criterion| {
                if !matches!(criterion.kind, Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Everyone) {
                    ask(criterion, audience);
                }
            });
        }
        cost
    }

    /// How long asking everybody takes, in ns.
    pub fn of_everybody(self) -> f64 {
        self.everybody / self.cores.max(1.0)
    }

    /// How long asking a share of all users takes, in ns.
    pub fn of_users(self, share: f64) -> f64 {
        self.each * share / self.cores.max(1.0)
    }

    /// Whether everybody may be asked without anybody waiting.
    pub fn is_cheap(self) -> bool {
        self.of_everybody() <= CHEAP
    }
}

/// The events that a criterion reads with their time, and what one of them costs.
fn read(kind: &Kind) -> (Vec<(EventKey, Option<TimeFilter>)>, f64) {
    let of = |events: &Events| (events.event.clone(), events.time);
    match kind {
        Kind::Event(test) => (vec![of(&test.events)], EVENT),
        Kind::Aggregate(test) => (vec![of(&test.events)], EVENT),
        Kind::Picked(test) => (vec![of(&test.events)], EVENT),
        Kind::Sequence(sequence) => {
            let steps = sequence.steps.iter().flat_map(|step| step.without.iter().chain([&step.events]));
            (steps.chain([&sequence.first]).map(of).collect(), ORDERED)
        }
        Kind::Abandoned(_) => {
            let cart = [EventKind::AddToCart, EventKind::RemoveFromCart, EventKind::Purchase];
            (cart.map(|kind| (EventKey::of(kind), None)).to_vec(), ORDERED)
        }
        _ => (Vec::new(), USER),
    }
}

/// How many events of a key there are.
fn count(store: &Store, key: &EventKey) -> f64 {
    store.events.get(key).into_iter().flatten().map(|table| table.len() as f64).sum()
}

/// Which part of all events a criterion reads, roughly: the length of its window in that of the retention, as if they came evenly.
fn part(time: Option<TimeFilter>, audience: &Audience, model: &Model, now: Now) -> f64 {
    let Some(time) = time else { return 1.0 };
    let window = time.window(now);
    let since = (now.ms() - window.from.max(0)).max(0) as f64;
    match (audience.standard, model.event_retention) {
        (None, Some(retention)) => (since / retention.0.max(1) as f64).min(1.0),
        _ => 1.0,
    }
}
