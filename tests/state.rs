//! What is deployed.

mod contract;
mod departure;
mod document;
mod history;
mod postgres;
pub(crate) mod sample;
mod sqlite;
