//! A plan for people.

use super::line::{Head, Pen, Widths};
use crate::base::{Address, SourceMap};
use crate::plan::{Counts, Plan, Refusals};
use crate::report::number::{counted, now, number};
use crate::report::{Style, visible};

/// A plan as text, with a line break at its end. `sources` tell where fields were written; `verbose` shows the fields of
/// new audiences, documentation in full, and the names that outputs see.
pub fn text(plan: &Plan, sources: &SourceMap, style: Style, verbose: bool) -> String {
    let made = &plan.made_from;
    let mut lines = vec![style.paint(
        Style::FAINT,
        format!("now {} · data version {} · state serial {}", now(made.now), made.data_version, made.serial),
    )];
    lines.extend(limits(plan));
    lines.push(String::new());
    let pen = Pen { style, sources, verbose };
    let heads: Vec<Head> = plan.changes.iter().map(Head::new).collect();
    let widths = Widths::of(&heads, &plan.changes);
    for (head, change) in heads.iter().zip(&plan.changes) {
        lines.extend(pen.change(head, change, &widths));
    }
    if !plan.changes.is_empty() {
        lines.push(String::new());
    }
    lines.extend(summary(&plan.counts(), plan.is_empty()));
    lines.push(String::new());
    lines.join("\n")
}

/// Why there is no plan, with what to do about each reason.
pub fn refusals(refusals: &Refusals, style: Style) -> String {
    let mut lines = vec![format!("{}: the plan is refused", style.paint(Style::ERROR, "error"))];
    for refusal in refusals {
        lines.push(format!("  {}", visible(&refusal.to_string())));
        lines.push(format!("    {}: {}", style.paint(Style::ADVICE, "help"), visible(&refusal.help())));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn limits(plan: &Plan) -> Vec<String> {
    if plan.targets.is_empty() {
        return Vec::new();
    }
    let list = |addresses: &mut dyn Iterator<Item = &Address>| {
        addresses.map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    let mut lines = vec![format!("limited to {}", list(&mut plan.targets.iter()))];
    let along = list(&mut plan.came_along());
    if !along.is_empty() {
        lines.push(format!("with {along}, new or renamed and nested by them"));
    }
    lines
}

/// The last lines.
fn summary(counts: &Counts, empty: bool) -> Vec<String> {
    if empty {
        return vec!["Nothing to do.".to_owned()];
    }
    let actions = [
        (counts.add, "to add"),
        (counts.change, "to change"),
        (counts.rename, "to rename"),
        (counts.refresh, "to refresh"),
        (counts.delete, "to delete"),
    ];
    let actions = actions.iter().filter(|(count, _)| *count > 0);
    let actions: Vec<String> = actions.map(|(count, what)| format!("{} {what}", number(*count as u64))).collect();
    let mut lines = Vec::new();
    if !actions.is_empty() {
        let enter = counted(counts.enter, "person enters", "people enter");
        let leave = number(counts.leave);
        let leave = format!("{leave} {}", if counts.leave == 1 { "leaves" } else { "leave" });
        let deliveries = counted(counts.deliveries as u64, "delivery", "deliveries");
        lines.push(format!("{} · {enter}, {leave} · {deliveries}", actions.join(", ")));
    }
    if counts.pending > 0 {
        let are = if counts.pending == 1 { "is" } else { "are" };
        let pending = counted(counts.pending, "delivery", "deliveries");
        lines.push(format!("{pending} of earlier applies {are} still to be made"));
    }
    lines
}
