//! The `file` output: one file of JSON lines for each delivery.
//!
//! Files lie at `{path}/{audience number}-{part}/{sequence}.ndjson`. The folder comes from what a connection keeps for
//! life, so a rename moves nothing. A file appears whole or not at all, and delivering a batch again writes it again with
//! the same content. A hidden `.connection.json` beside the files names their connection, so that another state, or
//! another output with the same path, cannot overwrite them.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::batch::{Batch, Person};
use super::{Output, OutputError};
use crate::base::{Mpid, OutputName};
use crate::ir::VariantName;
use crate::project;
use crate::system::{System, write_bytes};

/// Writes deliveries as files below a folder.
pub(super) struct FileOutput<'a> {
    name: OutputName,
    folder: PathBuf,
    system: &'a dyn System,
}

impl<'a> FileOutput<'a> {
    pub(super) fn open(
        output: &project::Output,
        project_folder: &Path,
        system: &'a dyn System,
    ) -> Result<Self, OutputError> {
        let lacking = || OutputError::Setting { output: output.name.clone(), setting: "path" };
        let path = output.settings.get("path").and_then(|path| path.as_str()).ok_or_else(lacking)?;
        Ok(Self { name: output.name.clone(), folder: project_folder.join(path), system })
    }

    fn failed(&self, source: io::Error) -> OutputError {
        OutputError::File { output: self.name.clone(), source }
    }

    /// Makes the connection's folder its own, or finds that it already is.
    fn occupy(&self, folder: &Path, batch: &Batch<'_>) -> Result<(), OutputError> {
        let path = folder.join(".connection.json");
        let owner = Owner {
            state: batch.lineage,
            output: &self.name,
            audience_id: batch.connection.audience,
            part: &batch.connection.variant,
        };
        let mut own = serde_json::to_vec(&owner).map_err(|error| self.failed(error.into()))?;
        own.push(b'\n');
        match self.system.read(&path) {
            Ok(found) if found == own => Ok(()),
            Ok(_) => Err(OutputError::Occupied { output: self.name.clone(), folder: folder.to_owned() }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.system.create_folder(folder).map_err(|error| self.failed(error))?;
                write_bytes(self.system, &path, &own).map_err(|error| self.failed(error))
            }
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl Output for FileOutput<'_> {
    fn deliver(&self, batch: &Batch<'_>) -> Result<(), OutputError> {
        let folder = self.folder.join(folder_name(batch.connection.audience, &batch.connection.variant));
        self.occupy(&folder, batch)?;
        let path = folder.join(format!("{:08}.ndjson", batch.sequence));
        let mut write = |out: &mut dyn Write| write_lines(out, batch);
        self.system.write_atomic(&path, &mut write).map_err(|error| self.failed(error))
    }
}

/// The folder of a connection: `1-whole`, `1-control`, `1-variant-push`. Names that differ only in case get folders that
/// differ in more, for file systems that ignore case: a capital letter is written as `-` and the small one.
fn folder_name(audience: u64, variant: &VariantName) -> String {
    let mut folder = format!("{audience}-");
    match variant {
        VariantName::Whole => folder.push_str("whole"),
        VariantName::Control => folder.push_str("control"),
        VariantName::Variant(name) => {
            folder.push_str("variant-");
            for c in name.as_str().chars() {
                // Writing to a string cannot fail.
                let _ = if c.is_ascii_uppercase() {
                    write!(folder, "-{}", c.to_ascii_lowercase())
                } else {
                    write!(folder, "{c}")
                };
            }
        }
    }
    folder
}

#[derive(Serialize)]
struct Owner<'a> {
    state: &'a str,
    output: &'a OutputName,
    audience_id: u64,
    part: &'a VariantName,
}

#[derive(Serialize)]
struct Line<'a> {
    sequence: u64,
    audience_id: u64,
    audience: &'a str,
    action: &'static str,
    mpid: Mpid,
    identities: Identities<'a>,
    at: &'a str,
}

/// The identities of one user, written without being collected.
struct Identities<'a> {
    batch: &'a Batch<'a>,
    person: &'a Person,
}

#[derive(Serialize)]
struct IdentityLine<'a> {
    r#type: &'static str,
    value: &'a str,
}

impl Serialize for Identities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let identities = self.batch.identities(self.person);
        serializer.collect_seq(identities.map(|each| IdentityLine { r#type: each.identity.name(), value: each.value }))
    }
}

fn write_lines(mut out: &mut dyn Write, batch: &Batch<'_>) -> io::Result<()> {
    let at = batch.at.to_string();
    for person in &batch.people {
        let line = Line {
            sequence: batch.sequence,
            audience_id: batch.connection.audience,
            audience: batch.downstream_name,
            action: person.action.word(),
            mpid: person.mpid,
            identities: Identities { batch, person },
            at: &at,
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;

    #[test]
    fn no_two_parts_share_a_folder() {
        let folder = |name: &str| folder_name(7, &VariantName::Variant(Name::new(name).unwrap()));
        assert_eq!(folder_name(7, &VariantName::Whole), "7-whole");
        assert_eq!(folder_name(7, &VariantName::Control), "7-control");
        assert_eq!(folder("push"), "7-variant-push");
        assert_eq!(folder("Push_A"), "7-variant--push_-a");
        assert_ne!(folder("control"), folder_name(7, &VariantName::Control));
    }
}
