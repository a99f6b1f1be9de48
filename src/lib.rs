#![doc = include_str!("../docs/architecture.md")]
// The order of these lines is the architecture: a module uses only modules written before it.

pub mod base;
pub mod system;
pub mod diagnostic;
pub mod catalog;
pub mod identity;
pub mod project;
pub mod syntax;
pub mod ir;
pub mod members;
pub mod analyze;
pub mod store;
pub mod eval;
pub mod estimate;
pub mod explain;
pub mod testing;
pub mod state;
pub mod outputs;
pub mod plan;
pub mod apply;
pub mod demo;
pub mod workload;
pub mod workbench;
pub mod picture;
pub mod report;
pub mod cli;
