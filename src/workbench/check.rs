//! From a folder to checked definitions.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use super::{Workbench, WorkbenchError};
use crate::analyze::{self, Versions, analyze_again};
use crate::base::{Address, Fingerprint, SourceMap};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::ir::{Model, Scenario};
use crate::project::Project;
use crate::state;
use crate::store::{self, Store};

/// A project with everything that was found wrong with it.
#[derive(Debug)]
pub struct Checked {
    /// The texts that the diagnostics point into.
    pub sources: SourceMap,
    /// What was found, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The project file, where it could be read.
    pub project: Option<Project>,
    /// The audiences, where there was no error.
    pub model: Option<Model>,
    /// The tests, in the order of the files; those with an error are left out.
    pub scenarios: Vec<Scenario>,
}

/// A project without errors.
#[derive(Debug)]
pub struct Defined {
    /// The texts, for what points into them.
    pub sources: SourceMap,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// The project file.
    pub project: Project,
    /// The audiences.
    pub model: Model,
    /// The data.
    pub store: Store,
}

impl Checked {
    /// Whether anything stops a plan.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|each| each.severity == Severity::Error)
    }
}

impl Workbench {
    /// Checks the project file and every definition against each other, the data and what is deployed. Data or a state
    /// that cannot be read does not stop a check: it is then made without them.
    pub fn check(&self) -> Checked {
        self.check_with_data().0
    }

    /// Checks, and asks for no errors.
    ///
    /// # Errors
    /// [`WorkbenchError::Invalid`] with everything found; [`WorkbenchError::Store`] where the data cannot be read.
    pub fn defined(&self) -> Result<Defined, WorkbenchError> {
        let (checked, store) = self.check_with_data();
        let store = store.transpose()?;
        match (checked.has_errors(), checked) {
            (false, Checked { sources, diagnostics, project: Some(project), model: Some(model), .. }) => {
                let store = store.map_or_else(|| store::open(self.system(), &project.data_path), Ok)?;
                Ok(Defined { sources, warnings: diagnostics, project, model, store })
            }
            (_, checked) => Err(WorkbenchError::Invalid(Box::new(checked))),
        }
    }

    /// Checks, and gives all definitions; data need not be there.
    ///
    /// # Errors
    /// [`WorkbenchError::Invalid`] with everything found.
    pub fn model(&self) -> Result<Model, WorkbenchError> {
        match self.check() {
            Checked { model: Some(model), .. } => Ok(model),
            checked => Err(WorkbenchError::Invalid(Box::new(checked))),
        }
    }

    fn check_with_data(&self) -> (Checked, Option<Result<Store, store::StoreError>>) {
        let mut sources = SourceMap::default();
        let (project, mut diagnostics) = match self.load_project(&mut sources) {
            Ok(loaded) => loaded,
            Err(unknown) => {
                let mut diagnostics = Diagnostics::default();
                diagnostics.push(Diagnostic::new(Code::UnknownReference, unknown.to_string()));
                (None, diagnostics)
            }
        };
        let Some(project) = project else {
            let diagnostics = diagnostics.into_sorted();
            return (Checked { sources, diagnostics, project: None, model: None, scenarios: Vec::new() }, None);
        };
        let files = {
            let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
            parsed.load(self.system(), &project, &mut sources, &mut diagnostics)
        };
        let (versions, files): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        files.iter().for_each(|file| diagnostics.append(file.diagnostics.clone()));
        let store = store::open(self.system(), &project.data_path);
        let detected = store.as_ref().map(Store::catalog).unwrap_or_default();
        let input = analyze::Input {
            project: &project,
            catalog: &detected.overlaid(project.declared.clone()),
            files: &files.iter().map(|file| &file.file).collect::<Vec<_>>(),
            deployed: &self.deployed_addresses(&project),
        };
        let versions = Versions { setting: setting(&sources, store.as_ref().ok()), files: &versions };
        let analysis = {
            let mut memory = self.analyzed.lock().unwrap_or_else(PoisonError::into_inner);
            analyze_again(input, versions, &mut memory)
        };
        diagnostics.append_elsewhere(analysis.diagnostics);
        let model = analysis.model.filter(|_| !Diagnostics::has_errors(&diagnostics));
        let diagnostics = diagnostics.into_sorted();
        let scenarios = analysis.scenarios;
        (Checked { sources, diagnostics, project: Some(project), model, scenarios }, Some(store))
    }

    /// The addresses in the state; none where it cannot be read.
    fn deployed_addresses(&self, project: &Project) -> BTreeSet<Address> {
        let state = state::open(self.system.clone(), &project.state);
        state.and_then(|state| state.addresses()).unwrap_or_default()
    }
}

/// What tells this project file and this data from any other.
fn setting(sources: &SourceMap, store: Option<&Store>) -> Fingerprint {
    let files = sources.iter().map(|(_, source)| source);
    let others = files.filter(|source| source.path.extension().is_none_or(|extension| extension != "aud"));
    let texts: Vec<&str> = others.map(|source| &*source.text).collect();
    // An empty store has another id each time that it is made.
    let data = store.filter(|store| store.version > 0).map(|store| (&*store.id, store.version));
    Fingerprint::of(format!("{texts:?} {data:?}"))
}
