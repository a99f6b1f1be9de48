//! The outside world as a trait: files, environment, clock.
//!
//! In: paths and names. Out: bytes, or the operating system's error with the path in it. Nothing above this layer touches
//! `std::fs`, the environment or a clock (clippy's `disallowed-methods` holds it to that), so that tests, fuzzers and
//! editors can put another world underneath. SQLite is the one exception: it opens its own file.
//!
//! Invariant of every implementation: after [`System::write_atomic`] a path holds either its old content or the whole
//! new content, whatever happens in between.

mod map;
mod memory;
mod os;
mod overlay;

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::base::Now;

pub use memory::MemorySystem;
pub use os::OsSystem;
pub use overlay::Overlay;

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Bytes.
    pub len: u64,
    /// Last change, in ms UTC; 0 where the system does not tell.
    pub modified_ms: i64,
}

/// Writes the content of a file into the writer that it is given.
pub type Content<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

/// A file that is read from any place, by several threads at once.
pub trait ReadAt: Send + Sync {
    /// Bytes.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills a buffer from a place on; an error where the file ends before it is full.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
}

impl ReadAt for Bytes {
    fn len(&self) -> u64 {
        self.as_ref().len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let there = self.as_ref().get(from..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(there.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// Files, environment and clock.
pub trait System: Send + Sync {
    /// The clock, read once. Callers pass the value on and never ask twice within one evaluation (M6).
    fn now(&self) -> Now;

    /// An environment variable; `None` where it is unset or not Unicode.
    fn env(&self, name: &str) -> Option<String>;

    /// A whole file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// A file as a stream.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>>;

    /// A file that is read from any place. Unlike a mapped one it may be changed meanwhile, which shows in what is read.
    fn open_at(&self, path: &Path) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(Bytes::from(self.read(path)?)))
    }

    /// A file as shared bytes, memory-mapped where possible. The file must not be changed in place while they live:
    /// replace it with [`System::write_atomic`].
    fn map(&self, path: &Path) -> io::Result<Bytes>;

    /// Length and time of change of a file; an error for anything that is not a file.
    fn info(&self, path: &Path) -> io::Result<FileInfo>;

    /// Every file below a folder, sorted by path; hidden files and folders are left out. An absent folder is an error.
    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Whether the path is a folder.
    fn is_folder(&self, path: &Path) -> bool;

    /// Makes a folder and its parents; fine where it exists.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Replaces a file by new content, durably and all at once.
    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()>;

    /// Makes a new file that its owner alone may read, for what is too much to hold until it is whole. A path that exists is
    /// an error. What is written is there once the writer is dropped.
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>>;

    /// Removes a file; fine where there is none.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes what a [`System::write_atomic`] that was cut off left in a folder. A system whose writes leave nothing has nothing to
    /// remove.
    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        let _ = folder;
        Ok(())
    }

    /// Takes a lock that other processes respect, named by a file which is made where it does not exist. It is held until
    /// the value is dropped or the process ends, however it ends. A lock that is held elsewhere is an error of the kind
    /// [`io::ErrorKind::WouldBlock`]. A system without other processes has nothing to lock.
    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        let _ = path;
        Ok(Box::new(()))
    }
}

/// A whole file as text.
///
/// # Errors
/// What [`System::read`] says, or [`io::ErrorKind::InvalidData`] with the byte offset where the file is not UTF-8.
pub fn read_text(system: &dyn System, path: &Path) -> io::Result<String> {
    String::from_utf8(system.read(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        io::Error::new(io::ErrorKind::InvalidData, format!("not UTF-8 from byte {at} on"))
    })
}

/// Replaces a file by some bytes, durably and all at once.
pub fn write_bytes(system: &dyn System, path: &Path, bytes: &[u8]) -> io::Result<()> {
    system.write_atomic(path, &mut |out| out.write_all(bytes))
}
