//! A plan saved in a file.
//!
//! In: a [`Plan`], or the bytes of a file. Out: the bytes, or the plan. A file is two lines of JSON: a header with the
//! format's name, its version, and the length and fingerprint of the second line, which holds the plan. Whatever the
//! bytes are, reading gives a plan or a typed error; what was cut or edited is found before anything of it is believed.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::change::{Action, Change, Plan};
use crate::base::Fingerprint;
use crate::ir::from_json;
use crate::system::{System, write_bytes};

/// The version of the format. A change of form raises it.
pub const VERSION: u32 = 2;

/// The oldest version that is read. What a later version added is then as if nobody had asked for it.
const OLDEST: u64 = 1;

/// The longest file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 30;

const FORMAT: &str = "aud plan";

/// Why a saved plan cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    /// The file is longer than any plan that is read.
    #[error("the plan has {found} bytes, and at most {MAX_BYTES} are read; limit it with --target")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// The file is something else.
    #[error("this is not a saved plan; make one with `aud plan -o FILE`")]
    NotAPlan,
    /// Something else lies where the plan is to be saved.
    #[error("{} is there already and is not a saved plan, so it is left alone; name another file", .0.display())]
    Occupied(PathBuf),
    /// The file has another version.
    #[error("the plan has format {found}, and this build reads 1 to {VERSION}; make it again with this aud")]
    Version {
        /// The version found.
        found: u64,
    },
    /// The file was cut, or continued.
    #[error("the plan is cut or continued: {found} bytes follow the header instead of {expected}; make it again")]
    Length {
        /// The length that the header says, in bytes.
        expected: u64,
        /// The length found.
        found: u64,
    },
    /// The file was edited or damaged.
    #[error("the plan was changed since it was saved; make it again")]
    Changed,
    /// The file cannot be read or written.
    #[error("the plan file {}: {source}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The content fits the fingerprint and is no plan.
    #[error("the plan cannot be read: {0}; make it again")]
    Content(String),
}

/// The first line. Unknown keys are left alone, so that a later version can be told apart.
#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    version: u64,
    #[serde(default)]
    length: u64,
    #[serde(default)]
    fingerprint: String,
}

/// Saves a plan. An earlier plan in the file is replaced; anything else that lies there is left alone.
///
/// # Errors
/// [`PlanFileError::Occupied`], [`PlanFileError::File`], and what [`encode`] says.
pub fn write(system: &dyn System, path: &Path, plan: &Plan) -> Result<(), PlanFileError> {
    let bytes = encode(plan)?;
    let file = |source| PlanFileError::File { path: path.to_owned(), source };
    if system.info(path).is_ok() && !starts_as_plan(system, path).map_err(file)? {
        return Err(PlanFileError::Occupied(path.to_owned()));
    }
    write_bytes(system, path, &bytes).map_err(file)
}

/// Whether a file begins as every saved plan of any version does, or is empty.
fn starts_as_plan(system: &dyn System, path: &Path) -> io::Result<bool> {
    let start = format!("{{\"format\":\"{FORMAT}\"");
    let mut found = Vec::new();
    system.open(path)?.take(start.len() as u64).read_to_end(&mut found)?;
    Ok(found.is_empty() || found == start.as_bytes())
}

/// Reads a saved plan.
///
/// # Errors
/// [`PlanFileError::File`], and what [`decode`] says.
pub fn read(system: &dyn System, path: &Path) -> Result<Plan, PlanFileError> {
    let file = |source| PlanFileError::File { path: path.to_owned(), source };
    let found = usize::try_from(system.info(path).map_err(file)?.len).unwrap_or(usize::MAX);
    if found > MAX_BYTES {
        return Err(PlanFileError::TooLong { found });
    }
    decode(&system.read(path).map_err(file)?)
}

/// The bytes of a saved plan.
///
/// # Errors
/// [`PlanFileError::TooLong`] for a plan that could not be read back.
pub fn encode(plan: &Plan) -> Result<Vec<u8>, PlanFileError> {
    let content = serde_json::to_string(plan).map_err(|error| PlanFileError::Content(error.to_string()))?;
    let header = Header {
        format: FORMAT.to_owned(),
        version: u64::from(VERSION),
        length: content.len() as u64,
        fingerprint: Fingerprint::of(&content).to_string(),
    };
    let header = serde_json::to_string(&header).map_err(|error| PlanFileError::Content(error.to_string()))?;
    let bytes = format!("{header}\n{content}\n").into_bytes();
    check_length(&bytes)?;
    Ok(bytes)
}

/// The plan that some bytes hold.
///
/// # Errors
/// A [`PlanFileError`] that says what is wrong with the file and what to do.
pub fn decode(bytes: &[u8]) -> Result<Plan, PlanFileError> {
    check_length(bytes)?;
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (first, rest) = bytes.split_at(end);
    let header: Header = serde_json::from_slice(first).map_err(|_| PlanFileError::NotAPlan)?;
    if header.format != FORMAT {
        return Err(PlanFileError::NotAPlan);
    }
    if !(OLDEST..=u64::from(VERSION)).contains(&header.version) {
        return Err(PlanFileError::Version { found: header.version });
    }
    let content = rest.strip_prefix(b"\n").unwrap_or(rest);
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    if content.len() as u64 != header.length {
        return Err(PlanFileError::Length { expected: header.length, found: content.len() as u64 });
    }
    if Fingerprint::of(content).to_string() != header.fingerprint {
        return Err(PlanFileError::Changed);
    }
    let plan: Plan = from_json(content).map_err(|error| PlanFileError::Content(error.to_string()))?;
    plan.changes.iter().try_for_each(check)?;
    Ok(plan)
}

fn check_length(bytes: &[u8]) -> Result<(), PlanFileError> {
    if bytes.len() > MAX_BYTES { Err(PlanFileError::TooLong { found: bytes.len() }) } else { Ok(()) }
}

/// A change has the definitions that its action needs, under the addresses that it says.
fn check(change: &Change) -> Result<(), PlanFileError> {
    let before = change.before.as_ref().map(|audience| &audience.address);
    let after = change.after.as_ref().map(|audience| &audience.address);
    let fits = match change.action {
        Action::Delete => before == Some(&change.address) && after.is_none() && change.renamed_from.is_none(),
        Action::Create => before.is_none() && after == Some(&change.address) && change.renamed_from.is_none(),
        action if action.redefines() => {
            let old = change.renamed_from.as_ref().unwrap_or(&change.address);
            before == Some(old) && after == Some(&change.address)
        }
        _ => before == after && after == Some(&change.address) && change.renamed_from.is_none(),
    };
    let with_split = |audience: &crate::ir::Audience| audience.split.is_some();
    let salted = change.after.as_deref().is_some_and(with_split) == change.salt.is_some();
    if fits && salted {
        Ok(())
    } else {
        Err(PlanFileError::Content(format!("the change of `{}` does not fit its definitions", change.address)))
    }
}
