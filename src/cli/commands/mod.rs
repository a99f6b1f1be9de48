//! One file a command.

pub(super) mod apply;
pub(super) mod backtest;
pub(super) mod bench;
pub(super) mod check;
pub(super) mod data;
pub(super) mod demo;
pub(super) mod describe;
pub(super) mod emit;
pub(super) mod estimate;
pub(super) mod explain;
pub(super) mod explain_code;
pub(super) mod fmt;
pub(super) mod forget;
pub(super) mod from_ir;
pub(super) mod graph;
pub(super) mod import;
pub(super) mod init;
pub(super) mod list;
pub(super) mod plan;
pub(super) mod schema;
pub(super) mod show;
pub(super) mod state;
pub(super) mod test;
pub(super) mod watch;
pub(super) mod who;
