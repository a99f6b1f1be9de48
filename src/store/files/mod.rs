//! A store as files: a folder of Arrow IPC files and a manifest that names them. `docs/store.md` describes the format.
//!
//! In: a [`Store`], or a folder. Out: the other. What always holds: the manifest names whole, checksummed files; it is
//! replaced all at once, after the files that it names were written and before those that it no longer names are removed;
//! a file name is never used for other content. So a folder is a whole store at every moment.

mod events;
mod ipc;
mod manifest;
mod node;
mod open;
mod products;
mod requests;
mod sums;
mod texts;
mod users;
mod verify;
mod write;

pub(super) use manifest::TableName;
pub(super) use manifest::{FileEntry, Imported, Manifest};
pub use open::open;
pub(super) use open::{load, read_users, while_it_stays};
pub(super) use requests::{StoredRequest, read_requests};
pub use verify::{Verification, verify};
pub(super) use write::{Change, Writing, kept_segments, remove_unnamed, slug};
