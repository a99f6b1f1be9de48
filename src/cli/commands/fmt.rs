//! `aud fmt`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::base::SourceMap;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::syntax;
use crate::system::{read_text, write_bytes};

/// Arguments of `aud fmt`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Files to format; `-` reads standard input [default: every *.aud file of the project]
    files: Vec<PathBuf>,
    /// Write nothing; exit code 1 where a file is not in canonical form
    #[arg(long)]
    check: bool,
}

/// Writes definitions in their canonical form. A file with errors stays as it is.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    if let [only] = args.files.as_slice()
        && only == Path::new("-")
    {
        return from_standard_input(ui, args.check);
    }
    let files = if args.files.is_empty() { project_files(door)? } else { args.files.clone() };
    let (mut changed, mut broken) = (Vec::new(), Vec::new());
    for path in files {
        let text = read_text(&*door.system, &path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => io::Error::new(error.kind(), format!("{}: {error}", path.display())),
            _ => error,
        })?;
        match syntax::format(&text) {
            Ok(formatted) if formatted == text => {}
            Ok(formatted) => {
                if !args.check {
                    write_bytes(&*door.system, &path, formatted.as_bytes())?;
                }
                changed.push(path.display().to_string());
            }
            Err(diagnostics) => {
                let mut sources = SourceMap::default();
                sources.add(&path, text);
                ui.diagnostics(&diagnostics.into_sorted(), &sources);
                broken.push(path.display().to_string());
            }
        }
    }
    if ui.json {
        ui.print_json(&json!({ "version": 1, "changed": changed, "broken": broken, "written": !args.check }))?;
    } else {
        let verb = if args.check { "would format" } else { "formatted" };
        changed.iter().try_for_each(|path| ui.print(&format!("{verb} {path}")))?;
    }
    let wrong = !broken.is_empty() || (args.check && !changed.is_empty());
    Ok(if wrong { Exit::Error } else { Exit::Fine })
}

fn project_files(door: &Door) -> Result<Vec<PathBuf>, Failure> {
    let project = door.workbench()?.project()?;
    let files = door.system.files_below(&project.audiences)?;
    Ok(files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "aud")).collect())
}

fn from_standard_input(ui: &Ui, check: bool) -> Result<Exit, Failure> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    match syntax::format(&text) {
        Ok(formatted) if check => Ok(if formatted == text { Exit::Fine } else { Exit::Error }),
        Ok(formatted) => {
            ui.print(&formatted)?;
            Ok(Exit::Fine)
        }
        Err(diagnostics) => {
            let mut sources = SourceMap::default();
            sources.add("<standard input>", text);
            ui.diagnostics(&diagnostics.into_sorted(), &sources);
            Ok(Exit::Error)
        }
    }
}
