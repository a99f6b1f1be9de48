//! `aud clone`.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::CloneRequest;

/// Arguments of `aud clone`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience to copy, as written, else as deployed
    audience: String,
    /// The address of the copy
    new_address: String,
    /// The display name of the copy [default: that of the audience with `(copy)` behind it]
    #[arg(long)]
    name: Option<String>,
    /// The file to write it into [default: after the audience]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// With the test and the connections of the audience; it is a draft all the same
    #[arg(long)]
    with_connections: bool,
}

/// Writes a copy of an audience.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let written = door.workbench()?.clone_audience(&CloneRequest {
        audience: args.audience.clone(),
        address: args.new_address.clone(),
        name: args.name.clone(),
        file: args.file.clone(),
        with_connections: args.with_connections,
    })?;
    let file = written.file.display().to_string();
    if ui.json {
        ui.print_json(&json!({ "version": 1, "written": written.addresses, "file": file }))?;
    } else {
        ui.print(&format!("wrote `{}` into {file}", args.new_address))?;
    }
    Ok(Exit::Fine)
}
