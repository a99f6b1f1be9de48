//! A document in the place of a whole state.
//!
//! In: what `dump` gave, from this or another database. Out: the same state here. What always holds: the document is read and understood
//! before anything is written, everything is written in one transaction, and at its end the state must read back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use super::column::bitmap;
use super::dump::{FORMAT, VERSION, checksum};
use super::table::{Holds, TABLES, Table};
use super::{Database, Param, Value, delivery, history, read};
use crate::state::{Head, StateError};

/// A document that was understood.
pub(super) struct Document {
    head: Head,
    /// The rows of each table, in the order of [`TABLES`].
    tables: Vec<Vec<Vec<Value>>>,
}

/// Understands a document.
pub(super) fn read(document: &Json) -> Result<Document, StateError> {
    let root = document.as_object().ok_or_else(|| broken("it is no object"))?;
    if root.get("format").and_then(Json::as_str) != Some(FORMAT) {
        return Err(broken(format!("it does not say `\"format\": \"{FORMAT}\"`")));
    }
    match root.get("version").and_then(Json::as_u64) {
        Some(VERSION) => {}
        Some(found) if found > VERSION => return Err(StateError::NewerDocument { found, known: VERSION }),
        _ => return Err(broken("its `version` is none that there ever was")),
    }
    let tables = root.get("tables").ok_or_else(|| broken("it has no `tables`"))?;
    if root.get("checksum").and_then(Json::as_str) != Some(&checksum(tables)) {
        return Err(broken("it was changed or damaged: its checksum is another one"));
    }
    let tables = tables.as_object().ok_or_else(|| broken("its `tables` are no object"))?;
    if let Some(other) = tables.keys().find(|name| TABLES.iter().all(|table| table.name != *name)) {
        return Err(broken(format!("there is no table `{other}`")));
    }
    let lineage = root.get("lineage").and_then(Json::as_str);
    let serial = root.get("serial").and_then(Json::as_u64);
    let (Some(lineage), Some(serial)) = (lineage, serial) else { return Err(broken("it has no lineage or no serial")) };
    Ok(Document {
        head: Head { lineage: lineage.to_owned(), serial },
        tables: TABLES.iter().map(|table| rows(table, tables)).collect::<Result<_, _>>()?,
    })
}

fn rows(table: &Table, tables: &Map<String, Json>) -> Result<Vec<Vec<Value>>, StateError> {
    let rows = tables.get(table.name).and_then(Json::as_array);
    let rows = rows.ok_or_else(|| broken(format!("it has no table `{}`", table.name)))?;
    rows.iter().map(|row| cells(table, row)).collect()
}

fn cells(table: &Table, row: &Json) -> Result<Vec<Value>, StateError> {
    let row = row.as_object().filter(|row| row.len() == table.columns.len());
    let row = row.ok_or_else(|| broken(format!("a row of `{}` has other columns", table.name)))?;
    let cells = table.columns.iter().map(|(name, holds, optional)| {
        let value = match (row.get(*name), holds) {
            (Some(Json::Null), _) => optional.then_some(Value::Null),
            (Some(cell), Holds::Int) => cell.as_i64().map(Value::Int),
            (Some(cell), Holds::Text) => cell.as_str().map(|text| Value::Text(text.to_owned())),
            (Some(cell), Holds::Blob) => cell.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Value::Blob),
            (None, _) => None,
        };
        value.ok_or_else(|| broken(format!("a value of `{}.{name}` cannot be read", table.name)))
    });
    cells.collect()
}

/// Writes a document in the place of everything, and gives its serial. The lock stays whose it is.
pub(super) fn write(db: &dyn Database, document: &Document, force: bool) -> Result<u64, StateError> {
    let (held, found) = (read::head(db)?, &document.head);
    if !force && held.serial > 0 && held.lineage != found.lineage {
        return Err(StateError::OtherLineage { found: found.lineage.clone(), held: held.lineage });
    }
    if !force && found.serial <= held.serial {
        return Err(StateError::NotHigher { found: found.serial, held: held.serial });
    }
    for table in TABLES.iter().rev() {
        db.execute(&format!("DELETE FROM {}", table.name), &[])?;
    }
    for (table, rows) in TABLES.iter().zip(&document.tables) {
        insert(db, table, rows).map_err(of_document)?;
    }
    must_read_back(db, found).map_err(of_document)?;
    Ok(found.serial)
}

fn insert(db: &dyn Database, table: &Table, rows: &[Vec<Value>]) -> Result<(), StateError> {
    let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.names(), places.join(", "));
    for row in rows {
        let values: Vec<Param<'_>> = row.iter().map(param).collect();
        db.execute(&sql, &values)?;
    }
    Ok(())
}

fn param(value: &Value) -> Param<'_> {
    match value {
        Value::Null => Param::Null,
        Value::Int(number) => Param::Int(*number),
        Value::Text(text) => Param::Text(text),
        Value::Blob(bytes) => Param::Blob(bytes),
    }
}

/// Reads everything that was just written, as any later run will.
fn must_read_back(db: &dyn Database, head: &Head) -> Result<(), StateError> {
    let snapshot = read::snapshot(db)?;
    if (&snapshot.lineage, snapshot.serial) != (&head.lineage, head.serial) {
        return Err(StateError::damaged("lineage and serial are not those of its tables"));
    }
    // Members that something else put there are not what a snapshot says; they must be members all the same.
    for row in db.query("SELECT members FROM audiences WHERE members IS NOT NULL", &[])? {
        bitmap(row.blob(0)?)?;
    }
    delivery::pending(db)?;
    history::journal_since(db, i64::MIN)?;
    history::commits(db)?;
    for audience in db.query("SELECT DISTINCT audience FROM revisions", &[])? {
        history::revisions(db, audience.unsigned(0)?)?;
    }
    for audience in snapshot.audiences {
        history::known(db, &audience.definition.address)?;
    }
    Ok(())
}

fn broken(what: impl Into<String>) -> StateError {
    StateError::Document(what.into())
}

/// What the document is to blame for.
fn of_document(error: StateError) -> StateError {
    match error {
        StateError::Damaged(what) | StateError::Unfit(what) => StateError::Document(what),
        other => other,
    }
}
