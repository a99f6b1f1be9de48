//! `aud adopt`.

use std::path::PathBuf;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;

/// Arguments of `aud adopt`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The deployed audiences to write down
    #[arg(required_unless_present = "all")]
    audiences: Vec<String>,
    /// Every audience that is deployed and not written
    #[arg(long, conflicts_with = "audiences")]
    all: bool,
    /// The file to write them into, below the audience folder [default: adopted.aud]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Writes definitions for audiences that are in the state and not in the files.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let written = door.workbench()?.adopt(&args.audiences, args.file.as_deref())?;
    if ui.json {
        ui.print_json(&report::audience::written_json(&written))?;
    } else {
        ui.print(&report::audience::written(&written))?;
    }
    Ok(Exit::Fine)
}
