//! Values calculated over events: one pass over the rows for each group of calculations that is asked for.
//!
//! In: the events of a stream in a window and an attribute. Out: the users whose calculated value passes. `numbers` counts,
//! sums and compares numbers, `ends` finds the first and the latest, `distinct` tells different texts apart. What has no
//! value is missing (M11).

mod distinct;
mod ends;
mod numbers;

use super::check::Check;
use super::codes::CodeSet;
use super::filter::{Parts, dictionaries};
use super::reading::Several;
use super::rows::{Rows, Source};
use super::{Context, Kernel, Selection};
use crate::base::Window;
use crate::catalog::Calculation;
use crate::eval::bits::fill;
use crate::eval::program::{Aggregate, Family, Valued};
use crate::store::{ABSENT, Dictionary, NULL, Store};

/// Questions about the values of one attribute over some events.
pub(super) struct Aggregates<'a> {
    store: &'a Store,
    source: Option<Source<'a>>,
    window: Window,
    name: &'a str,
    /// Where the values are.
    dictionaries: Parts<&'a Dictionary>,
    /// The number of each value; empty where none is asked for.
    numbers: Parts<Vec<f64>>,
    /// The distinct texts, where they are asked for.
    texts: Option<distinct::Texts<'a>>,
    tests: Vec<Test<'a>>,
}

/// One question.
struct Test<'a> {
    calculation: Calculation,
    check: Check<'a>,
    /// The values that pass, where the value calculated is one of those sent.
    accepted: Parts<CodeSet>,
}

/// A value that was sent: the part that it is of, and its code there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Value {
    part: usize,
    code: u32,
}

/// The columns of an attribute in one shard.
struct Cells<'s> {
    parts: [Option<&'s [u32]>; 3],
}

impl<'a> Aggregates<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Valued, Aggregate>) -> Self {
        let Valued { events, attribute } = &family.of;
        let source = Source::new(context, &events.stream);
        let dictionaries = match (&source, attribute) {
            (Some(source), Some(attribute)) => dictionaries(source.table, attribute.part, &attribute.name),
            _ => Parts::default(),
        };
        let asks = |which: fn(Calculation) -> bool| family.tests.iter().any(|test| which(test.calculation));
        let numbers = |dictionary: &'a Dictionary| context.readings.of(dictionary).numbers().to_vec();
        Self {
            store: context.store,
            source,
            window: events.period.window(context.now),
            name: attribute.as_ref().map_or("", |attribute| &attribute.name),
            dictionaries,
            numbers: if asks(numbers::reads_numbers) { dictionaries.map(numbers) } else { Parts::default() },
            texts: asks(distinct::tells_apart).then(|| distinct::Texts::new(&dictionaries)),
            tests: family.tests.iter().map(|test| Test::new(context, &dictionaries, test)).collect(),
        }
    }

    /// Answers the questions of some calculations by the value of each user.
    fn fill<T>(
        &self,
        of: impl Fn(Calculation) -> bool,
        users: &[T],
        slots: &mut [&mut [u64]],
        passes: impl Fn(&Test<'a>, &T) -> bool,
    ) {
        for (test, slot) in self.tests.iter().zip(slots).filter(|(test, _)| of(test.calculation)) {
            fill(slot, users, |user| passes(test, user));
        }
    }

    fn asks(&self, which: impl Fn(Calculation) -> bool) -> bool {
        self.tests.iter().any(|test| which(test.calculation))
    }
}

impl<'a> Test<'a> {
    fn new(context: &Context<'a>, dictionaries: &Parts<&'a Dictionary>, test: &'a Aggregate) -> Self {
        let Aggregate { calculation, predicate } = test;
        let is_sent = matches!(
            calculation,
            Calculation::First | Calculation::Latest | Calculation::MostFrequent | Calculation::UniqueList
        );
        let accepted = |dictionary: &'a Dictionary| {
            context.readings.of(dictionary).accepted(predicate, Several::List, context.now)
        };
        Self {
            calculation: *calculation,
            check: Check::new(predicate, context.now),
            accepted: if is_sent { dictionaries.map(accepted) } else { Parts::default() },
        }
    }

    /// Whether a value that was sent passes.
    fn accepts(&self, value: Value) -> bool {
        self.accepted.get(value.part).is_some_and(|codes| codes.contains(value.code))
    }
}

impl Kernel for Aggregates<'_> {
    fn answer(&self, selection: Selection, slots: &mut [&mut [u64]]) {
        let Selection::Shard(shard) = selection;
        let users = self.store.shard_len(shard);
        let rows = self.source.as_ref().and_then(|source| source.shard(shard));
        let cells = rows.as_ref().map(|rows| Cells::new(rows, self.name, &self.dictionaries));
        let rows = rows.as_ref().zip(cells.as_ref());
        numbers::answer(self, rows, users, slots);
        ends::answer(self, rows, users, slots);
        distinct::answer(self, rows, users, slots);
    }
}

impl<'s> Cells<'s> {
    fn new(rows: &Rows<'s>, name: &str, dictionaries: &Parts<&Dictionary>) -> Self {
        let events = rows.events;
        let own = events.columns.get(name).filter(|_| dictionaries.own.is_some());
        let action = events.actions.get(name).filter(|_| dictionaries.action.is_some());
        let product = events.products.columns.get(name).filter(|_| dictionaries.product.is_some());
        Self { parts: [own, action, product].map(|column| column.map(|column| &**column)) }
    }

    /// The values that a row gives: its own, else its action's, else those of the products that it passes with (M21). Null
    /// is no value, but it is there, so that no other part is asked.
    fn each(&self, rows: &Rows<'_>, row: usize, mut take: impl FnMut(Value)) {
        let [own, action, product] = self.parts;
        for (part, codes) in [own, action].into_iter().enumerate() {
            match codes.and_then(|codes| codes.get(row)).copied().unwrap_or(ABSENT) {
                ABSENT => {}
                NULL => return,
                code => return take(Value { part, code }),
            }
        }
        if let Some(codes) = product {
            let codes = rows.products(row).filter_map(|product| codes.get(product)).copied();
            codes.filter(|code| *code > NULL).for_each(|code| take(Value { part: 2, code }));
        }
    }
}
