//! The steps of a plan, in the order in which they are carried out.
//!
//! In: a plan. Out: what changes in the state, all of it in one transaction, then what each connection is sent. `apply` makes its changeset by walking these,
//! and `aud plan --explain` shows the same ones.
//!
//! Deletions come first, then all renames at once, then definitions, each with the members that go with it: so an address is free before another audience
//! takes it.

use super::change::{Action, Change, ConnectionChange, Plan};
use crate::base::Address;
use crate::ir::Status;

/// One step.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// An audience goes, with its membership.
    Delete(&'a Change),
    /// An audience gets another address. All renames happen at once.
    Rename {
        /// What happens to the audience.
        change: &'a Change,
        /// The address that it had.
        from: &'a Address,
    },
    /// A new definition is written down, as a new audience or as the next revision of one.
    Define(&'a Change),
    /// A membership is written down, with who enters and leaves.
    Members(&'a Change),
    /// A connection is sent who enters and leaves.
    Deliver(&'a Change, &'a ConnectionChange),
}

/// Every step of a plan.
pub fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let (gone, kept): (Vec<&Change>, Vec<&Change>) =
        plan.changes.iter().partition(|change| change.action == Action::Delete);
    let mut steps: Vec<Step<'_>> = gone.iter().map(|change| Step::Delete(change)).collect();
    let renamed = kept.iter().filter_map(|change| Some(Step::Rename { change, from: change.renamed_from.as_ref()? }));
    steps.extend(renamed);
    for change in &kept {
        if change.action == Action::Create || change.action.redefines() {
            steps.push(Step::Define(change));
        }
        if sets_members(change) {
            steps.push(Step::Members(change));
        }
    }
    if !plan.made_from.shadow {
        for change in &plan.changes {
            let connections = change.connections.iter().filter(|each| each.is_sent());
            steps.extend(connections.map(|connection| Step::Deliver(change, connection)));
        }
    }
    steps
}

/// Whether the membership is written down. A draft loses the one that it had; an active audience that was not evaluated keeps it.
fn sets_members(change: &Change) -> bool {
    let is_draft = change.after.as_ref().is_some_and(|after| after.status == Status::Draft);
    change.people.after.is_some() || is_draft
}
