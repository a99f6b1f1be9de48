//! Values calculated over events: one pass over the rows for each group of calculations that is asked for.
//!
//! In: the events of a stream in a window and an attribute. Out: the users whose calculated value passes. `numbers` counts,
//! sums and compares numbers, `ends` finds the first and the latest, `distinct` tells different texts apart. What has no
//! value is missing (M11).

mod distinct;
mod ends;
mod numbers;

use std::sync::Arc;

use super::check::Check;
use super::codes::CodeSet;
use super::parts::Parts;
use super::reading::{Reading, Several};
use super::rows::Source;
use super::values::{Value, Values};
use super::{Context, Kernel, Selection};
use crate::base::Window;
use crate::catalog::Calculation;
use crate::eval::bits::fill;
use crate::eval::program::{Aggregate, Family, Valued};
use crate::store::{Dictionary, Store};

/// Questions about the values of one attribute over some events.
pub(super) struct Aggregates<'a> {
    store: &'a Store,
    source: Option<Source<'a>>,
    window: Window,
    /// Where the values are; none for calculations without an attribute.
    values: Option<Values<'a>>,
    /// The values as numbers; empty where none is asked for.
    numbers: Parts<Arc<Reading<'a>>>,
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

impl<'a> Aggregates<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Valued, Aggregate>) -> Self {
        let Valued { events, attribute } = &family.of;
        let source = Source::new(context, &events.stream);
        let values = source.as_ref().zip(attribute.as_ref());
        let values = values.map(|(source, attribute)| Values::new(source.table, attribute));
        let dictionaries = values.map_or_else(Parts::default, |values| values.dictionaries);
        let asks = |which: fn(Calculation) -> bool| family.tests.iter().any(|test| which(test.calculation));
        let reading = |dictionary: &'a Dictionary| context.readings.of(dictionary);
        Self {
            store: context.store,
            source,
            window: events.period.window(context.now),
            values,
            numbers: if asks(numbers::reads_numbers) { dictionaries.map(reading) } else { Parts::default() },
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
        let cells = rows.as_ref().map(|rows| self.values.map(|values| values.cells(rows)).unwrap_or_default());
        let rows = rows.as_ref().zip(cells.as_ref());
        numbers::answer(self, rows, users, slots);
        ends::answer(self, rows, users, slots);
        distinct::answer(self, rows, users, slots);
    }
}
