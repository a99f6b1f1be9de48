//! A whole state as one JSON document, the same from every database.
//!
//! In: a database. Out: `{"format": "aud state", "version": 1, "lineage", "serial", "checksum", "tables": {table: [row]}}`, a row as an
//! object of its columns, bytes in base64. What always holds: two states that hold the same give the same document, and a
//! document that was changed does not have its checksum.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use super::table::{TABLES, Table};
use super::{Database, Value, read};
use crate::base::Fingerprint;
use crate::state::{Head, StateError};

/// What every document names itself.
pub(super) const FORMAT: &str = "aud state";

/// The version of documents that this build writes, and the latest that it reads.
pub(super) const VERSION: u64 = 1;

/// The document of everything in a database.
pub(super) fn dump(db: &dyn Database) -> Result<Json, StateError> {
    let head = read::head(db)?;
    let mut tables = Map::new();
    for table in &TABLES {
        tables.insert(table.name.to_owned(), rows(db, table)?);
    }
    Ok(document(&head, tables))
}

/// The document of a state that nothing was applied to.
pub(super) fn empty() -> Result<Json, StateError> {
    let mut tables: Map<String, Json> =
        TABLES.iter().map(|table| (table.name.to_owned(), Json::Array(Vec::new()))).collect();
    let row = json!({ "only": 1, "lineage": "", "serial": 0, "evaluated_at": null, "data_version": null, "recorded_from": 0 });
    tables.insert("head".to_owned(), json!([row]));
    Ok(document(&Head::default(), tables))
}

fn document(head: &Head, tables: Map<String, Json>) -> Json {
    let tables = Json::Object(tables);
    json!({
        "format": FORMAT,
        "version": VERSION,
        "lineage": head.lineage,
        "serial": head.serial,
        "checksum": checksum(&tables),
        "tables": tables,
    })
}

/// The fingerprint of the tables. The maps of a document are in the order of their keys, so that it does not depend on the text.
pub(super) fn checksum(tables: &Json) -> String {
    Fingerprint::of(serde_json::to_vec(tables).unwrap_or_default()).to_string()
}

fn rows(db: &dyn Database, table: &Table) -> Result<Json, StateError> {
    let sql = format!("SELECT {} FROM {} ORDER BY {}", table.names(), table.name, table.order);
    let rows = db.query(&sql, &[])?.into_iter().map(|row| {
        let cells = table.columns.iter().zip(row.0).map(|((name, ..), value)| ((*name).to_owned(), cell(value)));
        Json::Object(cells.collect())
    });
    Ok(Json::Array(rows.collect()))
}

fn cell(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Int(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => STANDARD.encode(bytes).into(),
    }
}
