//! What is deployed.

mod contract;
pub(crate) mod sample;
mod sqlite;
