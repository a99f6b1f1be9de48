//! Forgetting a person.

use super::explain::{find_user, identity_type};
use super::{ApplyRequest, Workbench, WorkbenchError};
use crate::apply::{self, Context, Deployed, ForgetOutcome, Wait};
use crate::base::Mpid;
use crate::project::Project;
use crate::state;
use crate::store::{self, Footprint, Forgetting, Remembered, Store};

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToForget {
    /// A person, of whom so much is known.
    Person(Box<Known>),
    /// An earlier run about this person died, and only has to be finished.
    Begun,
    /// Nothing: the person was forgotten.
    Done,
}

/// Everything that is known of a person, counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    person: Forgetting,
    /// In the data.
    pub footprint: Footprint,
    /// In the state.
    pub deployed: Deployed,
}

impl Workbench {
    /// What there is to do to forget a person, given as an MPID or as an identity with its type: `email:ann@example.com`. Definitions
    /// need not be right; nothing is written.
    ///
    /// # Errors
    /// A wrong project file, unreadable data or state, an unknown person.
    pub fn to_forget(&self, user: &str) -> Result<ToForget, WorkbenchError> {
        let project = self.project()?;
        let store = store::open(self.system(), &project.data_path)?;
        self.found(&project, &store, user)
    }

    /// Whether anything is left to finish of earlier runs.
    ///
    /// # Errors
    /// A wrong project file, or unreadable data.
    pub fn is_forgetting(&self) -> Result<ToForget, WorkbenchError> {
        let begun = store::is_forgetting(self.system(), &self.project()?.data_path)?;
        Ok(if begun { ToForget::Begun } else { ToForget::Done })
    }

    /// Fails while somebody is being forgotten: the data may still know the person, and the state not any more. Asked after the data is
    /// opened, so that a run that begins meanwhile is seen.
    pub(super) fn must_not_be_forgetting(&self, project: &Project) -> Result<(), WorkbenchError> {
        match store::is_forgetting(self.system(), &project.data_path)? {
            true => Err(WorkbenchError::Forgetting),
            false => Ok(()),
        }
    }

    fn found(&self, project: &Project, store: &Store, user: &str) -> Result<ToForget, WorkbenchError> {
        let folder = &project.data_path;
        let mpid: Option<Mpid> = user.parse().ok();
        let identity = match (mpid, user.split_once(':')) {
            (None, Some((identity, value))) => Some((identity_type(identity)?, value)),
            _ => None,
        };
        let remembered = store::remembered(self.system(), folder, mpid, identity)?;
        if remembered == Remembered::Begun {
            return Ok(ToForget::Begun);
        }
        let state = state::open(self.system.clone(), &project.state)?;
        let snapshot = state.snapshot()?;
        let row = match (find_user(store, user), mpid) {
            (Ok(row), _) => Some(row),
            // Only the state knows the MPID: its data was lost, or lies elsewhere.
            (Err(_), Some(mpid)) if snapshot.mpids.contains(&mpid) => None,
            (Err(_), _) if remembered == Remembered::Done => return Ok(ToForget::Done),
            (Err(error), _) => return Err(error),
        };
        let person = match (row, mpid) {
            (Some(row), _) => store::forgetting(store, row),
            (None, mpid) => mpid.map(|mpid| Forgetting { mpid, row: None, identities: Vec::new() }),
        };
        let Some(person) = person else { return Ok(ToForget::Done) };
        store.ensure_whole()?;
        Ok(ToForget::Person(Box::new(Known {
            footprint: row.map(|row| store.footprint(row)).unwrap_or_default(),
            deployed: apply::deployed(&snapshot, person.mpid),
            person,
        })))
    }

    /// Forgets a person, if one is named, and finishes what earlier runs began.
    ///
    /// # Errors
    /// What [`to_forget`](Self::to_forget) says; an import under way; a held lock. After that, whatever keeps a step from being done: the
    /// next run goes on.
    pub fn forget(&self, user: Option<&str>, request: &ApplyRequest<'_>) -> Result<ForgetOutcome, WorkbenchError> {
        let project = self.project()?;
        let _held = self.hold_data(&project)?;
        let store = store::open(self.system(), &project.data_path)?;
        let person = match user.map(|user| self.found(&project, &store, user)).transpose()? {
            Some(ToForget::Person(known)) => Some(known.person),
            Some(ToForget::Begun | ToForget::Done) | None => None,
        };
        let mut state = state::open(self.system.clone(), &project.state)?;
        let context = Context {
            state: &mut *state,
            store: &store,
            outputs: &project.outputs,
            folder: &project.folder,
            system: self.system(),
            by: self.user(),
            commit: None,
            reason: request.reason.to_owned(),
            progress: request.progress,
            cancelled: request.cancelled,
            wait: Wait::NONE,
        };
        Ok(apply::forget(person.as_ref(), &project.data_path, context)?)
    }
}
