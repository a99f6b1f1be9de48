//! `aud state unlock`.

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Arguments of `aud state unlock`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The lock's id, as the error message shows it
    lock: String,
}

/// Takes the lock away from a run that died.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let lock = &args.lock;
    let mut state = door.workbench()?.state()?;
    match state.lock_info().map_err(wrong)? {
        None => return Err(Failure::Usage("the state is not locked".to_owned())),
        Some(held) if held.id != *lock => {
            let message = format!("the state is locked by another run: {held}; its lock is {}", held.id);
            return Err(Failure::Usage(message));
        }
        Some(held) => {
            state.break_lock(lock).map_err(wrong)?;
            if ui.json {
                ui.print_json(&report::unlocked_json(&held))?;
            } else {
                ui.print(&report::unlocked(&held))?;
            }
        }
    }
    Ok(Exit::Fine)
}
