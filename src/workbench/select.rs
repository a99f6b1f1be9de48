//! Which audiences a plan is limited to.
//!
//! In: addresses, tags, outputs, a git revision. Out: a [`Selection`] of addresses. Tags, outputs and the revision choose what fits all of them; targets that
//! are named come in addition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Defined, Workbench, WorkbenchError, git};
use crate::base::{Address, Name, OutputName, suggest};
use crate::ir::{Audience, Model};
use crate::plan::{self, Selection};
use crate::state::Snapshot;
use crate::system::{Overlay, System};

/// What a plan is to be limited to, as it was asked for. Nothing asked for is everything.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// These audiences.
    pub targets: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
    /// Audiences that carry all of these tags.
    pub tags: Vec<String>,
    /// Audiences that are connected to any of these outputs.
    pub outputs: Vec<String>,
    /// Audiences whose definition, or that of an audience that they nest, is another one than at this git revision.
    pub changed_since: Option<String>,
}

impl Select {
    fn chooses(&self) -> bool {
        !(self.tags.is_empty() && self.outputs.is_empty() && self.changed_since.is_none())
    }

    /// What chooses, in words.
    fn words(&self) -> Vec<String> {
        let tags = self.tags.iter().map(|tag| format!("tag {tag:?}"));
        let outputs = self.outputs.iter().map(|output| format!("output {output}"));
        tags.chain(outputs)
            .chain(self.changed_since.iter().map(|revision| format!("changed since {revision}")))
            .collect()
    }
}

impl Workbench {
    /// The selection by addresses.
    ///
    /// # Errors
    /// A word that is no address, an output that the project does not have, a revision that git does not know or whose definitions have errors.
    pub(super) fn select(
        &self,
        select: &Select,
        defined: &Defined,
        snapshot: &Snapshot,
    ) -> Result<Selection, WorkbenchError> {
        let named = addresses(&select.targets)?;
        let excluded = addresses(&select.exclude)?;
        if !select.chooses() {
            return Ok(Selection { targets: (!named.is_empty()).then_some(named), excluded, by: Vec::new() });
        }
        let outputs = outputs(&select.outputs, defined)?;
        let changed =
            select.changed_since.as_ref().map(|revision| self.changed_since(revision, &defined.model)).transpose()?;
        let fits = |audience: &Audience| {
            let connects = || audience.connections.iter().any(|connection| outputs.contains(&connection.output));
            select.tags.iter().all(|tag| audience.tags.contains(tag)) && (outputs.is_empty() || connects())
        };
        let deployed = snapshot.audiences.iter().map(|record| &record.definition);
        // A tag or a connection that an edit takes away counts as well: otherwise that edit could not be chosen.
        let chosen = defined.model.audiences.values().chain(deployed).filter(|audience| fits(audience));
        let chosen: BTreeSet<&Address> = chosen.map(|audience| &audience.address).collect();
        let moved: BTreeSet<&Address> = plan::continued(&defined.model, snapshot)
            .into_iter()
            .filter(|(after, record)| after.address != record.definition.address)
            .map(|(_, record)| &record.definition.address)
            .collect();
        let chosen =
            chosen.into_iter().filter(|address| changed.as_ref().is_none_or(|changed| changed.contains(*address)));
        let targets: BTreeSet<Address> =
            chosen.filter(|address| !moved.contains(address)).cloned().chain(named).collect();
        Ok(Selection { targets: Some(targets.into_iter().collect()), excluded, by: select.words() })
    }

    /// The audiences that are not what they were at a revision, those that went included.
    fn changed_since(&self, revision: &str, model: &Model) -> Result<BTreeSet<Address>, WorkbenchError> {
        let mut system: Arc<dyn System> = self.system.clone();
        for (path, content) in git::changed_since(&self.folder, revision)? {
            // What was not there then is there without a definition.
            let content = content.unwrap_or_else(|| b"version 1\n".to_vec());
            system = Arc::new(Overlay::new(system, path, content));
        }
        let then = Self::open(system, &self.folder)?.model().map_err(|error| match error {
            WorkbenchError::Invalid(_) => WorkbenchError::Unknown(format!(
                "the definitions at `{revision}` have errors, so that they cannot be compared"
            )),
            other => other,
        })?;
        let (old, new) = (compared(&then), compared(model));
        let all = old.keys().chain(new.keys());
        Ok(all.filter(|address| old.get(*address) != new.get(*address)).map(|address| (*address).clone()).collect())
    }
}

/// What tells one audience from another one of the same address.
fn compared(model: &Model) -> BTreeMap<&Address, (crate::base::Fingerprint, Option<crate::base::Fingerprint>)> {
    let keys = plan::keys(model);
    model
        .audiences
        .iter()
        .map(|(address, audience)| (address, (audience.fingerprint(), keys.get(address).copied())))
        .collect()
}

pub(super) fn addresses(texts: &[String]) -> Result<Vec<Address>, WorkbenchError> {
    texts.iter().map(|text| Name::new(text).map_err(|error| WorkbenchError::Unknown(error.to_string()))).collect()
}

fn outputs(names: &[String], defined: &Defined) -> Result<BTreeSet<OutputName>, WorkbenchError> {
    let known = &defined.project.outputs;
    let find = |name: &String| {
        let found = known.keys().find(|known| known.as_str() == name).cloned();
        found.ok_or_else(|| {
            let hint = suggest::hint(name, known.keys().map(OutputName::as_str));
            WorkbenchError::Unknown(format!("aud.yaml has no output `{name}`{hint}"))
        })
    };
    names.iter().map(find).collect()
}
