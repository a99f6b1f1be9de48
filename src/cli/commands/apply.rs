//! `aud apply`.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::apply::{Outcome, Progress, Wait};
use crate::base::SourceMap;
use crate::cli::args::{ConsentArg, Door, LockArg, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::ui::Ui;
use crate::plan::{Plan, file};
use crate::report::{self, plan::Show};
use crate::workbench::{ApplyRequest, Defined, PlanRequest, Planned, Workbench, WorkbenchError, split_warnings};

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
    #[command(flatten)]
    lock: LockArg,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
    /// Show counts of the plan from 1 up to this one, exclusive, as `<COUNT`, and no people in what was done; at least 5
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(Show::LEAST_BOUND..))]
    suppress_below: Option<u64>,
}

/// Applies a plan: a saved one as it is, a new one after asking.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let Args { auto_approve, suppress_below, lock, .. } = args;
    let approval = Approval { auto_approve: *auto_approve, reason: "aud apply", lock, suppress_below: *suppress_below };
    if let Some(path) = &args.file {
        let cannot_read = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        let plan = file::read(&*door.system, path).map_err(cannot_read)?;
        let defined = workbench.still_fits(&plan)?;
        ui.split_warnings(&split_warnings(&plan), approval.suppress_below);
        if plan.broken().next().is_some() {
            return broken(ui, &plan, &defined.sources, &approval);
        }
        return apply(&workbench, ui, &plan, &defined, &approval);
    }
    let request = PlanRequest {
        now: door.now(&args.now),
        select: args.target.select(),
        replace: args.consent.replace.clone(),
        allowed: args.consent.allowed(),
        sample: 0,
    };
    let planned = match workbench.plan(&request) {
        Err(WorkbenchError::Refused(refusals)) if suppress_below.is_some() => {
            return ui.refused_below(&refusals, *suppress_below);
        }
        planned => planned?,
    };
    ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
    ui.notices(args.now.now, door.system.now());
    approve_and_apply(&workbench, ui, &planned, &approval)
}

/// How a plan is approved and applied.
pub(super) struct Approval<'a> {
    /// Whether nobody is asked.
    pub(super) auto_approve: bool,
    /// What the lock and the history say about the run.
    pub(super) reason: &'a str,
    /// How long to wait for the lock.
    pub(super) lock: &'a LockArg,
    /// Below which number people are not told.
    pub(super) suppress_below: Option<u64>,
}

impl Approval<'_> {
    fn show(&self) -> Show {
        Show { suppress_below: self.suppress_below, ..Show::default() }
    }
}

/// Shows a plan, asks, and applies it.
pub(super) fn approve_and_apply(
    workbench: &Workbench,
    ui: &Ui,
    Planned { plan, defined, split_warnings }: &Planned,
    approval: &Approval<'_>,
) -> Result<Exit, Failure> {
    ui.split_warnings(split_warnings, approval.suppress_below);
    if !ui.json {
        let view = report::plan::view(plan, &defined.sources, approval.show());
        ui.print(&report::plan::text_of(&view, ui.style(), ui.verbose))?;
        if plan.is_empty() && plan.pending == 0 {
            return Ok(Exit::Fine);
        }
    }
    if plan.broken().next().is_some() {
        return broken(ui, plan, &defined.sources, approval);
    }
    if !plan.is_empty() && !approval.auto_approve {
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
    apply(workbench, ui, plan, defined, approval)
}

/// A plan that breaks a guard or an assertion is shown, and never applied.
fn broken(ui: &Ui, plan: &Plan, sources: &SourceMap, approval: &Approval<'_>) -> Result<Exit, Failure> {
    if ui.json {
        let view = report::plan::view(plan, sources, approval.show());
        ui.print_json(&report::plan::json(&view))?;
    }
    ui.say(&report::plan::broken(plan, sources, approval.suppress_below.is_none()));
    Ok(Exit::Broken)
}

fn apply(
    workbench: &Workbench,
    ui: &Ui,
    plan: &Plan,
    defined: &Defined,
    approval: &Approval<'_>,
) -> Result<Exit, Failure> {
    let outcome = carry_out(workbench, ui, plan, defined, approval)?;
    match (ui.json, approval.suppress_below) {
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
    approval: &Approval<'_>,
) -> Result<Outcome, WorkbenchError> {
    let bar = ui.progress(0, "deliveries");
    bar.set_message("delivering");
    let outcome = workbench.apply(
        plan,
        defined,
        &ApplyRequest {
            reason: approval.reason,
            progress: &|progress| {
                if let Progress::Delivering { done, total, .. } = progress {
                    bar.set_length(total);
                    bar.set_position(done);
                }
            },
            cancelled: interrupt::flag(),
            wait: Wait {
                patience: Duration::from_secs(approval.lock.lock_timeout),
                pause: &|length, holder| {
                    ui.say(&format!("waiting for the lock: {}", report::visible(&holder.to_string())));
                    std::thread::sleep(length);
                    !interrupt::flag().load(Ordering::SeqCst)
                },
            },
        },
    );
    bar.finish_and_clear();
    outcome
}
