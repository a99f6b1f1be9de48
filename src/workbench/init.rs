//! A new, small project.

use std::io;
use std::path::{Path, PathBuf};

use crate::system::{System, write_bytes};

const PROJECT: &str = include_str!("init/aud.yaml");
const AUDIENCES: &str = include_str!("init/audiences.aud");
const IGNORED: &str = "/.aud/\n/delivered/\n";

/// Writes a new project into a folder, and gives the files that it wrote. An existing `.gitignore` is kept.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where the folder has a project already; otherwise what the system says.
pub fn init(system: &dyn System, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let project = folder.join("aud.yaml");
    if system.info(&project).is_ok() {
        let message = format!("{} exists already; nothing was written", project.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    system.create_folder(&folder.join("audiences"))?;
    let files =
        [(project, PROJECT), (folder.join("audiences/first.aud"), AUDIENCES), (folder.join(".gitignore"), IGNORED)];
    let mut written = Vec::new();
    for (path, text) in files {
        if system.info(&path).is_err() {
            write_bytes(system, &path, text.as_bytes())?;
            written.push(path);
        }
    }
    Ok(written)
}
