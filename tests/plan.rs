//! Tests of `plan`.

mod actions;
mod checks;
mod connections;
mod criterion;
mod file;
mod limits;
mod make;
mod renames;
mod reuse;
mod splits;
mod stale;
mod standard;
mod why;
pub(crate) mod world;
