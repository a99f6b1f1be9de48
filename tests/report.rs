//! Tests of `report`.

mod apply;
mod audience;
mod describe;
mod graph;
mod forms;
mod pages;
mod plan;
mod state;
mod suppress;
