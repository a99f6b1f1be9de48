//! `aud import`.

use std::cell::Cell;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;
use crate::store::{ImportOptions, ImportReport};
use crate::workbench::Workbench;

/// Arguments of `aud import`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The largest share of bad rows, in per cent, that is skipped over instead of stopping the import
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0)]
    max_bad: f64,
}

/// Reads new data.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let options = ImportOptions { max_bad_share: args.max_bad / 100.0, ..ImportOptions::default() };
    let started = door.system.now().ms();
    let report = import(&door.workbench()?, ui, options)?;
    let elapsed_ms = (door.system.now().ms() - started).max(0) as u64;
    if ui.json {
        ui.print_json(&report::import::json(&report, elapsed_ms))?;
    } else {
        ui.print(&report::import::text(&report, elapsed_ms, ui.style()))?;
    }
    Ok(Exit::Fine)
}

/// Imports with progress shown.
pub(super) fn import(workbench: &Workbench, ui: &Ui, options: ImportOptions) -> Result<ImportReport, Failure> {
    let bar: ProgressBar = ui.progress(0, "bytes");
    let template = "{msg} {bar:30} {bytes} of {total_bytes} · {bytes_per_sec} · {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let shown = Cell::new(0);
    let report = workbench.import(options, &|progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_done);
        if shown.replace(progress.rows) == 0 {
            bar.set_message(progress.source.to_owned());
        }
    });
    bar.finish_and_clear();
    Ok(report?)
}
