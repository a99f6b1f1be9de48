//! A system with one fault, and the process that runs the program over it.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aud::base::{Now, Timestamp};
use aud::system::{Content, FileInfo, OsSystem, System};

use crate::support::{folder_of_child, last_number};

const HOUR_MS: i64 = 3_600_000;

/// What goes wrong at the n-th time that the program asks its system for the clock or its environment, or writes. Since the state asks
/// for the clock in every transaction, that is also in the middle of each.
#[derive(Clone, Copy)]
enum Fault {
    /// The process is gone.
    Abort,
    /// This write does not work.
    Write,
    /// From then on the clock is that many hours off.
    Clock(i64),
}

struct Faulty {
    fault: Fault,
    at: i64,
    points: AtomicI64,
}

impl Faulty {
    fn read(text: &str) -> Option<Self> {
        let (kind, at) = text.split_once(' ')?;
        let fault = match kind {
            "abort" => Fault::Abort,
            "write" => Fault::Write,
            hours => Fault::Clock(hours.parse().ok()?),
        };
        Some(Self { fault, at: at.parse().ok()?, points: AtomicI64::new(0) })
    }

    /// One more point at which something may go wrong; whether it does so here.
    fn point(&self) -> bool {
        let is_here = self.points.fetch_add(1, Ordering::Relaxed) + 1 == self.at;
        if is_here && matches!(self.fault, Fault::Abort) {
            std::process::abort();
        }
        is_here
    }

    fn writing(&self) -> io::Result<()> {
        let is_here = self.point();
        if is_here && matches!(self.fault, Fault::Write) { Err(io::Error::other("the disk is full")) } else { Ok(()) }
    }
}

impl System for Faulty {
    fn now(&self) -> Now {
        self.point();
        let Now(Timestamp(ms)) = OsSystem.now();
        match self.fault {
            Fault::Clock(hours) if self.points.load(Ordering::Relaxed) >= self.at => {
                Now(Timestamp(ms + hours * HOUR_MS))
            }
            _ => Now(Timestamp(ms)),
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        self.point();
        OsSystem.env(name)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        OsSystem.read(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        OsSystem.open(path)
    }

    fn map(&self, path: &Path) -> io::Result<bytes::Bytes> {
        OsSystem.map(path)
    }

    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        OsSystem.info(path)
    }

    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        OsSystem.files_below(folder)
    }

    fn is_folder(&self, path: &Path) -> bool {
        OsSystem.is_folder(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.writing()?;
        OsSystem.create_folder(path)?;
        self.point();
        Ok(())
    }

    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        self.writing()?;
        let mut torn = |out: &mut dyn Write| {
            content(out)?;
            out.flush()?;
            self.writing()
        };
        OsSystem.write_atomic(path, &mut torn)?;
        self.point();
        Ok(())
    }

    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        self.writing()?;
        OsSystem.create_private(path)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.writing()?;
        OsSystem.remove(path)
    }

    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        OsSystem.remove_partials(folder)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        OsSystem.lock(path)
    }
}

/// How a run of the child ended, as exit code of the program; `None` where it did not come to its end.
pub(super) fn ending(out: &str) -> Option<u64> {
    last_number(out.as_bytes(), "the program ended with ")
}

/// How many points a run of the child came past.
pub(super) fn points(out: &str) -> u64 {
    last_number(out.as_bytes(), "points ").unwrap()
}

#[test]
#[ignore = "run by the tests of faults, in a process of its own"]
fn the_program_with_a_fault() {
    if folder_of_child().is_none() {
        return;
    }
    let system = Arc::new(Faulty::read(&std::env::var("AUD_FAULT").unwrap()).unwrap());
    let arguments = std::env::var("AUD_ARGUMENTS").unwrap();
    let arguments = std::iter::once("aud").chain(arguments.split(' ')).map(OsString::from);
    let code = aud::cli::run(arguments, system.clone());
    let number = (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap();
    println!("\npoints {}\nthe program ended with {number}", system.points.load(Ordering::Relaxed));
}
