//! Definitions written into files: copies of audiences, and audiences that are deployed and stand nowhere.
//!
//! In: addresses. Out: which files were written. Always: nothing that stands in a file is changed or removed; what is written is checked as if it
//! were saved before it is saved, and means what it should; a copy takes no name that is taken.

mod copy;
mod place;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::audiences::unknown;
use super::{Checked, Workbench, WorkbenchError};
use crate::base::{Address, Name, Span};
use crate::diagnostic::Severity;
use crate::ir::{Audience, Status};
use crate::project::Project;
use crate::syntax::ast;
use crate::system::{read_text, write_bytes};

/// The file that adopted audiences are written into, unless another is named.
const ADOPTED: &str = "adopted.aud";

/// How many characters a name may have.
const LONGEST_NAME: usize = 100;

/// What to copy.
#[derive(Clone, Debug)]
pub struct CloneRequest {
    /// The audience, as written, else as deployed.
    pub audience: String,
    /// The address of the copy.
    pub address: String,
    /// Its display name; `None` for that of the audience with `(copy)` behind it.
    pub name: Option<String>,
    /// The file to write it into; `None` for that of the audience.
    pub file: Option<PathBuf>,
    /// Whether it has the test and the connections of the audience.
    pub with_connections: bool,
}

/// Definitions that were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Their addresses.
    pub addresses: Vec<Address>,
    /// The file.
    pub file: PathBuf,
}

impl Workbench {
    /// Writes a copy of an audience: a draft with its tags, under a name of its own. What is written stays as it is written.
    ///
    /// # Errors
    /// Definitions with errors, an unknown audience, an address or name that is taken, a copy that would have errors, a file that cannot be written.
    pub fn clone_audience(&self, request: &CloneRequest) -> Result<Written, WorkbenchError> {
        let address = Name::new(&request.address).map_err(|error| WorkbenchError::Unknown(error.to_string()))?;
        let project = self.project()?;
        let checked = self.check();
        let Some(model) = &checked.model else { return Err(WorkbenchError::Invalid(Box::new(checked))) };
        let deployed: Vec<Audience> =
            self.state()?.snapshot()?.audiences.into_iter().map(|each| each.definition).collect();
        let all: Vec<&Audience> = model.audiences.values().chain(&deployed).collect();
        let found = all.iter().find(|each| each.address == *request.audience);
        let original = found.ok_or_else(|| unknown(&request.audience, all.iter().map(|each| &each.address)))?;
        if all.iter().any(|each| each.address == address) {
            return Err(taken(&address, &all));
        }
        let names: BTreeSet<&str> = all.iter().flat_map(|each| [&*each.name, &*each.external_name]).collect();
        let name = match &request.name {
            Some(name) if names.contains(name.as_str()) => {
                let free = free_name(name, &names);
                let message = format!("an audience is named {name:?} already; `--name {free:?}` would be free");
                return Err(WorkbenchError::Unknown(message));
            }
            Some(name) => name.clone(),
            None => free_name(&original.name, &names),
        };
        let copy = copied(original, &address, &name, request.with_connections);
        let at = original.origin.0.and_then(|span| checked.sources.get(span.source));
        let source = at.map(|source| project.folder.join(&source.path));
        let file = match (&request.file, &source) {
            (Some(file), _) => file.clone(),
            (None, Some(source)) => source.clone(),
            (None, None) => project.audiences.join(format!("{address}.aud")),
        };
        let file = self.write_copy(&file, source.as_deref(), &original.address, &copy)?;
        Ok(Written { addresses: vec![address], file })
    }

    /// Writes a copy after its original, where that stands in the same file: as that is written, or else spelled out.
    fn write_copy(
        &self,
        file: &Path,
        source: Option<&Path>,
        original: &Address,
        copy: &Audience,
    ) -> Result<PathBuf, WorkbenchError> {
        let text = self.text_of(file)?;
        let kept = copy.split.is_some() || !copy.connections.is_empty();
        let written = match source.map(|path| Ok::<_, WorkbenchError>((path, self.text_of(path)?))).transpose()? {
            None => None,
            Some((path, text)) => {
                let parsed = place::parsed(path, &text)?;
                let audience = place::audience(&parsed, original);
                audience.and_then(|it| copy::copied_text(&text, it, &copy.address, &copy.name, kept))
            }
        };
        let after = place::audience(&place::parsed(file, &text)?, original).map(|audience| audience.span.end as usize);
        let mut refused = None;
        for definition in written.into_iter().chain([copy.text()]) {
            let whole = place::placed(&text, after, &[place::canonical(&definition)]);
            let (as_saved, path) = self.with_unsaved(whole.clone().into_bytes(), Some(file))?;
            let checked = as_saved.check();
            match &checked.model {
                Some(model) if means(model.audiences.get(&copy.address), copy) => return self.save(path, &whole),
                Some(_) => refused = Some(differs(&[&copy.address])),
                None => refused = Some(WorkbenchError::Invalid(Box::new(checked))),
            }
        }
        Err(refused.unwrap_or_else(|| differs(&[&copy.address])))
    }

    /// Writes the definitions of audiences that are deployed and not written; all of those where none is named.
    ///
    /// # Errors
    /// A wrong project file, files that are wrong in their shape, addresses that are not deployed or are written, a file that cannot be written.
    pub fn adopt(&self, addresses: &[String], file: Option<&Path>) -> Result<Written, WorkbenchError> {
        let project = self.project()?;
        let written = self.written_addresses(&project)?;
        let deployed: Vec<Audience> =
            self.state()?.snapshot()?.audiences.into_iter().map(|each| each.definition).collect();
        let mut adopted: Vec<&Audience> = Vec::new();
        for address in addresses {
            let found = deployed.iter().find(|each| each.address == **address);
            let found = found.ok_or_else(|| unknown(address, deployed.iter().map(|each| &each.address)))?;
            if let Some((_, place)) = written.iter().find(|(written, _)| *written == found.address) {
                let message = format!("`{address}` is written already, in {}; nothing was written", place.display());
                return Err(WorkbenchError::Unknown(message));
            }
            if adopted.iter().all(|each| each.address != found.address) {
                adopted.push(found);
            }
        }
        if addresses.is_empty() {
            adopted.extend(deployed.iter().filter(|each| written.iter().all(|(address, _)| *address != each.address)));
        }
        let mut file = file.map_or_else(|| project.audiences.join(ADOPTED), Path::to_owned);
        if !adopted.is_empty() {
            file = self.write_adopted(&project, &file, &adopted)?;
        }
        Ok(Written { addresses: adopted.iter().map(|each| each.address.clone()).collect(), file })
    }

    fn write_adopted(&self, project: &Project, file: &Path, adopted: &[&Audience]) -> Result<PathBuf, WorkbenchError> {
        let text = self.text_of(file)?;
        place::parsed(file, &text)?;
        let definitions: Vec<String> = adopted.iter().map(|audience| place::canonical(&audience.text())).collect();
        let whole = place::placed(&text, None, &definitions);
        let (as_saved, path) = self.with_unsaved(whole.clone().into_bytes(), Some(file))?;
        let checked = as_saved.check();
        let Some(model) = &checked.model else {
            // What is wrong elsewhere, such as an audience that is adopted here and missing there, is no reason to wait.
            let wrong_here = errors_in(&checked, path.strip_prefix(&project.folder).unwrap_or(&path));
            return if wrong_here { Err(WorkbenchError::Invalid(Box::new(checked))) } else { self.save(path, &whole) };
        };
        let others = adopted.iter().filter(|audience| !means(model.audiences.get(&audience.address), audience));
        let others: Vec<&Address> = others.map(|audience| &audience.address).collect();
        if others.is_empty() { self.save(path, &whole) } else { Err(differs(&others)) }
    }

    /// Every address that stands in a file, however wrong the definitions are otherwise. A file that is wrong in its shape is an error: what
    /// stands in it is not known.
    fn written_addresses(&self, project: &Project) -> Result<Vec<(Address, PathBuf)>, WorkbenchError> {
        let mut addresses = Vec::new();
        for path in self.system().files_below(&project.audiences)? {
            if path.extension().is_none_or(|extension| extension != "aud") {
                continue;
            }
            for item in place::parsed(&path, &read_text(self.system(), &path)?)?.items {
                if let ast::Item::Audience(audience) = item {
                    addresses.push((audience.address.value, path.clone()));
                }
            }
        }
        Ok(addresses)
    }

    /// The text of a file, which need not be there.
    fn text_of(&self, file: &Path) -> Result<String, WorkbenchError> {
        match self.system().info(file) {
            Ok(_) => Ok(read_text(self.system(), file)?),
            Err(_) => Ok(place::EMPTY.to_owned()),
        }
    }

    fn save(&self, file: PathBuf, text: &str) -> Result<PathBuf, WorkbenchError> {
        if let Some(folder) = file.parent() {
            self.system().create_folder(folder)?;
        }
        write_bytes(self.system(), &file, text.as_bytes())?;
        Ok(file)
    }
}

/// Whether what is written says the same as a definition.
fn means(written: Option<&Audience>, definition: &Audience) -> bool {
    written.is_some_and(|written| written.fingerprint() == definition.fingerprint())
}

fn errors_in(checked: &Checked, path: &Path) -> bool {
    let here = |span: Span| checked.sources.get(span.source).is_some_and(|source| source.path == path);
    checked.diagnostics.iter().any(|each| each.severity == Severity::Error && each.span().is_some_and(here))
}

fn differs(addresses: &[&Address]) -> WorkbenchError {
    let named: Vec<String> = addresses.iter().map(|address| format!("`{address}`")).collect();
    WorkbenchError::Unknown(format!(
        "{} would mean something else here, since `defaults` or a `bulk connect` reach it; nothing was written. Write it into another file with \
         --file, or by hand",
        named.join(", ")
    ))
}

/// The copy of an audience: a draft that nobody protected yet. Its test, if it has one, is a test of its own.
fn copied(original: &Audience, address: &Address, name: &str, with_connections: bool) -> Audience {
    let mut copy = original.clone();
    copy.address = address.clone();
    copy.name = name.to_owned();
    copy.external_name = name.to_owned();
    copy.protect = false;
    copy.status = Status::Draft;
    if let Some(split) = &mut copy.split {
        split.salt = None;
    }
    if !with_connections {
        copy.split = None;
        copy.connections.clear();
    }
    copy
}

fn taken(address: &Address, all: &[&Audience]) -> WorkbenchError {
    let is_free = |address: &String| all.iter().all(|each| each.address != **address);
    let free: Vec<String> = (2..).map(|number| format!("{address}_{number}")).filter(is_free).take(2).collect();
    WorkbenchError::Unknown(format!("the address `{address}` is taken; {} would be free", free.join(" and ")))
}

/// The name with `(copy)` behind it, numbered where that is taken, and cut where it would be too long.
fn free_name(name: &str, names: &BTreeSet<&str>) -> String {
    let endings = std::iter::once(" (copy)".to_owned()).chain((2..).map(|number| format!(" (copy {number})")));
    let mut free = endings.filter_map(|ending| {
        let kept: String = name.chars().take(LONGEST_NAME.saturating_sub(ending.chars().count())).collect();
        let name = format!("{}{ending}", kept.trim_end());
        (!names.contains(name.as_str())).then_some(name)
    });
    free.next().unwrap_or_default()
}
