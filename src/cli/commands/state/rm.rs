//! `aud state rm`.

use serde_json::json;

use super::address;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::WorkbenchError;

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
    for each in left.iter().filter(|_| !ui.json) {
        let outputs: Vec<String> = each.outputs.iter().map(ToString::to_string).collect();
        let stay = match outputs.as_slice() {
            [] => "is connected nowhere".to_owned(),
            outputs => format!("{} people stay in {}", each.size, outputs.join(", ")),
        };
        ui.print(&format!("{}: {stay}", each.address))?;
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
    let serial: Result<u64, WorkbenchError> = workbench.state_rm(&addresses, args.force);
    let serial = serial?;
    if ui.json {
        let left: Vec<_> = left
            .iter()
            .map(|each| json!({ "address": each.address, "size": each.size, "outputs": each.outputs }))
            .collect();
        ui.print_json(&json!({ "version": 1, "removed": left, "serial": serial }))?;
    } else {
        ui.print(&format!("forgot {} in the state; serial {serial}", left.len()))?;
    }
    Ok(Exit::Fine)
}
