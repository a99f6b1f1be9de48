//! A world that refuses at the nth call: afterwards the store is as before or as after, and nothing acknowledged is lost.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use aud::base::Now;
use aud::store::{StoreError, compact, fold, open, verify};
use aud::system::{Content, FileInfo, OsSystem, System};
use bytes::Bytes;

use super::recent::{append, state};
use crate::support::copy;

/// How a call fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// Nothing happens.
    Refused,
    /// The disk is full after some bytes.
    ShortWrite,
    /// It happens, and is said not to have.
    DoneAndDenied,
}

/// The real world, up to a call.
pub(super) struct Faulty {
    pub(super) left: AtomicUsize,
    pub(super) fault: Fault,
}

impl Faulty {
    /// Whether this call is the one that fails; all later ones succeed.
    fn fails(&self) -> bool {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)) == Ok(1)
    }

    fn answer<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match (self.fails(), self.fault) {
            (false, _) => call(),
            (true, Fault::DoneAndDenied) => call().and_then(|_| Err(refused())),
            (true, _) => Err(refused()),
        }
    }
}

fn refused() -> io::Error {
    io::Error::other("no space left on device")
}

/// Takes so many bytes and no more.
struct Short<'a> {
    out: &'a mut dyn Write,
    left: usize,
}

impl Write for Short<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        if taken == 0 && !bytes.is_empty() { Err(refused()) } else { self.out.write(&bytes[..taken]) }
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
        match (self.fails(), self.fault) {
            (false, _) => OsSystem.write_atomic(path, content),
            (true, Fault::Refused) => Err(refused()),
            (true, Fault::ShortWrite) => OsSystem.write_atomic(path, &mut |out| content(&mut Short { out, left: 300 })),
            (true, Fault::DoneAndDenied) => OsSystem.write_atomic(path, content).and_then(|()| Err(refused())),
        }
    }
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        self.answer(|| OsSystem.create_private(path))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.answer(|| OsSystem.remove(path))
    }
    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        self.answer(|| OsSystem.remove_partials(folder))
    }
}

type Step = fn(&dyn System, &Path) -> Result<aud::store::Folded, StoreError>;

#[test]
fn a_fold_that_fails_anywhere_changes_nothing_that_anybody_sees() {
    let prepared = tempfile::tempdir().unwrap();
    append(prepared.path(), &[(1, 1, 10), (2, 2, 20), (1, 1, 11), (1, 1, 12), (1, 1, 13), (1, 1, 14)]);
    fold(&OsSystem, prepared.path()).unwrap();
    append(prepared.path(), &[(1, 1, 15), (3, 0, 30)]);
    let before = state(prepared.path());
    for (step, named) in [(fold as Step, "fold"), (compact as Step, "compact")] {
        for fault in [Fault::Refused, Fault::ShortWrite, Fault::DoneAndDenied] {
            let mut failed = 0;
            for call in 1.. {
                let folder = tempfile::tempdir().unwrap();
                let folder = folder.path();
                copy(prepared.path(), folder);
                let system = Faulty { left: AtomicUsize::new(call), fault };
                let result = step(&system, folder);
                let what = format!("{named} {fault:?} at call {call}");
                assert_eq!(state(folder), before, "{what}");
                assert_eq!(verify(&OsSystem, folder).unwrap().damages, [], "{what}");
                append(folder, &[(4, 0, 40)]);
                let more = state(folder);
                step(&OsSystem, folder).unwrap();
                assert_eq!((state(folder), open(&OsSystem, folder).unwrap().event_count()), (more, 9), "{what}");
                let reached = system.left.load(Ordering::SeqCst) == 0;
                failed += usize::from(result.is_err());
                if !reached {
                    break;
                }
            }
            assert!(failed > 8, "{named} {fault:?}: {failed} calls failed it");
        }
    }
}
