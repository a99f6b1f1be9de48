//! `aud apply`.

use std::path::PathBuf;

use crate::apply::{Outcome, Progress};
use crate::base::SourceMap;
use crate::cli::args::{ConsentArg, Door, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::ui::Ui;
use crate::plan::{Plan, file};
use crate::report;
use crate::report::plan::{Show, view};
use crate::workbench::{
    ApplyRequest, Defined, PlanRequest, Planned, Workbench, WorkbenchError, split_warnings,
};

/// Arguments of `aud apply`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A plan saved with `aud plan -o FILE` [default: plan now, and ask]
    #[arg(conflicts_with_all = ["targets", "exclude", "tags", "outputs", "changed_since", "replace", "allow", "now"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    now: NowArg,
    #[command(flatten)]
    target: TargetArg,
    #[command(flatten)]
    consent: ConsentArg,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
    /// Show counts of the plan from 1 up to this one, exclusive, as `<COUNT`, and no people in what was done; at least 5
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(Show::LEAST_BOUND..))]
    suppress_below: Option<u64>,
}

impl Args {
    fn show(&self) -> Show {
        Show { suppress_below: self.suppress_below, ..Show::default() }
    }
}

/// Applies a plan: a saved one as it is, a new one after asking.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    if let Some(path) = &args.file {
        let cannot_read = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        let plan = file::read(&*door.system, path).map_err(cannot_read)?;
        let defined = workbench.still_fits(&plan)?;
        ui.split_warnings(&split_warnings(&plan), args.suppress_below);
        if plan.broken().next().is_some() {
            return broken(ui, &plan, &defined.sources, args);
        }
        return apply(&workbench, ui, &plan, &defined, args);
    }
    let request = PlanRequest {
        now: door.now(&args.now),
        select: args.target.select(),
        replace: args.consent.replace.clone(),
        allowed: args.consent.allowed(),
        sample: 0,
    };
    let planned = match workbench.plan(&request) {
        Err(WorkbenchError::Refused(refusals)) if args.suppress_below.is_some() => {
            return ui.refused_below(&refusals, args.suppress_below);
        }
        planned => planned?,
    };
    ui.split_warnings(&planned.split_warnings, args.suppress_below);
    let Planned { plan, defined, .. } = planned;
    ui.diagnostics(&defined.warnings, &defined.sources);
    ui.notices(args.now.now, door.system.now());
    if !ui.json {
        ui.print(&report::plan::text_of(&view(&plan, &defined.sources, args.show()), ui.style(), ui.verbose))?;
        if plan.is_empty() && plan.pending == 0 {
            return Ok(Exit::Fine);
        }
    }
    if plan.broken().next().is_some() {
        return broken(ui, &plan, &defined.sources, args);
    }
    if !plan.is_empty() && !args.auto_approve {
        match ui.confirm("\nApply this plan?") {
            Some(true) => {}
            Some(false) => {
                ui.say("Nothing was applied.");
                return Ok(Exit::Error);
            }
            None => {
                let message =
                    "nobody can be asked here: use --auto-approve, or `aud plan -o FILE` and `aud apply FILE`";
                return Err(Failure::Usage(message.to_owned()));
            }
        }
    }
    apply(&workbench, ui, &plan, &defined, args)
}

/// A plan that breaks a guard or an assertion is shown, and never applied.
fn broken(ui: &Ui, plan: &Plan, sources: &SourceMap, args: &Args) -> Result<Exit, Failure> {
    if ui.json {
        ui.print_json(&report::plan::json(&view(plan, sources, args.show())))?;
    }
    ui.say(&report::plan::broken(plan, sources, args.suppress_below.is_none()));
    Ok(Exit::Broken)
}

fn apply(workbench: &Workbench, ui: &Ui, plan: &Plan, defined: &Defined, args: &Args) -> Result<Exit, Failure> {
    let outcome = carry_out(workbench, ui, plan, defined)?;
    match (ui.json, args.suppress_below) {
        (true, None) => ui.print_json(&report::apply::json(&outcome))?,
        (true, Some(_)) => ui.print_json(&report::apply::uncounted_json(&outcome))?,
        (false, None) => ui.print(&report::apply::text(&outcome, ui.style()))?,
        (false, Some(_)) => ui.print(&report::apply::uncounted_text(&outcome, ui.style()))?,
    }
    Ok(match outcome {
        Outcome { interrupted: true, .. } => Exit::Interrupted,
        Outcome { faults, .. } if !faults.is_empty() => Exit::Faulted,
        _ => Exit::Fine,
    })
}

/// Applies a plan with progress shown and Ctrl-C heard.
pub(super) fn carry_out(
    workbench: &Workbench,
    ui: &Ui,
    plan: &Plan,
    defined: &Defined,
) -> Result<Outcome, WorkbenchError> {
    let bar = ui.progress(0, "deliveries");
    bar.set_message("delivering");
    let outcome = workbench.apply(
        plan,
        defined,
        &ApplyRequest {
            reason: "aud apply",
            progress: &|progress| {
                if let Progress::Delivering { done, total, .. } = progress {
                    bar.set_length(total);
                    bar.set_position(done);
                }
            },
            cancelled: interrupt::flag(),
        },
    );
    bar.finish_and_clear();
    outcome
}
