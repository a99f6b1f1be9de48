//! The bytes of a CSV file on their way to its reader, which forgives too much: it holds any row until it ends, and takes a quote that
//! is never closed for one that the end of the file closes.
//!
//! In: a file that is unpacked. Out: the same bytes as long as rows end, and how they end.

use std::cell::Cell;
use std::io::{self, Read};

/// A reader that gives only so much without being told that a row has ended, and remembers how what it gave ends.
pub(super) struct Text<R> {
    inner: R,
    /// The line that the row under way begins on.
    line: Cell<u64>,
    /// How many more bytes are given of it.
    left: Cell<usize>,
    last: Cell<u8>,
}

impl<R> Text<R> {
    /// A file whose first row may have so many bytes, not counting blank lines before it.
    pub(super) fn new(inner: R, most: usize) -> Self {
        Self { inner, line: Cell::new(1), left: Cell::new(most), last: Cell::new(0) }
    }

    /// Says that a row has ended, and how many bytes the next one may have, beyond those that are given already.
    pub(super) fn next_row(&self, line: u64, most: usize) {
        self.line.set(line);
        self.left.set(most);
    }

    /// Whether the last byte so far, line ends aside, is a quote.
    pub(super) fn ends_with_quote(&self) -> bool {
        self.last.get() == b'"'
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Err(does_not_end(self.line.get()));
        }
        let read = self.inner.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or(&[]);
        if let Some(at) = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')) {
            self.last.set(bytes.get(at).copied().unwrap_or_default());
            self.left.set(self.left.get().saturating_sub(at + 1));
        }
        Ok(read)
    }
}

/// Of a row without an end nothing can be trusted, nor of anything behind it.
pub(super) fn does_not_end(line: u64) -> io::Error {
    let message = format!("the row that begins on line {line} does not end; is a quote left open there?");
    io::Error::new(io::ErrorKind::InvalidData, message)
}
