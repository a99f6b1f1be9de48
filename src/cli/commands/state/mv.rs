//! `aud state mv`.

use serde_json::json;

use super::address;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;

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
        ui.print_json(&json!({ "version": 1, "from": from, "to": to, "serial": serial }))?;
    } else {
        ui.print(&format!("`{from}` is `{to}` from now on; state serial {serial}"))?;
    }
    Ok(Exit::Fine)
}
