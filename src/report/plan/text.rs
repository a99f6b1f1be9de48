//! A plan for people.

use super::line::{Head, Pen, Widths};
use super::make::{Show, view};
use super::view::*;
use super::words;
use crate::base::SourceMap;
use crate::plan::{Plan, Refusals};
use crate::report::number::{counted, number};
use crate::report::{Style, visible};

/// From this many checks on, those that hold are only counted, unless everything is shown.
const MANY_CHECKS: usize = 10;

/// A whole plan as text: [`text_of`] of its view.
pub fn text(plan: &Plan, sources: &SourceMap, style: Style, verbose: bool) -> String {
    text_of(&view(plan, sources, Show::default()), style, verbose)
}

/// A plan as text, with a line break at its end. `verbose` shows the fields of new audiences, documentation in full, who stays, the names that outputs see, and how
/// much was evaluated.
pub fn text_of(view: &PlanView, style: Style, verbose: bool) -> String {
    let mut lines = vec![style.paint(Style::FAINT, visible(&view.made_from_words()))];
    lines.extend(view.limits().iter().map(|limit| visible(limit).into_owned()));
    if verbose && view.evaluation.evaluated + view.evaluation.reused > 0 {
        lines.push(view.evaluated());
    }
    lines.push(String::new());
    let pen = Pen { style, verbose };
    let heads: Vec<Head> = view.changes.iter().map(Head::new).collect();
    let widths = Widths::of(&heads, &view.changes);
    for (head, change) in heads.iter().zip(&view.changes) {
        lines.extend(pen.change(head, change, &widths));
    }
    if !view.changes.is_empty() {
        lines.push(String::new());
    }
    if view.empty {
        lines.push("Nothing to do.".to_owned());
    }
    lines.extend(view.summary());
    lines.extend(view.pending());
    lines.extend(checks(view, style, verbose));
    lines.push(String::new());
    lines.join("\n")
}

/// Guards and assertions: those that do not hold, and the others where they are few.
fn checks(view: &PlanView, style: Style, verbose: bool) -> Vec<String> {
    let all = verbose || view.checks.len() < MANY_CHECKS;
    let shown: Vec<&CheckView> =
        view.checks.iter().filter(|check| all || check.verdict != VerdictView::Holds).collect();
    let found: Vec<String> = shown.iter().map(|check| visible(&check.found()).into_owned()).collect();
    let wide = found.iter().map(|found| found.chars().count()).max().unwrap_or(0);
    let line = |(check, found): (&&CheckView, &String)| {
        let paint = match check.verdict {
            VerdictView::Holds => Style::ADDED,
            VerdictView::Broken => Style::ERROR,
            VerdictView::Allowed => Style::WARNING,
        };
        let verdict = style.paint(paint, visible(&check.verdict_words()));
        format!("{:<6}  {found:<wide$}  {verdict}", check.kind_word())
    };
    let mut lines: Vec<String> = shown.iter().zip(&found).map(line).collect();
    if !all {
        let hold = view.checks.len() - shown.len();
        let holds = if hold == 1 { "holds" } else { "hold" };
        let others = if shown.is_empty() { "" } else { "other " };
        let checks = counted(hold as u64, "check", "checks").split_once(' ').map(|(_, noun)| noun.to_owned());
        lines.push(format!("{} {others}{} {holds}", number(hold as u64), checks.unwrap_or_default()));
    }
    lines.extend(view.broken_advice().map(|advice| style.paint(Style::ERROR, visible(&advice))));
    lines
}

/// Why there is no plan, with what to do about each reason.
pub fn refusals(refusals: &Refusals, style: Style) -> String {
    refusals_below(refusals, style, None)
}

/// The same with counts from 1 up to a bound, exclusive, suppressed.
pub fn refusals_below(refusals: &Refusals, style: Style, suppress_below: Option<u64>) -> String {
    let mut lines = vec![format!("{}: the plan is refused", style.paint(Style::ERROR, "error"))];
    for refusal in refusals {
        lines.push(format!("  {}", visible(&words::refusal(refusal, suppress_below))));
        lines.push(format!("    {}: {}", style.paint(Style::ADVICE, "help"), visible(&refusal.help())));
    }
    lines.push(String::new());
    lines.join("\n")
}
