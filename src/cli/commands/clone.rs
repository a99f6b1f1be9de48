//! `aud clone`.

use std::path::PathBuf;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;
use crate::workbench::CloneRequest;

/// Arguments of `aud clone`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience to copy
    audience: String,
    /// The address of the copy
    to: String,
    /// The display name of the copy, which outputs see as well [default: its address]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The file to write it into, below the audience folder [default: the one that the audience stands in]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Copy the split and the connections as well
    #[arg(long)]
    with_connections: bool,
}

/// Writes a copy of an audience: a draft with its criteria and tags.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let written = door.workbench()?.clone_audience(&CloneRequest {
        audience: args.audience.clone(),
        to: args.to.clone(),
        name: args.name.clone(),
        file: args.file.clone(),
        with_connections: args.with_connections,
    })?;
    if ui.json {
        ui.print_json(&report::audience::written_json(&written))?;
    } else {
        ui.print(&report::audience::written(&written))?;
    }
    Ok(Exit::Fine)
}
