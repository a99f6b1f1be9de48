//! All tests of the project from outside, in one binary.

mod analyze;
mod apply;
mod architecture;
mod cli;
mod eval;
mod plan;
mod project;
mod state;
mod store;
mod support;
mod syntax;
mod ui;
