//! A world in memory: for tests, fuzzing and editors' unsaved buffers.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{Content, FileInfo, System};
use crate::base::{Now, Timestamp};

/// Files and environment held in memory, with a clock that only moves when told to.
#[derive(Debug, Default)]
pub struct MemorySystem {
    files: Arc<Mutex<BTreeMap<PathBuf, Bytes>>>,
    env: HashMap<String, String>,
    now: Mutex<i64>,
}

impl MemorySystem {
    /// An empty world at a given instant.
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(now.0), ..Self::default() }
    }

    /// The same world with one file more.
    #[must_use]
    pub fn with_file(self, path: impl Into<PathBuf>, content: impl Into<Bytes>) -> Self {
        self.files().insert(path.into(), content.into());
        self
    }

    /// The same world with one environment variable more.
    #[must_use]
    pub fn with_env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Moves the clock.
    pub fn set_now(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now.0;
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Bytes>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl System for MemorySystem {
    fn now(&self) -> Now {
        Now(Timestamp(*self.now.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn env(&self, name: &str) -> Option<String> {
        self.env.get(name).cloned()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.map(path).map(|bytes| bytes.to_vec())
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.map(path)?)))
    }

    fn map(&self, path: &Path) -> io::Result<Bytes> {
        self.files().get(path).cloned().ok_or_else(|| absent(path))
    }

    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        Ok(FileInfo { len: self.map(path)?.len() as u64, modified_ms: 0 })
    }

    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let hidden = |path: &Path| {
            let below = path.strip_prefix(folder).unwrap_or(path);
            below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
        };
        let files = self.files();
        let below: Vec<_> = files.keys().filter(|path| path.starts_with(folder) && !hidden(path)).cloned().collect();
        if below.is_empty() { Err(absent(folder)) } else { Ok(below) }
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files().keys().any(|file| file != path && file.starts_with(path))
    }

    fn create_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        content(&mut bytes)?;
        self.files().insert(path.to_owned(), bytes.into());
        Ok(())
    }

    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        if self.files().contains_key(path) {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{}: it is there", path.display())));
        }
        self.files().insert(path.to_owned(), Bytes::new());
        Ok(Box::new(Growing { files: self.files.clone(), path: path.to_owned(), written: Vec::new() }))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files().remove(path);
        Ok(())
    }
}

/// A file that is written. Its bytes are there when they are flushed, or when nobody writes any more.
struct Growing {
    files: Arc<Mutex<BTreeMap<PathBuf, Bytes>>>,
    path: PathBuf,
    written: Vec<u8>,
}

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert(self.path.clone(), self.written.clone().into());
        Ok(())
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn absent(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{}: no such file", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::read_text;

    #[test]
    fn behaves_like_a_file_system() {
        let world = MemorySystem::new(Timestamp(5)).with_file("/p/a.aud", "x").with_file("/p/.aud/state", "y");
        assert_eq!(world.files_below(Path::new("/p")).unwrap(), vec![PathBuf::from("/p/a.aud")]);
        assert!(world.is_folder(Path::new("/p")) && !world.is_folder(Path::new("/p/a.aud")));
        assert_eq!(read_text(&world, Path::new("/p/a.aud")).unwrap(), "x");
        assert!(world.read(Path::new("/q")).is_err());
        assert_eq!(world.now().ms(), 5);
    }
}
