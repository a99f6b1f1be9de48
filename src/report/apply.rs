//! What an apply did, for people and as JSON.
//!
//! In: an [`Outcome`]. Out: text or a JSON document (described in `docs/plan.md`). Users are only ever counted.

use serde_json::{Value, json as object};

use super::number::{counted, number, people};
use super::plan::variant;
use super::{Style, visible};
use crate::apply::{DeliveryFault, Outcome};
use crate::ir::VariantName;

/// The version of the JSON schema. Fields are added without a new version, never removed or given another meaning.
pub const VERSION: u32 = 1;

/// The outcome as text, with a line break at its end.
pub fn text(outcome: &Outcome, style: Style) -> String {
    text_of(outcome, true, style)
}

/// The same without any people.
pub fn uncounted_text(outcome: &Outcome, style: Style) -> String {
    text_of(outcome, false, style)
}

fn text_of(outcome: &Outcome, counting: bool, style: Style) -> String {
    let mut lines = Vec::new();
    let actions = [
        (outcome.created, "created"),
        (outcome.updated, "updated"),
        (outcome.renamed, "renamed"),
        (outcome.refreshed, "refreshed"),
        (outcome.deleted, "deleted"),
    ];
    let done = actions.iter().filter(|(count, _)| *count > 0);
    let done: Vec<String> = done.map(|(count, what)| format!("{} {what}", number(*count))).collect();
    if !done.is_empty() {
        let entered = counted(outcome.entered, "person entered", "people entered");
        let moved = if counting { format!(" · {entered}, {} left", number(outcome.left)) } else { String::new() };
        let all = format!("{}{moved}", done.join(", "));
        lines.push(style.paint(Style::ADDED, format!("Applied: {all} · state serial {}", outcome.serial)));
    }
    if outcome.deliveries > 0 {
        lines.push(style.paint(Style::ADDED, format!("Delivered: {}", delivered(outcome, counting))));
    }
    lines.extend(outcome.faults.iter().map(|fault| faulted(fault, style)));
    if outcome.interrupted {
        lines.push(style.paint(Style::WARNING, "Interrupted."));
    }
    if outcome.pending > 0 {
        let are = if outcome.pending == 1 { "is" } else { "are" };
        let pending = counted(outcome.pending, "delivery", "deliveries");
        lines.push(format!("{pending} {are} still to be made; `aud apply` makes them"));
    }
    if lines.is_empty() {
        lines.push("Nothing to do.".to_owned());
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `3 deliveries · +312 −39 people · 4 left out, without an identity that the output accepts`.
fn delivered(outcome: &Outcome, counting: bool) -> String {
    let tally = &outcome.people;
    if !counting {
        return counted(outcome.deliveries, "delivery", "deliveries");
    }
    let sent = match (tally.adds, tally.drops) {
        (adds, 0) => format!("+{}", people(adds)),
        (0, drops) => format!("−{}", people(drops)),
        (adds, drops) => format!("+{} −{} people", number(adds), number(drops)),
    };
    let made = counted(outcome.deliveries, "delivery", "deliveries");
    if tally.unreachable == 0 {
        return format!("{made} · {sent}");
    }
    format!("{made} · {sent} · {} could not be reached", number(tally.unreachable))
}

fn faulted(fault: &DeliveryFault, style: Style) -> String {
    let connection = &fault.connection;
    let part = match &connection.variant {
        VariantName::Whole => String::new(),
        variant => format!(" / {variant}"),
    };
    let what = format!("`{}` → {}{part}, delivery {}", fault.address, connection.output, fault.sequence);
    format!("{}: {what}: {}", style.paint(Style::ERROR, "error"), visible(&fault.error.to_string()))
}

/// The outcome as a JSON document.
pub fn json(outcome: &Outcome) -> Value {
    json_of(outcome, true)
}

/// The same with `"withheld"` in the place of every number of people.
pub fn uncounted_json(outcome: &Outcome) -> Value {
    json_of(outcome, false)
}

fn json_of(outcome: &Outcome, counting: bool) -> Value {
    let people = |count: u64| if counting { count.into() } else { Value::from("withheld") };
    object!({
        "version": VERSION,
        "serial": outcome.serial,
        "audiences": {
            "created": outcome.created,
            "updated": outcome.updated,
            "renamed": outcome.renamed,
            "refreshed": outcome.refreshed,
            "deleted": outcome.deleted,
        },
        "people": { "entered": people(outcome.entered), "left": people(outcome.left) },
        "deliveries": {
            "made": outcome.deliveries,
            "adds": people(outcome.people.adds),
            "drops": people(outcome.people.drops),
            "unreachable": people(outcome.people.unreachable),
            "unknown": people(outcome.people.unknown),
            "pending": outcome.pending,
        },
        "faults": outcome.faults.iter().map(fault).collect::<Vec<_>>(),
        "interrupted": outcome.interrupted,
    })
}

fn fault(fault: &DeliveryFault) -> Value {
    object!({
        "address": fault.address,
        "output": fault.connection.output,
        "variant": variant(&fault.connection.variant),
        "sequence": fault.sequence,
        "error": fault.error.to_string(),
    })
}
