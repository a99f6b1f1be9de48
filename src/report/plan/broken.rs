//! Why a plan cannot be applied although it could be made: guards and assertions that do not hold.

use crate::base::SourceMap;
use crate::plan::{Check, CheckKind, Plan};
use crate::report::number::{number, people};
use crate::report::visible;

/// What is broken and how to go on, in several lines; what was found only where people may be `counted`.
pub fn broken(plan: &Plan, sources: &SourceMap, counted: bool) -> String {
    let mut lines = vec!["error: the plan breaks what is written about it, and nothing was applied".to_owned()];
    lines.extend(plan.broken().map(|check| {
        let found = if counted { format!(", but {}", found(check)) } else { " is broken".to_owned() };
        format!("  {}: {}{found}{}", check.name, visible(&check.limit), place(check, sources))
    }));
    let names: Vec<String> = plan.broken().map(|check| format!("--allow '{}'", check.name)).collect();
    lines.push(format!("  help: mend the definition, or plan again with {} --reason '…'", names.join(" ")));
    lines.join("\n")
}

/// What a check found: `3.2 % (39 people)`, `12 people are in both`.
pub(super) fn found(check: &Check) -> String {
    let counted = people(check.found.people);
    let are = if check.found.people == 1 { "is" } else { "are" };
    match (check.kind, check.found.percent) {
        (CheckKind::Disjoint, _) => format!("{counted} {are} in both"),
        (CheckKind::Inside, _) => format!("{counted} {are} not"),
        (CheckKind::Guard, Some(percent)) => format!("it is {} % ({counted})", number_with_tenths(percent)),
        (CheckKind::Guard, None) => format!("it is {counted}"),
    }
}

/// One digit behind the point, two below one per cent.
fn number_with_tenths(percent: f64) -> String {
    if percent >= 1000.0 {
        number(percent.round() as u64)
    } else if percent < 1.0 {
        format!("{percent:.2}")
    } else {
        format!("{percent:.1}")
    }
}

fn place(check: &Check, sources: &SourceMap) -> String {
    let found = check.origin.0.and_then(|span| Some((sources.get(span.source)?, span)));
    found.map_or_else(String::new, |(source, span)| {
        format!(" ({}:{})", visible(&source.path.display().to_string()), source.line_column(span.start).0)
    })
}
