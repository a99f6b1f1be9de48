//! `aud plan`.

use std::path::PathBuf;

use crate::cli::args::{Door, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::plan::file;
use crate::report::{self, plan::PlanView, plan::Show};
use crate::workbench::{PlanRequest, WorkbenchError};

/// Arguments of `aud plan`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    now: NowArg,
    #[command(flatten)]
    target: TargetArg,
    /// Save the plan, for `aud apply FILE`
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Exit code 2 where there is something to do, 0 where there is nothing
    #[arg(long)]
    detailed_exitcode: bool,
    /// The steps of an apply, in order
    #[arg(long, group = "form")]
    explain: bool,
    /// Show counts from 1 up to this one, exclusive, as `<COUNT`, and withhold what would tell them; at least 5
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(Show::LEAST_BOUND..))]
    suppress_below: Option<u64>,
}

/// Shows what would change.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let request = PlanRequest { select: args.target.select(), ..PlanRequest::at(door.now(&args.now)) };
    let planned = door.workbench()?.plan(&request)?;
    ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
    ui.notices(&planned.defined.model, args.now.now, door.system.now());
    let show = Show { suppress_below: args.suppress_below, steps: args.explain };
    let view = report::plan::view(&planned.plan, &planned.defined.sources, show);
    print(&view, ui, args)?;
    if let Some(path) = &args.output {
        let cannot_write = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        file::write(&*door.system, path, &planned.plan).map_err(cannot_write)?;
        ui.say(&format!("Saved to {0}; run: aud apply {0}", path.display()));
    }
    let changes = args.detailed_exitcode && !planned.plan.is_empty();
    Ok(if changes { Exit::Changes } else { Exit::Fine })
}

/// Prints a plan in the form that was asked for.
fn print(view: &PlanView, ui: &Ui, args: &Args) -> Result<(), Failure> {
    if ui.json {
        ui.print_json(&report::plan::json(view))
    } else if args.explain {
        ui.print(&report::plan::explain(view, ui.style()))
    } else {
        ui.print(&report::plan::text_of(view, ui.style(), ui.verbose))
    }
}
