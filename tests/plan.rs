//! Tests of `plan`.

mod connections;
mod criterion;
mod file;
mod limits;
mod make;
mod renames;
mod splits;
mod stale;
mod standard;
pub(crate) mod world;
