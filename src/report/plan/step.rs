//! The steps of an apply, in order.
//!
//! In: a plan and its view. Out: the steps as they are shown. They are those that `apply` walks ([`steps`](crate::plan::steps)), between taking the lock and giving it
//! back; their figures are the view's, so that they tell no more than it does.

use std::collections::BTreeMap;

use super::make::variant;
use super::view::*;
use crate::plan::{self, Change, Plan, Step};
use crate::report::number;
use crate::report::number::counted;

/// The steps of a plan; none where there is nothing to do.
pub(super) fn steps(plan: &Plan, view: &PlanView) -> Vec<StepView> {
    if plan.is_empty() {
        return Vec::new();
    }
    let shown: BTreeMap<&str, &ChangeView> =
        view.changes.iter().map(|change| (change.address.as_str(), change)).collect();
    let (deliveries, writes): (Vec<Step<'_>>, Vec<Step<'_>>) =
        plan::steps(plan).into_iter().partition(|step| matches!(step, Step::Deliver(..)));
    let mut steps = vec![plain(StepKind::Lock, format!("the state, at serial {}", number(plan.made_from.serial)))];
    if !writes.is_empty() {
        steps.extend(writes.iter().map(|step| written(step, &shown)));
        let next = number(plan.made_from.serial.saturating_add(1));
        let journal = "with the journal and what is to be delivered";
        steps.push(plain(StepKind::Commit, format!("all of it in one transaction, {journal}: serial {next}")));
    }
    if plan.pending > 0 {
        let words = format!("{} of earlier applies", counted(plan.pending, "delivery", "deliveries"));
        steps.push(plain(StepKind::Pending, words));
    }
    steps.extend(deliveries.iter().map(|step| written(step, &shown)));
    steps.push(plain(StepKind::Unlock, "the state".to_owned()));
    steps
}

fn plain(step: StepKind, words: String) -> StepView {
    StepView { step, address: None, connection: None, adds: None, drops: None, words }
}

fn written(step: &Step<'_>, shown: &BTreeMap<&str, &ChangeView>) -> StepView {
    let of = |step, change: &Change, words: &str| StepView {
        address: Some(change.address.to_string()),
        ..plain(step, words.to_owned())
    };
    let figures = |change: &Change| shown.get(change.address.as_str()).copied();
    match step {
        Step::Delete(change) => StepView {
            drops: figures(change).map(|view| view.people.drops),
            ..of(StepKind::Delete, change, "the audience and its membership go")
        },
        Step::Rename { change, from } => of(StepKind::Rename, change, &format!("was {from}")),
        Step::Define(change) => {
            let words = if change.before.is_some() { "the next revision of its definition" } else { "its definition" };
            of(StepKind::Define, change, words)
        }
        Step::Members(change) => StepView {
            adds: figures(change).map(|view| view.people.adds),
            drops: figures(change).map(|view| view.people.drops),
            ..of(StepKind::Members, change, "its membership")
        },
        Step::Deliver(change, connection) => {
            let (output, part) = (connection.output.to_string(), variant(&connection.variant));
            let same = |each: &&ConnectionView| each.output == output && each.variant == part;
            let view = figures(change).and_then(|view| view.connections.iter().find(same));
            StepView {
                connection: view.map(ConnectionView::label),
                adds: view.map(|view| view.adds),
                drops: view.map(|view| view.drops),
                ..of(StepKind::Deliver, change, "")
            }
        }
    }
}

impl StepKind {
    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::Define => "define",
            Self::Members => "members",
            Self::Commit => "commit",
            Self::Pending => "deliver",
            Self::Deliver => "deliver",
            Self::Unlock => "unlock",
        }
    }
}
