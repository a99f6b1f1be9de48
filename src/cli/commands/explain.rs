//! `aud explain`.

use crate::cli::args::{Door, NowArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::explain;

/// Arguments of `aud explain`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The user: an MPID, or an identity such as email:ann@example.com
    #[arg(allow_hyphen_values = true)]
    user: String,
    /// The audience's address
    audience: String,
    #[command(flatten)]
    now: NowArg,
}

/// Says why one user is in an audience, or is not, evaluated as written.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let explained = door.workbench()?.explain(&args.user, &args.audience, door.now(&args.now))?;
    if ui.json {
        ui.print_json(&explain::json(&explained.explanation, &explained.sources))?;
    } else {
        ui.print(&explain::text(&explained.explanation, &explained.sources, ui.style()))?;
    }
    Ok(Exit::Fine)
}
