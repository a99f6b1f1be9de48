//! Which audiences a plan changes, where it is limited to some.
//!
//! In: targets. Out: the addresses in scope: the targets, and new or renamed audiences that a target's definition nests,
//! without which it could not be applied. A target may be given by its deployed or its written address.

use std::collections::{BTreeMap, BTreeSet};

use super::moves::Pair;
use super::refusal::{Loss, Refusal};
use crate::base::{Address, suggest};
use crate::ir::{Audience, Status};

/// What a plan is limited to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The audiences, under their deployed or written addresses; `None` for all.
    pub targets: Option<Vec<Address>>,
    /// Audiences that are left out, under either address.
    pub excluded: Vec<Address>,
    /// What chose the targets, in words, beside targets that were named: `tag "LTV"`.
    pub by: Vec<String>,
}

/// The scope of a plan.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    /// The targets under their addresses after the change; empty for all.
    pub targets: Vec<Address>,
    /// What was left out, under its address after the change.
    pub excluded: Vec<Address>,
    /// What may change.
    pub inside: BTreeSet<&'a Address>,
}

impl<'a> Scope<'a> {
    /// Resolves a selection.
    pub(super) fn new(
        selection: &Selection,
        pairs: &BTreeMap<&'a Address, Pair<'a>>,
        refusals: &mut Vec<Refusal>,
    ) -> Self {
        let excluded = resolved(&selection.excluded, pairs, refusals);
        let owned = |addresses: &BTreeSet<&Address>| addresses.iter().map(|each| (*each).clone()).collect::<Vec<_>>();
        let targets = selection.targets.as_ref().map(|targets| resolved(targets, pairs, refusals));
        let chosen: BTreeSet<&Address> = match &targets {
            Some(targets) => targets - &excluded,
            None => pairs.keys().copied().filter(|address| !excluded.contains(address)).collect(),
        };
        let inside = with_nested(chosen, pairs);
        refusals.extend(inside.intersection(&excluded).map(|address| excluded_nested(address, &inside, pairs)));
        let targets = targets.map(|targets| owned(&(&targets - &excluded))).unwrap_or_default();
        Self { targets, excluded: owned(&excluded), inside }
    }
}

/// The audiences under their addresses after the change.
fn resolved<'a>(
    addresses: &[Address],
    pairs: &BTreeMap<&'a Address, Pair<'a>>,
    refusals: &mut Vec<Refusal>,
) -> BTreeSet<&'a Address> {
    let mut found = BTreeSet::new();
    for address in addresses {
        let by_old = || pairs.iter().find(|(_, pair)| pair.renamed_from() == Some(address)).map(|(key, _)| *key);
        match pairs.get_key_value(address).map(|(key, _)| *key).or_else(by_old) {
            Some(address) => _ = found.insert(address),
            None => refusals.push(unknown(address, pairs)),
        }
    }
    found
}

/// A new or renamed audience that something in scope needs.
fn excluded_nested(address: &Address, inside: &BTreeSet<&Address>, pairs: &BTreeMap<&Address, Pair<'_>>) -> Refusal {
    let written = inside.iter().filter_map(|each| pairs.get(*each)?.after);
    let by = written.filter(|audience| audience.nested().contains(address)).map(|audience| audience.address.clone());
    Refusal::ExcludedNested { address: address.clone(), by: by.collect() }
}

/// No audience has this address.
pub(super) fn unknown(target: &Address, pairs: &BTreeMap<&Address, Pair<'_>>) -> Refusal {
    let old = pairs.values().filter_map(Pair::renamed_from);
    let known: BTreeSet<&str> = pairs.keys().copied().chain(old).map(Address::as_str).collect();
    let nearest = suggest::nearest(target.as_str(), known);
    let nearest = nearest.into_iter().filter_map(|name| Address::new(name).ok()).collect();
    Refusal::UnknownTarget { target: target.clone(), nearest }
}

/// Adds what the audiences inside nest and what is not deployed under that address, to any depth.
fn with_nested<'a>(inside: BTreeSet<&'a Address>, pairs: &BTreeMap<&'a Address, Pair<'a>>) -> BTreeSet<&'a Address> {
    let mut open: Vec<&Address> = inside.iter().copied().collect();
    let mut inside = inside;
    while let Some(address) = open.pop() {
        let nested = pairs.get(address).and_then(|pair| pair.after).map(Audience::nested).unwrap_or_default();
        for each in nested {
            let Some((key, pair)) = pairs.get_key_value(each) else { continue };
            if (pair.record.is_none() || pair.renamed_from().is_some()) && inside.insert(key) {
                open.push(key);
            }
        }
    }
    inside
}

/// Refuses what would take a nested audience away from one that stays. Only a limited plan can: the analysis has seen to
/// it that the written definitions fit together.
pub(super) fn check_nesting(pairs: &BTreeMap<&Address, Pair<'_>>, scope: &Scope<'_>, refusals: &mut Vec<Refusal>) {
    let mut nested_by: BTreeMap<&Address, Vec<&Audience>> = BTreeMap::new();
    for (address, pair) in pairs {
        let stays = if scope.inside.contains(address) { pair.after } else { pair.record.map(|r| &r.definition) };
        for each in stays.iter().flat_map(|audience| audience.nested()) {
            nested_by.entry(each).or_default().extend(stays);
        }
    }
    for (address, pair) in pairs.iter().filter(|(address, _)| scope.inside.contains(*address)) {
        let Some(record) = pair.record else { continue };
        let old = &record.definition.address;
        // Another audience may take the address over in the same plan; then nobody loses it.
        let taken_over = pairs.get(old).is_some_and(|other| other.after.is_some()) && scope.inside.contains(old);
        let loss = match pair.after {
            None => Loss::Deleted,
            Some(_) if old != *address && !taken_over => Loss::Renamed((*address).clone()),
            Some(after) if after.status == Status::Draft && record.definition.status == Status::Active => Loss::Draft,
            Some(_) => continue,
        };
        let by = nested_by.get(old).into_iter().flatten();
        // A draft may nest a draft.
        let by = by.filter(|audience| loss != Loss::Draft || audience.status == Status::Active);
        let by: Vec<Address> = by.map(|audience| audience.address.clone()).collect();
        if !by.is_empty() {
            refusals.push(Refusal::Nested { address: old.clone(), loss, by });
        }
    }
}
