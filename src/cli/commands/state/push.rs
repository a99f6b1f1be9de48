//! `aud state push`.

use std::path::PathBuf;

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

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
        ui.print_json(&report::pushed_json(serial))?;
    } else {
        ui.print(&report::pushed(&args.file, serial))?;
    }
    Ok(Exit::Fine)
}
