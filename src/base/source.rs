//! The texts of a project, and where in them something stands.
//!
//! Invariant: a [`SourceId`] is only meaningful in the [`SourceMap`] that made it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::span::Span;

/// The number of one text in a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(pub u32);

/// One text with the path that it is shown under.
#[derive(Debug)]
pub struct Source {
    /// The path as people are shown it: relative to the project folder where possible.
    pub path: PathBuf,
    /// The whole text.
    pub text: Arc<str>,
    /// Byte offset of the start of each line.
    line_starts: Vec<u32>,
}

impl Source {
    /// Wraps a text. Texts beyond 4 GiB are cut for positions only.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(breaks).collect();
        Self { path: path.into(), text, line_starts }
    }

    /// Line and column (both from 1, columns in characters) of a byte offset.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self.text.get(start..end).map_or(0, |part| part.chars().count());
        (line, column + 1)
    }

    /// The text under a span; empty where the span does not fit.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// All texts that one run has read.
#[derive(Debug, Default, Clone)]
pub struct SourceMap {
    sources: Vec<Arc<Source>>,
}

impl SourceMap {
    /// Adds a text and gives its number.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> SourceId {
        self.sources.push(Arc::new(Source::new(path, text)));
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The text of a number, if it is from this map.
    pub fn get(&self, id: SourceId) -> Option<&Arc<Source>> {
        self.sources.get(id.0 as usize)
    }

    /// Replaces every byte under a span by `*`, so that a secret written there is never shown. Line feeds stay.
    pub fn mask(&mut self, span: Span) {
        let Some(source) = self.sources.get_mut(span.source.0 as usize) else { return };
        let (start, end) = (span.start as usize, span.end as usize);
        let (Some(before), Some(after)) = (source.text.get(..start), source.text.get(end..)) else { return };
        let masked = source.slice(span).bytes().map(|byte| if byte == b'\n' { '\n' } else { '*' });
        let text: String = before.chars().chain(masked).chain(after.chars()).collect();
        *source = Arc::new(Source::new(source.path.clone(), text));
    }

    /// The number of the text that was added under a path.
    pub fn find(&self, path: &Path) -> Option<SourceId> {
        self.sources.iter().position(|source| source.path == path).map(|at| SourceId(at as u32))
    }

    /// Every text with its number, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Arc<Source>)> {
        self.sources.iter().enumerate().map(|(at, source)| (SourceId(at as u32), source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let source = Source::new("a.aud", "ab\nçd\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(3), (2, 1));
        assert_eq!(source.line_column(5), (2, 2));
        assert_eq!(source.line_column(99), (3, 1));
    }

    #[test]
    fn masked_text_keeps_its_length() {
        let mut sources = SourceMap::default();
        let id = sources.add("a", "key: hé\n1 # x");
        sources.mask(Span::new(id, 5, 10));
        sources.mask(Span::new(id, 90, 99));
        assert_eq!(&*sources.get(id).unwrap().text, "key: ***\n* # x");
    }
}
