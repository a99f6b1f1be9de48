//! Plan to effects and new state.
//!
//! In: a [`Plan`] and everything that it acts on ([`Context`]). Out: [`Outcome`]. Knows neither how a plan was made nor how
//! it is shown.
//!
//! What always holds:
//! - The lock is held from before the plan is compared with the state until the last delivery is noted.
//! - What changes is written in one transaction together with the deliveries that follow from it; only then is anything
//!   delivered. Each delivery is noted after it is durable.
//! - So a run may end anywhere: what it wrote holds, what it did not deliver is pending, and the next apply, whatever its
//!   plan, delivers that first. A delivery that was made and not noted is made again, with the same number and content.

mod changeset;
mod deliver;
mod forget;
mod outcome;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::base::OutputName;
use crate::plan::{self, MadeFrom, Plan};
use crate::project;
use crate::state::{LockInfo, StateWriter};
use crate::store::Store;
use crate::system::System;

pub use changeset::changeset;
pub use forget::{Deployed, ForgetError, ForgetOutcome, deployed, forget};
pub use outcome::{ApplyError, DeliveryFault, Outcome, Progress};

/// What a plan is applied to, and for whom.
pub struct Context<'a> {
    /// The state.
    pub state: &'a mut dyn StateWriter,
    /// The data that the plan was made from; it knows the users' identities.
    pub store: &'a Store,
    /// The outputs as configured.
    pub outputs: &'a BTreeMap<OutputName, project::Output>,
    /// The project's folder, where relative paths of outputs start.
    pub folder: &'a Path,
    /// Files and clock.
    pub system: &'a dyn System,
    /// Who applies, for the history.
    pub by: String,
    /// The git commit of the project, where there is one.
    pub commit: Option<String>,
    /// What others see while the lock is held.
    pub reason: String,
    /// Called as the work goes on.
    pub progress: &'a dyn Fn(Progress<'_>),
    /// Set from outside to stop between two steps, never inside one.
    pub cancelled: &'a AtomicBool,
    /// What to do while somebody else holds the lock.
    pub wait: Wait<'a>,
}

/// How long to wait for a lock that somebody else holds.
#[derive(Clone, Copy)]
pub struct Wait<'a> {
    /// How long at most, all pauses together.
    pub patience: Duration,
    /// Waits for that long, told who holds the lock, and says whether to go on.
    pub pause: &'a dyn Fn(Duration, &LockInfo) -> bool,
}

impl Wait<'_> {
    /// Does not wait.
    pub const NONE: Wait<'static> = Wait { patience: Duration::ZERO, pause: &|_, _| false };
}

impl Context<'_> {
    /// The same over other data.
    fn over<'s>(&'s mut self, store: &'s Store) -> Context<'s> {
        Context {
            state: &mut *self.state,
            store,
            outputs: self.outputs,
            folder: self.folder,
            system: self.system,
            by: self.by.clone(),
            commit: self.commit.clone(),
            reason: self.reason.clone(),
            progress: self.progress,
            cancelled: self.cancelled,
            wait: self.wait,
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// Applies a plan and makes every delivery that is pending, those of earlier runs included. A plan without changes writes
/// no commit and just delivers.
///
/// # Errors
/// [`ApplyError::Stale`], [`ApplyError::Cancelled`] and [`ApplyError::State`] before anything was written;
/// [`ApplyError::Undelivered`] after. What an output does not take is no error: it is among the outcome's faults.
pub fn apply(plan: &Plan, mut context: Context<'_>) -> Result<Outcome, ApplyError> {
    let Wait { patience, pause } = context.wait;
    let lock = context.state.wait_lock(&context.reason, patience, &mut |length, holder| pause(length, holder))?;
    let outcome = under_lock(plan, &mut context, &lock);
    let unlocked = context.state.unlock(&lock);
    let outcome = outcome?;
    unlocked.map_err(|source| ApplyError::Unlock { serial: outcome.serial, source })?;
    Ok(outcome)
}

fn under_lock(plan: &Plan, context: &mut Context<'_>, lock: &str) -> Result<Outcome, ApplyError> {
    let head = context.state.head()?;
    let current = MadeFrom {
        lineage: head.lineage,
        serial: head.serial,
        store: context.store.id.to_string(),
        data_version: context.store.version,
        ..plan.made_from.clone()
    };
    let differences = plan::stale(&plan.made_from, &current);
    if !differences.is_empty() {
        return Err(ApplyError::Stale(differences));
    }
    if context.is_cancelled() {
        return Err(ApplyError::Cancelled);
    }
    let mut outcome = Outcome { serial: head.serial, ..Outcome::default() };
    if !plan.changes.is_empty() {
        let changes = changeset(plan, context.system.now().0, &context.by, context.commit.as_deref(), &context.reason);
        outcome = Outcome::of(plan, context.state.commit(lock, &changes)?);
        (context.progress)(Progress::Committed { serial: outcome.serial });
    }
    let serial = outcome.serial;
    deliver::pending(context, lock, &mut outcome).map_err(|source| ApplyError::Undelivered { serial, source })?;
    Ok(outcome)
}
