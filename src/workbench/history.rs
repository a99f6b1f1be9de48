//! What became of an audience, and of one user in all audiences.
//!
//! In: an address that an audience has or had, or a user. Out: what happened, the latest first. Only the state is read; the data only where a user is
//! named by an identity. What comes out about a user holds nothing that names them.

use std::collections::BTreeMap;

use super::explain::find_user;
use super::{Workbench, WorkbenchError};
use crate::base::{Address, Mpid, Name, Timestamp, suggest};
use crate::ir::Audience;
use crate::plan;
use crate::state::{self, Commit, Known, StateReader};
use crate::store;

/// How much of a history to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// Nothing before this instant.
    pub since: Option<Timestamp>,
    /// At most this many steps, the latest.
    pub limit: Option<usize>,
}

/// The history of one audience.
#[derive(Clone, Debug, PartialEq)]
pub struct AudienceHistory {
    /// Its number.
    pub id: u64,
    /// The address that it has, or had when it was deleted.
    pub address: Address,
    /// When and by whom it was deleted.
    pub deleted: Option<(Timestamp, String)>,
    /// What happened, the latest first.
    pub steps: Vec<HistoryStep>,
}

/// Everything that one commit did to an audience.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryStep {
    /// When it was applied. Of what a format before 4 wrote, which knows no commits, as much as is known.
    pub at: Timestamp,
    /// By whom; `None` where that is not recorded.
    pub by: Option<String>,
    /// The git commit of the project.
    pub commit: Option<String>,
    /// What for, such as `apply`.
    pub reason: Option<String>,
    /// The serial of the commit.
    pub serial: Option<u64>,
    /// What it did, in the order in which it reads best.
    pub happened: Vec<Happened>,
}

/// One thing that happened to an audience.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// It was created, with its first definition.
    Created,
    /// It got another address.
    Renamed {
        /// The address that it had.
        from: Address,
        /// The address that it got.
        to: Address,
    },
    /// It got another definition.
    Revised {
        /// The number of the revision.
        revision: u64,
        /// The names of the fields that differ from the revision before, and `address` where that does; none where something else had written to the state.
        fields: Vec<String>,
    },
    /// It was deleted.
    Deleted,
    /// Its members changed.
    Members {
        /// The `now` of the evaluation.
        now: Timestamp,
        /// How many entered.
        adds: u64,
        /// How many left.
        drops: u64,
    },
}

/// Where one user was.
#[derive(Clone, Debug, PartialEq)]
pub struct UserHistory {
    /// The MPID, where that is what was asked for.
    pub mpid: Option<Mpid>,
    /// Whom they entered and left, the latest first.
    pub passages: Vec<Passage>,
}

/// One user entered or left one audience.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The audience's number.
    pub audience: u64,
    /// The address that it has, or had when it was deleted.
    pub address: Address,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Whether the user entered, rather than left.
    pub entered: bool,
    /// The `now` of the evaluation.
    pub now: Timestamp,
    /// The revision that was in force.
    pub revision: u64,
    /// The serial of the commit.
    pub serial: u64,
    /// The commit; `None` where a format before 4 wrote it.
    pub by_commit: Option<Commit>,
}

impl HistoryFilter {
    /// Keeps of what is in order, the latest first, what was asked for.
    fn apply<T>(self, all: &mut Vec<T>, at: impl Fn(&T) -> Timestamp) {
        all.retain(|each| self.since.is_none_or(|since| at(each) >= since));
        all.truncate(self.limit.unwrap_or(usize::MAX));
    }
}

impl Workbench {
    /// The history of every audience that has or had an address, by their numbers.
    ///
    /// # Errors
    /// An address that no audience ever had; a state that cannot be read.
    pub fn history(&self, address: &str, filter: HistoryFilter) -> Result<Vec<AudienceHistory>, WorkbenchError> {
        let state = self.state()?;
        let known = Name::new(address).ok().map(|name| state.known(&name)).transpose()?.unwrap_or_default();
        if known.is_empty() {
            let deployed = state.addresses()?;
            let hint = suggest::hint(address, deployed.iter().map(Address::as_str));
            return Err(WorkbenchError::Unknown(format!("no audience has or had the address `{address}`{hint}")));
        }
        let commits = commits(&*state)?;
        known.iter().map(|known| history_of(&*state, known, &commits, filter)).collect()
    }

    /// What one user entered and left. An MPID is found in the state alone, an identity with its type in the data.
    ///
    /// # Errors
    /// An identity that the data does not know, somebody who is half forgotten, a state or data that cannot be read.
    pub fn user_history(&self, user: &str, filter: HistoryFilter) -> Result<UserHistory, WorkbenchError> {
        let project = self.project()?;
        let asked: Option<Mpid> = user.parse().ok();
        let mpid = match asked {
            Some(mpid) => Some(mpid),
            None => {
                let store = store::open(self.system(), &project.data_path)?;
                let mpid = store.users.mpid(find_user(&store, user)?);
                store.ensure_whole()?;
                mpid
            }
        };
        self.must_not_be_forgetting(&project)?;
        let state = state::open(self.system.clone(), &project.state)?;
        let number = state.mpids()?.iter().position(|each| Some(*each) == mpid);
        let mut passages = match number.and_then(|number| u32::try_from(number).ok()) {
            Some(number) => passages(&*state, number)?,
            None => Vec::new(),
        };
        filter.apply(&mut passages, |passage| passage.now);
        Ok(UserHistory { mpid: asked, passages })
    }
}

fn commits(state: &dyn StateReader) -> Result<BTreeMap<u64, Commit>, WorkbenchError> {
    Ok(state.commits()?.into_iter().map(|commit| (commit.serial, commit)).collect())
}

/// The steps of a history while they are collected: commits by serial, and before them what has no commit, by time.
struct Steps<'a> {
    commits: &'a BTreeMap<u64, Commit>,
    found: BTreeMap<(Option<u64>, Timestamp), HistoryStep>,
}

impl Steps<'_> {
    /// The step of a serial; where no commit is recorded, the one of that time.
    fn step(&mut self, serial: Option<u64>, at: Timestamp) -> &mut HistoryStep {
        let commit = serial.and_then(|serial| self.commits.get(&serial));
        let at = commit.map_or(at, |commit| commit.at);
        self.found.entry((commit.map(|commit| commit.serial), at)).or_insert_with(|| HistoryStep {
            at,
            by: commit.map(|commit| commit.by.clone()),
            commit: commit.and_then(|commit| commit.commit.clone()),
            reason: commit.map(|commit| commit.reason.clone()),
            serial,
            happened: Vec::new(),
        })
    }
}

fn history_of(
    state: &dyn StateReader,
    known: &Known,
    commits: &BTreeMap<u64, Commit>,
    filter: HistoryFilter,
) -> Result<AudienceHistory, WorkbenchError> {
    let mut steps = Steps { commits, found: BTreeMap::new() };
    let mut revisions = state.revisions(known.id)?;
    // The first definition comes with the creation, and there the one before it does not exist.
    let addresses = state.addresses_of(known.id)?;
    let created = revisions.first().and_then(|first| first.serial);
    let step = steps.step(created, known.created.0);
    step.by.get_or_insert_with(|| known.created.1.clone());
    step.happened.push(Happened::Created);
    for pair in addresses.windows(2) {
        if let [(_, from), (serial, to)] = pair
            && from != to
        {
            let renamed = Happened::Renamed { from: from.clone(), to: to.clone() };
            steps.step(Some(*serial), known.created.0).happened.push(renamed);
        }
    }
    revisions.sort_by_key(|revision| revision.revision);
    for pair in revisions.windows(2) {
        if let [before, after] = pair {
            let step = steps.step(after.serial, after.at);
            step.by.get_or_insert_with(|| after.by.clone());
            step.commit = step.commit.take().or_else(|| after.commit.clone());
            let fields = differing(&before.definition, &after.definition);
            step.happened.push(Happened::Revised { revision: after.revision, fields });
        }
    }
    if let Some((at, by)) = &known.deleted {
        let step = steps.step(known.deleted_serial, *at);
        step.by.get_or_insert_with(|| by.clone());
        step.happened.push(Happened::Deleted);
    }
    for entry in state.journal_of(known.id)? {
        let members = Happened::Members { now: entry.at, adds: entry.adds.len(), drops: entry.drops.len() };
        steps.step(Some(entry.serial), entry.at).happened.push(members);
    }
    let mut steps: Vec<HistoryStep> = steps.found.into_values().rev().collect();
    filter.apply(&mut steps, |step| step.at);
    Ok(AudienceHistory { id: known.id, address: known.address.clone(), deleted: known.deleted.clone(), steps })
}

/// The names of the fields that differ, and `address` where that does.
fn differing(before: &Audience, after: &Audience) -> Vec<String> {
    let address = (before.address != after.address).then(|| "address".to_owned());
    address.into_iter().chain(plan::differing(before, after)).collect()
}

/// Whom a user number entered and left, the latest first.
fn passages(state: &dyn StateReader, number: u32) -> Result<Vec<Passage>, WorkbenchError> {
    let mut entries = state.journal_about(number)?;
    entries.sort_by_key(|entry| entry.serial);
    let deployed: BTreeMap<u64, Address> =
        state.snapshot()?.audiences.into_iter().map(|each| (each.id, each.definition.address)).collect();
    let commits = commits(state)?;
    let mut addresses: BTreeMap<u64, Address> = BTreeMap::new();
    let mut passages = Vec::new();
    for entry in entries.into_iter().rev() {
        let address = match (deployed.get(&entry.audience), addresses.get(&entry.audience)) {
            (Some(address), _) | (None, Some(address)) => address.clone(),
            (None, None) => {
                let Some((_, last)) = state.addresses_of(entry.audience)?.pop() else { continue };
                addresses.insert(entry.audience, last.clone());
                last
            }
        };
        passages.push(Passage {
            audience: entry.audience,
            address,
            deleted: !deployed.contains_key(&entry.audience),
            entered: entry.adds.contains(number),
            now: entry.at,
            revision: entry.revision,
            serial: entry.serial,
            by_commit: commits.get(&entry.serial).cloned(),
        });
    }
    Ok(passages)
}
