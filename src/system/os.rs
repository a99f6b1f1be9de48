//! The real world. The only file that touches `std::fs`, the environment and the clock.
#![expect(clippy::disallowed_methods, reason = "this is the door to the operating system")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use walkdir::WalkDir;

#[cfg(unix)]
use super::ReadAt;
use super::{Content, FileInfo, System};
use crate::base::{Now, Timestamp};

/// How the name of a file ends that is not whole so far.
const PARTIAL: &str = ".partial";

/// The operating system's files, environment and clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsSystem;

impl System for OsSystem {
    fn now(&self) -> Now {
        Now(Timestamp(since_1970(SystemTime::now())))
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path).map_err(|error| at(path, error))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(path).map_err(|error| at(path, error))?))
    }

    #[cfg(unix)]
    fn open_at(&self, path: &Path) -> io::Result<Arc<dyn ReadAt>> {
        let file = File::open(path).map_err(|error| at(path, error))?;
        let len = file.metadata().map_err(|error| at(path, error))?.len();
        Ok(Arc::new(OpenFile { file, len }))
    }

    fn map(&self, path: &Path) -> io::Result<Bytes> {
        let file = File::open(path).map_err(|error| at(path, error))?;
        super::map::map(&file).map_err(|error| at(path, error))
    }

    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        let metadata = fs::metadata(path).map_err(|error| at(path, error))?;
        if !metadata.is_file() {
            return Err(at(path, io::Error::new(io::ErrorKind::InvalidInput, "not a file")));
        }
        let modified_ms = metadata.modified().map_or(0, since_1970);
        Ok(FileInfo { len: metadata.len(), modified_ms })
    }

    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let visible =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
        let mut files = Vec::new();
        for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(visible) {
            let entry = match entry {
                Err(error) if leads_nowhere(&error) => continue,
                entry => entry.map_err(|error| at(folder, error.into()))?,
            };
            if entry.file_type().is_file() {
                files.push(entry.into_path());
            }
        }
        files.sort();
        Ok(files)
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path).map_err(|error| at(path, error))
    }

    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // A fixed name: what a killed run left behind is overwritten by the next one. Hidden, so that nobody reads it.
        let partial = folder.join(format!(".{name}{PARTIAL}"));
        write_whole(&partial, content).map_err(|error| at(&partial, error))?;
        fs::rename(&partial, path).map_err(|error| at(path, error))?;
        sync_folder(folder)
    }

    fn create_private(&self, path: &Path) -> io::Result<Box<dyn Write + Send>> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Box::new(options.open(path).map_err(|error| at(path, error))?))
    }

    fn remove_partials(&self, folder: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|error| at(folder, error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| at(folder, error))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') && name.ends_with(PARTIAL) {
                self.remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send>> {
        let file =
            File::options().create(true).truncate(false).write(true).open(path).map_err(|error| at(path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(fs::TryLockError::WouldBlock) => Err(at(path, io::ErrorKind::WouldBlock.into())),
            Err(fs::TryLockError::Error(error)) => Err(at(path, error)),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path, error)),
            _ => Ok(()),
        }
    }
}

/// Whether an entry of a folder is a link to nothing, or is gone by now: no file, and no reason not to see the others.
fn leads_nowhere(error: &walkdir::Error) -> bool {
    error.depth() > 0 && error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// A file that is open for reading, as long as it was then.
#[cfg(unix)]
struct OpenFile {
    file: File,
    len: u64,
}

#[cfg(unix)]
impl ReadAt for OpenFile {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, buffer, offset)
    }
}

fn write_whole(partial: &Path, content: &mut Content<'_>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, File::create(partial)?);
    content(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// Makes a rename durable. Folders cannot be opened everywhere; where they cannot, the rename is durable by itself.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) if cfg!(unix) => folder.sync_all(),
        _ => Ok(()),
    }
}

/// The operating system's error with the path that it is about.
fn at(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn since_1970(time: SystemTime) -> i64 {
    let ms = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -ms(before.duration()), ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{read_text, write_bytes};

    #[test]
    fn writes_are_whole_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_bytes(&OsSystem, &path, b"one").unwrap();
        write_bytes(&OsSystem, &path, b"two").unwrap();
        let failed = OsSystem.write_atomic(&path, &mut |out| {
            out.write_all(b"thr")?;
            Err(io::Error::other("disk full"))
        });
        assert!(failed.unwrap_err().to_string().contains("disk full"));
        assert_eq!(read_text(&OsSystem, &path).unwrap(), "two");
        OsSystem.remove_partials(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(OsSystem.files_below(folder.path()).unwrap(), vec![path.clone()]);
        assert_eq!(&OsSystem.map(&path).unwrap()[..], b"two");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_nothing_hides_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.txt");
        write_bytes(&OsSystem, &path, b"one").unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a.txt")).unwrap();
        assert_eq!(OsSystem.files_below(folder.path()).unwrap(), [path]);
        let absent = OsSystem.files_below(&folder.path().join("a.txt")).unwrap_err();
        assert_eq!(absent.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    #[cfg(unix)]
    fn a_private_file_is_its_owners_and_new() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        OsSystem.create_private(&path).unwrap().write_all(b"a").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(OsSystem.create_private(&path).map(drop).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(OsSystem.read(&path).unwrap(), b"a");
    }

    #[test]
    fn a_lock_is_held_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = OsSystem.lock(&path).unwrap();
        assert_eq!(OsSystem.lock(&path).map(drop).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(held);
        assert!(OsSystem.lock(&path).is_ok());
    }

    #[test]
    fn errors_name_the_path() {
        let error = OsSystem.read(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"));
    }
}
