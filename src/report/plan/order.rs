//! Which changes are told first where not all of them can be.
//!
//! In: a view. Out: its changes, the most important first: those that take something away or need a look, then those with the most people who move.

use std::cmp::Reverse;

use super::view::*;

/// The changes of a plan, the most important first.
pub(super) fn by_importance(view: &PlanView) -> Vec<&ChangeView> {
    let mut changes: Vec<&ChangeView> = view.changes.iter().collect();
    changes.sort_by_key(|change| (rank(change), Reverse(moved(change))));
    changes
}

fn rank(change: &ChangeView) -> u8 {
    let drifted = change.drift.definition || change.drift.members;
    match change.action {
        ActionView::Delete | ActionView::Replace | ActionView::Pause => 0,
        _ if drifted => 0,
        ActionView::Refresh => 2,
        _ => 1,
    }
}

/// How many people enter or leave, as far as it is told.
pub(super) fn moved(change: &ChangeView) -> u64 {
    change.people.adds.at_least().saturating_add(change.people.drops.at_least())
}

/// The checks of a plan, those first that do not hold.
pub(super) fn checks_by_importance(view: &PlanView) -> Vec<&CheckView> {
    let mut checks: Vec<&CheckView> = view.checks.iter().collect();
    checks.sort_by_key(|check| match check.verdict {
        VerdictView::Broken => 0,
        VerdictView::Allowed => 1,
        VerdictView::Holds => 2,
    });
    checks
}
