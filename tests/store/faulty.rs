//! The real world, up to a call that fails.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use aud::base::Now;
use aud::system::{Content, FileInfo, OsSystem, System};
use bytes::Bytes;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing happens.
    Refused,
    /// It happens, and is said not to have: such as where the folder cannot be synced after a rename.
    DoneAndDenied,
    /// The disk is full after some bytes.
    ShortWrite,
    /// All bytes were taken, half of them never reach the disk, and syncing says so.
    FailedSync,
    /// All bytes are on the disk, under the name of a partial file.
    FailedRename,
}

impl Fault {
    pub(super) const ALL: [Self; 5] =
        [Self::Refused, Self::DoneAndDenied, Self::ShortWrite, Self::FailedSync, Self::FailedRename];

    /// Whether it is a fault of writing alone.
    fn is_of_writing(self) -> bool {
        matches!(self, Self::ShortWrite | Self::FailedSync | Self::FailedRename)
    }
}

/// The real world, up to a call. A fault of writing counts the calls that write, any other one counts all.
pub(super) struct Faulty {
    left: AtomicUsize,
    fault: Fault,
}

impl Faulty {
    /// The world whose `call`th call fails, from 1 on; all later ones succeed.
    pub(super) fn new(call: usize, fault: Fault) -> Self {
        Self { left: AtomicUsize::new(call), fault }
    }

    /// Whether there were that many calls.
    pub(super) fn was_reached(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn fails(&self) -> bool {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1)
    }

    fn answer<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.fault {
            fault if fault.is_of_writing() || !self.fails() => call(),
            Fault::DoneAndDenied => call().and_then(|_| Err(full())),
            _ => Err(full()),
        }
    }
}

fn full() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "no space left on device")
}

/// Takes so many bytes and no more.
struct Short<W> {
    out: W,
    left: usize,
}

impl<W: Write> Write for Short<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        if taken == 0 && !bytes.is_empty() { Err(full()) } else { self.out.write(&bytes[..taken]) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl System for Faulty {
    fn now(&self) -> Now {
        OsSystem.now()
    }
    fn env(&self, name: &str) -> Option<String> {
        OsSystem.env(name)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.answer(|| OsSystem.read(path))
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send>> {
        self.answer(|| OsSystem.open(path))
    }
    fn map(&self, path: &Path) -> io::Result<Bytes> {
        self.answer(|| OsSystem.map(path))
    }
    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        OsSystem.info(path)
    }
    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.answer(|| OsSystem.files_below(folder))
    }
    fn is_folder(&self, path: &Path) -> bool {
        OsSystem.is_folder(path)
    }
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.answer(|| OsSystem.create_folder(path))
    }
    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        if !self.fails() {
            return OsSystem.write_atomic(path, content);
        }
        let cut = |left: usize, content: &mut Content<'_>| {
            OsSystem.write_atomic(path, &mut |out| {
                content(&mut Short { out: &mut *out, left })?;
                Err(full())
            })
        };
        match self.fault {
            Fault::Refused => Err(full()),
            Fault::DoneAndDenied => OsSystem.write_atomic(path, content).and_then(|()| Err(full())),
            Fault::ShortWrite => cut(300, content),
            Fault::FailedRename => cut(usize::MAX, content),
            Fault::FailedSync => {
                let mut whole = Vec::new();
                content(&mut whole)?;
                let half = &whole[..whole.len() / 2];
                OsSystem.write_atomic(path, &mut |out| out.write_all(half).and_then(|()| Err(full())))
            }
        }
    }
    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        self.answer(|| OsSystem.remove_partials(folder))
    }
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        match self.fault {
            fault if !fault.is_of_writing() => self.answer(|| OsSystem.create_private(path)),
            _ if self.fails() => Ok(Box::new(Short { out: OsSystem.create_private(path)?, left: 10 })),
            _ => OsSystem.create_private(path),
        }
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.answer(|| OsSystem.remove(path))
    }
}
