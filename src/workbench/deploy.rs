//! Plans and applies.

use std::sync::atomic::AtomicBool;

use super::sample::Explainer;
use super::select::{self, Select};
use super::uneven::{self, SplitWarning};
use super::{Defined, Workbench, WorkbenchError, git, standard};
use crate::apply::{self, Context, Outcome, Progress, Wait};
use crate::base::{Fingerprint, Now};
use crate::diagnostic::Diagnostic;
use crate::eval;
use crate::ir::Model;
use crate::members::Memberships;
use crate::outputs::{self, Directory};
use crate::plan::{self, Allowance, MadeFrom, Plan};
use crate::project::Project;
use crate::state::{self, OpenState, Snapshot};

/// What to plan.
#[derive(Clone, Debug)]
pub struct PlanRequest {
    /// The `now` of the evaluation.
    pub now: Now,
    /// What to limit the plan to.
    pub select: Select,
    /// The audiences whose running test may be replaced by one of the same name.
    pub replace: Vec<String>,
    /// Guards and assertions that may be broken.
    pub allowed: Vec<Allowance>,
    /// How many people are named for each reason to move, as examples.
    pub sample: usize,
}

impl PlanRequest {
    /// A plan of everything.
    pub fn at(now: Now) -> Self {
        Self { now, select: Select::default(), replace: Vec::new(), allowed: Vec::new(), sample: 0 }
    }
}

/// A plan with what was needed to make it.
#[derive(Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The project that it is for.
    pub defined: Defined,
    /// Splits that are about to be sent for the first time, and hardly come out like this by chance.
    pub split_warnings: Vec<SplitWarning>,
}

/// How to apply a plan.
pub struct ApplyRequest<'a> {
    /// What the journal and the lock say about the run, such as `aud apply`.
    pub reason: &'a str,
    /// Told of each delivery.
    pub progress: &'a dyn Fn(Progress<'_>),
    /// Set from outside to stop between two steps.
    pub cancelled: &'a AtomicBool,
    /// What to do while somebody else holds the lock.
    pub wait: Wait<'a>,
}

impl Workbench {
    /// What would change. Takes no lock and writes nothing.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data or state, and plans that are refused.
    pub fn plan(&self, request: &PlanRequest) -> Result<Planned, WorkbenchError> {
        let defined = self.defined()?;
        let plan = self.plan_of(&defined, request)?;
        Ok(Planned { split_warnings: uneven::split_warnings(&plan), plan, defined })
    }

    pub(super) fn plan_of(&self, defined: &Defined, request: &PlanRequest) -> Result<Plan, WorkbenchError> {
        let Defined { project, model, store, .. } = defined;
        self.must_not_be_forgetting(project)?;
        let snapshot = state::open(self.system.clone(), &project.state)?.snapshot()?;
        if let (0, Some((_, applied_over @ 1..))) = (store.version, snapshot.evaluated) {
            return Err(WorkbenchError::NoData(applied_over));
        }
        let selection = self.select(&request.select, defined, &snapshot)?;
        let replace = select::addresses(&request.replace)?;
        let stored = standard::stored(defined, &snapshot);
        let (keys, definitions) = rayon::join(|| plan::keys(model), || definitions(model));
        let due = plan::to_evaluate(model, &snapshot, &keys, store, request.now);
        let memberships = eval::evaluate(model, store, request.now, Some(&due), &stored);
        let until = eval::horizon(model, store, request.now, Some(&due), &stored);
        let redefined = plan::redefined(model, &snapshot, &keys);
        // Without an edit nobody asks for what was deployed.
        let deployed = (!redefined.is_empty() || request.sample > 0).then(|| deployed_model(model, &snapshot));
        let as_deployed = deployed.as_ref().map_or_else(
            || Memberships { now: request.now, data_version: store.version, audiences: Default::default() },
            |deployed| {
                let stored = standard::of_records(defined, &snapshot);
                eval::evaluate(deployed, store, request.now, Some(&redefined), &stored)
            },
        );
        let directory = Directory::new(store);
        let mut plan = plan::make(plan::Input {
            model,
            snapshot: &snapshot,
            memberships: &memberships,
            store,
            outputs: &project.outputs,
            reach: &|kind, mpids| outputs::reach(&directory, kind, mpids),
            selection: &selection,
            replace: &replace,
            allowed: &request.allowed,
            keys: &keys,
            until: &until,
            as_deployed: &as_deployed,
            sample: request.sample,
            environment: (project.environment.as_ref(), project.shadow),
            tool: env!("CARGO_PKG_VERSION"),
            definitions,
        });
        if let (Ok(plan), Some(deployed), 1..) = (&mut plan, &deployed, request.sample) {
            Explainer { defined, deployed, stored: &stored, now: request.now }.explain(plan);
        }
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
        let snapshot = state::open(self.system.clone(), &defined.project.state)?.snapshot()?;
        let current = MadeFrom {
            environment: defined.project.environment.clone(),
            shadow: defined.project.shadow,
            ..MadeFrom::new(
                env!("CARGO_PKG_VERSION"),
                definitions(&defined.model),
                &defined.project.outputs,
                &snapshot,
                &defined.store,
                plan.made_from.now,
            )
        };
        let differences = plan::stale(&plan.made_from, &current);
        if differences.is_empty() { Ok(defined) } else { Err(WorkbenchError::Stale(differences)) }
    }

    /// Applies a plan, then delivers everything that is still to be delivered.
    ///
    /// # Errors
    /// A held lock, a state that moved since the plan was made, and deliveries that fail.
    pub fn apply(&self, plan: &Plan, defined: &Defined, request: &ApplyRequest<'_>) -> Result<Outcome, WorkbenchError> {
        let mut state = state::open(self.system.clone(), &defined.project.state)?;
        Ok(apply::apply(
            plan,
            Context {
                state: &mut *state,
                store: &defined.store,
                outputs: &defined.project.outputs,
                folder: &defined.project.folder,
                system: self.system(),
                by: self.user(),
                commit: self.commit(),
                reason: request.reason.to_owned(),
                progress: request.progress,
                cancelled: request.cancelled,
                wait: request.wait,
            },
        )?)
    }

    /// The state of the project.
    ///
    /// # Errors
    /// A wrong project file, or a state that cannot be opened.
    pub fn state(&self) -> Result<OpenState, WorkbenchError> {
        let project = self.project()?;
        Ok(state::open(self.system.clone(), &project.state)?)
    }

    /// The project file alone, however wrong the definitions are.
    ///
    /// # Errors
    /// [`WorkbenchError::Invalid`] where the project file has errors.
    pub fn project(&self) -> Result<Project, WorkbenchError> {
        let mut sources = crate::base::SourceMap::default();
        match self.load_project(&mut sources)? {
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
    pub(super) fn commit(&self) -> Option<String> {
        git::commit(&self.folder)
    }
}

fn definitions(model: &Model) -> Fingerprint {
    // The model's maps are ordered, so its JSON is canonical.
    Fingerprint::of(serde_json::to_vec(model).unwrap_or_default())
}

/// What is deployed, as a model of its own.
fn deployed_model(written: &Model, snapshot: &Snapshot) -> Model {
    let definitions = snapshot.audiences.iter().map(|record| &record.definition);
    Model {
        project: written.project.clone(),
        audiences: definitions.map(|definition| (definition.address.clone(), definition.clone())).collect(),
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: written.event_retention,
        profile_retention: written.profile_retention,
    }
}
