//! Carts left alone: a latest add-to-cart that no purchase followed for a while (M18).
//!
//! For a cart the latest add and the latest purchase of each user are enough; for single products, those of each user and
//! product id. Ids are compared as sent: the codes of both keys are brought into one numbering when the kernel is bound.

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::rows::{Rows, Source};
use super::{Context, Kernel, Selection};
use crate::base::{Duration, Window};
use crate::eval::bits::{fill, set};
use crate::eval::program::{Cart, Family};
use crate::ir::Unit;
use crate::store::{Dictionary, EventTable, NULL, Store};

/// The attribute of a product that says which product it is.
const PRODUCT_ID: &str = "id";
/// A code of a purchased product that was never put into a cart.
const NEVER_ADDED: u32 = NULL;

/// Questions about one kind of add-to-cart.
pub(super) struct Carts<'a> {
    store: &'a Store,
    unit: Unit,
    adds: Option<Source<'a>>,
    add_window: Window,
    purchases: Option<Source<'a>>,
    purchase_window: Window,
    /// The code that an id has among the adds, for each code that it has among purchases.
    ids: Vec<u32>,
    /// For each question the latest instant from which the wait is over.
    until: Vec<i64>,
}

impl<'a> Carts<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Cart, Duration>) -> Self {
        let Cart { adds, purchases } = &family.of;
        let (add_source, purchase_source) =
            (Source::new(context, &adds.stream), Source::new(context, &purchases.stream));
        let ids = match (&add_source, &purchase_source, adds.stream.unit) {
            (Some(adds), Some(purchases), Unit::Item) => same_ids(adds.table, purchases.table),
            _ => Vec::new(),
        };
        Self {
            store: context.store,
            unit: adds.stream.unit,
            adds: add_source,
            add_window: adds.period.window(context.now),
            purchases: purchase_source,
            purchase_window: purchases.period.window(context.now),
            ids,
            until: family.tests.iter().map(|wait| context.now.ms().saturating_sub(wait.0)).collect(),
        }
    }

    /// The latest add of each user, where no purchase is as late.
    fn carts(&self, users: usize, adds: &Rows<'_>, purchases: Option<&Rows<'_>>) -> Vec<Option<i64>> {
        let mut latest: Vec<Option<i64>> = vec![None; users];
        for row in adds.oldest_first(self.add_window) {
            let (user, at) = adds.at(row);
            if let Some(latest) = latest.get_mut(user) {
                *latest = Some(at);
            }
        }
        // The latest purchase comes first, so that one look at each user's is enough; later looks find an older one.
        for (rows, row) in
            purchases.into_iter().flat_map(|rows| rows.newest_first(self.purchase_window).map(move |row| (rows, row)))
        {
            let (user, at) = rows.at(row);
            if let Some(latest) = latest.get_mut(user) {
                *latest = latest.filter(|add| at < *add);
            }
        }
        latest
    }

    /// The user and the latest add of each product that was not bought since.
    fn items(&self, adds: &Rows<'_>, purchases: Option<&Rows<'_>>) -> Vec<(usize, i64)> {
        let Some(ids) = adds.events.products.columns.get(PRODUCT_ID) else { return Vec::new() };
        let mut latest: HashMap<(usize, u32), i64, RandomState> = HashMap::default();
        for row in adds.oldest_first(self.add_window) {
            let (user, at) = adds.at(row);
            for id in adds.products(row).filter_map(|product| ids.get(product)).filter(|id| **id > NULL) {
                latest.insert((user, *id), at);
            }
        }
        if let Some(rows) = purchases
            && let Some(bought) = rows.events.products.columns.get(PRODUCT_ID)
        {
            for row in rows.oldest_first(self.purchase_window) {
                let (user, at) = rows.at(row);
                let bought = rows.products(row).filter_map(|product| bought.get(product));
                for id in bought.filter_map(|code| self.ids.get(*code as usize)) {
                    if latest.get(&(user, *id)).is_some_and(|add| *add <= at) {
                        latest.remove(&(user, *id));
                    }
                }
            }
        }
        latest.into_iter().map(|((user, _), at)| (user, at)).collect()
    }
}

/// For each code of an id among purchases, the code of the same text among adds.
fn same_ids(adds: &EventTable, purchases: &EventTable) -> Vec<u32> {
    let (Some(adds), Some(purchases)) = (adds.products.get(PRODUCT_ID), purchases.products.get(PRODUCT_ID)) else {
        return Vec::new();
    };
    let codes = |dictionary: &Dictionary| 0..dictionary.len() as u32;
    let added: HashMap<&str, u32, RandomState> =
        codes(adds).filter_map(|code| Some((adds.text(code)?, code))).collect();
    let same = |code| purchases.text(code).and_then(|text| added.get(text)).copied().unwrap_or(NEVER_ADDED);
    codes(purchases).map(same).collect()
}

impl Kernel for Carts<'_> {
    fn answer(&self, selection: Selection, slots: &mut [&mut [u64]]) {
        let Selection::Shard(shard) = selection;
        slots.iter_mut().for_each(|slot| slot.fill(0));
        let Some(adds) = self.adds.as_ref().and_then(|adds| adds.shard(shard)) else { return };
        let purchases = self.purchases.as_ref().and_then(|purchases| purchases.shard(shard));
        if self.unit == Unit::Item {
            let items = self.items(&adds, purchases.as_ref());
            for (until, slot) in self.until.iter().zip(slots) {
                items.iter().filter(|(_, add)| add <= until).for_each(|(user, _)| set(slot, *user));
            }
        } else {
            let carts = self.carts(self.store.shard_len(shard), &adds, purchases.as_ref());
            for (until, slot) in self.until.iter().zip(slots) {
                fill(slot, &carts, |add| add.is_some_and(|add| add <= *until));
            }
        }
    }
}
