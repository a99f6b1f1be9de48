//! On random models over random users, the evaluation and the reference agree about everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use aud::base::Address;
use aud::eval::{Stored, evaluate, evaluate_rows};
use aud::members::Memberships;
use aud::store::{SHARD_USERS, Store, open};
use aud::system::MemorySystem;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use rayon::{ThreadPool, ThreadPoolBuilder};
use roaring::RoaringBitmap;

use super::arbitrary::{Case, alone, case, leaves};
use super::live::{known, writes};
use super::reference::{Reference, StoredBits};
use super::world::{World, name};

static POOLS: LazyLock<[ThreadPool; 4]> =
    LazyLock::new(|| [1, 2, 3, 4].map(|threads| ThreadPoolBuilder::new().num_threads(threads).build().unwrap()));

/// As many cases as the environment variable `AUD_CASES` says.
pub(crate) fn cases(default: u32) -> u32 {
    std::env::var("AUD_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

fn check(cases: u32, users: usize, property: impl Fn(Case) -> TestCaseResult) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&case(users), property);
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// The memberships, which must be the same on one thread and on two. User `i` has row `rows[i]` of the store.
fn evaluated(
    case: &Case,
    store: &Store,
    rows: &[u32],
    only: Option<&BTreeSet<Address>>,
) -> Result<Memberships, TestCaseError> {
    let [one, two, ..] = &*POOLS;
    let stored = stored(&case.stored, rows);
    let alone = one.install(|| evaluate(&case.model, store, case.now, only, &stored));
    let together = two.install(|| evaluate(&case.model, store, case.now, only, &stored));
    prop_assert_eq!(&alone, &together);
    Ok(alone)
}

/// What is stored of standard audiences, over the rows of a store.
pub(super) fn stored(bits: &StoredBits, rows: &[u32]) -> Stored {
    let members =
        |bits: &Vec<bool>| bits.iter().zip(rows).filter(|(inside, _)| **inside).map(|(_, row)| *row).collect();
    Stored(bits.iter().map(|(address, bits)| (address.clone(), members(bits))).collect())
}

/// The rows of users that lie side by side.
pub(super) fn packed(case: &Case) -> Vec<u32> {
    (0..case.world.users.len() as u32).collect()
}

/// The members by audience, as the reference sees them, user `i` having row `rows[i]`.
pub(super) fn expected(case: &Case, rows: &[u32]) -> BTreeMap<Address, Vec<u32>> {
    let reference = Reference::new(&case.model, &case.world, case.now, &case.stored);
    let active = case.model.audiences.values().filter(|each| each.status == aud::ir::Status::Active);
    let members = |address: &Address| {
        let users = case.world.users.iter().zip(rows);
        users.filter(|(user, _)| reference.is_member(address, user)).map(|(_, row)| *row).collect()
    };
    active.map(|each| (each.address.clone(), members(&each.address))).collect()
}

pub(super) fn listed(memberships: &Memberships) -> BTreeMap<Address, Vec<u32>> {
    memberships.audiences.iter().map(|(address, members)| (address.clone(), members.iter().collect())).collect()
}

/// How a world became a store, and how it is asked.
#[derive(Clone, Debug)]
struct Shape {
    way: Way,
    /// Whether it was written to files and opened again before the recent writes.
    filed: bool,
    /// How many threads, from 1 to 4.
    threads: usize,
    /// Which users are asked when not all are, as bits.
    asked: u16,
}

#[derive(Clone, Debug)]
enum Way {
    /// All at once, users side by side.
    Packed,
    /// All at once, some users between which there are so many others; over the edges of shards.
    Apart(u32),
    /// In so many segments.
    Segments(usize),
    /// So many quarters of users, profiles and events first, then more, then the rest as recent writes.
    Recent([usize; 3], [usize; 3]),
}

fn shapes() -> impl Strategy<Value = Shape> {
    let quarters = || [0..=4usize, 0..=4, 0..=4];
    let edge = SHARD_USERS as u32;
    let way = prop_oneof![
        30 => Just(Way::Packed),
        60 => (1..5usize).prop_map(Way::Segments),
        60 => (quarters(), quarters()).prop_map(|(first, more)| {
            Way::Recent(first, std::array::from_fn(|at| first[at].max(more[at])))
        }),
        1 => (edge / 9..edge / 3).prop_map(Way::Apart),
    ];
    (way, any::<bool>(), 1..5usize, any::<u16>()).prop_map(|(way, filed, threads, asked)| Shape {
        way,
        filed,
        threads,
        asked,
    })
}

impl Shape {
    /// The store of a world, and the row of each of its users.
    fn of(&self, world: &World) -> (Store, Vec<u32>) {
        let count = world.users.len() as u32;
        let rows: Vec<u32> = match self.way {
            Way::Apart(step) => (0..count).map(|at| at * step).collect(),
            _ => (0..count).collect(),
        };
        let store = match &self.way {
            Way::Packed | Way::Apart(_) => self.file(world.store(&rows)),
            Way::Segments(count) => self.file(world.in_segments(*count)),
            Way::Recent(first, more) => {
                let (first, more) = (known(world, *first), known(world, *more));
                let append = |store: Store, before: &World, after: &World| {
                    let batch = writes(&store, before, after);
                    store.append(batch).unwrap().0
                };
                let store = append(self.file(first.packed()), &first, &more);
                append(store, &more, world)
            }
        };
        (store, rows)
    }

    /// The store as it is, or as its files say.
    fn file(&self, store: Store) -> Store {
        if !self.filed {
            return store;
        }
        let system = MemorySystem::default();
        store.save(&system, Path::new("/store")).unwrap();
        open(&system, Path::new("/store")).unwrap()
    }
}

/// However the users lie in shards, their data in files, segments and recent writes, and the work on threads.
#[test]
fn everybody_is_where_the_rules_put_them() {
    let config = ProptestConfig { cases: cases(600), failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&(case(8), shapes()), |(case, shape)| {
        let (store, rows) = shape.of(&case.world);
        let bits = stored(&case.stored, &rows);
        let asked = rows.iter().enumerate().filter(|(at, _)| shape.asked >> at & 1 == 1).map(|(_, row)| *row);
        let asked: RoaringBitmap = asked.collect();
        let (all, some) = POOLS[shape.threads - 1].install(|| {
            let all = evaluate(&case.model, &store, case.now, None, &bits);
            (all, evaluate_rows(&case.model, &store, case.now, None, &bits, &asked))
        });
        let expected = expected(&case, &rows);
        prop_assert_eq!(listed(&all), expected);
        prop_assert_eq!((all.now, all.data_version), (case.now, store.version));
        let mut of_all = all;
        of_all.audiences.values_mut().for_each(|members| *members &= &asked);
        prop_assert_eq!(some, of_all);
        prop_assert!(store.ensure_whole().is_ok());
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

#[test]
fn an_audience_alone_is_the_same_as_among_others() {
    check(cases(100), 6, |case| {
        let store = case.world.packed();
        let rows = packed(&case);
        let all = evaluated(&case, &store, &rows, None)?;
        for address in case.model.audiences.keys() {
            let only = BTreeSet::from([address.clone()]);
            let alone = evaluated(&case, &store, &rows, Some(&only))?;
            let same = all.audiences.get(address).map(|members| (address.clone(), members.clone()));
            prop_assert_eq!(alone.audiences, same.into_iter().collect::<BTreeMap<_, _>>());
        }
        Ok(())
    });
}

/// However a user's events are spread over segments, and whether all users are asked or some.
#[test]
fn segments_and_selections_do_not_matter() {
    check(cases(600) / 2, 9, |case| {
        let rows = packed(&case);
        for store in [case.world.packed(), case.world.in_segments(2), case.world.in_segments(3)] {
            let all = evaluated(&case, &store, &rows, None)?;
            prop_assert_eq!(listed(&all), expected(&case, &rows));
            for asked in [[0u32, 2, 3].as_slice(), &[1, 4, 5, 8], &[7]] {
                let asked: RoaringBitmap = asked.iter().copied().filter(|row| rows.contains(row)).collect();
                let stored = stored(&case.stored, &rows);
                let some = evaluate_rows(&case.model, &store, case.now, None, &stored, &asked);
                let mut expected = all.clone();
                expected.audiences.values_mut().for_each(|members| *members &= &asked);
                prop_assert_eq!(some, expected);
            }
        }
        Ok(())
    });
}

/// Users at both sides of the edges of shards and blocks, and far apart.
#[test]
fn shards_do_not_matter() {
    let edge = SHARD_USERS as u32;
    let rows = [0, 63, 64, 8191, 8192, edge - 1, edge, edge + 64, 2 * edge - 1, 2 * edge, 2 * edge + 1];
    check(cases(600) / 40, rows.len(), |case| {
        let rows = &rows[rows.len() - case.world.users.len()..];
        let memberships = evaluated(&case, &case.world.store(rows), rows, None)?;
        prop_assert_eq!(listed(&memberships), expected(&case, rows));
        Ok(())
    });
}

/// The random cases are worth asking: most kinds of answer occur.
#[test]
fn the_cases_are_not_idle() {
    let tally = std::cell::RefCell::new([0; 3]);
    check(200, 8, |case| {
        let members = listed(&evaluated(&case, &case.world.packed(), &packed(&case), None)?);
        for members in members.values() {
            let kind = if members.is_empty() { 0 } else { 1 + usize::from(members.len() == case.world.users.len()) };
            tally.borrow_mut()[kind] += 1;
        }
        Ok(())
    });
    let [nobody, some, all] = tally.into_inner();
    assert!(some > 150 && all > 20 && nobody > 50, "nobody {nobody}, some {some}, all {all}");
}

/// Each kind of question alone, asked often. How generators lie: a kind that is always answered in the same way; counted over
/// those who are in the population.
#[test]
fn every_kind_is_often_true_and_often_false() {
    let mut idle = Vec::new();
    for (kind, leaves) in leaves() {
        let tally = std::cell::RefCell::new([0u32; 2]);
        let config = ProptestConfig {
            cases: (cases(1_200) / 10).clamp(120, 1_000),
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        let same_each_time = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let asked = TestRunner::new_with_rng(config, same_each_time).run(&alone(leaves), |case| {
            let rows = packed(&case);
            let reference = Reference::new(&case.model, &case.world, case.now, &case.stored);
            let asked = &case.model.audiences[&name("a")];
            let population = || case.world.users.iter().filter(|user| reference.in_population(asked, user));
            for user in population() {
                tally.borrow_mut()[usize::from(reference.holds(&asked.criterion, user))] += 1;
            }
            let evaluated = listed(&evaluated(&case, &case.world.packed(), &rows, None)?);
            prop_assert_eq!(evaluated, expected(&case, &rows));
            Ok(())
        });
        assert!(asked.is_ok(), "{kind}: {}", asked.unwrap_err());
        let [no, yes] = tally.into_inner();
        println!("{kind}: {yes} yes, {no} no");
        if yes * 20 < no || no * 20 < yes {
            idle.push(format!("{kind}: {yes} yes, {no} no"));
        }
    }
    assert!(idle.is_empty(), "{idle:#?}");
}
