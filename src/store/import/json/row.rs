//! One object as a row: its keys are the columns.

use super::super::record::{Record, Said};
use super::super::report::BadRow;
use super::value::{Object, Value, reason, value};

/// A row with the columns that a source asks for.
#[derive(Debug)]
pub(super) struct JsonRow<'a> {
    values: Vec<Option<Value<'a>>>,
}

impl<'a> JsonRow<'a> {
    /// Reads the text of an object.
    pub(super) fn read(text: &'a str, columns: &[String]) -> Result<Self, BadRow> {
        if !text.trim_start().starts_with('{') {
            return Err(BadRow::NotJson);
        }
        let object: Object<'a> = serde_json::from_str(text).map_err(|error| reason(&error))?;
        let values = columns.iter().map(|column| find(&object, column)).collect::<Result<_, _>>()?;
        Ok(Self { values })
    }
}

/// What stands under a name, or under a path of names with dots between them.
fn find<'a>(object: &Object<'a>, column: &str) -> Result<Option<Value<'a>>, BadRow> {
    if let Some(raw) = object.get(column) {
        return value(raw).map(Some);
    }
    let Some((first, rest)) = column.split_once('.') else { return Ok(None) };
    match object.get(first) {
        Some(raw) if raw.get().starts_with('{') => find(&object.object(first)?, rest),
        _ => Ok(None),
    }
}

impl Record for JsonRow<'_> {
    fn said(&self, column: usize) -> Result<Said<'_>, BadRow> {
        Ok(match self.values.get(column) {
            None | Some(None) => Said::Missing,
            Some(Some(Value::Null)) => Said::Null,
            Some(Some(Value::Text(text))) => Said::Text(text),
            Some(Some(Value::List(entries))) => Said::List(entries),
        })
    }
}
