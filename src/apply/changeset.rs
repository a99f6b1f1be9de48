//! A plan as a changeset. Pure: the same plan gives the same changeset.

use crate::base::Timestamp;
use crate::ir::Status;
use crate::plan::{Action, Change, Plan};
use crate::state::{Changeset, NewDelivery, StateChange};

/// Everything that a plan changes in the state, and every delivery that follows from it. Deletions come first, then all
/// renames at once, then new and changed audiences: so an address is free before another audience takes it, and from then
/// on every address is the one after the change.
pub fn changeset(plan: &Plan, at: Timestamp, by: &str, commit: Option<&str>, reason: &str) -> Changeset {
    let (deleted, kept): (Vec<&Change>, Vec<&Change>) =
        plan.changes.iter().partition(|change| change.action == Action::Delete);
    let mut changes: Vec<StateChange> =
        deleted.iter().map(|change| StateChange::Delete { address: change.address.clone() }).collect();
    changes.extend(kept.iter().filter_map(|change| rename(change)));
    for change in kept {
        changes.extend(definition(change));
        changes.extend(members(change));
    }
    Changeset {
        expected_serial: plan.made_from.serial,
        at,
        by: by.to_owned(),
        commit: commit.map(str::to_owned),
        reason: reason.to_owned(),
        store: plan.made_from.store.clone(),
        evaluated: (plan.made_from.now, plan.made_from.data_version),
        new_users: plan.new_users.clone(),
        changes,
        deliveries: plan.changes.iter().flat_map(deliveries).collect(),
        checked: Vec::new(),
        allowed: Vec::new(),
    }
}

fn rename(change: &Change) -> Option<StateChange> {
    let from = change.renamed_from.clone()?;
    Some(StateChange::Rename { from, to: change.address.clone() })
}

fn definition(change: &Change) -> Option<StateChange> {
    let (definition, salt) = (change.after.clone()?, change.salt.clone());
    match change.action {
        Action::Create => Some(StateChange::Create { definition, salt }),
        Action::Update => Some(StateChange::Update { definition, salt }),
        Action::Delete | Action::Refresh => None,
    }
}

/// The members after the change. A draft loses those it had; an active audience that was not evaluated keeps them.
fn members(change: &Change) -> Option<StateChange> {
    let members = change.people.after.clone();
    let is_draft = change.after.as_ref().is_some_and(|after| after.status == Status::Draft);
    (members.is_some() || is_draft).then(|| StateChange::Members { address: change.address.clone(), members })
}

/// What the connections are sent; nothing where nobody enters or leaves.
fn deliveries(change: &Change) -> impl Iterator<Item = NewDelivery> {
    let moving = change.connections.iter().filter(|each| !(each.adds.is_empty() && each.drops.is_empty()));
    moving.map(|connection| NewDelivery {
        address: change.address.clone(),
        of_deleted: change.action == Action::Delete,
        variant: connection.variant.clone(),
        output: connection.output.clone(),
        downstream_name: connection.downstream_name.clone(),
        adds: connection.adds.clone(),
        drops: connection.drops.clone(),
    })
}
