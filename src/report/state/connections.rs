//! Connections as deployed, by their outputs.

use serde_json::{Value, json};

use crate::ir::{Connection, ConnectionStatus, VariantName};
use crate::report::plan::variant;

/// `warehouse`, `warehouse / push`, `archive (inactive)`.
pub(super) fn text(connection: &Connection) -> String {
    let inactive = if connection.status == ConnectionStatus::Inactive { " (inactive)" } else { "" };
    match &connection.variant {
        VariantName::Whole => format!("{}{inactive}", connection.output),
        part => format!("{} / {part}{inactive}", connection.output),
    }
}

/// All of an audience in one line.
pub(super) fn texts(connections: &[Connection]) -> String {
    connections.iter().map(text).collect::<Vec<_>>().join(", ")
}

pub(super) fn document(connection: &Connection) -> Value {
    json!({
        "output": connection.output,
        "variant": variant(&connection.variant),
        "status": connection.status,
    })
}
