//! `aud plan`.

use std::path::PathBuf;

use crate::cli::args::{ConsentArg, Door, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::plan::file;
use crate::report;
use crate::workbench::{PlanRequest, WorkbenchError};

/// Arguments of `aud plan`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    now: NowArg,
    #[command(flatten)]
    target: TargetArg,
    #[command(flatten)]
    consent: ConsentArg,
    /// Save the plan, for `aud apply FILE`
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit code 2 where there is something to do, 0 where there is nothing
    #[arg(long)]
    detailed_exitcode: bool,
}

/// Shows what would change.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let request = PlanRequest {
        now: door.now(&args.now),
        select: args.target.select(),
        replace: args.consent.replace.clone(),
        allowed: args.consent.allowed(),
        sample: 0,
    };
    let planned = door.workbench()?.plan(&request)?;
    ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
    ui.notices(args.now.now, door.system.now());
    if ui.json {
        ui.print_json(&report::plan::json(&planned.plan))?;
    } else {
        ui.print(&report::plan::text(&planned.plan, &planned.defined.sources, ui.style(), ui.verbose))?;
    }
    if let Some(path) = &args.output {
        let cannot_write = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        file::write(&*door.system, path, &planned.plan).map_err(cannot_write)?;
        ui.say(&format!("Saved to {0}; run: aud apply {0}", path.display()));
    }
    if planned.plan.broken().next().is_some() {
        return Ok(Exit::Broken);
    }
    let changes = args.detailed_exitcode && !planned.plan.is_empty();
    Ok(if changes { Exit::Changes } else { Exit::Fine })
}
