//! `aud fmt`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::json;
use similar::TextDiff;

use crate::base::SourceMap;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::visible;
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
    /// Write nothing; show what would change
    #[arg(long, conflicts_with = "json")]
    diff: bool,
}

/// What formatting came to.
#[derive(Default)]
struct Found {
    changed: Vec<String>,
    broken: Vec<String>,
}

/// Writes definitions in their canonical form. A file with errors stays as it is.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    if let [only] = args.files.as_slice()
        && only == Path::new("-")
    {
        return from_standard_input(ui, args);
    }
    let files = if args.files.is_empty() { project_files(door)? } else { args.files.clone() };
    let mut found = Found::default();
    for path in files {
        let text = read_text(&*door.system, &path).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => io::Error::new(error.kind(), format!("{}: {error}", path.display())),
            _ => error,
        })?;
        let name = path.display().to_string();
        let Some(formatted) = formatted(ui, &name, &text) else {
            found.broken.push(name);
            continue;
        };
        if formatted == text {
            continue;
        }
        if args.diff {
            ui.print(&difference(&name, &text, &formatted))?;
        } else if !args.check {
            write_bytes(&*door.system, &path, formatted.as_bytes())?;
        }
        found.changed.push(name);
    }
    report(ui, args, &found)
}

fn report(ui: &Ui, args: &Args, found: &Found) -> Result<Exit, Failure> {
    let Found { changed, broken } = found;
    let written = !args.check && !args.diff;
    if ui.json {
        ui.print_json(&json!({ "version": 1, "changed": changed, "broken": broken, "written": written }))?;
    } else if !args.diff {
        let verb = if args.check { "would format" } else { "formatted" };
        changed.iter().try_for_each(|path| ui.print(&format!("{verb} {path}")))?;
    }
    let wrong = !broken.is_empty() || (!written && !changed.is_empty());
    Ok(if wrong { Exit::Error } else { Exit::Fine })
}

/// The canonical text; what is wrong is said, and then there is none.
fn formatted(ui: &Ui, name: &str, text: &str) -> Option<String> {
    match syntax::format(text) {
        Ok(formatted) => Some(formatted),
        Err(diagnostics) => {
            let mut sources = SourceMap::default();
            sources.add(name, text);
            ui.diagnostics(&diagnostics.into_sorted(), &sources);
            None
        }
    }
}

/// The lines that formatting changes, as a patch.
fn difference(name: &str, before: &str, after: &str) -> String {
    const AROUND: usize = 3;
    let name = visible(name);
    let lines = TextDiff::from_lines(before, after);
    lines.unified_diff().context_radius(AROUND).header(&format!("a/{name}"), &format!("b/{name}")).to_string()
}

fn project_files(door: &Door) -> Result<Vec<PathBuf>, Failure> {
    let project = door.workbench()?.project()?;
    let files = door.system.files_below(&project.audiences)?;
    Ok(files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "aud")).collect())
}

/// Formats standard input to standard output: the text itself, or only what `--check` and `--diff` ask for.
fn from_standard_input(ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    const NAME: &str = "<standard input>";
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let Some(formatted) = formatted(ui, NAME, &text) else { return Ok(Exit::Error) };
    let same = formatted == text;
    if args.diff && !same {
        ui.print(&difference(NAME, &text, &formatted))?;
    } else if !args.check && !args.diff {
        ui.print(&formatted)?;
    }
    Ok(if same || !args.check && !args.diff { Exit::Fine } else { Exit::Error })
}
