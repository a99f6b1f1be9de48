//! The audiences of a project, for looking at: lists, one in detail, its members.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use super::{Defined, Workbench, WorkbenchError};
use crate::base::{Address, Mpid, Now, suggest};
use crate::catalog::IdentityType;
use crate::eval;
use crate::ir::{Audience, Model, Status, VariantName};
use crate::members::Buckets;
use crate::plan;
use crate::state::{self, AudienceRecord, Metrics, Snapshot};

/// Which audiences to list.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Only audiences that carry all of these tags.
    pub tags: Vec<String>,
    /// Only audiences of this status.
    pub status: Option<Status>,
}

/// Whose members to give.
#[derive(Clone, Debug)]
pub struct WhoQuery {
    /// The audience.
    pub audience: String,
    /// Only this variant of it.
    pub variant: Option<String>,
    /// The types of identity to give; none unless asked for.
    pub identities: Vec<IdentityType>,
    /// The `now` of the evaluation.
    pub now: Now,
}

/// The members of an audience, in the order of their MPIDs.
#[derive(Clone, Debug, PartialEq)]
pub struct Who {
    /// Each member with the identities that were asked for.
    pub members: Vec<(Mpid, Vec<(IdentityType, String)>)>,
}

impl ListFilter {
    /// Whether an audience is to be listed.
    pub fn takes(&self, audience: &Audience) -> bool {
        self.tags.iter().all(|tag| audience.tags.contains(tag))
            && self.status.is_none_or(|status| status == audience.status)
    }
}

impl Workbench {
    /// Evaluates one audience as written, and gives its members.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience or variant, a draft, somebody who is half forgotten.
    pub fn who(&self, query: &WhoQuery) -> Result<Who, WorkbenchError> {
        let defined = self.defined()?;
        self.must_not_be_forgetting(&defined.project)?;
        let audience = find_audience(&defined, &query.audience)?;
        if audience.status == Status::Draft {
            return Err(draft(audience));
        }
        let only = BTreeSet::from([audience.address.clone()]);
        let stored = self.stored(&defined)?;
        let memberships = eval::evaluate(&defined.model, &defined.store, query.now, Some(&only), &stored);
        let mut rows = memberships.audiences.get(&audience.address).cloned().unwrap_or_default();
        if let Some(variant) = &query.variant {
            rows = self.variant_rows(&defined, audience, variant, &rows)?;
        }
        let members = described(&defined, &rows, &query.identities);
        defined.store.ensure_whole()?;
        Ok(Who { members })
    }

    fn variant_rows(
        &self,
        defined: &Defined,
        audience: &Audience,
        variant: &str,
        rows: &RoaringBitmap,
    ) -> Result<RoaringBitmap, WorkbenchError> {
        let split = audience.split.as_ref().ok_or_else(|| {
            WorkbenchError::Unknown(format!("`{}` has no split, so it has no variants", audience.address))
        })?;
        let names: Vec<String> = split.names().map(|name| variant_word(&name)).collect();
        let at = names.iter().position(|name| name == variant).ok_or_else(|| {
            WorkbenchError::Unknown(format!("no variant `{variant}` in `{}`: it has {}", split.name, names.join(", ")))
        })?;
        let deployed = self.deployed(defined)?;
        let record = deployed.iter().find(|record| record.definition.address == audience.address);
        let salt = plan::salt(&defined.model.project, audience, record).unwrap_or_default();
        let buckets = Buckets::new(split.variants.iter().map(|each| each.share));
        let users = &defined.store.users;
        Ok(buckets.divide(&salt, rows, |row| users.mpid(row)).swap_remove(at))
    }

    /// All definitions as written, and the address of one of them.
    ///
    /// # Errors
    /// Definitions with errors, an unknown audience.
    pub fn written(&self, audience: &str) -> Result<(Model, Address), WorkbenchError> {
        let model = self.model()?;
        match model.audiences.get(audience).map(|audience| audience.address.clone()) {
            Some(address) => Ok((model, address)),
            None => Err(unknown(audience, model.audiences.keys())),
        }
    }

    /// Everything that is deployed.
    fn deployed(&self, defined: &Defined) -> Result<Vec<AudienceRecord>, WorkbenchError> {
        Ok(self.snapshot(defined)?.audiences)
    }

    /// The whole state.
    pub(super) fn snapshot(&self, defined: &Defined) -> Result<Snapshot, WorkbenchError> {
        Ok(state::open(self.system.clone(), &defined.project.state)?.snapshot()?)
    }
}

/// One audience in full: what is deployed, or what is written where nothing is.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The definition as deployed, else as written.
    pub definition: Audience,
    /// What is deployed.
    pub record: Option<AudienceRecord>,
    /// Size, adds and drops of 24 hours.
    pub metrics: Option<Metrics>,
    /// Members by variant, Control last.
    pub variants: Vec<(VariantName, u64)>,
    /// The audiences that nest it.
    pub nested_by: Vec<Address>,
    /// Whether a plan would change it.
    pub changed: bool,
}

/// One audience of a list: what is deployed with its counters, or what is written where nothing is.
#[derive(Clone, Debug)]
pub enum Listed {
    /// Deployed.
    Deployed(Box<AudienceRecord>, Metrics),
    /// Written only.
    Written(Box<Audience>),
}

impl Listed {
    /// The definition.
    pub fn definition(&self) -> &Audience {
        match self {
            Self::Deployed(record, _) => &record.definition,
            Self::Written(audience) => audience,
        }
    }

    /// Whether its members are known.
    pub fn is_evaluated(&self) -> bool {
        matches!(self, Self::Deployed(record, _) if record.members.is_some())
    }
}

/// What the list and the view of one audience start from.
struct Overview {
    written: BTreeMap<Address, Audience>,
    snapshot: Snapshot,
    metrics: BTreeMap<u64, Metrics>,
}

impl Workbench {
    /// Every audience that is deployed, and those that are only written, by address, with counters of the 24 hours up to
    /// `now`. Definitions with errors hide only
    /// what is not deployed.
    ///
    /// # Errors
    /// A wrong project file, or a state that cannot be read.
    pub fn list(&self, filter: &ListFilter, now: Now) -> Result<Vec<Listed>, WorkbenchError> {
        let Overview { mut written, snapshot, metrics } = self.overview(now)?;
        let mut listed: Vec<Listed> = Vec::new();
        for record in snapshot.audiences {
            written.remove(&record.definition.address);
            let counted = metrics.get(&record.id).copied().unwrap_or_default();
            listed.push(Listed::Deployed(Box::new(record), counted));
        }
        listed.extend(written.into_values().map(|audience| Listed::Written(Box::new(audience))));
        listed.retain(|each| filter.takes(each.definition()));
        listed.sort_by(|a, b| a.definition().address.cmp(&b.definition().address));
        Ok(listed)
    }

    /// One audience in full, with counters of the 24 hours up to `now`.
    ///
    /// # Errors
    /// A wrong project file, a state that cannot be read, or an address that is neither deployed nor written.
    pub fn show(&self, address: &str, now: Now) -> Result<Shown, WorkbenchError> {
        let Overview { written, snapshot, metrics } = self.overview(now)?;
        let record = snapshot.audiences.iter().find(|record| record.definition.address == *address).cloned();
        let definition = match (&record, written.get(address)) {
            (Some(record), _) => record.definition.clone(),
            (None, Some(audience)) => audience.clone(),
            (None, None) => {
                let deployed = snapshot.audiences.iter().map(|record| &record.definition.address);
                return Err(unknown(address, deployed.chain(written.keys())));
            }
        };
        let nests = |each: &Audience| each.nested().iter().any(|nested| *nested == address);
        let deployed = snapshot.audiences.iter().map(|record| &record.definition);
        let nested_by = deployed.chain(written.values()).filter(|each| nests(each)).map(|each| each.address.clone());
        Ok(Shown {
            nested_by: nested_by.collect::<BTreeSet<_>>().into_iter().collect(),
            changed: written.get(address).is_some_and(|audience| audience.fingerprint() != definition.fingerprint()),
            metrics: record
                .as_ref()
                .filter(|each| each.members.is_some())
                .and_then(|each| metrics.get(&each.id).copied()),
            variants: record.as_ref().map_or_else(Vec::new, |record| variant_sizes(record, &snapshot)),
            definition,
            record,
        })
    }

    fn overview(&self, now: Now) -> Result<Overview, WorkbenchError> {
        let state = self.state()?;
        let written = self.check().model.map_or_else(BTreeMap::new, |model| model.audiences);
        Ok(Overview { written, snapshot: state.snapshot()?, metrics: state.metrics(now)? })
    }
}

/// How many members each variant of a deployed audience has.
fn variant_sizes(record: &AudienceRecord, snapshot: &Snapshot) -> Vec<(VariantName, u64)> {
    let (Some(split), Some(salt), Some(members)) = (&record.definition.split, &record.salt, &record.members) else {
        return Vec::new();
    };
    let buckets = Buckets::new(split.variants.iter().map(|each| each.share));
    let parts = buckets.divide(salt, members, |number| snapshot.mpids.get(number as usize).copied());
    split.names().zip(parts.iter().map(RoaringBitmap::len)).collect()
}

/// An address that names no audience.
pub(super) fn unknown<'a>(address: &str, known: impl Iterator<Item = &'a Address>) -> WorkbenchError {
    let hint = suggest::hint(address, known.map(Address::as_str));
    WorkbenchError::Unknown(format!("no audience `{address}`{hint}"))
}

/// Drafts have no members.
pub(super) fn draft(audience: &Audience) -> WorkbenchError {
    WorkbenchError::Unknown(format!("`{}` is a draft, and drafts are not evaluated", audience.address))
}

/// The audience of an address.
pub(super) fn find_audience<'a>(defined: &'a Defined, address: &str) -> Result<&'a Audience, WorkbenchError> {
    let audiences = &defined.model.audiences;
    audiences.get(address).ok_or_else(|| unknown(address, audiences.keys()))
}

/// A variant as commands name it.
fn variant_word(name: &VariantName) -> String {
    name.to_string()
}

fn described(
    defined: &Defined,
    rows: &RoaringBitmap,
    identities: &[IdentityType],
) -> Vec<(Mpid, Vec<(IdentityType, String)>)> {
    let users = &defined.store.users;
    let mut members: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let asked = users.identities.of(row).filter(|each| identities.contains(&each.identity));
            let asked = asked.map(|each| (each.identity, each.value.to_owned())).collect();
            Some((users.mpid(row)?, asked))
        })
        .collect();
    members.sort_by_key(|(mpid, _)| *mpid);
    members
}
