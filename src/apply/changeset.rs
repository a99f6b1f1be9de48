//! A plan as a changeset. Pure: the same plan gives the same changeset.

use crate::base::Timestamp;
use crate::plan::{Action, Change, Check, ConnectionChange, Holding, Plan, Step, Verdict, steps};
use crate::state::{Allowed, Changeset, Checked, NewDelivery, StateChange};

/// Everything that a plan changes in the state, and every delivery that follows from it: its [`steps`], one by one.
pub fn changeset(plan: &Plan, at: Timestamp, by: &str, commit: Option<&str>, reason: &str) -> Changeset {
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
        reason: reason.to_owned(),
        store: plan.made_from.store.clone(),
        evaluated: (plan.made_from.now, plan.made_from.data_version),
        new_users: plan.new_users.clone(),
        changes,
        deliveries,
        checked: plan.holding.iter().map(checked).collect(),
        allowed: plan.checks.iter().filter_map(allowed).collect(),
    }
}

fn checked(holding: &Holding) -> Checked {
    Checked { address: holding.address.clone(), key: holding.key, until: holding.until }
}

/// A guard that is broken and was allowed to be.
fn allowed(check: &Check) -> Option<Allowed> {
    let Verdict::Allowed { reason } = &check.verdict else { return None };
    let measured = match check.found.percent {
        Some(percent) => format!("{percent} % ({} people), {} asked for", check.found.people, check.limit),
        None => format!("{} people, {} asked for", check.found.people, check.limit),
    };
    Some(Allowed { what: check.name.clone(), reason: reason.clone(), measured })
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
