//! Sources of JSON: batches of the platform, and rows that are one object each.
//!
//! In: the bytes of a file. Out: rows in the [`Work`](super::base::Work) of the import. What always holds: a file is read in
//! pieces of bounded length and never held whole; pieces are read on every core and taken in the order of the file, so the
//! result does not depend on how many there are; what cannot be read is a reason, a place and the piece as it was.

mod batch;
mod batches;
mod event;
mod identities;
mod names;
mod pieces;
mod profile;
mod row;
mod rows;
mod value;

pub(super) use batches::read as read_batches;
pub(super) use rows::read as read_rows;
