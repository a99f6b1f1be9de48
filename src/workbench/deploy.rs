//! Plans and applies.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use super::{Defined, Workbench, WorkbenchError, standard};
use crate::apply::{self, Context, Outcome, Progress};
use crate::base::{Address, Fingerprint, Name, Now};
use crate::diagnostic::Diagnostic;
use crate::eval;
use crate::ir::Model;
use crate::outputs::{self, Directory};
use crate::plan::{self, MadeFrom, Plan};
use crate::project::Project;
use crate::state::{SqliteState, StateReader};

/// What to plan.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The `now` of the evaluation.
    pub now: Now,
    /// The audiences to limit the plan to; empty for all.
    pub targets: Vec<String>,
}

/// A plan with what was needed to make it.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The project that it is for.
    pub defined: Defined,
}

/// How to apply a plan.
pub struct ApplyRequest<'a> {
    /// What the journal and the lock say about the run, such as `aud apply`.
    pub reason: &'a str,
    /// Told of each delivery.
    pub progress: &'a dyn Fn(Progress<'_>),
    /// Set from outside to stop between two steps.
    pub cancelled: &'a AtomicBool,
}

impl Workbench {
    /// What would change. Takes no lock and writes nothing.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data or state, and plans that are refused.
    pub fn plan(&self, request: &PlanRequest) -> Result<Planned, WorkbenchError> {
        let defined = self.defined()?;
        let plan = self.plan_of(&defined, request)?;
        Ok(Planned { plan, defined })
    }

    fn plan_of(&self, defined: &Defined, request: &PlanRequest) -> Result<Plan, WorkbenchError> {
        let Defined { project, model, store, .. } = defined;
        self.must_not_be_forgetting(project)?;
        let targets = request.targets.iter().map(|target| checked_address(target)).collect::<Result<Vec<_>, _>>()?;
        let snapshot = SqliteState::open(self.system.clone(), &project.state_path)?.snapshot()?;
        if let (0, Some((_, applied_over @ 1..))) = (store.version, snapshot.evaluated) {
            return Err(WorkbenchError::NoData(applied_over));
        }
        let stored = standard::stored(defined, &snapshot);
        let memberships = eval::evaluate(model, store, request.now, None, &stored);
        let directory = Directory::new(store);
        let plan = plan::make(plan::Input {
            model,
            snapshot: &snapshot,
            memberships: &memberships,
            store,
            outputs: &project.outputs,
            reach: &|kind, mpids| outputs::reach(&directory, kind, mpids),
            targets: &targets,
            tool: env!("CARGO_PKG_VERSION"),
            definitions: definitions(model),
        });
        store.ensure_whole()?;
        Ok(plan?)
    }

    /// Compares a saved plan with the project, its data and its state as they are now, and gives the project.
    ///
    /// # Errors
    /// [`WorkbenchError::Stale`] with everything that differs, where anything does.
    pub fn still_fits(&self, plan: &Plan) -> Result<Defined, WorkbenchError> {
        let defined = self.defined()?;
        self.must_not_be_forgetting(&defined.project)?;
        let snapshot = SqliteState::open(self.system.clone(), &defined.project.state_path)?.snapshot()?;
        let current = MadeFrom::new(
            env!("CARGO_PKG_VERSION"),
            definitions(&defined.model),
            &defined.project.outputs,
            &snapshot,
            &defined.store,
            plan.made_from.now,
        );
        let differences = plan::stale(&plan.made_from, &current);
        if differences.is_empty() { Ok(defined) } else { Err(WorkbenchError::Stale(differences)) }
    }

    /// Applies a plan, then delivers everything that is still to be delivered.
    ///
    /// # Errors
    /// A held lock, a state that moved since the plan was made, and deliveries that fail.
    pub fn apply(&self, plan: &Plan, defined: &Defined, request: &ApplyRequest<'_>) -> Result<Outcome, WorkbenchError> {
        let mut state = SqliteState::open(self.system.clone(), &defined.project.state_path)?;
        Ok(apply::apply(
            plan,
            Context {
                state: &mut state,
                store: &defined.store,
                outputs: &defined.project.outputs,
                folder: &defined.project.folder,
                system: self.system(),
                by: self.user(),
                commit: self.commit(),
                reason: request.reason.to_owned(),
                progress: request.progress,
                cancelled: request.cancelled,
            },
        )?)
    }

    /// The state of the project.
    ///
    /// # Errors
    /// A wrong project file, or a state that cannot be opened.
    pub fn state(&self) -> Result<SqliteState, WorkbenchError> {
        let project = self.project()?;
        Ok(SqliteState::open(self.system.clone(), &project.state_path)?)
    }

    /// The project file alone, however wrong the definitions are.
    ///
    /// # Errors
    /// [`WorkbenchError::Invalid`] where the project file has errors.
    pub fn project(&self) -> Result<Project, WorkbenchError> {
        let mut sources = crate::base::SourceMap::default();
        match self.load_project(&mut sources) {
            (Some(project), diagnostics) if !diagnostics.has_errors() => Ok(project),
            (project, diagnostics) => {
                let diagnostics: Vec<Diagnostic> = diagnostics.into_sorted();
                Err(WorkbenchError::Invalid(Box::new(super::Checked {
                    sources,
                    diagnostics,
                    project,
                    model: None,
                    scenarios: Vec::new(),
                })))
            }
        }
    }

    /// Who runs this, as the journal records it.
    pub(super) fn user(&self) -> String {
        ["USER", "USERNAME", "LOGNAME"]
            .iter()
            .find_map(|name| self.system.env(name))
            .unwrap_or_else(|| "unknown".to_owned())
    }

    /// The git commit of the project folder, where there is one.
    fn commit(&self) -> Option<String> {
        git_commit(&self.folder)
    }
}

fn git_commit(folder: &Path) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(commit.trim().to_owned())
}

fn definitions(model: &Model) -> Fingerprint {
    // The model's maps are ordered, so its JSON is canonical.
    Fingerprint::of(serde_json::to_vec(model).unwrap_or_default())
}

fn checked_address(text: &str) -> Result<Address, WorkbenchError> {
    Name::new(text).map_err(|error| WorkbenchError::Unknown(error.to_string()))
}
