//! `aud state mv`.

use super::address;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Arguments of `aud state mv`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The address that it has
    from: String,
    /// The address that it gets
    to: String,
}

/// Gives an audience another address, in the state only.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let (from, to) = (address(&args.from)?, address(&args.to)?);
    let serial = door.workbench()?.state_mv(&from, &to)?;
    if ui.json {
        ui.print_json(&report::moved_json(&from, &to, serial))?;
    } else {
        ui.print(&report::moved(&from, &to, serial))?;
    }
    Ok(Exit::Fine)
}
