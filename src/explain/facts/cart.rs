//! Facts about abandoned carts: what was put in last, whether it was bought, when the wait ends (M18).

use std::collections::BTreeMap;

use super::Facts;
use crate::base::Timestamp;
use crate::catalog::{EventKey, EventKind};
use crate::explain::node::{Abandoned, Fact, Value};
use crate::explain::person::Events;
use crate::ir::{AbandonedTest, Events as Selection, Unit};

/// How many products are named at most.
const NAMED: usize = 3;

/// When each product was put in last, or bought; without a product, the whole cart.
type Instants = BTreeMap<Option<String>, i64>;

impl Facts<'_> {
    /// The latest add, or that of each product, and what became of it.
    pub(super) fn abandoned(&self, test: &AbandonedTest, holds: bool) -> Vec<Fact> {
        let select = |kind| Selection::of(EventKey::of(kind), test.inputs.clone());
        let add = Selection { filter: test.filter.clone(), ..select(EventKind::AddToCart) };
        let added = self.latest(&add, test.unit);
        let bought = self.latest(&select(EventKind::Purchase), test.unit);
        let now = self.probe.at().ms();
        let abandoned = |(product, added): (&Option<String>, &i64)| {
            let bought = bought.get(product).copied().filter(|bought| bought >= added);
            let due = added.saturating_add(test.wait.0);
            Abandoned {
                product: product.clone(),
                added: Timestamp(*added),
                bought: bought.map(Timestamp),
                due: Timestamp(due),
                holds: bought.is_none() && due <= now,
            }
        };
        let mut all: Vec<Abandoned> = added.iter().map(abandoned).collect();
        // Those that agree with the verdict tell most; then those still in the cart, then the latest.
        all.sort_by_key(|each| (each.holds != holds, each.bought.is_some(), std::cmp::Reverse(each.added)));
        all.truncate(NAMED);
        match all.is_empty() {
            false => all.into_iter().map(Fact::Abandoned).collect(),
            true => super::event::named(self.judged(&add).as_ref(), &add.event),
        }
    }

    /// The latest event of a selection that counts, or of each product in one.
    fn latest(&self, selection: &Selection, unit: Unit) -> Instants {
        let mut latest = Instants::new();
        let Some(events) = self.person.events(&selection.event) else { return latest };
        let mut raise = |product, at: i64| {
            let known = latest.entry(product).or_insert(at);
            *known = at.max(*known);
        };
        let selections = std::slice::from_ref(selection);
        match unit {
            Unit::Event => {
                let passing = self.passing(events, &selection.event, selections);
                let times = passing.places(0).filter_map(|at| events.times().get(at));
                times.for_each(|at| raise(None, *at));
            }
            Unit::Item => {
                let passing = self.products_passing(events, &selection.event, selections);
                for (at, product, id) in identified(events) {
                    if passing.holds(0, product) {
                        raise(Some(id), at);
                    }
                }
            }
        }
        latest
    }
}

/// Every product with an id: when, its place among all products, the id.
fn identified(events: Events<'_>) -> impl Iterator<Item = (i64, usize, String)> + '_ {
    let products = move |(event, at): (usize, &i64)| {
        let at = *at;
        events.shard.products.of(event).filter_map(move |product| match events.product(product, "id") {
            Value::Text(id) => Some((at, product, id)),
            _ => None,
        })
    };
    events.times().iter().enumerate().flat_map(products)
}
