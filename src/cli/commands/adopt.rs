//! `aud adopt`.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;

/// Arguments of `aud adopt`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audiences, which are deployed and not written
    #[arg(required_unless_present = "all")]
    addresses: Vec<String>,
    /// All audiences that are deployed and not written
    #[arg(long, conflicts_with = "addresses")]
    all: bool,
    /// The file to write them into [default: adopted.aud beside the definitions]
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Writes definitions of what is deployed. Nothing that is written is ever replaced.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let written = door.workbench()?.adopt(&args.addresses, args.file.as_deref())?;
    let file = written.file.display().to_string();
    if ui.json {
        let file = (!written.addresses.is_empty()).then_some(file);
        ui.print_json(&json!({ "version": 1, "written": written.addresses, "file": file }))?;
    } else if written.addresses.is_empty() {
        ui.print("Everything that is deployed is written already.")?;
    } else {
        written.addresses.iter().try_for_each(|address| ui.print(&format!("wrote `{address}` into {file}")))?;
    }
    Ok(Exit::Fine)
}
