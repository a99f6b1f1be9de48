//! What was done to a state by hand: an audience moved or forgotten, the whole of it written out or replaced, a lock taken away.

use std::path::Path;

use serde_json::{Value, json};

use super::VERSION;
use crate::base::Address;
use crate::report::number::{counted, people};
use crate::report::visible;
use crate::state::LockInfo;
use crate::workbench::Left;

/// An audience has another address.
pub fn moved(from: &Address, to: &Address, serial: u64) -> String {
    format!("`{from}` is `{to}` from now on; state serial {serial}\n")
}

/// The same as a JSON document.
pub fn moved_json(from: &Address, to: &Address, serial: u64) -> Value {
    json!({ "version": VERSION, "from": from, "to": to, "serial": serial })
}

/// What audiences that are to be forgotten leave where it is.
pub fn to_remove(left: &[Left]) -> String {
    let width = left.iter().map(|each| each.address.as_str().len()).max().unwrap_or(0);
    let line = |each: &Left| {
        let outputs: Vec<String> = each.outputs.iter().map(ToString::to_string).collect();
        let stay = match (outputs.as_slice(), each.size) {
            ([], _) => "is connected nowhere".to_owned(),
            (outputs, 1) => format!("1 person stays in {}", outputs.join(", ")),
            (outputs, size) => format!("{} stay in {}", people(size), outputs.join(", ")),
        };
        format!("{:<width$}  {stay}\n", each.address.as_str())
    };
    left.iter().map(line).collect()
}

/// Audiences were forgotten.
pub fn removed(left: &[Left], serial: u64) -> String {
    format!("forgot {} in the state; serial {serial}\n", counted(left.len() as u64, "audience", "audiences"))
}

/// The same as a JSON document.
pub fn removed_json(left: &[Left], serial: u64) -> Value {
    let each = |each: &Left| json!({ "address": each.address, "size": each.size, "outputs": each.outputs });
    json!({ "version": VERSION, "removed": left.iter().map(each).collect::<Vec<_>>(), "serial": serial })
}

/// The state was written into a file.
pub fn pulled(path: &Path) -> String {
    visible(&format!("wrote the state to {}; treat it like the data", path.display())).into_owned()
}

/// The state is that of a file.
pub fn pushed(path: &Path, serial: u64) -> String {
    visible(&format!("the state is that of {}; serial {serial}", path.display())).into_owned() + "\n"
}

/// The same as a JSON document.
pub fn pushed_json(serial: u64) -> Value {
    json!({ "version": VERSION, "serial": serial })
}

/// A lock was taken away.
pub fn unlocked(held: &LockInfo) -> String {
    visible(&format!("took the lock away from {held}")).into_owned() + "\n"
}

/// The same as a JSON document.
pub fn unlocked_json(held: &LockInfo) -> Value {
    json!({ "version": VERSION, "unlocked": held.id })
}
