//! The bytes of a CSV file on their way to its reader, which forgives too much: it takes a quote that is never closed for one that the
//! end of the file closes.
//!
//! In: a file that is unpacked. Out: the same bytes, and how they end.

use std::cell::Cell;
use std::io::{self, Read};

/// A reader that remembers how what it gave ends.
pub(super) struct Text<R> {
    inner: R,
    last: Cell<u8>,
}

impl<R> Text<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, last: Cell::new(0) }
    }

    /// Whether the last byte so far, line ends aside, is a quote.
    pub(super) fn ends_with_quote(&self) -> bool {
        self.last.get() == b'"'
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or(&[]);
        if let Some(last) = bytes.iter().rfind(|byte| !matches!(byte, b'\r' | b'\n')) {
            self.last.set(*last);
        }
        Ok(read)
    }
}
