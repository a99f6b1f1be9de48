//! `aud state push`.

use std::path::PathBuf;

use serde_json::json;

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;

/// Arguments of `aud state push`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A document as `aud state pull` writes it
    file: PathBuf,
    /// Also where it is of another state, or no later than what is there
    #[arg(long)]
    force: bool,
}

/// Puts a document in the place of the whole state, under the lock.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let path = args.file.display();
    let bytes = door.system.read(&args.file).map_err(|error| Failure::Usage(format!("{path}: {error}")))?;
    let document: serde_json::Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::Usage(format!("{path} is no state document: {error}")))?;
    let mut state = door.workbench()?.state()?;
    let lock = state.lock("aud state push").map_err(wrong)?;
    let restored = state.restore(&lock, &document, args.force);
    let unlocked = state.unlock(&lock);
    let serial = restored.map_err(wrong)?;
    unlocked.map_err(wrong)?;
    if ui.json {
        ui.print_json(&json!({ "version": 1, "serial": serial }))?;
    } else {
        ui.print(&format!("the state is that of {path}; serial {serial}"))?;
    }
    Ok(Exit::Fine)
}
