//! `aud init`.

use std::path::PathBuf;

use serde_json::json;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench;

/// Arguments of `aud init`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder of the project; made where it does not exist
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// Makes a new project.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let written = workbench::init(&*door.system, &args.folder)?;
    let paths: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
    if ui.json {
        ui.print_json(&json!({ "version": 1, "written": paths }))?;
    } else {
        paths.iter().try_for_each(|path| ui.print(&format!("wrote {path}")))?;
        ui.say("\nNext: name your data under `data` in aud.yaml, then `aud import`, `aud plan`, `aud apply`.");
    }
    Ok(Exit::Fine)
}
