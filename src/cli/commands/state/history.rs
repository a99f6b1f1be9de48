//! `aud state history`.

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Arguments of `aud state history`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// At most this many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Lists the commits, the latest first.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let state = door.workbench()?.state()?;
    let mut commits = state.commits().map_err(wrong)?;
    commits.reverse();
    commits.truncate(args.limit.unwrap_or(usize::MAX));
    let extents = state.extents().map_err(wrong)?;
    if ui.json {
        ui.print_json(&report::history_json(&commits, &extents))?;
    } else {
        ui.print(&report::history(&commits, &extents, ui.table_style()))?;
    }
    Ok(Exit::Fine)
}
