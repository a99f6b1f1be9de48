//! `aud state list`.

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;

/// Lists what is deployed.
pub(super) fn run(door: &Door, ui: &Ui) -> Result<Exit, Failure> {
    let snapshot = door.workbench()?.state()?.snapshot().map_err(wrong)?;
    if ui.json {
        ui.print_json(&report::list_json(&snapshot))?;
    } else {
        ui.print(&report::list(&snapshot, ui.table_style()))?;
    }
    Ok(Exit::Fine)
}
