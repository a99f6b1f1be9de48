//! `aud check`.

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;

/// Arguments of `aud check`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the source around it
    Human,
    /// One line each
    Concise,
    /// The same as --json
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// Workflow commands, which GitHub shows beside the lines of a pull request
    Github,
}

/// Checks the project. Exit code 1 where anything is an error.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let checked = door.workbench()?.check();
    let exit = if checked.has_errors() { Exit::Error } else { Exit::Fine };
    let (diagnostics, sources) = (&checked.diagnostics, &checked.sources);
    match args.format {
        _ if ui.json => ui.print(&report::diagnostic::json(diagnostics, sources))?,
        Format::Json => ui.print(&report::diagnostic::json(diagnostics, sources))?,
        Format::Sarif => ui.print(&report::diagnostic::sarif(diagnostics, sources))?,
        Format::Github => ui.print(&report::diagnostic::github(diagnostics, sources))?,
        Format::Concise => ui.print(&report::diagnostic::concise(diagnostics, sources, ui.style()))?,
        Format::Human if diagnostics.is_empty() => {
            let audiences = checked.model.as_ref().map_or(0, |model| model.audiences.len());
            let plural = if audiences == 1 { "" } else { "s" };
            ui.print(&format!("{audiences} audience{plural}, nothing wrong"))?;
        }
        Format::Human => {
            ui.print(&report::diagnostic::human(diagnostics, sources, ui.style()))?;
            ui.print(&report::diagnostic::summary(diagnostics))?;
        }
    }
    Ok(exit)
}
