//! Definitions written into files: a deployed audience that nobody wrote down, a copy of one.
//!
//! In: audiences, and the file that they are to stand in. Out: that file with them behind what it held. What always holds: the file is written only after
//! the project was checked with it, nothing that is written already is ever replaced, and what stands there then means what was asked for.

mod copy;
mod place;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::estimate::inside;
use super::{Checked, Workbench, WorkbenchError};
use crate::base::{Address, Name, suggest};
use crate::ir::{Audience, Model, Split, Status};
use crate::plan;
use crate::syntax::{self, ast};
use crate::system::{read_text, write_bytes};

/// What was written where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDown {
    /// The file, inside the project where it lies there.
    pub file: PathBuf,
    /// The audiences.
    pub audiences: Vec<Address>,
}

/// A copy of an audience.
#[derive(Clone, Debug)]
pub struct CloneRequest {
    /// The audience, as written, or else as deployed.
    pub audience: String,
    /// The address of the copy.
    pub to: String,
    /// Its display name; the address where none is given.
    pub name: Option<String>,
    /// The file that it is written into; that of the audience, or else one of its own.
    pub file: Option<PathBuf>,
    /// Whether split and connections are copied as well.
    pub with_connections: bool,
}

impl Workbench {
    /// Writes down deployed audiences that no definition has, so that a plan leaves them as they are.
    ///
    /// # Errors
    /// An address that is not deployed, or is written already; definitions that would have errors; a file in which the audience would not be what is deployed.
    pub fn adopt(&self, addresses: &[String], file: Option<&Path>) -> Result<WrittenDown, WorkbenchError> {
        let deployed = self.state()?.snapshot()?.audiences;
        let written = self.written_addresses()?;
        let known = || deployed.iter().map(|record| record.definition.address.as_str());
        let mut found: Vec<&Audience> = Vec::new();
        for address in addresses {
            let record = deployed.iter().find(|record| record.definition.address == *address.as_str());
            let absent =
                || WorkbenchError::Unknown(format!("`{address}` is not deployed{}", suggest::hint(address, known())));
            found.push(&record.ok_or_else(absent)?.definition);
        }
        if addresses.is_empty() {
            found.extend(
                deployed.iter().map(|record| &record.definition).filter(|each| !written.contains(&each.address)),
            );
            if found.is_empty() {
                return Err(WorkbenchError::Unknown("everything that is deployed is written as well".to_owned()));
            }
        }
        if let Some(twice) = found.iter().find(|each| written.contains(&each.address)) {
            return Err(WorkbenchError::Unknown(format!(
                "`{}` is written already; `aud plan` shows what differs",
                twice.address
            )));
        }
        let path = self.file(file, || PathBuf::from("adopted.aud"))?;
        self.write_down(&path, &found, true)
    }

    /// Writes down a copy of an audience: a draft with its criteria and tags.
    ///
    /// # Errors
    /// An unknown audience, an address that is taken, definitions that would have errors.
    pub fn clone_audience(&self, request: &CloneRequest) -> Result<WrittenDown, WorkbenchError> {
        let to = Name::new(&request.to).map_err(|error| WorkbenchError::Unknown(error.to_string()))?;
        let checked = self.check();
        let Some(model) = checked.model else { return Err(WorkbenchError::Invalid(Box::new(checked))) };
        let deployed = self.state()?.snapshot()?.audiences;
        let taken = model.audiences.contains_key(&to) || deployed.iter().any(|record| record.definition.address == to);
        if taken {
            return Err(WorkbenchError::Unknown(format!("there is an audience `{to}` already; name another address")));
        }
        let deployed = deployed
            .into_iter()
            .map(|record| record.definition)
            .find(|each| each.address == *request.audience.as_str());
        let written = model.audiences.get(request.audience.as_str());
        let Some(original) = written.or(deployed.as_ref()) else {
            let hint = suggest::hint(&request.audience, model.audiences.keys().map(Address::as_str));
            return Err(WorkbenchError::Unknown(format!("no audience `{}`{hint}", request.audience)));
        };
        let source = original.origin.0.and_then(|span| checked.sources.get(span.source));
        let path = match (&request.file, source) {
            (None, Some(source)) => self.folder.join(&source.path),
            (file, _) => self.file(file.as_deref(), || PathBuf::from(format!("{to}.aud")))?,
        };
        let wanted = copy(original, &to, request);
        match source.and_then(|source| as_written(&source.text, original, &wanted, request)) {
            Some(text) => self.write_copy(&path, &original.address, &wanted, &text),
            None => self.write_down(&path, &[&wanted], false),
        }
    }

    /// Writes a copy behind its original, where that stands in the same file: as that is written, or spelled out where that would be another audience.
    fn write_copy(
        &self,
        path: &Path,
        original: &Address,
        wanted: &Audience,
        as_written: &str,
    ) -> Result<WrittenDown, WorkbenchError> {
        let before = self.text_of(path)?;
        let after = place::end_of(&before, original);
        let spelled_out = wanted.text();
        let mut refused = None;
        for definition in [as_written, &spelled_out] {
            let text = place::placed(&before, after, &place::canonical(definition));
            let (with_it, path) = self.with_unsaved(text.clone().into_bytes(), Some(path))?;
            match with_it.check() {
                Checked { model: Some(model), .. } => {
                    let now = model.audiences.get(&wanted.address);
                    let differing = now.map_or_else(Vec::new, |now| plan::differing(wanted, now));
                    if differing.is_empty() {
                        return self.save(&path, &text, &[wanted]);
                    }
                    refused.get_or_insert(WorkbenchError::Unknown(format!(
                        "`{}` would not be what its original is in {}, which gives it another {}; name a file of its own with --file",
                        wanted.address,
                        path.display(),
                        differing.join(", ")
                    )));
                }
                checked => {
                    refused.get_or_insert(WorkbenchError::Invalid(Box::new(checked)));
                }
            }
        }
        Err(refused.unwrap_or_else(|| WorkbenchError::Unknown("nothing was written".to_owned())))
    }

    /// The text of a file; nothing where there is none.
    fn text_of(&self, path: &Path) -> Result<String, WorkbenchError> {
        match read_text(self.system(), path) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(error.into()),
        }
    }

    fn save(&self, path: &Path, text: &str, audiences: &[&Audience]) -> Result<WrittenDown, WorkbenchError> {
        if let Some(folder) = path.parent() {
            self.system().create_folder(folder)?;
        }
        write_bytes(self.system(), path, text.as_bytes())?;
        let file = path.strip_prefix(&self.folder).unwrap_or(path).to_owned();
        Ok(WrittenDown { file, audiences: audiences.iter().map(|audience| audience.address.clone()).collect() })
    }

    /// Every address that stands in a file, however wrong the definitions are otherwise: what is missing may be what is adopted.
    fn written_addresses(&self) -> Result<BTreeSet<Address>, WorkbenchError> {
        let folder = self.project()?.audiences;
        let mut addresses = BTreeSet::new();
        for path in self.system().files_below(&folder)? {
            if path.extension().is_none_or(|extension| extension != "aud") {
                continue;
            }
            let unreadable =
                || WorkbenchError::Unknown(format!("{} cannot be read; `aud check` says why", path.display()));
            let file = place::parsed(&read_text(self.system(), &path)?).ok_or_else(unreadable)?;
            addresses.extend(file.items.into_iter().filter_map(|item| match item {
                ast::Item::Audience(audience) => Some(audience.address.value),
                _ => None,
            }));
        }
        Ok(addresses)
    }

    /// The file that was named, or one in the audience folder.
    fn file(&self, named: Option<&Path>, otherwise: impl Fn() -> PathBuf) -> Result<PathBuf, WorkbenchError> {
        let folder = self.project()?.audiences;
        match named {
            Some(path) => inside(&folder, path),
            None => Ok(folder.join(otherwise())),
        }
    }

    /// Writes audiences behind what a file holds. With `as_deployed`, only where each of them then is what it is here.
    fn write_down(
        &self,
        path: &Path,
        audiences: &[&Audience],
        as_deployed: bool,
    ) -> Result<WrittenDown, WorkbenchError> {
        let before = self.text_of(path)?;
        let text = appended(&before, audiences);
        let (with_it, path) = self.with_unsaved(text.clone().into_bytes(), Some(path))?;
        let then = with_it.model()?;
        for audience in audiences.iter().filter(|_| as_deployed) {
            let differing =
                then.audiences.get(&audience.address).map_or_else(Vec::new, |now| plan::differing(audience, now));
            if !differing.is_empty() {
                return Err(WorkbenchError::Unknown(format!(
                    "`{}` would not be what is deployed in {}, which gives it another {}; name a file of its own with --file",
                    audience.address,
                    path.display(),
                    differing.join(", ")
                )));
            }
        }
        self.save(&path, &text, audiences)
    }
}

/// The copy in the words of the original; `None` where it cannot be found in its file.
fn as_written(text: &str, original: &Audience, wanted: &Audience, request: &CloneRequest) -> Option<String> {
    let file = place::parsed(text)?;
    let audience = place::audience(&file, &original.address)?;
    copy::copied_text(text, audience, &wanted.address, &wanted.name, request.with_connections)
}

/// A text with audiences behind it, in canonical form.
fn appended(before: &str, audiences: &[&Audience]) -> String {
    let model = Model {
        project: String::new(),
        audiences: audiences.iter().map(|audience| (audience.address.clone(), (*audience).clone())).collect(),
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: None,
        profile_retention: None,
    };
    let text = model.text();
    let text = syntax::format(&text).unwrap_or(text);
    if before.trim().is_empty() {
        return text;
    }
    // The head of the file says the version already.
    let items = text.strip_prefix("version 1").unwrap_or(&text).trim_start();
    format!("{}\n\n{items}", before.trim_end())
}

fn copy(original: &Audience, to: &Address, request: &CloneRequest) -> Audience {
    let kept = request.with_connections;
    Audience {
        address: to.clone(),
        name: request.name.clone().unwrap_or_else(|| to.to_string()),
        external_name: request.name.clone().unwrap_or_else(|| to.to_string()),
        status: Status::Draft,
        protect: false,
        // Another test has other buckets.
        split: original.split.clone().filter(|_| kept).map(|split| Split { salt: None, ..split }),
        connections: if kept { original.connections.clone() } else { Vec::new() },
        ..original.clone()
    }
}
