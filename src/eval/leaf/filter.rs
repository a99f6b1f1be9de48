//! Which event rows count: inputs, custom type and the condition over attributes, as one bit for each row.
//!
//! A filter is bound once to the dictionaries of a key, then to the columns of each shard. Whatever cannot exclude a row,
//! or cannot let one pass, is gone before the rows are visited.
//!
//! A bare attribute is the event's where the event has the key, else its action's, else its product's (M21). What is asked
//! of products is asked of one row and one of its products; all else can be asked of many rows at once.

use super::Context;
use super::check::accepts_missing;
use super::codes::CodeSet;
use super::parts::Parts;
use super::reading::{Reading, Several};
use crate::eval::bits::{fill, fill_first, set};
use crate::eval::program::Stream;
use crate::eval::scan;
use crate::ir::{Condition, Predicate};
use crate::store::{ABSENT, Dictionary, EventShard, EventTable};

/// How many rows are asked at once.
pub(super) const BLOCK_ROWS: usize = 64 * BLOCK_WORDS;
const BLOCK_WORDS: usize = 64;

/// One bit for each of [`BLOCK_ROWS`] rows.
pub(super) type Block = [u64; BLOCK_WORDS];

/// A condition over rows: its tests read something of type `T`.
pub(super) enum Filter<T> {
    /// Every row, or none.
    Always(bool),
    /// Rows that pass one test.
    Test(T),
    /// Rows that pass all of these.
    All(Vec<Filter<T>>),
    /// Rows that do not pass this.
    Not(Box<Filter<T>>),
}

/// A test of the rows of one key, in any shard.
pub(super) enum RowTest<'a> {
    /// The event's own attribute, which no action or product has, is one of the codes.
    Attribute(&'a str, CodeSet),
    /// The first part that has the attribute has one of its codes.
    Parts(&'a str, Parts<CodeSet>, bool),
    /// The input code is marked.
    Input(Box<[bool; 256]>),
    /// The custom type has this code.
    Type(u8),
}

/// The codes of a column with those that pass.
type Coded<'a> = (&'a [u32], &'a CodeSet);

/// A test of the rows of one shard.
pub(super) enum ShardTest<'a> {
    Attribute(&'a [u32], &'a CodeSet),
    /// With whether a row passes in which no part has the attribute.
    Parts(Parts<Coded<'a>>, bool),
    Input(&'a [u8], &'a [bool; 256]),
    Type(&'a [u8], u8),
}

impl<T> Filter<T> {
    pub(super) fn all(inner: Vec<Self>) -> Self {
        if inner.iter().any(|each| matches!(each, Self::Always(false))) {
            return Self::Always(false);
        }
        let mut kept: Vec<Self> = inner.into_iter().filter(|each| !matches!(each, Self::Always(true))).collect();
        match kept.pop() {
            None => Self::Always(true),
            Some(only) if kept.is_empty() => only,
            Some(last) => {
                kept.push(last);
                Self::All(kept)
            }
        }
    }

    fn not(self) -> Self {
        match self {
            Self::Always(always) => Self::Always(!always),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The same condition over other tests.
    fn map<'s, U>(&'s self, test: &impl Fn(&'s T) -> Filter<U>) -> Filter<U> {
        match self {
            Self::Always(always) => Filter::Always(*always),
            Self::Test(inner) => test(inner),
            Self::All(inner) => Filter::all(inner.iter().map(|each| each.map(test)).collect()),
            Self::Not(inner) => inner.map(test).not(),
        }
    }
}

impl<'a> Filter<RowTest<'a>> {
    /// The rows of a stream.
    pub(super) fn new(context: &Context<'a>, table: &'a EventTable, stream: &'a Stream) -> Self {
        let mut all = vec![inputs(context, stream)];
        all.extend(stream.event_type.map(|custom| Self::Test(RowTest::Type(custom as u8))));
        all.extend(stream.filter.as_ref().map(|condition| of(context, table, condition)));
        Self::all(all)
    }

    /// The same filter over the columns of a shard. An attribute without a column there is missing in every row.
    pub(super) fn bind(&self, shard: &'a EventShard) -> Filter<ShardTest<'_>> {
        self.map(&|test| match test {
            RowTest::Attribute(name, codes) => match shard.columns.get(*name) {
                Some(column) => Filter::Test(ShardTest::Attribute(column, codes)),
                None => Filter::Always(codes.contains(ABSENT)),
            },
            RowTest::Parts(name, codes, missing) => parts(shard, name, codes, *missing),
            RowTest::Input(inside) => Filter::Test(ShardTest::Input(&shard.inputs, inside)),
            RowTest::Type(custom) => Filter::Test(ShardTest::Type(&shard.types, *custom)),
        })
    }
}

/// The columns that a shard has of an attribute. A part without a column has it in no row.
fn parts<'s>(shard: &'s EventShard, name: &str, codes: &'s Parts<CodeSet>, missing: bool) -> Filter<ShardTest<'s>> {
    let own = shard.columns.get(name).map(|column| &**column).zip(codes.own.as_ref());
    let action = shard.actions.get(name).map(|column| &**column).zip(codes.action.as_ref());
    let product = shard.products.columns.get(name).map(|column| &**column).zip(codes.product.as_ref());
    match (own, action, product) {
        (None, None, None) => Filter::Always(missing),
        (Some((column, codes)), None, None) | (None, Some((column, codes)), None) => {
            Filter::Test(ShardTest::Attribute(column, codes))
        }
        _ => Filter::Test(ShardTest::Parts(Parts { own, action, product }, missing)),
    }
}

/// The inputs of a stream, where they can exclude a row.
fn inputs<'a>(context: &Context<'a>, stream: &Stream) -> Filter<RowTest<'a>> {
    let Some(inputs) = &stream.inputs else { return Filter::Always(true) };
    let mut inside = Box::new([false; 256]);
    for (inside, input) in inside.iter_mut().zip(context.store.inputs.iter()) {
        *inside = inputs.contains(input);
    }
    let known = inside.iter().take(context.store.inputs.len());
    match (known.clone().any(|inside| *inside), known.clone().all(|inside| *inside)) {
        (false, _) => Filter::Always(false),
        (_, true) => Filter::Always(true),
        _ => Filter::Test(RowTest::Input(inside)),
    }
}

fn of<'a>(context: &Context<'a>, table: &'a EventTable, condition: &'a Condition) -> Filter<RowTest<'a>> {
    let each = |inner: &'a [Condition]| inner.iter().map(|each| of(context, table, each));
    match condition {
        Condition::All(inner) => Filter::all(each(inner).collect()),
        Condition::Any(inner) => Filter::all(each(inner).map(Filter::not).collect()).not(),
        Condition::Not(inner) => of(context, table, inner).not(),
        Condition::Attribute { part, attribute, predicate } => {
            attribute_test(context, &Parts::of(table, *part, attribute), attribute, predicate)
        }
    }
}

fn attribute_test<'a>(
    context: &Context<'a>,
    dictionaries: &Parts<&'a Dictionary>,
    name: &'a str,
    predicate: &Predicate,
) -> Filter<RowTest<'a>> {
    let missing = accepts_missing(predicate);
    let codes = |dictionary: &'a Dictionary| Reading::new(dictionary).accepted(predicate, Several::List, context.now);
    let codes = dictionaries.map(codes);
    let all =
        |holds: fn(&CodeSet) -> bool| [&codes.own, &codes.action, &codes.product].into_iter().flatten().all(holds);
    match missing {
        false if all(CodeSet::is_empty) => return Filter::Always(false),
        true if all(CodeSet::is_full) => return Filter::Always(true),
        _ => {}
    }
    match codes {
        Parts { own: Some(codes), action: None, product: None } => Filter::Test(RowTest::Attribute(name, codes)),
        codes => Filter::Test(RowTest::Parts(name, codes, missing)),
    }
}

impl<'s> Filter<ShardTest<'s>> {
    /// Splits what must hold into what only the row says, and what its products say too.
    pub(super) fn split(self) -> (Self, Self) {
        let all = match self {
            Self::All(inner) => inner,
            other => vec![other],
        };
        let (products, rows) = all.into_iter().partition(Self::reads_products);
        (Self::all(rows), Self::all(products))
    }

    fn reads_products(&self) -> bool {
        match self {
            Self::Always(_) => false,
            Self::Test(test) => matches!(test, ShardTest::Parts(Parts { product: Some(_), .. }, _)),
            Self::All(inner) => inner.iter().any(Self::reads_products),
            Self::Not(inner) => inner.reads_products(),
        }
    }

    /// Whether a row passes with one of its products, or with none.
    pub(super) fn passes(&self, row: usize, product: Option<usize>) -> bool {
        match self {
            Self::Always(always) => *always,
            Self::Test(test) => test.passes(row, product),
            Self::All(inner) => inner.iter().all(|each| each.passes(row, product)),
            Self::Not(inner) => !inner.passes(row, product),
        }
    }
}

impl Filter<ShardTest<'_>> {
    /// The rows among `from..from + count` that pass, as bits; all further bits are cleared. At most [`BLOCK_ROWS`].
    pub(super) fn block(&self, from: usize, count: usize, into: &mut Block) {
        match self {
            Self::Always(always) => fill_first(into, if *always { count } else { 0 }),
            Self::Test(test) => test.block(from, count, into),
            Self::All(inner) => {
                fill_first(into, count);
                let mut also = [0; BLOCK_WORDS];
                for each in inner {
                    each.block(from, count, &mut also);
                    into.iter_mut().zip(&also).for_each(|(into, also)| *into &= also);
                    if into.iter().all(|word| *word == 0) {
                        break;
                    }
                }
            }
            Self::Not(inner) => {
                fill_first(into, count);
                let mut passing = [0; BLOCK_WORDS];
                inner.block(from, count, &mut passing);
                into.iter_mut().zip(&passing).for_each(|(into, passing)| *into &= !passing);
            }
        }
    }
}

impl ShardTest<'_> {
    fn block(&self, from: usize, count: usize, into: &mut Block) {
        match self {
            Self::Attribute(codes, accepted) => match accepted.runs() {
                Some(runs) => scan::in_runs(rows(codes, from, count), runs, into),
                None => fill(into, rows(codes, from, count), |code| accepted.contains(*code)),
            },
            Self::Parts(..) => {
                into.fill(0);
                (0..count).filter(|at| self.passes(from + at, None)).for_each(|at| set(into, at));
            }
            Self::Input(codes, inside) => fill(into, rows(codes, from, count), |code| inside[usize::from(*code)]),
            Self::Type(codes, custom) => fill(into, rows(codes, from, count), |code| code == custom),
        }
    }
}

impl ShardTest<'_> {
    fn passes(&self, row: usize, product: Option<usize>) -> bool {
        match self {
            Self::Attribute(codes, set) => codes.get(row).is_some_and(|code| set.contains(*code)),
            Self::Parts(parts, missing) => {
                let present = |part: Option<Coded<'_>>, row: Option<usize>| {
                    let (codes, set) = part?;
                    let code = *codes.get(row?)?;
                    (code != ABSENT).then(|| set.contains(code))
                };
                let row = Some(row);
                let found = present(parts.own, row).or_else(|| present(parts.action, row));
                found.or_else(|| present(parts.product, product)).unwrap_or(*missing)
            }
            Self::Input(codes, inside) => codes.get(row).is_some_and(|code| inside[usize::from(*code)]),
            Self::Type(codes, custom) => codes.get(row) == Some(custom),
        }
    }
}

fn rows<T>(column: &[T], from: usize, count: usize) -> &[T] {
    column.get(from..from + count).unwrap_or(&[])
}
