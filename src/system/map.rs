//! Memory mapping: the only unsafe code of the project.
//!
//! A mapping is sound as long as nobody changes the mapped file in place. The files that are mapped belong to a store,
//! whose files are written once, under a name that is never used again, and replaced by renaming.
#![expect(unsafe_code, reason = "memory mapping has no safe interface")]

use std::fs::File;
use std::io;

use bytes::Bytes;
use memmap2::Mmap;

/// The content of an open file as shared bytes.
pub(super) fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new()); // an empty mapping is an error on some systems
    }
    // SAFETY: the file is opened for reading only and, by the store's rule above, never written to again.
    let mapped = unsafe { Mmap::map(file)? };
    Ok(Bytes::from_owner(mapped))
}
