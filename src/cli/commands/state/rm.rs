//! `aud state rm`.

use super::address;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Arguments of `aud state rm`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audiences
    #[arg(required = true)]
    addresses: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Forget protected audiences too
    #[arg(long)]
    force: bool,
}

/// Forgets audiences in the state. Outputs are left as they are.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let addresses = args.addresses.iter().map(|each| address(each)).collect::<Result<Vec<_>, _>>()?;
    let workbench = door.workbench()?;
    let left = workbench.state_to_remove(&addresses, args.force)?;
    if !ui.json {
        ui.print(&report::to_remove(&left))?;
    }
    if !args.yes {
        match ui.confirm("\nForget this in the state? Nobody is removed from any output.") {
            Some(true) => {}
            Some(false) => {
                ui.say("Nothing was changed.");
                return Ok(Exit::Error);
            }
            None => return Err(Failure::Usage("nobody can be asked here: use --yes".to_owned())),
        }
    }
    let serial = workbench.state_rm(&addresses, args.force)?;
    if ui.json {
        ui.print_json(&report::removed_json(&left, serial))?;
    } else {
        ui.print(&report::removed(&left, serial))?;
    }
    Ok(Exit::Fine)
}
