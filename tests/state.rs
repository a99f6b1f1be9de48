//! What is deployed.

mod contract;
mod departure;
mod document;
mod history;
pub(crate) mod sample;
mod sqlite;
