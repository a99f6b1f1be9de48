//! The tables of a state and their columns, for what handles all of them alike: the document of a whole state.
//!
//! What always holds: the columns are those of the newest format in every database (a test compares), and a table stands after
//! those that it refers to. The lock is not part of it: it belongs to a run and not to the state.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// A number.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Blob,
}

/// A column: name, content, and whether it may be empty.
pub(super) type Column = (&'static str, Holds, bool);

/// A table.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) columns: &'static [Column],
    /// What its rows are in the order of.
    pub(super) order: &'static str,
}

use Holds::{Blob, Int, Text};

/// All of them.
pub(super) const TABLES: [Table; 9] = [
    Table {
        name: "head",
        columns: &[
            ("only", Int, false),
            ("lineage", Text, false),
            ("serial", Int, false),
            ("evaluated_at", Int, true),
            ("data_version", Int, true),
            ("recorded_from", Int, false),
        ],
        order: "\"only\"",
    },
    Table { name: "users", columns: &[("chunk", Int, false), ("mpids", Blob, false)], order: "chunk" },
    Table {
        name: "audiences",
        columns: &[
            ("id", Int, false),
            ("address", Text, false),
            ("ir_version", Int, false),
            ("definition", Text, false),
            ("fingerprint", Text, false),
            ("revision", Int, false),
            ("salt", Text, true),
            ("created_at", Int, false),
            ("created_by", Text, false),
            ("updated_at", Int, false),
            ("updated_by", Text, false),
            ("members", Blob, true),
            ("size", Int, false),
            ("deleted_at", Int, true),
            ("deleted_by", Text, true),
            ("evaluated_at", Int, true),
            ("members_seal", Text, true),
            ("checked_at", Int, true),
            ("checked_store", Text, true),
            ("checked_version", Int, true),
            ("checked_until", Int, true),
            ("checked_key", Text, true),
            ("deleted_serial", Int, true),
        ],
        order: "id",
    },
    Table {
        name: "addresses",
        columns: &[("audience", Int, false), ("address", Text, false), ("serial", Int, false)],
        order: "audience, serial, address",
    },
    Table {
        name: "revisions",
        columns: &[
            ("audience", Int, false),
            ("revision", Int, false),
            ("at", Int, false),
            ("by", Text, false),
            ("git_commit", Text, true),
            ("ir_version", Int, false),
            ("definition", Text, false),
            ("serial", Int, true),
        ],
        order: "audience, revision",
    },
    Table {
        name: "journal",
        columns: &[
            ("id", Int, false),
            ("audience", Int, false),
            ("at", Int, false),
            ("revision", Int, false),
            ("serial", Int, false),
            ("entered", Int, false),
            ("dropped", Int, false),
            ("adds", Blob, false),
            ("drops", Blob, false),
        ],
        order: "id",
    },
    Table {
        name: "connections",
        columns: &[
            ("id", Int, false),
            ("audience", Int, false),
            ("variant", Text, false),
            ("output", Text, false),
            ("last_sequence", Int, false),
        ],
        order: "id",
    },
    Table {
        name: "outbox",
        columns: &[
            ("id", Int, false),
            ("connection", Int, false),
            ("sequence", Int, false),
            ("serial", Int, false),
            ("address", Text, false),
            ("downstream_name", Text, false),
            ("at", Int, false),
            ("adds", Blob, true),
            ("drops", Blob, true),
            ("delivered_at", Int, true),
            ("departed", Text, true),
        ],
        order: "id",
    },
    Table {
        name: "commits",
        columns: &[
            ("serial", Int, false),
            ("at", Int, false),
            ("by", Text, false),
            ("git_commit", Text, true),
            ("reason", Text, false),
            ("now", Int, false),
            ("store", Text, false),
            ("data_version", Int, false),
            ("allowed", Text, false),
        ],
        order: "serial",
    },
];

impl Table {
    /// Its columns' names, each in quotes, since some are words of the language.
    pub(super) fn names(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
        names.join(", ")
    }
}
