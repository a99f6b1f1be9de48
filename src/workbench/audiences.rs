//! The audiences of a project, for looking at: lists, one in detail, its members.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::{Defined, Workbench, WorkbenchError};
use crate::base::{Address, Mpid, Now, suggest};
use crate::catalog::IdentityType;
use crate::eval;
use crate::ir::{Audience, Status, VariantName};
use crate::members::Buckets;
use crate::state::{AudienceRecord, SqliteState, StateReader};

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
        self.tags.iter().all(|tag| audience.tags.contains(tag)) && self.status.is_none_or(|status| status == audience.status)
    }
}

impl Workbench {
    /// Evaluates one audience as written, and gives its members.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown audience or variant, a draft.
    pub fn who(&self, query: &WhoQuery) -> Result<Who, WorkbenchError> {
        let defined = self.defined()?;
        let audience = find_audience(&defined, &query.audience)?;
        if audience.status == Status::Draft {
            return Err(WorkbenchError::Unknown(format!("`{}` is a draft, and drafts are not evaluated", audience.address)));
        }
        let only = BTreeSet::from([audience.address.clone()]);
        let memberships = eval::evaluate(&defined.model, &defined.store, query.now, Some(&only));
        let mut rows = memberships.audiences.get(&audience.address).cloned().unwrap_or_default();
        if let Some(variant) = &query.variant {
            rows = self.variant_rows(&defined, audience, variant, &rows)?;
        }
        Ok(Who { members: described(&defined, &rows, &query.identities) })
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
        let salt = self.deployed(defined)?.into_iter().find(|record| record.definition.address == audience.address);
        let salt = salt
            .filter(|record| record.definition.split.as_ref().is_some_and(|deployed| deployed.name == split.name))
            .and_then(|record| record.salt);
        let salt = crate::plan::salt(&defined.model.project, audience, split, salt.as_deref());
        let buckets = Buckets::new(split.variants.iter().map(|each| each.share));
        let users = &defined.store.users;
        Ok(buckets.divide(&salt, rows, |row| users.mpid(row)).swap_remove(at))
    }

    /// Everything that is deployed.
    pub(super) fn deployed(&self, defined: &Defined) -> Result<Vec<AudienceRecord>, WorkbenchError> {
        Ok(SqliteState::open(self.system.clone(), &defined.project.state_path)?.snapshot()?.audiences)
    }
}

/// The audience of an address.
pub(super) fn find_audience<'a>(defined: &'a Defined, address: &str) -> Result<&'a Audience, WorkbenchError> {
    defined.model.audiences.get(address).ok_or_else(|| {
        let nearest = suggest::best(address, defined.model.audiences.keys().map(Address::as_str));
        let hint = nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        WorkbenchError::Unknown(format!("no audience `{address}`{hint}"))
    })
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
