//! What is deployed.

mod contract;
mod departure;
pub(crate) mod sample;
mod sqlite;
