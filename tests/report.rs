//! Tests of `report`.

mod apply;
mod audience;
mod plan;
