//! Everything that is deployed.

use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::{VERSION, connections, drift_json, drifted};
use crate::report::Style;
use crate::report::number::number;
use crate::report::table::{Column, lines};
use crate::state::{AudienceRecord, Snapshot};

const COLUMNS: [Column; 6] = [
    Column("Address", false),
    Column("Id", true),
    Column("Revision", true),
    Column("People", true),
    Column("Connections", false),
    Column("Drift", false),
];

/// The table, with a line break at its end; below it what drift is, where there is any.
pub fn list(snapshot: &Snapshot, style: Style) -> String {
    if snapshot.audiences.is_empty() {
        return "Nothing is deployed.\n".to_owned();
    }
    let rows: Vec<[String; 6]> = snapshot.audiences.iter().map(row).collect();
    let mut text = lines(COLUMNS, &rows, style).join("\n") + "\n";
    if snapshot.audiences.iter().any(|record| record.drift.any()) {
        let note = "! something else wrote to the state; the next plan shows it, and its apply repairs it";
        text.push_str(&format!("\n{}\n", style.paint(Style::WARNING, note)));
    }
    text
}

fn row(record: &AudienceRecord) -> [String; 6] {
    let size = record.members.as_ref().map(RoaringBitmap::len);
    [
        record.definition.address.to_string(),
        record.id.to_string(),
        record.revision.to_string(),
        size.map_or_else(|| "draft".to_owned(), number),
        connections::texts(&record.definition.connections),
        drifted(record.drift).map_or_else(String::new, |what| format!("! {what}")),
    ]
}

/// The list as a JSON document.
pub fn list_json(snapshot: &Snapshot) -> Value {
    let record = |record: &AudienceRecord| {
        let connections = &record.definition.connections;
        json!({
            "address": record.definition.address,
            "id": record.id,
            "revision": record.revision,
            "size": record.members.as_ref().map(RoaringBitmap::len),
            "connections": connections.len(),
            "connected": connections.iter().map(connections::document).collect::<Vec<_>>(),
            "drift": drift_json(record.drift),
        })
    };
    let audiences: Vec<Value> = snapshot.audiences.iter().map(record).collect();
    json!({ "version": VERSION, "serial": snapshot.serial, "audiences": audiences })
}
