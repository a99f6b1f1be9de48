//! Finding and reading the file: bytes → text → tree → project.

use std::io;
use std::path::{Path, PathBuf};

use crate::base::{SourceMap, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::system::System;

use super::{Project, decode, yaml};

/// The name of the project file.
pub const FILE_NAME: &str = "aud.yaml";
/// A project file beyond this many bytes is not one.
const LARGEST: usize = 16 << 20;
const SMALLEST: &str = "`aud init` writes one to start from";

/// The nearest folder, from `start` upwards, that holds a project file; `start` may be that folder itself. A relative
/// path is only followed up to the folder that it is relative to.
pub fn find(system: &dyn System, start: &Path) -> Option<PathBuf> {
    let folder = start.ancestors().find(|folder| system.info(&folder.join(FILE_NAME)).is_ok())?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() })
}

/// Reads `aud.yaml` of a folder and checks all of it. The text is added to `sources` as `aud.yaml`, with secrets that
/// were written into it masked.
///
/// The project is `None` where something is wrong that definitions refer to or depend on: the file itself, its version,
/// the name, the workspaces, the schema, the outputs. Errors elsewhere (sources, retention, state, limits) leave out what
/// is wrong or put the default in its place, so that definitions can be checked in the same run.
pub fn load(system: &dyn System, folder: &Path, sources: &mut SourceMap) -> (Option<Project>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let bytes = match system.read(&folder.join(FILE_NAME)) {
        Ok(bytes) => bytes,
        Err(error) => {
            diagnostics.push(unreadable(system, folder, &error));
            return (None, diagnostics);
        }
    };
    let project = read(bytes, folder, sources, &mut diagnostics);
    (project, diagnostics)
}

fn read(bytes: Vec<u8>, folder: &Path, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Option<Project> {
    let code = Code::UnreadableProject;
    if bytes.len() > LARGEST {
        let message = format!("`{FILE_NAME}` is larger than {} MiB", LARGEST >> 20);
        diagnostics
            .push(Diagnostic::new(code, message).help("data belongs into files of its own, named under `sources`"));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = String::from_utf8_lossy(bytes);
    let id = sources.add(FILE_NAME, &*text);
    if let Err(error) = std::str::from_utf8(bytes) {
        // Up to there the text is what the bytes say, so the place is the same in both.
        let at = error.valid_up_to();
        let problem = Diagnostic::new(code, format!("`{FILE_NAME}` is not UTF-8"))
            .label(Span::new(id, at, at + char::REPLACEMENT_CHARACTER.len_utf8()), "not a character")
            .help("save the file as UTF-8");
        diagnostics.push(problem);
        return None;
    }
    let mut found = Diagnostics::default();
    let root = yaml::parse(&text, id, &mut found);
    let readable = !found.has_errors();
    diagnostics.append(found);
    if root.is_none() {
        for (start, end) in likely_secrets(&text) {
            sources.mask(Span::new(id, start, end));
        }
    }
    let Some(root) = root.filter(|root| !root.is_null()) else {
        if readable {
            let label = if text.trim().is_empty() { "nothing is written here" } else { "nothing but comments" };
            let problem = Diagnostic::new(code, format!("`{FILE_NAME}` is empty"));
            diagnostics.push(problem.label(Span::new(id, 0, 0), label).help(SMALLEST));
        }
        return None;
    };
    let decoded = decode::project(&root, folder, diagnostics);
    for secret in decoded.literal_secrets {
        sources.mask(secret);
    }
    decoded.project.filter(|_| readable)
}

/// Where secrets may stand in a text that is not YAML, so that the places of its errors can be shown: whatever follows a
/// colon below `secrets`, as far as indentation tells, except names of variables and files.
fn likely_secrets(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut below: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if below.is_some_and(|above| indent <= above && !line.trim().is_empty()) {
            below = None;
        }
        let mut from = if below.is_some() { Some(0) } else { line.find("secrets:") };
        if from.is_some() {
            below = below.or(Some(indent));
        }
        while let Some(at) = from {
            let rest = line.get(at..).unwrap_or_default();
            let Some(colon) = rest.find(": ") else { break };
            let key = rest.get(..colon).unwrap_or_default().trim_end_matches(['"', '\'']);
            let value = rest.get(colon + 2..).unwrap_or_default();
            let is_list = value.trim_start().starts_with('[');
            let ends = |c: char| "}\n\r".contains(c) || c == if is_list { ']' } else { ',' };
            let length = value.find(ends).unwrap_or(value.len());
            let is_reference = key.ends_with("env") || key.ends_with("file") || value.trim_start().starts_with('{');
            if !is_reference {
                found.push((start + at + colon + 2, start + at + colon + 2 + length));
            }
            from = Some(at + colon + 2);
        }
        start += line.len();
    }
    found
}

fn unreadable(system: &dyn System, folder: &Path, error: &io::Error) -> Diagnostic {
    let code = Code::UnreadableProject;
    if error.kind() != io::ErrorKind::NotFound {
        return Diagnostic::new(code, format!("`{FILE_NAME}` cannot be read")).note(error.to_string());
    }
    let problem = Diagnostic::new(code, format!("there is no `{FILE_NAME}` in `{}`", folder.display()));
    let other = ["aud.yml", "Aud.yaml", "aud.json"].into_iter().find(|name| system.info(&folder.join(name)).is_ok());
    match other {
        Some(other) => problem.help(format!("there is `{other}`: rename it to `{FILE_NAME}`")),
        None => problem.help(SMALLEST),
    }
}
