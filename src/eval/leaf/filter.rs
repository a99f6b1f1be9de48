//! Which event rows count: inputs, custom type and the condition over attributes, as one bit for each row.
//!
//! A filter is bound once to the dictionaries of a key, then to the columns of each shard. Whatever cannot exclude a row,
//! or cannot let one pass, is gone before the rows are visited.
//!
//! A bare attribute is the event's where the event has the key, else its action's, else its product's (M21). What is asked
//! of products is asked of one row and one of its products; all else can be asked of 64 rows at once.

use super::Context;
use super::check::accepts_missing;
use super::codes::CodeSet;
use super::parts::Parts;
use super::reading::{Several, accepted};
use crate::eval::bits::{first_bits, pack};
use crate::eval::program::Stream;
use crate::ir::{Condition, Predicate};
use crate::store::{ABSENT, Dictionary, EventShard, EventTable};

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
    let codes = |dictionary: &'a Dictionary| accepted(dictionary, predicate, Several::List, context.now);
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
    /// The rows among `from..from + count` that pass, as the lowest bits of a word; `count` is at most 64.
    pub(super) fn word(&self, from: usize, count: usize) -> u64 {
        match self {
            Self::Always(always) => {
                if *always {
                    first_bits(count)
                } else {
                    0
                }
            }
            Self::Test(test) => test.word(from, count),
            Self::All(inner) => {
                let mut word = first_bits(count);
                for each in inner {
                    word &= each.word(from, count);
                    if word == 0 {
                        break;
                    }
                }
                word
            }
            Self::Not(inner) => !inner.word(from, count) & first_bits(count),
        }
    }
}

impl ShardTest<'_> {
    fn word(&self, from: usize, count: usize) -> u64 {
        match self {
            Self::Attribute(codes, set) => match (set.as_range(), set.as_word()) {
                (Some(range), _) => {
                    let (first, len) = (range.start, range.end - range.start);
                    pack(rows(codes, from, count), |code| code.wrapping_sub(first) < len)
                }
                (_, Some(word)) => pack(rows(codes, from, count), |code| word >> (code % 64) & 1 == 1),
                _ => pack(rows(codes, from, count), |code| set.contains(*code)),
            },
            Self::Parts(..) => (0..count).fold(0, |word, at| word | u64::from(self.passes(from + at, None)) << at),
            Self::Input(codes, inside) => pack(rows(codes, from, count), |code| inside[usize::from(*code)]),
            Self::Type(codes, custom) => pack(rows(codes, from, count), |code| code == custom),
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
