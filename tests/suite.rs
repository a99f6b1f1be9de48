//! All tests of the project from outside, in one binary.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail, and works on real files")]

mod analyze;
mod apply;
mod architecture;
mod cli;
mod crash;
mod retail;
mod eval;
mod plan;
mod project;
mod report;
mod state;
mod store;
mod support;
mod syntax;
mod ui;
