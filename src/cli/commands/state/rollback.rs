//! `aud state rollback`.

use crate::cli::args::{Door, LockArg, NowArg};
use crate::cli::commands::apply::{Approval, approve_and_apply};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::PlanRequest;

/// Arguments of `aud state rollback`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The serial whose definitions are to be deployed again; `aud state history` lists them
    serial: u64,
    #[command(flatten)]
    now: NowArg,
    /// End the running test of this audience, and start the one of then under the same name; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    replace: Vec<String>,
    #[command(flatten)]
    lock: LockArg,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
}

/// Plans and applies what was deployed at an earlier serial.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    // Guards are about what is written, so there is nothing to allow.
    let request = PlanRequest { replace: args.replace.clone(), ..PlanRequest::at(door.now(&args.now)) };
    let planned = workbench.rollback(args.serial, &request)?;
    ui.say(
        "note: the files stay as they are, and the next apply brings back what they say; restore them with git, or adopt what is deployed \
         with `aud adopt`",
    );
    let reason = format!("aud state rollback {}", args.serial);
    let approval =
        Approval { auto_approve: args.auto_approve, reason: &reason, lock: &args.lock, suppress_below: None };
    approve_and_apply(&workbench, ui, &planned, &approval)
}
