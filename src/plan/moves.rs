//! Renames: which deployed audience is which written one.
//!
//! In: the model's `moved` lines and what is deployed. Out: for each written audience the deployed record that it
//! continues. Chains are followed; a move whose start is not deployed was applied before, or never concerned this state,
//! and is silently fine.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal::Refusal;
use crate::base::Address;
use crate::ir::{Audience, Model};
use crate::state::{AudienceRecord, Snapshot};

/// An audience as deployed and as written; at least one of the two.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    /// As deployed.
    pub record: Option<&'a AudienceRecord>,
    /// As written.
    pub after: Option<&'a Audience>,
}

impl<'a> Pair<'a> {
    /// The address that it had, where it gets another one.
    pub(super) fn renamed_from(&self) -> Option<&'a Address> {
        let before = &self.record?.definition.address;
        (*before != self.after?.address).then_some(before)
    }

    /// Whether the definition stays exactly as it is.
    pub(super) fn same_definition(&self) -> bool {
        matches!((self.record, self.after), (Some(record), Some(after)) if record.fingerprint == after.fingerprint())
    }
}

/// The written audiences that are deployed, each with the record that it continues, renames followed.
pub fn continued<'a>(model: &'a Model, snapshot: &'a Snapshot) -> Vec<(&'a Audience, &'a AudienceRecord)> {
    let deployed = snapshot.audiences.iter().map(|record| (&record.definition.address, record)).collect();
    // Moves that contradict each other are refused where a plan is made.
    let pairs = pair(model, &deployed, &mut Vec::new());
    pairs.into_values().filter_map(|pair| pair.after.zip(pair.record)).collect()
}

/// Every audience, deployed or written, under its address after the change (of a deletion: before it).
pub(super) fn pair<'a>(
    model: &'a Model,
    deployed: &BTreeMap<&'a Address, &'a AudienceRecord>,
    refusals: &mut Vec<Refusal>,
) -> BTreeMap<&'a Address, Pair<'a>> {
    let renames = resolve(model, deployed, refusals);
    let moved_away: BTreeSet<&Address> = renames.values().copied().collect();
    let mut pairs = BTreeMap::new();
    for (address, after) in &model.audiences {
        let from = renames.get(address).copied().unwrap_or(address);
        pairs.insert(address, Pair { record: deployed.get(from).copied(), after: Some(after) });
    }
    for (address, record) in deployed {
        if !model.audiences.contains_key(*address) && !moved_away.contains(*address) {
            pairs.insert(address, Pair { record: Some(record), after: None });
        }
    }
    pairs
}

/// New address to old address, for every deployed audience that moves.
fn resolve<'a>(
    model: &'a Model,
    deployed: &BTreeMap<&'a Address, &'a AudienceRecord>,
    refusals: &mut Vec<Refusal>,
) -> BTreeMap<&'a Address, &'a Address> {
    let steps: BTreeMap<&Address, &Address> = model.moves.iter().map(|step| (&step.from, &step.to)).collect();
    let mut renames: BTreeMap<&Address, &Address> = BTreeMap::new();
    for from in steps.keys().copied().filter(|from| deployed.contains_key(*from)) {
        let Some(to) = destination(from, &steps, model) else { continue };
        if deployed.contains_key(to) {
            refusals.push(Refusal::MoveTaken { from: from.clone(), to: to.clone() });
        } else if let Some(other) = renames.insert(to, from) {
            let (first, second, to) = (other.clone(), from.clone(), to.clone());
            refusals.push(Refusal::MovedTogether { first, second, to });
        }
    }
    renames
}

/// Where the chain of moves from an address ends at a written audience. An address that is written itself stays; a chain
/// that ends nowhere, or in a circle, moves nothing.
fn destination<'a>(from: &Address, steps: &BTreeMap<&Address, &'a Address>, model: &Model) -> Option<&'a Address> {
    if model.audiences.contains_key(from) {
        return None;
    }
    let mut to = *steps.get(from)?;
    for _ in 0..steps.len() {
        if model.audiences.contains_key(to) {
            return Some(to);
        }
        to = steps.get(to)?;
    }
    None
}
