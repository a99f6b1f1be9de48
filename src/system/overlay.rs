//! A world with one file more, or with other content in one: what an editor or standard input holds and nobody saved.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::{Content, FileInfo, ReadAt, System};
use crate::base::Now;

/// A system in which one path has this content, whatever lies there. Everything else is the world below; what is written goes there too.
pub struct Overlay {
    below: Arc<dyn System>,
    path: PathBuf,
    content: Bytes,
}

impl Overlay {
    /// Lays content over a path.
    pub fn new(below: Arc<dyn System>, path: PathBuf, content: Vec<u8>) -> Self {
        Self { below, path, content: content.into() }
    }

    fn is(&self, path: &Path) -> bool {
        path == self.path
    }
}

impl System for Overlay {
    fn now(&self) -> Now {
        self.below.now()
    }

    fn env(&self, name: &str) -> Option<String> {
        self.below.env(name)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.is(path) { Ok(self.content.to_vec()) } else { self.below.read(path) }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        if self.is(path) { Ok(Box::new(io::Cursor::new(self.content.clone()))) } else { self.below.open(path) }
    }

    fn open_at(&self, path: &Path) -> io::Result<Arc<dyn ReadAt>> {
        if self.is(path) { Ok(Arc::new(self.content.clone())) } else { self.below.open_at(path) }
    }

    fn map(&self, path: &Path) -> io::Result<Bytes> {
        if self.is(path) { Ok(self.content.clone()) } else { self.below.map(path) }
    }

    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        if self.is(path) {
            return Ok(FileInfo { len: self.content.len() as u64, modified_ms: 0 });
        }
        self.below.info(path)
    }

    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut files = self.below.files_below(folder)?;
        if self.path.starts_with(folder) && !files.contains(&self.path) {
            files.push(self.path.clone());
            files.sort();
        }
        Ok(files)
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.below.is_folder(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.below.create_folder(path)
    }

    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        self.below.write_atomic(path, content)
    }

    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        self.below.create_private(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.below.remove(path)
    }

    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        self.below.remove_partials(folder)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        self.below.lock(path)
    }
}
