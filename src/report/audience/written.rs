//! Definitions that were written into a file.

use serde_json::{Value, json};

use super::VERSION;
use crate::report::visible;
use crate::workbench::WrittenDown;

/// What was written where, in a line.
pub fn written(written: &WrittenDown) -> String {
    let addresses: Vec<&str> = written.audiences.iter().map(|address| address.as_str()).collect();
    format!("Wrote {} into {}", addresses.join(", "), visible(&written.file.display().to_string()))
}

/// The same as a JSON document.
pub fn written_json(written: &WrittenDown) -> Value {
    json!({ "version": VERSION, "file": written.file.display().to_string(), "audiences": written.audiences })
}
