//! `aud bench`.

use std::path::PathBuf;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report;
use crate::workload::{Phase, RunRequest, Workload, run as measure};

/// Arguments of `aud bench`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder of the workload: audiences.json, data, expected answers
    folder: PathBuf,
    /// The size of the data: a folder below `data`
    #[arg(long, default_value = "S")]
    size: String,
    /// How often each phase is measured
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    repeat: u16,
    /// How many threads evaluate [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The folder of the store, used again as long as the data is the same [default: stores/SIZE below FOLDER]
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// What to measure; may be repeated
    #[arg(long = "phase", value_enum, value_name = "PHASE", default_values = ["open", "evaluate"])]
    phases: Vec<Phase>,
}

/// Measures a workload; exits with 1 where an answer differs from what is expected.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workload = Workload::open(&*door.system, &args.folder)?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let request = RunRequest {
        size: args.size.clone(),
        repeat: usize::from(args.repeat),
        threads: args.threads.map_or(cores, usize::from),
        store: args.store.clone(),
        phases: args.phases.clone(),
    };
    let run = measure(&*door.system, &workload, &request)?;
    if ui.json {
        ui.print_json(&report::bench::json(&run))?;
    } else {
        ui.print(&report::bench::text(&run))?;
    }
    Ok(if run.differs() { Exit::Error } else { Exit::Fine })
}
