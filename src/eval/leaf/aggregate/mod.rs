//! Values calculated over events: one pass over the rows for each group of calculations that is asked for.
//!
//! In: the events of a stream in a window and an attribute. Out: the users whose calculated value passes. `numbers` counts,
//! sums and compares numbers, `sums` is the short way where only sums are asked for, `ends` finds the first and the latest, `distinct` tells different texts apart. What has no
//! value is missing (M11).

mod distinct;
mod ends;
mod numbers;
mod sums;

use super::check::Check;
use super::codes::CodeSet;
use super::parts::Parts;
use super::reading::{Reading, Several};
use super::rows::{Row, Shard, Source};
use super::values::{Cells, Value, Values};
use super::{Context, Kernel, Selection};
use crate::base::Window;
use crate::catalog::Calculation;
use crate::eval::bits::fill;
use crate::eval::program::{Aggregate, Family, Valued};
use crate::ir::Pick;
use crate::store::{Dictionary, Store};

/// Questions about the values of one attribute over some events.
pub(super) struct Aggregates<'a> {
    store: &'a Store,
    source: Option<Source<'a>>,
    window: Window,
    /// Where the values are; none for calculations without an attribute.
    values: Option<Values<'a>>,
    /// The values as numbers; empty where none is asked for.
    numbers: Vec<Parts<Reading<'a>>>,
    /// The distinct texts, where they are asked for.
    texts: Option<distinct::Texts<'a>>,
    tests: Vec<Test<'a>>,
}

/// One question.
struct Test<'a> {
    calculation: Calculation,
    check: Check<'a>,
    /// The values that pass, where the value calculated is one of those sent.
    accepted: Vec<Parts<CodeSet>>,
}

/// The rows of a shard with their values.
struct Input<'s> {
    rows: Shard<'s>,
    /// The columns of each segment, in the order of the rows'.
    cells: Vec<Cells<'s>>,
    selection: Selection<'s>,
    window: Window,
    /// How many users there are.
    users: usize,
}

impl<'s> Input<'s> {
    /// Visits the rows from the end that is asked for, with their values.
    fn each(&self, from: Pick, mut visit: impl FnMut(&Row<'_, 's>, &Cells<'s>)) {
        self.rows.each(self.selection, self.window, from, |row| {
            if let Some(cells) = self.cells.get(row.place) {
                visit(row, cells);
            }
        });
    }
}

impl<'a> Aggregates<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Valued, Aggregate>) -> Self {
        let Valued { events, attribute } = &family.of;
        let source = Source::new(context, &events.stream);
        let values = source.as_ref().zip(attribute.as_ref());
        let values = values.map(|(source, attribute)| Values::new(source.segments, attribute));
        let dictionaries = values.as_ref().map_or_else(Vec::new, |values| values.dictionaries.clone());
        let asks = |which: fn(Calculation) -> bool| family.tests.iter().any(|test| which(test.calculation));
        Self {
            store: context.store,
            source,
            window: events.period.window(context.now),
            values,
            numbers: match asks(numbers::reads_numbers) {
                true => dictionaries.iter().map(|each| each.map(Reading::new)).collect(),
                false => Vec::new(),
            },
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
    fn new(context: &Context<'a>, dictionaries: &[Parts<&'a Dictionary>], test: &'a Aggregate) -> Self {
        let Aggregate { calculation, predicate } = test;
        let is_sent = matches!(
            calculation,
            Calculation::First | Calculation::Latest | Calculation::MostFrequent | Calculation::UniqueList
        );
        let accepted =
            |dictionary: &'a Dictionary| Reading::new(dictionary).accepted(predicate, Several::List, context.now);
        Self {
            calculation: *calculation,
            check: Check::new(predicate, context.now),
            accepted: match is_sent {
                true => dictionaries.iter().map(|each| each.map(accepted)).collect(),
                false => Vec::new(),
            },
        }
    }

    /// Whether a value that was sent passes.
    fn accepts(&self, value: Value) -> bool {
        let codes = self.accepted.get(value.segment).and_then(|parts| parts.get(value.part));
        codes.is_some_and(|codes| codes.contains(value.code))
    }
}

impl Kernel for Aggregates<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let rows = self.source.as_ref().map_or_else(Shard::default, |source| source.shard(selection.shard()));
        let cells = |rows| self.values.as_ref().map(|values| values.cells(rows)).unwrap_or_default();
        let cells = rows.segments().iter().map(cells).collect();
        let input = Input { rows, cells, selection, window: self.window, users: selection.len(self.store) };
        numbers::answer(self, &input, slots);
        ends::answer(self, &input, slots);
        distinct::answer(self, &input, slots);
    }
}
