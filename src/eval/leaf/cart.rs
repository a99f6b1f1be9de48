//! Carts left alone: a latest add-to-cart that no purchase followed for a while (M18).
//!
//! For a cart the latest add and the latest purchase of each user are enough; for single products, those of each user and
//! product id. Ids are compared as sent: the codes of all segments of both keys are brought into one numbering when the kernel
//! is bound.

use std::sync::Arc;

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::rows::{Row, Shard, Source};
use super::{Context, Kernel, Selection};
use crate::base::{Duration, Window};
use crate::eval::bits::{fill, set};
use crate::eval::program::{Cart, Family};
use crate::ir::{Pick, Unit};
use crate::store::{EventTable, Store};

/// The attribute of a product that says which product it is.
const PRODUCT_ID: &str = "id";
/// The number of a product without an id.
const NONE: u32 = u32::MAX;

/// Questions about one kind of add-to-cart.
pub(super) struct Carts<'a> {
    store: &'a Store,
    unit: Unit,
    adds: Option<Source<'a>>,
    add_window: Window,
    purchases: Option<Source<'a>>,
    purchase_window: Window,
    /// The number of each code of an id, for each segment of adds.
    added: Vec<Vec<u32>>,
    /// The same of purchases.
    bought: Vec<Vec<u32>>,
    /// For each question the latest instant from which the wait is over.
    until: Vec<i64>,
}

/// One number for each distinct product id.
#[derive(Default)]
struct Ids<'a>(HashMap<&'a str, u32, RandomState>);

impl<'a> Ids<'a> {
    /// The number of each code of an id in each segment.
    fn of(&mut self, segments: &'a [Arc<EventTable>]) -> Vec<Vec<u32>> {
        let of_segment = |segment: &'a Arc<EventTable>| {
            let Some(dictionary) = segment.products.get(PRODUCT_ID) else { return Vec::new() };
            let number = |code| {
                let Some(text) = dictionary.text(code) else { return NONE };
                let next = self.0.len() as u32;
                *self.0.entry(text).or_insert(next)
            };
            (0..dictionary.len() as u32).map(number).collect()
        };
        segments.iter().map(of_segment).collect()
    }
}

/// The numbers of the products of a row that passes.
fn products<'r>(row: &'r Row<'_, '_>, numbers: &'r [Vec<u32>]) -> impl Iterator<Item = u32> + 'r {
    let codes = row.rows.events.products.columns.get(PRODUCT_ID).zip(numbers.get(row.rows.segment));
    codes.into_iter().flat_map(move |(codes, numbers)| {
        let codes = row.rows.products(row.row).filter_map(|product| codes.get(product));
        codes.filter_map(|code| numbers.get(*code as usize)).copied().filter(|number| *number != NONE)
    })
}

impl<'a> Carts<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Cart, Duration>) -> Self {
        let Cart { adds, purchases } = &family.of;
        let (add_source, purchase_source) =
            (Source::new(context, &adds.stream), Source::new(context, &purchases.stream));
        let mut ids = Ids::default();
        let mut numbers = |source: &Option<Source<'a>>| match (source, adds.stream.unit) {
            (Some(source), Unit::Item) => ids.of(source.segments),
            _ => Vec::new(),
        };
        let (added, bought) = (numbers(&add_source), numbers(&purchase_source));
        Self {
            store: context.store,
            unit: adds.stream.unit,
            adds: add_source,
            add_window: adds.period.window(context.now),
            purchases: purchase_source,
            purchase_window: purchases.period.window(context.now),
            added,
            bought,
            until: family.tests.iter().map(|wait| context.now.ms().saturating_sub(wait.0)).collect(),
        }
    }

    /// The latest add of each user, where no purchase is as late.
    fn carts(&self, selection: Selection<'_>, adds: &Shard<'_>, purchases: &Shard<'_>) -> Vec<Option<i64>> {
        let mut latest: Vec<Option<i64>> = vec![None; selection.len(self.store)];
        adds.each(selection, self.add_window, Pick::First, |row| {
            if let Some(latest) = latest.get_mut(row.user) {
                *latest = Some(row.at);
            }
        });
        // The latest purchase comes first, so that one look at each user's is enough; later looks find an older one.
        purchases.each(selection, self.purchase_window, Pick::Latest, |row| {
            if let Some(latest) = latest.get_mut(row.user) {
                *latest = latest.filter(|add| row.at < *add);
            }
        });
        latest
    }

    /// The user and the latest add of each product that was not bought since.
    fn items(&self, selection: Selection<'_>, adds: &Shard<'_>, purchases: &Shard<'_>) -> Vec<(usize, i64)> {
        let mut latest: HashMap<(usize, u32), i64, RandomState> = HashMap::default();
        adds.each(selection, self.add_window, Pick::First, |row| {
            latest.extend(products(row, &self.added).map(|id| ((row.user, id), row.at)));
        });
        purchases.each(selection, self.purchase_window, Pick::First, |row| {
            for id in products(row, &self.bought) {
                if latest.get(&(row.user, id)).is_some_and(|add| *add <= row.at) {
                    latest.remove(&(row.user, id));
                }
            }
        });
        latest.into_iter().map(|((user, _), at)| (user, at)).collect()
    }
}

impl Kernel for Carts<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        slots.iter_mut().for_each(|slot| slot.fill(0));
        let Some(adds) = self.adds.as_ref().map(|adds| adds.shard(selection.shard())) else { return };
        let purchases = self.purchases.as_ref().map(|purchases| purchases.shard(selection.shard())).unwrap_or_default();
        if self.unit == Unit::Item {
            let items = self.items(selection, &adds, &purchases);
            for (until, slot) in self.until.iter().zip(slots) {
                items.iter().filter(|(_, add)| add <= until).for_each(|(user, _)| set(slot, *user));
            }
        } else {
            let carts = self.carts(selection, &adds, &purchases);
            for (until, slot) in self.until.iter().zip(slots) {
                fill(slot, &carts, |add| add.is_some_and(|add| add <= *until));
            }
        }
    }
}
