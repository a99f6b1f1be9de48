//! The `file` output: one file of JSON lines for each delivery.
//!
//! Files lie at `{path}/{audience number}-{part}/{sequence}.ndjson`. The folder comes from what a connection keeps for
//! life, so a rename moves nothing. A file appears whole or not at all, and delivering a batch again writes it again with
//! the same content. A file of another delivery (of a state that was lost, of another output with the same path) is never
//! overwritten.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use super::batch::{Batch, Person};
use super::{Output, OutputError};
use crate::base::{Mpid, OutputName};
use crate::ir::VariantName;
use crate::project;
use crate::system::System;

/// Bytes that a line of ours stays under.
const LONGEST_LINE: u64 = 1 << 20;

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

    /// Fails where the path holds something else than an earlier attempt at this delivery.
    fn must_be_ours(&self, path: &Path, batch: &Batch<'_>) -> Result<(), OutputError> {
        let mut first = String::new();
        match self.system.open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.failed(error)),
            Ok(file) => match BufReader::new(file.take(LONGEST_LINE)).read_line(&mut first) {
                // A delivery that reaches nobody has no lines.
                Ok(0) => return Ok(()),
                Ok(_) => {}
                // Not even text.
                Err(error) if error.kind() == ErrorKind::InvalidData => first.clear(),
                Err(error) => return Err(self.failed(error)),
            },
        }
        match serde_json::from_str::<Header>(&first) {
            Ok(header) if header.is_of(batch) => Ok(()),
            _ => Err(OutputError::Occupied { output: self.name.clone(), path: path.to_owned() }),
        }
    }
}

impl Output for FileOutput<'_> {
    fn deliver(&self, batch: &Batch<'_>) -> Result<(), OutputError> {
        let folder = self.folder.join(folder_name(batch.connection.audience, &batch.connection.variant));
        let path = folder.join(format!("{:08}.ndjson", batch.sequence));
        self.must_be_ours(&path, batch)?;
        self.system.create_folder(&folder).map_err(|error| self.failed(error))?;
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

/// What a line says of its delivery.
#[derive(Deserialize)]
struct Header {
    sequence: u64,
    audience_id: u64,
    audience: String,
    at: String,
}

impl Header {
    fn is_of(&self, batch: &Batch<'_>) -> bool {
        self.sequence == batch.sequence
            && self.audience_id == batch.connection.audience
            && self.audience == batch.downstream_name
            && self.at == batch.at.to_string()
    }
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
