//! What an apply did, as people and programs read it.

use aud::apply::{DeliveryFault, Outcome};
use aud::outputs::{OutputError, Tally};
use aud::report::{Style, apply as report};
use aud::state::ConnectionKey;

use crate::plan::world::*;

fn outcome() -> Outcome {
    Outcome {
        serial: 18,
        created: 1,
        updated: 2,
        refreshed: 3,
        renamed: 1,
        deleted: 1,
        entered: 1524,
        left: 137,
        deliveries: 4,
        people: Tally { adds: 1397, drops: 114, unreachable: 3, unknown: 0 },
        ..Outcome::default()
    }
}

#[test]
fn everything_went_well() {
    insta::assert_snapshot!(report::text(&outcome(), Style::PLAIN));
}

#[test]
fn some_deliveries_did_not() {
    let fault = DeliveryFault {
        connection: ConnectionKey { audience: 4, variant: variant("push"), output: name("warehouse") },
        address: name("lapsed"),
        sequence: 7,
        error: OutputError::NotConfigured(name("warehouse")),
    };
    let outcome = Outcome { faults: vec![fault], pending: 2, interrupted: true, ..outcome() };
    insta::assert_snapshot!(report::text(&outcome, Style::PLAIN));
    insta::assert_snapshot!("some_deliveries_did_not_as_json", format!("{:#}", report::json(&outcome)));
}

#[test]
fn only_earlier_deliveries_were_made() {
    let people = Tally { drops: 1, ..Tally::default() };
    let outcome = Outcome { serial: 18, deliveries: 1, people, ..Outcome::default() };
    assert_eq!(report::text(&outcome, Style::PLAIN), "Delivered: 1 delivery · −1 person\n");
}

#[test]
fn there_was_nothing_to_do() {
    assert_eq!(report::text(&Outcome::default(), Style::PLAIN), "Nothing to do.\n");
}
