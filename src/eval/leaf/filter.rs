//! Which event rows count: inputs, custom type and the condition over attributes, as one bit for each row.
//!
//! A filter is bound once to the dictionaries of a key, then to the columns of each shard. Whatever cannot exclude a row,
//! or cannot let one pass, is gone before the rows are visited.

use super::Context;
use super::codes::CodeSet;
use super::reading::accepts_missing;
use crate::eval::bits::{first_bits, pack};
use crate::eval::program::Stream;
use crate::ir::Condition;
use crate::store::{ABSENT, EventShard, EventTable};

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
    /// The attribute has one of the codes.
    Attribute(&'a str, CodeSet),
    /// The input code is marked.
    Input(Box<[bool; 256]>),
    /// The custom type has this code.
    Type(u8),
}

/// A test of the rows of one shard.
pub(super) enum ShardTest<'a> {
    Attribute(&'a [u32], &'a CodeSet),
    Input(&'a [u8], &'a [bool; 256]),
    Type(&'a [u8], u8),
}

impl<T> Filter<T> {
    fn all(inner: Vec<Self>) -> Self {
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
            RowTest::Input(inside) => Filter::Test(ShardTest::Input(&shard.inputs, inside)),
            RowTest::Type(custom) => Filter::Test(ShardTest::Type(&shard.types, *custom)),
        })
    }
}

/// The inputs of a stream, where they can exclude a row.
fn inputs<'a>(context: &Context<'a>, stream: &Stream) -> Filter<RowTest<'a>> {
    let mut inside = Box::new([false; 256]);
    for (inside, input) in inside.iter_mut().zip(context.store.inputs.iter()) {
        *inside = stream.inputs.contains(input);
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
        Condition::Attribute { attribute, predicate, .. } => {
            let Some(dictionary) = table.attributes.get(attribute) else {
                return Filter::Always(accepts_missing(predicate));
            };
            let codes = context.readings.of(dictionary).accepted(predicate, context.now);
            match (codes.is_empty(), codes.is_full()) {
                (true, _) => Filter::Always(false),
                (_, true) => Filter::Always(true),
                _ => Filter::Test(RowTest::Attribute(attribute, codes)),
            }
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
            Self::Attribute(codes, set) => match set.as_word() {
                Some(word) => pack(rows(codes, from, count), |code| word >> (code % 64) & 1 == 1),
                None => pack(rows(codes, from, count), |code| set.contains(*code)),
            },
            Self::Input(codes, inside) => pack(rows(codes, from, count), |code| inside[usize::from(*code)]),
            Self::Type(codes, custom) => pack(rows(codes, from, count), |code| code == custom),
        }
    }
}

fn rows<T>(column: &[T], from: usize, count: usize) -> &[T] {
    column.get(from..from + count).unwrap_or(&[])
}
