//! A plan as a changeset. Pure: the same plan gives the same changeset.

use crate::base::Timestamp;
use crate::plan::{Action, Change, ConnectionChange, Plan, Step, steps};
use crate::state::{Changeset, NewDelivery, StateChange};

/// Everything that a plan changes in the state, and every delivery that follows from it: its [`steps`], one by one.
pub fn changeset(plan: &Plan, at: Timestamp, by: &str, commit: Option<&str>) -> Changeset {
    let (mut changes, mut deliveries) = (Vec::new(), Vec::new());
    for step in steps(plan) {
        match step {
            Step::Delete(change) => changes.push(StateChange::Delete { address: change.address.clone() }),
            Step::Rename { change, from } => {
                changes.push(StateChange::Rename { from: from.clone(), to: change.address.clone() });
            }
            Step::Define(change) => changes.extend(definition(change)),
            Step::Members(change) => {
                let members = change.people.after.clone();
                changes.push(StateChange::Members { address: change.address.clone(), members });
            }
            Step::Deliver(change, connection) => deliveries.push(delivery(change, connection)),
        }
    }
    Changeset {
        expected_serial: plan.made_from.serial,
        at,
        by: by.to_owned(),
        commit: commit.map(str::to_owned),
        evaluated: (plan.made_from.now, plan.made_from.data_version),
        new_users: plan.new_users.clone(),
        changes,
        deliveries,
    }
}

fn definition(change: &Change) -> Option<StateChange> {
    let (definition, salt) = (change.after.clone()?, change.salt.clone());
    Some(match change.action {
        Action::Create => StateChange::Create { definition, salt },
        _ => StateChange::Update { definition, salt },
    })
}

fn delivery(change: &Change, connection: &ConnectionChange) -> NewDelivery {
    NewDelivery {
        address: change.address.clone(),
        of_deleted: change.action == Action::Delete,
        variant: connection.variant.clone(),
        output: connection.output.clone(),
        downstream_name: connection.downstream_name.clone(),
        adds: connection.adds.clone(),
        drops: connection.drops.clone(),
    }
}
