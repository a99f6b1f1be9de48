//! Forgetting a person, as text and as JSON: counts and addresses, nothing of the person.

use std::fmt::Write;

use serde_json::{Value, json};

use super::number::counted;
use super::plan::variant;
use super::{Style, apply};
use crate::apply::ForgetOutcome;
use crate::ir::VariantName;
use crate::workbench::{Known, ToForget};

/// What there is to do, for people; of what an earlier run began, that it is done.
pub fn found(found: &ToForget) -> String {
    match found {
        ToForget::Done => "Nothing to do: whoever is meant was forgotten already.\n".to_owned(),
        ToForget::Begun => "An earlier run did not come to its end; it is finished now.\n".to_owned(),
        ToForget::Person(known) => known_text(known),
    }
}

fn known_text(known: &Known) -> String {
    let Known { footprint, deployed, .. } = known;
    let mut out = String::from("To be removed:\n");
    // Writing to a string cannot fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "  {text}");
    };
    line(counted(footprint.attributes, "attribute", "attributes"));
    line(counted(footprint.identities, "identity", "identities"));
    line(counted(footprint.events, "event", "events"));
    line(counted(deployed.audiences.len() as u64, "membership", "memberships"));
    for carrier in &deployed.carried_by {
        let part = match &carrier.variant {
            VariantName::Whole => String::new(),
            variant => format!(" / {variant}"),
        };
        line(format!("  `{}` → {}{part}", carrier.address, carrier.output));
    }
    out
}

/// What it came to, for people.
pub fn text(outcome: &ForgetOutcome, style: Style) -> String {
    let ForgetOutcome { erased, delivered } = outcome;
    let people = counted(erased.people, "person", "people");
    let rows = match erased.rejected_rows {
        0 => String::new(),
        rows => format!("; {} kept aside by imports removed", counted(rows, "row", "rows")),
    };
    let mut out = style.paint(Style::ADDED, format!("Forgotten: {people}{rows}"));
    out.push('\n');
    if delivered.deliveries > 0 || delivered.pending > 0 {
        out.push_str(&apply::text(delivered, style));
    }
    out
}

/// All of it as a JSON document, version 1: `version`, `status` (`forgotten`, `finished` for what an earlier run began, or
/// `nothing_to_do`), `found` (`attributes`, `identities`, `events`, `audiences`, and `connections` with `address`, `variant` and
/// `output` each; null where nothing is known any more), `people` and `rejected_rows` that were erased, and of the deliveries
/// what `apply` says of its own: `serial`, `deliveries`, `faults`, `interrupted`.
pub fn json(found: &ToForget, outcome: Option<&ForgetOutcome>) -> Value {
    let (status, known) = match found {
        ToForget::Person(known) => ("forgotten", Some(known)),
        ToForget::Begun => ("finished", None),
        ToForget::Done => ("nothing_to_do", None),
    };
    let known = known.map(|known| {
        let connections =
            known.deployed.carried_by.iter().map(
                |each| json!({ "address": each.address, "variant": variant(&each.variant), "output": each.output }),
            );
        json!({
            "attributes": known.footprint.attributes,
            "identities": known.footprint.identities,
            "events": known.footprint.events,
            "audiences": known.deployed.audiences,
            "connections": connections.collect::<Vec<_>>(),
        })
    });
    let mut document = json!({ "version": 1, "status": status, "found": known });
    if let (Some(outcome), Some(document)) = (outcome, document.as_object_mut()) {
        document.insert("people".to_owned(), outcome.erased.people.into());
        document.insert("rejected_rows".to_owned(), outcome.erased.rejected_rows.into());
        let of_apply = apply::json(&outcome.delivered);
        for key in ["serial", "deliveries", "faults", "interrupted"] {
            document.insert(key.to_owned(), of_apply.get(key).cloned().unwrap_or_default());
        }
    }
    document
}
