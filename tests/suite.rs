//! All tests of the project from outside, in one binary.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test may fail, says what it skips, and works on real files"
)]

mod adopt;
mod analyze;
mod apply;
mod architecture;
mod ci;
mod cli;
mod clone;
mod coverage;
mod crash;
mod retail;
mod schema;
mod select;
mod docs;
mod emit;
mod estimate;
mod eval;
mod explain;
mod faults;
mod forget;
mod format;
mod history;
mod meaning;
mod picture;
mod plan;
mod project;
mod remote;
mod report;
mod scale;
mod scenarios;
mod secrets;
mod standard;
mod state;
mod store;
mod support;
mod syntax;
mod testing;
mod ui;
mod workload;
