//! `aud state`.

use serde_json::json;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::WorkbenchError;

/// Commands on the state.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Take the lock away from a run that died
    Unlock {
        /// The lock's id, as the error message shows it
        lock: String,
    },
}

/// Runs one of them.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, command: &Command) -> Result<Exit, Failure> {
    let Command::Unlock { lock } = command;
    let mut state = door.workbench()?.state()?;
    let held = state.lock_info().map_err(WorkbenchError::from)?;
    match held {
        None => return Err(Failure::Usage("the state is not locked".to_owned())),
        Some(held) if held.id != *lock => {
            let message = format!("the state is locked by another run: {held}; its lock is {}", held.id);
            return Err(Failure::Usage(message));
        }
        Some(held) => {
            state.break_lock(lock).map_err(WorkbenchError::from)?;
            if ui.json {
                ui.print_json(&json!({ "version": 1, "unlocked": held.id }))?;
            } else {
                ui.print(&format!("took the lock away from {held}"))?;
            }
        }
    }
    Ok(Exit::Fine)
}
