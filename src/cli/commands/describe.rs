//! `aud describe`.

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::describe;

/// Arguments of `aud describe`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience's address
    audience: String,
}

/// Says in plain English who is in an audience, and where it goes.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let (model, address) = door.workbench()?.written(&args.audience)?;
    let Some(audience) = model.audiences.get(&address) else { return Ok(Exit::Error) };
    let description = describe::describe(audience, &model);
    if ui.json {
        ui.print_json(&describe::json(&description))?;
    } else {
        ui.print(&describe::text(&description))?;
    }
    Ok(Exit::Fine)
}
