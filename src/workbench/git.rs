//! What git knows of the project's folder.
//!
//! In: a folder, a revision. Out: commits and the content of files then. Nothing is changed, and a folder without git is like one without commits.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::WorkbenchError;

/// The commit that a folder is at, where there is one.
pub(super) fn commit(folder: &Path) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(["rev-parse", "HEAD"]).output().ok()?;
    let commit = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(commit.trim().to_owned())
}

/// A file as it was; without content where it was not there.
pub(super) type Then = (PathBuf, Option<Vec<u8>>);

/// The definitions and project files below a folder that are not what they were at a revision, as they were.
///
/// # Errors
/// A folder that is in no repository, and a revision that git does not know, in git's words.
pub(super) fn changed_since(folder: &Path, revision: &str) -> Result<Vec<Then>, WorkbenchError> {
    // A revision that begins with a dash would be an option.
    let verified =
        run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")]);
    let commit = verified.map_err(|_| WorkbenchError::Unknown(format!("git knows no revision `{revision}` here")))?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let mut names = run(folder, &["diff", "--name-only", "--relative", "--no-renames", "-z", &commit, "--", "."])?;
    names.extend(run(folder, &["ls-files", "--others", "--exclude-standard", "-z", "--", "."])?);
    let names = names.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok());
    let ours = names.filter(|name| name.ends_with(".aud") || *name == "aud.yaml");
    let then = |name: &str| (folder.join(name), run(folder, &["show", &format!("{commit}:./{name}")]).ok());
    Ok(ours.map(then).collect())
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, WorkbenchError> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| WorkbenchError::Unknown(format!("git cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(WorkbenchError::Unknown(format!("git: {}", said.lines().next().unwrap_or("it failed"))))
}
