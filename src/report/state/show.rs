//! The record of one audience.

use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::{VERSION, connections, drift_json, drifted};
use crate::report::number::{instant, people};
use crate::report::{Style, visible};
use crate::state::AudienceRecord;

/// What the state knows beside the definition, then the definition.
pub fn show(record: &AudienceRecord, style: Style) -> String {
    let size = record.members.as_ref().map(RoaringBitmap::len);
    let mut rows = vec![
        ("id", record.id.to_string()),
        ("revision", record.revision.to_string()),
        ("size", size.map_or_else(|| "draft".to_owned(), people)),
        ("created", format!("{} by {}", instant(record.created.0), record.created.1)),
        ("updated", format!("{} by {}", instant(record.updated.0), record.updated.1)),
    ];
    rows.extend(record.evaluated.map(|at| ("changed for", instant(at))));
    rows.extend(record.salt.iter().map(|salt| ("salt", salt.clone())));
    rows.extend(record.definition.connections.iter().map(|each| ("connected", connections::text(each))));
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut out = String::new();
    if let Some(what) = drifted(record.drift) {
        let drift = format!("! drift: something else changed its {what}; the next apply repairs that");
        out.push_str(&format!("{}\n", style.paint(Style::WARNING, drift)));
    }
    for (label, text) in rows {
        let label = style.paint(Style::FAINT, format!("{label:<width$}"));
        out.push_str(&format!("{label}  {}\n", visible(&text)));
    }
    out.push('\n');
    for line in record.definition.text().lines() {
        out.push_str(&visible(line));
        out.push('\n');
    }
    out
}

/// The record as a JSON document.
pub fn show_json(record: &AudienceRecord) -> Value {
    json!({
        "version": VERSION,
        "id": record.id,
        "revision": record.revision,
        "fingerprint": record.fingerprint.to_string(),
        "salt": record.salt,
        "created": { "at": record.created.0.to_string(), "by": record.created.1 },
        "updated": { "at": record.updated.0.to_string(), "by": record.updated.1 },
        "evaluated": record.evaluated.map(|at| at.to_string()),
        "size": record.members.as_ref().map(RoaringBitmap::len),
        "drift": drift_json(record.drift),
        "definition": record.definition,
    })
}
