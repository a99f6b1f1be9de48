//! What became of audiences.

use serde_json::{Value, json};

use super::VERSION;
use crate::report::number::{instant, number};
use crate::report::state::git;
use crate::report::{Style, visible};
use crate::workbench::{AudienceHistory, Happened, HistoryStep};

/// The histories for people, each under a line with its address.
pub fn audience(histories: &[AudienceHistory], style: Style) -> String {
    let texts: Vec<String> = histories.iter().map(|history| one(history, style)).collect();
    texts.join("\n")
}

fn one(history: &AudienceHistory, style: Style) -> String {
    let AudienceHistory { id, address, deleted, steps } = history;
    let deleted = deleted.as_ref().map_or_else(String::new, |(at, by)| format!(" · deleted {} by {by}", instant(*at)));
    let mut out = format!("{} · id {id}{}\n", style.paint(Style::STRONG, address), visible(&deleted));
    if steps.is_empty() {
        out.push_str("  nothing in this time\n");
    }
    for step in steps {
        out.push_str(&format!("  {}\n", visible(&head(step))));
        for happened in &step.happened {
            out.push_str(&format!("    {}\n", line(happened, style)));
        }
    }
    out
}

/// When, by whom, what for, at which git commit, under which serial.
fn head(step: &HistoryStep) -> String {
    let mut parts = vec![instant(step.at)];
    parts.extend(step.by.clone());
    parts.extend(step.reason.clone());
    parts.extend(step.commit.as_deref().map(|commit| format!("git {}", git(commit))));
    parts.extend(step.serial.map(|serial| format!("serial {serial}")));
    parts.join(" · ")
}

fn line(happened: &Happened, style: Style) -> String {
    match happened {
        Happened::Created => style.paint(Style::ADDED, "created, revision 1"),
        Happened::Renamed { from, to } => format!("renamed from `{from}` to `{to}`"),
        Happened::Revised { revision, fields } if fields.is_empty() => {
            format!("revision {revision}: nothing differs from the one before")
        }
        Happened::Revised { revision, fields } => format!("revision {revision}: {}", fields.join(", ")),
        Happened::Deleted => style.paint(Style::REMOVED, "deleted"),
        Happened::Members { now, adds, drops } => {
            let sides = [("+", Style::ADDED, *adds), ("−", Style::REMOVED, *drops)];
            let sides = sides.iter().filter(|(_, _, count)| *count > 0);
            let sides: Vec<String> =
                sides.map(|(sign, paint, count)| style.paint(*paint, format!("{sign}{}", number(*count)))).collect();
            let people = if adds + drops == 1 { "person" } else { "people" };
            format!("{} {people}, evaluated for {}", sides.join(" "), instant(*now))
        }
    }
}

/// The histories as a JSON document.
pub fn audience_json(histories: &[AudienceHistory]) -> Value {
    let history = |history: &AudienceHistory| {
        json!({
            "id": history.id,
            "address": history.address,
            "deleted": history.deleted.as_ref().map(|(at, by)| json!({ "at": at.to_string(), "by": by })),
            "steps": history.steps.iter().map(step_json).collect::<Vec<_>>(),
        })
    };
    json!({ "version": VERSION, "audiences": histories.iter().map(history).collect::<Vec<_>>() })
}

fn step_json(step: &HistoryStep) -> Value {
    json!({
        "at": step.at.to_string(),
        "by": step.by,
        "reason": step.reason,
        "commit": step.commit,
        "serial": step.serial,
        "happened": step.happened.iter().map(happened_json).collect::<Vec<_>>(),
    })
}

fn happened_json(happened: &Happened) -> Value {
    match happened {
        Happened::Created => json!({ "what": "created", "revision": 1 }),
        Happened::Renamed { from, to } => json!({ "what": "renamed", "from": from, "to": to }),
        Happened::Revised { revision, fields } => json!({ "what": "revised", "revision": revision, "fields": fields }),
        Happened::Deleted => json!({ "what": "deleted" }),
        Happened::Members { now, adds, drops } => {
            json!({ "what": "members", "now": now.to_string(), "adds": adds, "drops": drops })
        }
    }
}
