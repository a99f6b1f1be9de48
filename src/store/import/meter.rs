//! How far reading is, and what the bytes that were read add up to.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use super::report::Progress;

/// How much was read of all files.
pub(super) struct Meter<'a> {
    pub(super) done: Cell<u64>,
    pub(super) rows: Cell<u64>,
    pub(super) total: u64,
    pub(super) tell: &'a dyn Fn(Progress<'_>),
}

impl Meter<'_> {
    pub(super) fn tell(&self, source: &str, file: &str, bytes_of_file: u64) {
        let bytes_done = self.done.get() + bytes_of_file;
        (self.tell)(Progress { source, file, bytes_done, bytes_total: self.total, rows: self.rows.get() });
    }
}

/// What went through a [`Summing`] reader.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) bytes: Cell<u64>,
    pub(super) hasher: RefCell<blake3::Hasher>,
}

/// A reader that sums up what is read from it.
pub(super) struct Summing<R> {
    pub(super) inner: R,
    pub(super) sums: Rc<Sums>,
}

impl<R: Read> Read for Summing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sums.bytes.set(self.sums.bytes.get() + read as u64);
        self.sums.hasher.borrow_mut().update(buffer.get(..read).unwrap_or(&[]));
        Ok(read)
    }
}
