//! The `*.aud` files of a project, parsed once for each content.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Fingerprint, SourceId, SourceMap};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;
use crate::syntax::{self, Parsed};
use crate::system::{System, read_text};

/// Parsed files by path, each with the fingerprint of the text and the number that it was parsed under.
#[derive(Default)]
pub(super) struct ParsedFiles {
    known: HashMap<PathBuf, (Fingerprint, SourceId, Arc<Parsed>)>,
}

impl ParsedFiles {
    /// Every `*.aud` file below the project's audience folder, in the order of their paths, each with what tells its text and
    /// its place among the sources from any other. Files that did not change since the last call, and stand at the same
    /// place, are not parsed again.
    pub(super) fn load(
        &mut self,
        system: &dyn System,
        project: &Project,
        sources: &mut SourceMap,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Fingerprint, Arc<Parsed>)> {
        let paths = match system.files_below(&project.audiences) {
            Ok(paths) => paths,
            Err(error) => {
                diagnostics.push(
                    unreadable(&project.audiences, &error)
                        .help("make the folder, or name the right one under `audiences` in aud.yaml"),
                );
                return Vec::new();
            }
        };
        let aud = paths.into_par_iter().filter(|path| path.extension().is_some_and(|extension| extension == "aud"));
        let read: Vec<_> = aud.map(|path| (read_text(system, &path), path)).collect();
        let mut texts = Vec::new();
        for (text, path) in read {
            match text {
                Ok(text) => {
                    let shown = path.strip_prefix(&project.folder).unwrap_or(&path).to_owned();
                    texts.push((path, Fingerprint::of(&text), sources.add(shown, text)));
                }
                Err(error) => diagnostics.push(unreadable(&path, &error)),
            }
        }
        let sources = &*sources;
        let parsed: Vec<_> = texts
            .into_par_iter()
            .filter_map(|(path, fingerprint, id)| {
                let kept = self.known.get(&path).filter(|known| known.0 == fingerprint && known.1 == id);
                let parsed = match kept {
                    Some((_, _, parsed)) => parsed.clone(),
                    None => Arc::new(syntax::parse(sources.get(id)?, id)),
                };
                Some((path, (fingerprint, id, parsed)))
            })
            .collect();
        let version = |text: &Fingerprint, id: &SourceId| Fingerprint::of(format!("{text} {}", id.0));
        let files = parsed.iter().map(|(_, (text, id, parsed))| (version(text, id), parsed.clone())).collect();
        self.known = parsed.into_iter().collect();
        files
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, format!("cannot read `{}`: {error}", path.display()))
}
