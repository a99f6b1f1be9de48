//! Splits of audiences that are deployed: a running test is fixed, its salt is kept (M15, M16).

use std::collections::BTreeMap;

use super::moves::Pair;
use super::refusal::Refusal;
use super::scope;
use crate::base::Address;
use crate::ir::{Audience, Split, Status};
use crate::state::AudienceRecord;

/// A running test keeps its variants, their shares and its salt, since nobody's bucket may change (M15).
pub(super) fn changed(record: &AudienceRecord, after: &Audience) -> Option<Refusal> {
    let (old, new) = (record.definition.split.as_ref()?, after.split.as_ref()?);
    let shares = |split: &Split| split.variants.iter().map(|each| (each.name.clone(), each.share)).collect::<Vec<_>>();
    let other_salt = new.salt.as_ref().filter(|salt| record.salt.as_ref().is_some_and(|old| old != *salt));
    let same = shares(old) == shares(new) && other_salt.is_none();
    if old.name != new.name || record.definition.status != Status::Active || same {
        return None;
    }
    let text = |split: &Split, salt: Option<&String>| {
        let variants = split.variants.iter().map(|each| format!("{} {}%", each.name, each.share));
        let salt = other_salt.and(salt).map(|salt| format!("salt `{salt}`"));
        let parts: Vec<String> = variants.chain([format!("control {}%", split.control_share())]).chain(salt).collect();
        parts.join(", ")
    };
    Some(Refusal::SplitChanged {
        address: record.definition.address.clone(),
        split: old.name.clone(),
        deployed: text(old, record.salt.as_ref()),
        written: text(new, new.salt.as_ref()),
    })
}

/// The salt of an audience's split: set by hand, or kept since the split was first applied, or made of project, address
/// and split (M16). `record` is the audience as deployed, if it is; `None` without a split.
pub fn salt(project: &str, audience: &Audience, record: Option<&AudienceRecord>) -> Option<String> {
    let split = audience.split.as_ref()?;
    let same_name =
        |record: &&AudienceRecord| record.definition.split.as_ref().is_some_and(|old| old.name == split.name);
    let kept = record.filter(same_name).and_then(|record| record.salt.clone());
    let fresh = || format!("{project}/{}/{}", audience.address, split.name);
    Some(split.salt.clone().or(kept).unwrap_or_else(fresh))
}

/// Audiences whose test was to be replaced, and stays what it is.
pub(super) fn replaced_for_nothing(replace: &[Address], pairs: &BTreeMap<&Address, Pair<'_>>) -> Vec<Refusal> {
    let idle = |address: &Address| {
        let named = pairs.iter().find(|(key, pair)| **key == address || pair.renamed_from() == Some(address));
        let Some((_, pair)) = named else { return Some(scope::unknown(address, pairs)) };
        let is_replaced = pair.record.zip(pair.after).is_some_and(|(record, after)| changed(record, after).is_some());
        (!is_replaced).then(|| Refusal::NothingReplaced(address.clone()))
    };
    replace.iter().filter_map(idle).collect()
}
