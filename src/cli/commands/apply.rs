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
use crate::report;
use crate::workbench::{ApplyRequest, Defined, PlanRequest, Planned, Workbench, WorkbenchError};

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
}

/// Applies a plan: a saved one as it is, a new one after asking.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let approval = Approval { auto_approve: args.auto_approve, reason: "aud apply", lock: &args.lock };
    if let Some(path) = &args.file {
        let cannot_read = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        let plan = file::read(&*door.system, path).map_err(cannot_read)?;
        let defined = workbench.still_fits(&plan)?;
        if plan.broken().next().is_some() {
            return broken(ui, &plan, &defined.sources);
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
    let planned = workbench.plan(&request)?;
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
}

/// Shows a plan, asks, and applies it.
pub(super) fn approve_and_apply(
    workbench: &Workbench,
    ui: &Ui,
    Planned { plan, defined }: &Planned,
    approval: &Approval<'_>,
) -> Result<Exit, Failure> {
    if !ui.json {
        ui.print(&report::plan::text(plan, &defined.sources, ui.style(), ui.verbose))?;
        if plan.is_empty() && plan.pending == 0 {
            return Ok(Exit::Fine);
        }
    }
    if plan.broken().next().is_some() {
        return broken(ui, plan, &defined.sources);
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
fn broken(ui: &Ui, plan: &Plan, sources: &SourceMap) -> Result<Exit, Failure> {
    if ui.json {
        let view = report::plan::view(plan, sources, report::plan::Show::default());
        ui.print_json(&report::plan::json(&view))?;
    }
    ui.say(&report::plan::broken(plan, sources));
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
    if ui.json {
        ui.print_json(&report::apply::json(&outcome))?;
    } else {
        ui.print(&report::apply::text(&outcome, ui.style()))?;
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
