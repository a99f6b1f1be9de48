//! A stream to the objects in it, some at a time.
//!
//! A file whose first line is one whole object has one object a line, and a line that is broken is broken alone. Any other
//! file is a sequence of objects, with or without brackets and commas around them, on as many lines as they like.

use std::io::{self, BufRead, Chain, Cursor, Read};
use std::ops::Range;

use memchr::{memchr, memchr2};

use super::super::report::BadRow;

/// Bytes that one object may have: far more than the platform takes.
pub(super) const LONGEST: usize = 16 << 20;
/// Bytes of objects that are read at once.
const CHUNK: usize = 1 << 20;

/// Some objects, one after the other.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    bytes: Vec<u8>,
    pub(super) pieces: Vec<Piece>,
}

/// Where one object is.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    range: Range<usize>,
    /// The line that it begins on, from 1.
    pub(super) line: u64,
    too_long: bool,
}

impl Chunk {
    /// The bytes of a piece; none where there were too many.
    pub(super) fn bytes(&self, piece: &Piece) -> &[u8] {
        self.bytes.get(piece.range.clone()).unwrap_or(&[])
    }

    /// The text of a piece.
    pub(super) fn text(&self, piece: &Piece) -> Result<&str, BadRow> {
        if piece.too_long {
            return Err(BadRow::TooLong);
        }
        std::str::from_utf8(self.bytes(piece)).map_err(|_| BadRow::NotUtf8)
    }

    fn end(&mut self, from: usize, line: u64, too_long: bool) {
        if too_long {
            self.bytes.truncate(from);
        }
        self.pieces.push(Piece { range: from..self.bytes.len(), line, too_long });
    }

    /// Takes bytes over, unless the piece that began at `from` has too many already.
    fn take(&mut self, bytes: &[u8], from: usize, too_long: &mut bool) {
        *too_long |= self.bytes.len() - from + bytes.len() > LONGEST;
        if !*too_long {
            self.bytes.extend_from_slice(bytes);
        }
    }
}

/// The objects of a stream.
pub(super) struct Pieces<R> {
    input: Chain<Cursor<Vec<u8>>, R>,
    by_line: bool,
    line: u64,
    /// Brackets that are open around objects.
    open: u64,
}

impl<R: BufRead> Pieces<R> {
    /// Looks at the first line to see how the file is laid out.
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        let mut first = Vec::new();
        let mut line = 1;
        // Blank lines and a byte order mark say nothing.
        loop {
            (&mut input).take(LONGEST as u64).read_until(b'\n', &mut first)?;
            if first.starts_with(b"\xef\xbb\xbf") {
                first.drain(..3);
            }
            if first.is_empty() || !first.trim_ascii().is_empty() {
                break;
            }
            line += memchr::memchr_iter(b'\n', &first).count() as u64;
            first.clear();
        }
        let by_line = first.trim_ascii().starts_with(b"{") && is_closed(&first);
        Ok(Self { input: Cursor::new(first).chain(input), by_line, line, open: 0 })
    }

    /// Reads the next objects in place of those before. Says whether there are any.
    pub(super) fn fill(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        chunk.bytes.clear();
        chunk.pieces.clear();
        while chunk.bytes.len() < CHUNK && (if self.by_line { self.line(chunk) } else { self.object(chunk) })? {}
        Ok(!chunk.pieces.is_empty())
    }

    /// Takes a line; false at the end.
    fn line(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let (from, mut too_long) = (chunk.bytes.len(), false);
        loop {
            let bytes = self.input.fill_buf()?;
            let end = memchr(b'\n', bytes);
            let read = end.map_or(bytes.len(), |end| end + 1);
            chunk.take(bytes.get(..end.unwrap_or(read)).unwrap_or(&[]), from, &mut too_long);
            self.input.consume(read);
            if end.is_some() || read == 0 {
                let blank = chunk.bytes.get(from..).is_none_or(|line| line.trim_ascii().is_empty());
                if blank && !too_long {
                    chunk.bytes.truncate(from);
                } else {
                    chunk.end(from, self.line, too_long);
                }
                self.line += u64::from(end.is_some());
                return Ok(end.is_some());
            }
        }
    }

    /// Takes an object, or something that is none; false at the end.
    fn object(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        let Some(first) = self.skip()? else { return Ok(false) };
        let (from, line, mut too_long) = (chunk.bytes.len(), self.line, false);
        let mut shape = Shape::default();
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                if first != b'{' {
                    chunk.end(from, line, too_long);
                    return Ok(true);
                }
                return Err(broken(format!("the object that begins on line {line} does not end")));
            }
            let end = if first == b'{' {
                shape.end(bytes)
            } else {
                bytes.iter().position(|byte| matches!(byte, b',' | b']' | b'\n' | b'{'))
            };
            let read = end.unwrap_or(bytes.len());
            let taken = bytes.get(..read).unwrap_or(bytes);
            self.line += memchr::memchr_iter(b'\n', taken).count() as u64;
            chunk.take(taken, from, &mut too_long);
            self.input.consume(read);
            if end.is_some() {
                chunk.end(from, line, too_long);
                return Ok(true);
            }
        }
    }

    /// Skips what stands between objects; gives the first byte of what follows.
    fn skip(&mut self) -> io::Result<Option<u8>> {
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                let open = self.open > 0;
                return if open { Err(broken("the file ends inside an array".to_owned())) } else { Ok(None) };
            }
            let between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']');
            let end = bytes.iter().position(|byte| !between(byte));
            let skipped = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or(bytes);
            for byte in skipped {
                match byte {
                    b'\n' => self.line += 1,
                    b'[' => self.open += 1,
                    b']' => self.open = self.open.saturating_sub(1),
                    _ => {}
                }
            }
            let first = end.and_then(|end| bytes.get(end).copied());
            let read = skipped.len();
            self.input.consume(read);
            if first.is_some() {
                return Ok(first);
            }
        }
    }
}

fn broken(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Whether everything that a line opens is closed in it.
fn is_closed(line: &[u8]) -> bool {
    let mut shape = Shape::default();
    let rest = shape.end(line.trim_ascii());
    rest.is_some()
}

/// Where a scan of an object is.
#[derive(Debug, Default)]
struct Shape {
    depth: u64,
    in_text: bool,
    escaped: bool,
}

impl Shape {
    /// The position behind the end of the object, if it ends in these bytes.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_text {
                let Some(next) = memchr2(b'"', b'\\', rest) else { break };
                self.escaped = rest.get(next) == Some(&b'\\');
                self.in_text = self.escaped;
                at += next + 1;
            } else {
                let Some(next) = rest.iter().position(|byte| matches!(byte, b'"' | b'{' | b'}' | b'[' | b']')) else {
                    break;
                };
                at += next + 1;
                match rest.get(next) {
                    Some(b'"') => self.in_text = true,
                    Some(b'{' | b'[') => self.depth += 1,
                    _ => self.depth = self.depth.saturating_sub(1),
                }
                if self.depth == 0 && !self.in_text {
                    return Some(at);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces with their lines, however few bytes come at once.
    fn pieces(text: &str) -> Result<Vec<(u64, String)>, String> {
        let read = |buffer: usize| {
            let mut pieces = Pieces::new(io::BufReader::with_capacity(buffer, text.as_bytes()))?;
            let (mut chunk, mut all) = (Chunk::default(), Vec::new());
            while pieces.fill(&mut chunk)? {
                let text = |piece| String::from_utf8_lossy(chunk.bytes(piece)).trim().to_owned();
                all.extend(chunk.pieces.iter().map(|piece| (piece.line, text(piece))));
            }
            Ok::<_, io::Error>(all)
        };
        let (whole, by_byte) = (read(1 << 16).map_err(|e| e.to_string()), read(1).map_err(|e| e.to_string()));
        assert_eq!(whole, by_byte);
        whole
    }

    fn all(pieces: &[(u64, &str)]) -> Result<Vec<(u64, String)>, String> {
        Ok(pieces.iter().map(|(line, text)| (*line, (*text).to_owned())).collect())
    }

    #[test]
    fn layouts_are_told_apart() {
        assert_eq!(
            pieces("{\"a\":1}\n\n{\"b\":\n{\"c\":3}"),
            all(&[(1, "{\"a\":1}"), (3, "{\"b\":"), (4, "{\"c\":3}")])
        );
        let text = "\u{feff}\n[{\"a\":\"}]\\\"\"},\n {\"b\":[{}]}]\n";
        assert_eq!(pieces(text), all(&[(2, "{\"a\":\"}]\\\"\"}"), (3, "{\"b\":[{}]}")]));
        assert_eq!(pieces("{\n \"a\": 1\n}\n"), all(&[(1, "{\n \"a\": 1\n}")]));
        assert_eq!(pieces("[1, {\"a\":2},x]"), all(&[(1, "1"), (1, "{\"a\":2}"), (1, "x")]));
        assert_eq!(pieces(" \n"), all(&[]));
    }

    #[test]
    fn what_does_not_end_is_an_error() {
        assert_eq!(pieces("[{\"a\":1},\n{\"b\":"), Err("the object that begins on line 2 does not end".to_owned()));
        assert_eq!(pieces("[{\"a\":1}"), Err("the file ends inside an array".to_owned()));
    }

    #[test]
    fn an_endless_object_is_not_held() {
        for text in [
            format!("{{}}\n{}\n{{}}", "x".repeat(LONGEST + 1)),
            format!("[{{}},{{\"{}\":1}},{{}}]", "x".repeat(LONGEST)),
        ] {
            let mut pieces = Pieces::new(text.as_bytes()).unwrap();
            let mut chunk = Chunk::default();
            let mut found = Vec::new();
            while pieces.fill(&mut chunk).unwrap() {
                assert!(chunk.bytes.len() < 100);
                found.extend(chunk.pieces.iter().map(|piece| chunk.text(piece).map(str::len)));
            }
            assert_eq!(found, [Ok(2), Err(BadRow::TooLong), Ok(2)]);
        }
    }
}
