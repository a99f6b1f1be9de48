//! `aud import`.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;
use crate::store::{BadRowLimit, ImportOptions, ImportReport};
use crate::workbench::Workbench;

/// Arguments of `aud import`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// How many rows of a hundred may be bad and skipped over before the import stops
    ///
    /// With the default, up to 100 bad rows of a source never stop it. With any other number the percentage alone decides: with 0, any bad row
    /// stops it. A source whose rows are all bad always does.
    #[arg(long, value_name = "PERCENT", default_value_t = BadRowLimit::default().percent, value_parser = clap::value_parser!(u64).range(0..=100))]
    max_bad: u64,
    /// Read everything anew, whatever was read before
    #[arg(long)]
    rebuild: bool,
}

/// Reads new data.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    // Who asks for another limit than the default means it, for small files too.
    let default = BadRowLimit::default();
    let at_least = if args.max_bad == default.percent { default.at_least } else { 0 };
    let bad_rows = BadRowLimit { percent: args.max_bad, at_least };
    let options = ImportOptions { bad_rows, rebuild: args.rebuild };
    let started = door.system.now().ms();
    let report = import(&door.workbench()?, ui, options)?;
    let elapsed_ms = (door.system.now().ms() - started).max(0) as u64;
    if ui.json {
        ui.print_json(&report::import::json(&report, elapsed_ms))?;
    } else {
        ui.print(&report::import::text(&report, elapsed_ms))?;
    }
    Ok(Exit::Fine)
}

/// Imports with progress shown.
pub(super) fn import(workbench: &Workbench, ui: &Ui, options: ImportOptions) -> Result<ImportReport, Failure> {
    let bar: ProgressBar = ui.progress(0, "bytes");
    let template = "importing {bar:30} {bytes} of {total_bytes} · {msg} · {eta} left";
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let started = Instant::now();
    let report = workbench.import(options, &|progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_done);
        let rate = progress.rows as f64 / started.elapsed().as_secs_f64().max(0.001);
        bar.set_message(format!("{} rows/s", report::number(rate as u64)));
    });
    bar.finish_and_clear();
    Ok(report?)
}
