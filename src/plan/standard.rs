//! Standard audiences that were evaluated: their membership stays as stored, and what it was made from is fixed (M23).

use roaring::RoaringBitmap;

use super::connections;
use super::moves::Pair;
use super::refusal::Refusal;
use crate::base::Now;
use crate::ir::{Audience, Status};
use crate::state::{AudienceRecord, StandardState};

/// The membership that was stored, of an audience that was standard and stays it.
pub(super) fn stored<'a>(pair: &Pair<'a>) -> Option<&'a RoaringBitmap> {
    let (record, after) = (pair.record?, pair.after?);
    let stays = record.definition.standard.is_some() && after.standard.is_some() && after.status == Status::Active;
    record.members.as_ref().filter(|_| stays)
}

/// What a plan may not do to an audience that was evaluated.
pub(super) fn check(record: &AudienceRecord, after: &Audience, now: Now) -> Vec<Refusal> {
    let before = &record.definition;
    // Nothing holds a draft: it was never evaluated.
    if record.members.is_none() {
        return Vec::new();
    }
    let address = before.address.clone();
    if before.standard.is_none() {
        return Vec::from_iter(after.standard.map(|_| Refusal::BecomesStandard(address)));
    }
    let differing = [
        ("standard", before.standard != after.standard),
        ("match", before.criterion != after.criterion),
        ("workspaces", before.workspaces != after.workspaces),
        ("inputs", before.inputs != after.inputs),
        ("status", before.status != after.status),
    ];
    let fields: Vec<&str> = differing.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect();
    if !fields.is_empty() {
        return vec![Refusal::StandardChanged { address, fields }];
    }
    Vec::from_iter(expired(record, after, now))
}

/// Connections that would start after the audience expired. Those that it has stay.
fn expired(record: &AudienceRecord, after: &Audience, now: Now) -> Option<Refusal> {
    let Some(StandardState::Expired(since)) = record.standard_state(now) else { return None };
    let (old, new) = (connections::sending(Some(&record.definition)), connections::sending(Some(after)));
    let outputs: Vec<_> = new.difference(&old).map(|(_, output)| (*output).clone()).collect();
    let address = record.definition.address.clone();
    (!outputs.is_empty()).then_some(Refusal::StandardExpired { address, outputs, since })
}
