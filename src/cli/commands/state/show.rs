//! `aud state show`.

use super::{address, wrong};
use crate::base::suggest;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Arguments of `aud state show`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience's address
    address: String,
}

/// Shows the record of one audience: its definition as deployed, and what the state knows beside it.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let address = address(&args.address)?;
    let snapshot = door.workbench()?.state()?.snapshot().map_err(wrong)?;
    let Some(record) = snapshot.audiences.iter().find(|each| each.definition.address == address) else {
        let hint = suggest::hint(&args.address, snapshot.audiences.iter().map(|each| each.definition.address.as_str()));
        return Err(Failure::Usage(format!("`{address}` is not deployed{hint}")));
    };
    if ui.json {
        ui.print_json(&report::show_json(record))?;
    } else {
        ui.print(&report::show(record, ui.style()))?;
    }
    Ok(Exit::Fine)
}
