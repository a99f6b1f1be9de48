//! One measured run of a workload.
//!
//! In: a workload and what to measure. Out: a [`Run`]. Nothing is measured while something else of this process runs, except
//! that memory is watched during one more evaluation, which is not timed.

mod increment;
mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

pub use increment::Increments;

use super::answer::{Answer, answers};
use super::expected::Expected;
use super::profile::{KindTime, profile};
use super::reads::{Reads, reads};
use super::{Memory, Workload, WorkloadError};
use crate::base::Timestamp;
use crate::eval::{Program, Stored, evaluate};
use crate::members::Memberships;
use crate::store::Store;
use crate::system::System;

/// The version of the JSON form of [`Run`]. A change of form raises it.
const VERSION: u32 = 1;
/// How often memory is looked at during an evaluation.
const WATCH: Duration = Duration::from_millis(2);

/// What may be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Phase {
    /// Read the Parquet files into the store anew.
    Import,
    /// Open the store.
    Open,
    /// Evaluate all audiences.
    Evaluate,
    /// Evaluate the criteria kind by kind.
    Profile,
    /// Take new events and go on to a later instant.
    Increment,
}

/// What to run.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// The size of the data: a folder below `data`.
    pub size: String,
    /// How often each phase is measured.
    pub repeat: usize,
    /// How many threads evaluate.
    pub threads: usize,
    /// The folder of the store; `None` is one below the workload's folder. A store that is there for the same files is used
    /// again.
    pub store: Option<PathBuf>,
    /// What to measure.
    pub phases: Vec<Phase>,
}

/// What was measured: the document that `aud bench --json` prints. Times are seconds of the wall clock, one for each
/// repetition; sizes are bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The version of this form.
    pub version: u32,
    /// The size of the data.
    pub size: String,
    /// The instant of the evaluation, in ms since 1970.
    pub now: Timestamp,
    /// How many threads evaluated.
    pub threads: usize,
    /// How many users there are.
    pub users: u64,
    /// How many events there are.
    pub events: u64,
    /// How many audiences were evaluated.
    pub audiences: usize,
    /// How many different questions they ask of the data.
    pub leaves: usize,
    /// How many different combinations they make of them.
    pub nodes: usize,
    /// What the audiences ask of the data, each value counted once.
    pub reads: Reads,
    /// How much the store takes on disk.
    pub store_bytes: u64,
    /// Imports, where they were measured or had to be made.
    pub import: Imports,
    /// Openings of the store.
    pub open: Openings,
    /// Evaluations, where they were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluate: Option<Evaluations>,
    /// What each kind of criterion takes, where that was measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profile: Vec<KindTime>,
    /// Increments, where they were measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub increment: Option<Increments>,
}

/// Imports of the Parquet files into the store on disk, with its folder emptied before.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imports {
    /// The time of each.
    pub seconds: Vec<f64>,
    /// Memory after the last one; its peak is that of the imports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
}

/// Openings of the store.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Openings {
    /// The time of each, until users and events can be read.
    pub seconds: Vec<f64>,
    /// Memory after the last one.
    pub memory: Memory,
}

/// Evaluations of all audiences over the open store.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluations {
    /// The time of the first one in this process.
    pub first: f64,
    /// The times of the others, from the model to memberships that are kept as bitmaps.
    pub seconds: Vec<f64>,
    /// The times with the counting and the checksums of all memberships.
    pub with_answers: Vec<f64>,
    /// The most memory that was seen during an evaluation. Its peak is that of the whole process.
    pub memory: Memory,
    /// Whether every audience was answered as expected; `None` where nothing is expected.
    pub equal: Option<bool>,
    /// The audiences that were answered otherwise.
    pub differing: Vec<u64>,
    /// The answer to every audience.
    pub results: BTreeMap<u64, Answer>,
}

impl Run {
    /// Whether anything was answered otherwise than expected.
    pub fn differs(&self) -> bool {
        let evaluated = self.evaluate.as_ref().is_some_and(|evaluate| evaluate.equal == Some(false));
        evaluated || self.increment.as_ref().is_some_and(|increment| increment.equal == Some(false))
    }
}

/// Runs a workload.
///
/// # Errors
/// Its files cannot be read, or the store cannot be written or opened.
pub fn run(system: &dyn System, workload: &Workload, request: &RunRequest) -> Result<Run, WorkloadError> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build();
    let threads = threads.map_err(|cause| WorkloadError::Threads { threads: request.threads, cause })?;
    threads.install(|| measure(system, workload, request))
}

fn measure(system: &dyn System, workload: &Workload, request: &RunRequest) -> Result<Run, WorkloadError> {
    let asked = |phase| request.phases.contains(&phase);
    let files = store::Files::of(system, workload, request)?;
    let import = files.prepare(asked(Phase::Import).then_some(request.repeat))?;
    let (store, open) = files.open(if asked(Phase::Open) { request.repeat } else { 1 })?;
    let program = Program::new(&workload.model, None);
    let evaluate = asked(Phase::Evaluate).then(|| evaluations(system, workload, request, &store)).transpose()?;
    let profile = if asked(Phase::Profile) { profile(workload, &store, request.repeat) } else { Vec::new() };
    let increment = match asked(Phase::Increment) {
        true => increment::measure(system, workload, request, &store)?,
        false => None,
    };
    Ok(Run {
        version: VERSION,
        size: request.size.clone(),
        now: workload.now.0,
        threads: request.threads,
        users: store.user_count() as u64,
        events: store.event_count(),
        audiences: workload.numbers.len(),
        leaves: program.leaf_count(),
        nodes: program.node_count(),
        reads: reads(&workload.model, &store, workload.now),
        store_bytes: files.bytes(),
        import,
        open,
        evaluate,
        profile,
        increment,
    })
}

fn evaluations(
    system: &dyn System,
    workload: &Workload,
    request: &RunRequest,
    store: &Store,
) -> Result<Evaluations, WorkloadError> {
    let once = || evaluate(&workload.model, store, workload.now, None, &Stored::default());
    let (first, memberships) = timed(once);
    let results = answers(workload, store, &memberships);
    drop(memberships);
    let seconds = (0..request.repeat).map(|_| timed(once).0).collect();
    let with_answers = (0..request.repeat).map(|_| timed(|| answers(workload, store, &once())).0).collect();
    let memory = watched(system, once);
    let file = workload.folder.join(format!("expected_{}.json", request.size));
    let expected = Expected::read(system, &file)?.filter(|expected| expected.now == workload.now);
    let differing = expected.as_ref().map(|expected| expected.differing(&results));
    Ok(Evaluations {
        first,
        seconds,
        with_answers,
        memory,
        equal: differing.as_ref().map(Vec::is_empty),
        differing: differing.unwrap_or_default(),
        results: results.into_iter().collect(),
    })
}

/// How long something takes, and what it gives.
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let made = work();
    (start.elapsed().as_secs_f64(), made)
}

/// The most memory that is seen while something runs, and just after it.
fn watched(system: &dyn System, work: impl FnOnce() -> Memberships) -> Memory {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut most = Memory::default();
            while !done.load(Ordering::Relaxed) {
                most = most.max(Memory::now(system));
                std::thread::sleep(WATCH);
            }
            most
        });
        let made = work();
        let after = Memory::now(system);
        drop(made);
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap_or_default().max(after)
    })
}
