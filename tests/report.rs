//! Tests of `report`.

mod apply;
mod audience;
mod describe;
mod graph;
mod plan;
mod suppress;
