//! Runs that die at every step, before and after its effect, and are taken up again: the end is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use aud::base::{Address, Mpid, Now};
use aud::ir::{Audience, VariantName};
use aud::plan::{Action, Change};
use aud::state::{
    Changeset, Commit, Delivery, Departure, Extent, Head, JournalEntry, Known, LockInfo, Revision, Snapshot,
    SqliteState, StateError, StateReader, StateWriter,
};
use aud::system::{Content, FileInfo, MemorySystem, System};
use rayon::prelude::*;

use super::world::*;
use crate::state::sample::{audience, name};

/// Counts effects, and dies at one of them. Whoever is dead does nothing any more.
pub(super) struct Fuse {
    pub(super) left: AtomicI64,
    after_effect: bool,
    pub(super) dead: AtomicBool,
}

impl Fuse {
    pub(super) fn new(left: i64, after_effect: bool) -> Self {
        Self { left: left.into(), after_effect, dead: false.into() }
    }

    fn effect<T, E>(&self, died: impl Fn() -> E, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.alive(&died)?;
        if self.left.fetch_sub(1, Ordering::Relaxed) > 0 {
            return act();
        }
        self.dead.store(true, Ordering::Relaxed);
        if self.after_effect {
            act()?;
        }
        Err(died())
    }

    fn alive<E>(&self, died: impl Fn() -> E) -> Result<(), E> {
        if self.dead.load(Ordering::Relaxed) { Err(died()) } else { Ok(()) }
    }
}

pub(super) struct MortalState<'a>(pub(super) SqliteState, pub(super) &'a Fuse);

fn died() -> StateError {
    StateError::Database("killed".into())
}

impl StateReader for MortalState<'_> {
    fn snapshot(&self) -> Result<Snapshot, StateError> {
        self.1.alive(died).and_then(|()| self.0.snapshot())
    }

    fn head(&self) -> Result<Head, StateError> {
        self.1.alive(died).and_then(|()| self.0.head())
    }

    fn mpids(&self) -> Result<Vec<Mpid>, StateError> {
        self.1.alive(died).and_then(|()| self.0.mpids())
    }

    fn lock_info(&self) -> Result<Option<LockInfo>, StateError> {
        self.1.alive(died).and_then(|()| self.0.lock_info())
    }

    fn journal_since(&self, since_ms: i64) -> Result<Vec<JournalEntry>, StateError> {
        self.1.alive(died).and_then(|()| self.0.journal_since(since_ms))
    }

    fn pending(&self) -> Result<Vec<Delivery>, StateError> {
        self.1.alive(died).and_then(|()| self.0.pending())
    }

    fn revisions(&self, audience: u64) -> Result<Vec<Revision>, StateError> {
        self.1.alive(died).and_then(|()| self.0.revisions(audience))
    }

    fn addresses(&self) -> Result<BTreeSet<Address>, StateError> {
        self.1.alive(died).and_then(|()| self.0.addresses())
    }

    fn commits(&self) -> Result<Vec<Commit>, StateError> {
        self.1.alive(died).and_then(|()| self.0.commits())
    }

    fn commit_of(&self, serial: u64) -> Result<Option<Commit>, StateError> {
        self.1.alive(died).and_then(|()| self.0.commit_of(serial))
    }

    fn journal_of(&self, audience: u64) -> Result<Vec<JournalEntry>, StateError> {
        self.1.alive(died).and_then(|()| self.0.journal_of(audience))
    }

    fn journal_about(&self, user: u32) -> Result<Vec<JournalEntry>, StateError> {
        self.1.alive(died).and_then(|()| self.0.journal_about(user))
    }

    fn addresses_of(&self, audience: u64) -> Result<Vec<(u64, Address)>, StateError> {
        self.1.alive(died).and_then(|()| self.0.addresses_of(audience))
    }

    fn extents(&self) -> Result<BTreeMap<u64, Extent>, StateError> {
        self.1.alive(died).and_then(|()| self.0.extents())
    }

    fn known(&self, address: &Address) -> Result<Vec<Known>, StateError> {
        self.1.alive(died).and_then(|()| self.0.known(address))
    }

    fn deployed_at(&self, serial: u64) -> Result<Vec<Audience>, StateError> {
        self.1.alive(died).and_then(|()| self.0.deployed_at(serial))
    }

    fn dump(&self) -> Result<serde_json::Value, StateError> {
        self.1.alive(died).and_then(|()| self.0.dump())
    }
}

impl StateWriter for MortalState<'_> {
    fn lock(&mut self, reason: &str) -> Result<String, StateError> {
        self.1.effect(died, || self.0.lock(reason))
    }

    fn heartbeat(&mut self, lock: &str) -> Result<(), StateError> {
        self.1.effect(died, || self.0.heartbeat(lock))
    }

    fn unlock(&mut self, lock: &str) -> Result<(), StateError> {
        self.1.effect(died, || self.0.unlock(lock))
    }

    fn break_lock(&mut self, lock: &str) -> Result<(), StateError> {
        self.1.effect(died, || self.0.break_lock(lock))
    }

    fn commit(&mut self, lock: &str, changes: &Changeset) -> Result<u64, StateError> {
        self.1.effect(died, || self.0.commit(lock, changes))
    }

    fn depart(&mut self, lock: &str, departure: &Departure) -> Result<u64, StateError> {
        self.1.effect(died, || self.0.depart(lock, departure))
    }

    fn scrub(&mut self, lock: &str) -> Result<(), StateError> {
        self.1.effect(died, || self.0.scrub(lock))
    }

    fn restore(&mut self, lock: &str, document: &serde_json::Value, force: bool) -> Result<u64, StateError> {
        self.1.effect(died, || self.0.restore(lock, document, force))
    }

    fn delivered(&mut self, lock: &str, delivery: u64) -> Result<(), StateError> {
        self.1.effect(died, || self.0.delivered(lock, delivery))
    }
}

pub(super) struct MortalSystem<'a>(pub(super) &'a MemorySystem, pub(super) &'a Fuse);

fn killed() -> io::Error {
    io::Error::other("killed")
}

impl System for MortalSystem<'_> {
    fn now(&self) -> Now {
        self.0.now()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.0.env(name)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.1.alive(killed).and_then(|()| self.0.read(path))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send>> {
        self.1.alive(killed).and_then(|()| self.0.open(path))
    }

    fn map(&self, path: &Path) -> io::Result<bytes::Bytes> {
        self.1.alive(killed).and_then(|()| self.0.map(path))
    }

    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        self.1.alive(killed).and_then(|()| self.0.info(path))
    }

    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.1.alive(killed).and_then(|()| self.0.files_below(folder))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.is_folder(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.1.effect(killed, || self.0.create_folder(path))
    }

    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        self.1.effect(killed, || self.0.write_atomic(path, content))
    }

    fn create_private(&self, path: &Path) -> io::Result<Box<dyn io::Write + Send>> {
        self.1.effect(killed, || self.0.create_private(path))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.1.effect(killed, || self.0.remove(path))
    }
}

/// Two plans: audiences come with a split among them; then one is renamed, one deleted, and one takes its address.
fn story() -> [(std::ops::Range<i64>, Vec<Change>); 2] {
    let push = || VariantName::Variant(name("push"));
    let first = vec![
        change(Action::Create, "lapsed", Some(audience("lapsed")))
            .people(&[0, 1, 2, 3], &[0, 1, 2, 3], &[])
            .to("warehouse", push(), &[0, 1], &[])
            .to("warehouse", VariantName::Control, &[2, 3], &[])
            .to("archive", push(), &[0, 1], &[]),
        change(Action::Create, "vip", Some(audience("vip"))).people(&[4], &[4], &[]).to(
            "warehouse",
            VariantName::Whole,
            &[4],
            &[],
        ),
    ];
    let second = vec![
        change(Action::Delete, "vip", None).people(&[], &[], &[4]).to("warehouse", VariantName::Whole, &[], &[4]),
        change(Action::Update, "vip", Some(audience("vip")))
            .renamed_from("lapsed")
            .people(&[1, 2, 5], &[5], &[0, 3])
            .to("warehouse", push(), &[5], &[0])
            .to("warehouse", VariantName::Control, &[], &[3])
            .to("archive", push(), &[5], &[0]),
    ];
    [(0..5, first), (5..6, second)]
}

/// Lives through the story with a run that dies after some effects; each later run may do `again` of them, or all.
/// Gives everything that can be seen at the end, and how often a run died.
fn live(effects: i64, after_effect: bool, again: i64) -> (String, usize) {
    let world = World::new();
    let mut deaths = 0;
    let mut left = effects;
    for (step, (new_users, changes)) in story().into_iter().enumerate() {
        loop {
            let is_recorded = world.state().head().unwrap().serial > step as u64;
            let plan =
                if is_recorded { world.plan(0..0, vec![]) } else { world.plan(new_users.clone(), changes.clone()) };
            let fuse = Fuse::new(left, after_effect);
            let mut state = MortalState(world.state(), &fuse);
            let system = MortalSystem(&world.system, &fuse);
            let outcome = world.apply_with(&plan, &mut state, &system, &|_| {}, &AtomicBool::new(false));
            if !fuse.dead.load(Ordering::Relaxed) {
                let outcome = outcome.unwrap();
                assert!(outcome.faults.is_empty() && outcome.pending == 0, "{outcome:?}");
                left = fuse.left.load(Ordering::Relaxed);
                break;
            }
            deaths += 1;
            left = again;
            // What a person does after a crash.
            let mut state = world.state();
            if let Some(holder) = state.lock_info().unwrap() {
                state.break_lock(&holder.id).unwrap();
            }
        }
    }
    (seen(&world), deaths)
}

fn seen(world: &World) -> String {
    let state = world.state();
    assert!(state.lock_info().unwrap().is_none());
    let mut snapshot = state.snapshot().unwrap();
    snapshot.lineage.clear(); // each state has its own
    let journal = state.journal_since(i64::MIN).unwrap();
    let revisions: Vec<_> = (1..4).map(|audience| state.revisions(audience).unwrap()).collect();
    format!("{snapshot:#?}\n{journal:#?}\n{revisions:#?}\n{:#?}", world.files())
}

#[test]
fn a_run_that_dies_anywhere_can_be_taken_up_again() {
    let (undisturbed, deaths) = live(i64::MAX, false, i64::MAX);
    assert_eq!(deaths, 0);
    // More than the story has, so that the last runs are undisturbed again.
    let runs: Vec<(i64, bool)> = (0..40).flat_map(|effects| [(effects, false), (effects, true)]).collect();
    let deaths: usize = (runs.into_par_iter())
        .map(|(effects, after_effect)| {
            let (disturbed, deaths) = live(effects, after_effect, i64::MAX);
            assert_eq!(disturbed, undisturbed, "died at effect {effects}");
            deaths
        })
        .sum();
    assert!((60..80).contains(&deaths), "{deaths} runs died");
}

#[test]
fn runs_that_die_again_and_again_get_there() {
    let (undisturbed, _) = live(i64::MAX, false, i64::MAX);
    for (effects, after_effect) in [(6, false), (6, true), (7, false), (9, true), (11, false)] {
        let (disturbed, deaths) = live(effects, after_effect, effects);
        assert_eq!(disturbed, undisturbed);
        assert!(deaths > 2, "{effects}: {deaths}");
    }
}
