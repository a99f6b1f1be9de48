//! Sizes before anything is deployed, and what if.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::audiences::find_audience;
use super::{Defined, Workbench, WorkbenchError};
use crate::base::{Address, Now, OutputName, SourceMap, suggest};
use crate::catalog::ProfileField;
use crate::diagnostic::Diagnostic;
use crate::estimate::{
    Balance, Basis, Detail, Effort, Estimates, History, Obstacle, Reach, Size, Sweep, SweepRequest, Trial, balance,
    estimate, history, reach, sweep,
};
use crate::eval::Stored;
use crate::ir::Audience;
use crate::plan;
use crate::store::Store;
use crate::system::Overlay;

/// The name of a file that was not saved, inside the folder of the definitions.
const UNSAVED: &str = "standard-input.aud";

/// What to estimate, and how.
#[derive(Clone, Debug)]
pub struct EstimateRequest {
    /// The audiences by address; where there are none, all, or with an unsaved file those in it.
    pub audiences: Vec<String>,
    /// How many users are asked.
    pub effort: Effort,
    /// Whether each criterion is asked about too.
    pub detail: Detail,
    /// The `now` of the evaluation.
    pub now: Now,
}

/// Estimates, with what they are about.
#[derive(Debug)]
pub struct Estimated {
    /// The estimates.
    pub estimates: Estimates,
    /// What each output can receive of each audience, in the order of the estimates; nothing where only sizes were asked for.
    pub reach: Vec<Vec<Reach>>,
    /// Warnings about the definitions.
    pub warnings: Vec<Diagnostic>,
    /// The texts that the warnings point into.
    pub sources: SourceMap,
}

impl Workbench {
    /// The same project with a file that was not saved: in the place of `path`, which is taken from the working directory, or beside all others.
    ///
    /// # Errors
    /// A wrong project file.
    pub fn with_unsaved(&self, text: Vec<u8>, path: Option<&Path>) -> Result<(Self, PathBuf), WorkbenchError> {
        let audiences = self.project()?.audiences;
        if str::from_utf8(&text).is_err() {
            return Err(WorkbenchError::Unknown("standard input is not UTF-8".to_owned()));
        }
        let path = match path {
            None => audiences.join(UNSAVED),
            Some(path) => inside(&audiences, path)?,
        };
        let system = Arc::new(Overlay::new(self.system.clone(), path.clone(), text));
        let workbench = Self {
            system,
            folder: self.folder.clone(),
            environment: self.environment.clone(),
            parsed: Default::default(),
            analyzed: Default::default(),
        };
        Ok((workbench, path))
    }

    /// Estimates audiences as written, where it is asked for with their criteria and what outputs can receive. Of an `unsaved` file, those in it are meant where none is named.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience.
    pub fn estimate(&self, request: &EstimateRequest, unsaved: Option<&Path>) -> Result<Estimated, WorkbenchError> {
        let (defined, stored) = self.defined_and_stored()?;
        let audiences = asked(&defined, request, unsaved)?;
        let store = &defined.store;
        let estimates = estimate(basis(&defined, &stored, request.now), &audiences, request.detail, request.effort);
        let of_audience = |each: &crate::estimate::AudienceEstimate| {
            let outputs = each.audience.connections.iter().map(|connection| &connection.output);
            let outputs: BTreeMap<&OutputName, _> =
                outputs.filter_map(|output| defined.project.outputs.get_key_value(output)).collect();
            let all = if outputs.is_empty() { defined.project.outputs.iter().collect() } else { outputs };
            reach(&estimates.frame, store, &each.members, all.into_iter().map(|(name, output)| (name, output.kind)))
        };
        let reached = if request.detail == Detail::Criteria { &*estimates.audiences } else { &[] };
        let reach = reached.iter().map(of_audience).collect();
        store.ensure_whole()?;
        Ok(Estimated { estimates, reach, warnings: defined.warnings, sources: defined.sources })
    }

    /// Varies a number of one audience.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience or criterion.
    pub fn sweep(
        &self,
        request: &EstimateRequest,
        unsaved: Option<&Path>,
        vary: &SweepRequest,
    ) -> Result<(Audience, Sweep), WorkbenchError> {
        let (defined, stored) = self.defined_and_stored()?;
        let audience = one(&asked(&defined, request, unsaved)?)?;
        let swept = sweep(basis(&defined, &stored, request.now), audience, vary, request.effort)?;
        defined.store.ensure_whole()?;
        Ok((audience.clone(), swept))
    }

    /// How one audience behaved over the `days` before `now`, and behaves over those `ahead` by time alone. `told` hears how many days are done.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience.
    pub fn backtest(
        &self,
        request: &EstimateRequest,
        unsaved: Option<&Path>,
        (days, ahead): (u32, u32),
        told: &(dyn Fn(u64) + Sync),
    ) -> Result<History, WorkbenchError> {
        let (defined, stored) = self.defined_and_stored()?;
        let audience = one(&asked(&defined, request, unsaved)?)?;
        let basis = basis(&defined, &stored, request.now);
        let history = history(basis, audience, (days, ahead), request.effort, told);
        defined.store.ensure_whole()?;
        Ok(history)
    }

    /// Holds the split of one audience against its shares, and against the values of attributes. Everybody is asked.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience, one without a split.
    pub fn balance(
        &self,
        request: &EstimateRequest,
        unsaved: Option<&Path>,
        attributes: &[String],
    ) -> Result<(Audience, Balance), WorkbenchError> {
        let (defined, stored) = self.defined_and_stored()?;
        let audience = one(&asked(&defined, request, unsaved)?)?;
        let Defined { model, store, .. } = &defined;
        attributes.iter().try_for_each(|attribute| has_attribute(store, audience, attribute))?;
        let snapshot = self.snapshot(&defined)?;
        let record = snapshot.audiences.iter().find(|record| record.definition.address == audience.address);
        let no_split = || WorkbenchError::Unknown(format!("`{}` has no split", audience.address));
        let salt = plan::salt(&model.project, audience, record).ok_or_else(no_split)?;
        let mut trial = Trial::new(basis(&defined, &stored, request.now));
        let question = trial.ask_audience(audience);
        let members = trial.answer(Effort::Exact).into_members(question);
        let balance = balance(store, audience, &salt, &members, attributes).ok_or_else(no_split)?;
        store.ensure_whole()?;
        Ok((audience.clone(), balance))
    }

    /// Sizes of what is not evaluated yet, for lists.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data.
    pub fn sizes(
        &self,
        audiences: &[&Audience],
        now: Now,
    ) -> Result<BTreeMap<Address, Result<Size, Obstacle>>, WorkbenchError> {
        if audiences.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (defined, stored) = self.defined_and_stored()?;
        let estimates = estimate(basis(&defined, &stored, now), audiences, Detail::Sizes, Effort::Quick);
        defined.store.ensure_whole()?;
        Ok(estimates.audiences.into_iter().map(|each| (each.audience.address, each.size)).collect())
    }

    fn defined_and_stored(&self) -> Result<(Defined, Stored), WorkbenchError> {
        let defined = self.defined()?;
        let stored = self.stored(&defined)?;
        Ok((defined, stored))
    }
}

fn basis<'d>(defined: &'d Defined, stored: &'d Stored, now: Now) -> Basis<'d> {
    Basis { model: &defined.model, store: &defined.store, now, stored }
}

/// Where a file of definitions lies, as a search below their folder finds it.
pub(super) fn inside(audiences: &Path, path: &Path) -> Result<PathBuf, WorkbenchError> {
    let plain = |path: &Path| -> io::Result<PathBuf> {
        let mut plain = PathBuf::new();
        for part in std::path::absolute(path)?.components() {
            match part {
                Component::ParentDir => drop(plain.pop()),
                other => plain.push(other),
            }
        }
        Ok(plain)
    };
    let (asked, folder) = (plain(path)?, plain(audiences)?);
    let below = asked.strip_prefix(&folder).ok().filter(|below| below.extension().is_some_and(|kind| kind == "aud"));
    let below = below.ok_or_else(|| {
        let (path, folder) = (path.display(), audiences.display());
        WorkbenchError::Unknown(format!("`{path}` is no `.aud` file below `{folder}`, where the definitions lie"))
    })?;
    Ok(audiences.join(below))
}

/// The audiences that a request names; all of a file that was not saved, or all.
fn asked<'d>(
    defined: &'d Defined,
    request: &EstimateRequest,
    unsaved: Option<&Path>,
) -> Result<Vec<&'d Audience>, WorkbenchError> {
    if !request.audiences.is_empty() {
        return request.audiences.iter().map(|address| find_audience(defined, address)).collect();
    }
    let all = defined.model.audiences.values();
    let Some(path) = unsaved else { return Ok(all.collect()) };
    let shown = path.strip_prefix(&defined.project.folder).unwrap_or(path);
    let file = defined.sources.iter().find(|(_, source)| source.path == shown).map(|(id, _)| id);
    let inside: Vec<&Audience> =
        all.filter(|audience| audience.origin.0.is_some_and(|span| Some(span.source) == file)).collect();
    if inside.is_empty() {
        return Err(WorkbenchError::Unknown("standard input defines no audience".to_owned()));
    }
    Ok(inside)
}

/// Whether any profile of the audience's workspaces has an attribute.
fn has_attribute(store: &Store, audience: &Audience, attribute: &str) -> Result<(), WorkbenchError> {
    let fields = audience.workspaces.iter().filter_map(|workspace| store.users.fields.get(workspace));
    let names = fields.flat_map(|fields| fields.keys()).filter_map(|field| match field {
        ProfileField::Attribute(name) => Some(name.as_str()),
        _ => None,
    });
    let names: BTreeSet<&str> = names.collect();
    if names.contains(attribute) {
        return Ok(());
    }
    let hint = suggest::hint(attribute, names);
    Err(WorkbenchError::Unknown(format!("no profile has an attribute `{attribute}`{hint}")))
}

/// The one audience that there must be.
fn one<'d>(audiences: &[&'d Audience]) -> Result<&'d Audience, WorkbenchError> {
    match audiences {
        [one] => Ok(one),
        several => Err(WorkbenchError::Unknown(format!(
            "this is about one audience, and {} are meant: name one",
            several.len()
        ))),
    }
}
