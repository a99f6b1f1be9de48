//! Definitions written into files: copies of audiences, and audiences that are deployed and stand nowhere.
//!
//! In: addresses. Out: which files were written. Always: nothing that stands in a file is changed or removed; a file that would have errors
//! in its shape is not written; a copy takes no name that is taken.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::audiences::unknown;
use super::{Workbench, WorkbenchError};
use crate::base::{Address, Name, SourceMap};
use crate::ir::{Audience, Status};
use crate::project::Project;
use crate::state::StateReader;
use crate::syntax::{self, ast};
use crate::system::{read_text, write_bytes};

/// The file that adopted audiences are written into, unless another is named.
const ADOPTED: &str = "adopted.aud";

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
    /// Whether it is connected as the audience is.
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
    /// Writes a copy of an audience: a draft with its tags, under a name of its own.
    ///
    /// # Errors
    /// Definitions with errors, an unknown audience, an address or name that is taken, a file that cannot be written.
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
        let file = match (&request.file, at) {
            (Some(file), _) => file.clone(),
            (None, Some(source)) => project.folder.join(&source.path),
            (None, None) => project.audiences.join(ADOPTED),
        };
        self.write_after(&file, Some(&original.address), &[&copy])?;
        Ok(Written { addresses: vec![address], file })
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
        let file = file.map_or_else(|| project.audiences.join(ADOPTED), Path::to_owned);
        if !adopted.is_empty() {
            self.write_after(&file, None, &adopted)?;
        }
        Ok(Written { addresses: adopted.iter().map(|each| each.address.clone()).collect(), file })
    }

    /// Every address that stands in a file, however wrong the definitions are otherwise. A file that is wrong in its shape is an error: what
    /// stands in it is not known.
    fn written_addresses(&self, project: &Project) -> Result<Vec<(Address, PathBuf)>, WorkbenchError> {
        let mut addresses = Vec::new();
        for path in self.system().files_below(&project.audiences)? {
            if path.extension().is_none_or(|extension| extension != "aud") {
                continue;
            }
            for item in self.parsed_file(&path, &read_text(self.system(), &path)?)?.items {
                if let ast::Item::Audience(audience) = item {
                    addresses.push((audience.address.value, path.clone()));
                }
            }
        }
        Ok(addresses)
    }

    fn parsed_file(&self, path: &Path, text: &str) -> Result<ast::File, WorkbenchError> {
        let mut sources = SourceMap::default();
        let id = sources.add(path.to_owned(), text);
        let Some(source) = sources.get(id) else { return Ok(ast::File { version: None, items: Vec::new() }) };
        let parsed = syntax::parse(source, id);
        if parsed.diagnostics.has_errors() {
            let diagnostics = parsed.diagnostics.into_sorted();
            return Err(WorkbenchError::Invalid(Box::new(super::Checked {
                sources,
                diagnostics,
                project: None,
                model: None,
                scenarios: Vec::new(),
            })));
        }
        Ok(parsed.file)
    }

    /// Writes definitions into a file, after an audience where it stands there, else at the end; the file is then in canonical form.
    fn write_after(&self, file: &Path, after: Option<&Address>, audiences: &[&Audience]) -> Result<(), WorkbenchError> {
        let text = match self.system().info(file) {
            Ok(_) => read_text(self.system(), file)?,
            Err(_) => "version 1\n".to_owned(),
        };
        let items = self.parsed_file(file, &text)?.items;
        let end = items.iter().find_map(|item| match item {
            ast::Item::Audience(audience) if Some(&audience.address.value) == after => Some(audience.span.end as usize),
            _ => None,
        });
        // A comment that stands behind the brace stays there.
        let end = end.map(|end| text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at));
        let (before, rest) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((&text, ""));
        let definitions: Vec<String> = audiences.iter().map(|audience| audience.text()).collect();
        let whole = format!("{}\n\n{}\n{rest}", before.trim_end(), definitions.join("\n"));
        let formatted = match syntax::format(&whole) {
            Ok(formatted) => formatted,
            // Only what the language cannot say comes here.
            Err(_) => {
                self.parsed_file(file, &whole)?;
                whole
            }
        };
        if let Some(folder) = file.parent() {
            self.system().create_folder(folder)?;
        }
        Ok(write_bytes(self.system(), file, formatted.as_bytes())?)
    }
}

/// The copy of an audience. Its test, if it has one, is a test of its own, and nobody protected it yet.
fn copied(original: &Audience, address: &Address, name: &str, with_connections: bool) -> Audience {
    let mut copy = original.clone();
    copy.address = address.clone();
    copy.name = name.to_owned();
    copy.external_name = name.to_owned();
    copy.protect = false;
    if let Some(split) = &mut copy.split {
        split.salt = None;
    }
    copy.status = Status::Draft;
    if with_connections {
        copy.status = original.status;
    } else {
        copy.connections.clear();
    }
    copy
}

fn taken(address: &Address, all: &[&Audience]) -> WorkbenchError {
    let is_free = |address: &String| all.iter().all(|each| each.address != **address);
    let free: Vec<String> = (2..).map(|number| format!("{address}_{number}")).filter(is_free).take(2).collect();
    WorkbenchError::Unknown(format!("the address `{address}` is taken; {} would be free", free.join(" and ")))
}

/// The name with `(copy)` behind it, numbered where that is taken.
fn free_name(name: &str, names: &BTreeSet<&str>) -> String {
    let copies = std::iter::once(format!("{name} (copy)")).chain((2..).map(|number| format!("{name} (copy {number})")));
    let mut free = copies.filter(|name| !names.contains(name.as_str()));
    free.next().unwrap_or_default()
}
