//! The rules of sections 3 and 6 of the language, one file each: what is checked, how it is worded, and the fix where one
//! is certain.
//!
//! In: a part of a definition, and what it is checked against. Out: diagnostics, and whether the part can be relied on.

pub(super) mod aggregate;
pub(super) mod allowed;
pub(super) mod assertions;
pub(super) mod bounds;
pub(super) mod bulk;
pub(super) mod connections;
pub(super) mod constant;
pub(super) mod contradiction;
pub(super) mod count;
pub(super) mod event_parts;
pub(super) mod guards;
pub(super) mod letter_case;
mod limits;
pub(super) mod literals;
pub(super) mod moved;
pub(super) mod names;
pub(super) mod near;
pub(super) mod never_seen;
pub(super) mod order;
pub(super) mod profile;
pub(super) mod qualifier;
pub(super) mod reference;
pub(super) mod retention;
pub(super) mod settings;
pub(super) mod split;
pub(super) mod standard;
pub(super) mod tier;
pub(super) mod time_bounds;
pub(super) mod type_mismatch;
mod values;
pub(super) mod waits;

/// A text as the language writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
