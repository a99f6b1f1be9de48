//! A store that is several times larger than the memory there is: columns are read where they are mapped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use aud::base::{Mpid, Now, TimeFilter};
use aud::catalog::{Calculation, CustomEventType, EventKey};
use aud::eval::{Stored, evaluate};
use aud::ir::{AggregateTest, AttributeRef, Condition, Count, EventTest, Events, Float, Kind, Model, Predicate, Unit};
use aud::store::{Builder, EventRow, EventShard, EventTable, SHARD_USERS, Store, open, stats};
use aud::system::OsSystem;

use super::world::{audience, days, input, model, now, workspaces};
use crate::support::{child, folder_of_child, limited};

/// Private memory of the child, in MiB: the program itself, its stacks, and what it makes while it evaluates.
const LIMIT: u64 = 32;
/// Bytes of the store, in MiB, where the environment variable `AUD_STORE_MB` says nothing.
const STORE: u64 = 128;
const SHARDS: usize = 2;
const KEYS: u64 = 14;
const COLUMNS: u64 = 6;
/// Distinct texts of a column: the numbers from 0 on.
const TEXTS: u64 = 50;

fn instant() -> Now {
    now("2018-09-09T13:00:00Z")
}

/// A number that looks random.
fn mixed(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}

fn user(shard: usize, row: usize) -> usize {
    mixed(shard as u64, row as u64 + 1) as usize % SHARD_USERS
}

/// When the event of one of so many rows was: over the last 20 days.
fn time(row: usize, rows: usize) -> i64 {
    instant().ms() - days(20).0 + days(20).0 * row as i64 / rows as i64
}

/// The number in a column of a row.
fn value(shard: usize, row: usize, column: u64) -> u64 {
    mixed(row as u64, 31 * shard as u64 + 7 * column + 3) % TEXTS
}

fn key(at: u64) -> EventKey {
    EventKey::custom(format!("e{at}"))
}

/// A store whose keys have the same events, so many rows in each shard. The columns are made directly, which is faster than row by row.
fn store(rows: usize) -> Store {
    let inputs = [input("shop.web")];
    let mut builder = Builder::new(&inputs);
    for at in 0..(SHARDS * SHARD_USERS) as i64 {
        let row = builder.user(Mpid(at));
        builder.see(row, &inputs[0].workspace, instant().ms());
    }
    // One event for each text, for the dictionaries.
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("c{column}")).collect();
    for text in 0..TEXTS {
        let text = text.to_string();
        let attributes: Vec<_> = names.iter().map(|name| (name.as_str(), Some(text.as_str()))).collect();
        let event_type = CustomEventType::Other;
        let attributes = &attributes[..];
        let event = EventRow { at_ms: 0, input: 0, event_type, id: None, attributes, action: &[], products: &[] };
        builder.event(0, &key(0), event);
    }
    let mut store = builder.finish("large", 1);
    let first = &store.events[&key(0)][0];
    let event_type = first.shards[0].types[0];
    let shard = |shard: usize| EventShard {
        users: (0..rows).map(|row| user(shard, row) as u16).collect(),
        times: (0..rows).map(|row| time(row, rows)).collect(),
        inputs: vec![0; rows].into(),
        types: vec![event_type; rows].into(),
        // Code 2 is the first text.
        columns: (names.iter().zip(0..))
            .map(|(name, column)| (name.clone(), (0..rows).map(|row| value(shard, row, column) as u32 + 2).collect()))
            .collect(),
        ..EventShard::default()
    };
    let shards = (0..SHARDS).map(shard).collect();
    let table = Arc::new(EventTable { attributes: first.attributes.clone(), shards, ..EventTable::default() });
    store.events = Arc::new((0..KEYS).map(|at| (key(at), vec![table.clone()])).collect());
    store
}

/// What is asked of a key, besides which of its columns.
#[derive(Clone, Copy)]
enum Question {
    /// Whether the column has this number in any event of the last ten days.
    Any(u64),
    /// Whether the numbers of the column add up to more.
    Sum(u64),
}

impl Question {
    /// Each column of each key is asked something; of users with so many rows each, on the average.
    fn all(rows: usize) -> impl Iterator<Item = (String, u64, u64, Self)> {
        let each = (rows / SHARD_USERS) as u64;
        let of_key = move |at: u64| {
            (0..COLUMNS).map(move |column| {
                let question = if column == 5 { Self::Sum((20 + at) * each) } else { Self::Any((at + column) % TEXTS) };
                (format!("k{at}_{column}"), at, column, question)
            })
        };
        (0..KEYS).flat_map(of_key)
    }

    fn kind(self, at: u64, column: u64) -> Kind {
        let name = format!("c{column}");
        let events = |filter, time| Events {
            event: key(at),
            event_type: None,
            unit: Unit::Event,
            filter,
            time,
            inputs: BTreeSet::from([input("shop.web")]),
        };
        match self {
            Self::Any(number) => {
                let predicate = Predicate::Is(number.to_string());
                let filter = Condition::Attribute { part: None, attribute: name, predicate };
                let events = events(Some(filter), Some(TimeFilter::WithinLast(days(10))));
                Kind::Event(Box::new(EventTest { events, count: Count::ONCE }))
            }
            Self::Sum(bound) => Kind::Aggregate(Box::new(AggregateTest {
                calculation: Calculation::Sum,
                attribute: Some(AttributeRef { part: None, name }),
                events: events(None, None),
                predicate: Predicate::Greater(Float::new(bound as f64).unwrap()),
            })),
        }
    }

    /// How many users there are, by looking at all rows.
    fn members(self, column: u64, rows: usize) -> u64 {
        let mut sums = vec![0; SHARDS * SHARD_USERS];
        let recent = instant().ms() - days(10).0;
        for shard in 0..SHARDS {
            for row in 0..rows {
                let sum = &mut sums[shard * SHARD_USERS + user(shard, row)];
                let value = value(shard, row, column);
                match self {
                    Self::Any(number) => *sum += u64::from(value == number && time(row, rows) >= recent),
                    Self::Sum(_) => *sum += value,
                }
            }
        }
        let bound = if let Self::Sum(bound) = self { bound } else { 0 };
        sums.iter().filter(|sum| **sum > bound).count() as u64
    }
}

fn questions(rows: usize) -> Model {
    let shop = || workspaces(&["shop"]);
    model(
        Question::all(rows)
            .map(|(address, at, column, question)| audience(&address, shop(), question.kind(at, column))),
    )
}

/// Opens the store of a folder and says how many members each audience has.
#[test]
#[ignore = "runs in a process that another test starts"]
fn child_evaluates_in_little_memory() {
    let Some(folder) = folder_of_child() else { return };
    let limit = usize::try_from(LIMIT << 20).unwrap();
    assert!(Vec::<u8>::new().try_reserve_exact(limit).is_err(), "the limit is in force");
    let store = open(&OsSystem, &folder).unwrap();
    let rows = store.events[&key(0)][0].shards[0].users.len();
    let members = evaluate(&questions(rows), &store, instant(), None, &Stored::default());
    store.ensure_whole().unwrap();
    println!();
    members.audiences.iter().for_each(|(address, rows)| println!("members {address} {}", rows.len()));
}

fn evaluated(folder: &Path) -> BTreeMap<String, u64> {
    let command = child("eval::memory::child_evaluates_in_little_memory", folder);
    let run = limited(&command, &format!("-d {}", LIMIT << 10)).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let out = String::from_utf8(run.stdout).unwrap();
    let members = out.lines().filter_map(|line| line.strip_prefix("members ")?.split_once(' '));
    members.map(|(address, count)| (address.to_owned(), count.parse().unwrap())).collect()
}

#[test]
fn a_store_much_larger_than_memory_is_evaluated() {
    let asked = std::env::var("AUD_STORE_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(STORE);
    let of_row = KEYS * SHARDS as u64 * (2 + 8 + 1 + 1 + 4 * COLUMNS);
    let rows = usize::try_from((asked << 20).div_ceil(of_row)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    store(rows).save(&OsSystem, folder.path()).unwrap();
    let bytes = stats(&OsSystem, folder.path()).unwrap().bytes();
    println!("{} MiB in {LIMIT} MiB", bytes >> 20);
    assert!(bytes >= 3 * (LIMIT << 20), "{bytes} bytes are not three times the limit");
    let found = evaluated(folder.path());
    assert_eq!(found.len() as u64, KEYS * COLUMNS);
    for (address, _, column, question) in Question::all(rows) {
        assert_eq!(found[&address], question.members(column, rows), "{address}");
    }
    let counts: BTreeSet<u64> = found.into_values().collect();
    assert!(counts.len() > 20 && counts.first() > Some(&0), "{counts:?}");
}
