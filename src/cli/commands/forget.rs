//! `aud forget`.

use crate::apply::{Progress, Wait};
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::ui::Ui;
use crate::report::forget as report;
use crate::workbench::{ApplyRequest, ToForget};

/// Arguments of `aud forget`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The person: an MPID, or an identity such as email:ann@example.com [default: finish what an earlier run began]
    #[arg(allow_hyphen_values = true)]
    user: Option<String>,
    /// Do not ask
    #[arg(long)]
    auto_approve: bool,
}

/// Forgets a person, after asking.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let found = args.user.as_deref().map_or_else(|| workbench.is_forgetting(), |user| workbench.to_forget(user))?;
    let is_begun = found == ToForget::Begun;
    // What an earlier run began is told once it is finished: it may not be this time either.
    if !ui.json && !is_begun {
        ui.print(&report::found(&found))?;
    }
    match &found {
        ToForget::Done => {
            if ui.json {
                ui.print_json(&report::json(&found, None))?;
            }
            return Ok(Exit::Fine);
        }
        // It was approved when it was begun.
        ToForget::Begun => {}
        ToForget::Person(_) if args.auto_approve => {}
        ToForget::Person(_) => match ui.confirm("\nForget this person? It cannot be undone.") {
            Some(true) => {}
            Some(false) => {
                ui.say("Nothing was forgotten.");
                return Ok(Exit::Error);
            }
            None => return Err(Failure::Usage("nobody can be asked here: use --auto-approve".to_owned())),
        },
    }
    let bar = ui.progress(0, "deliveries");
    bar.set_message("delivering");
    let outcome = workbench.forget(
        args.user.as_deref(),
        &ApplyRequest {
            reason: "aud forget",
            progress: &|progress| {
                if let Progress::Delivering { done, total, .. } = progress {
                    bar.set_length(total);
                    bar.set_position(done);
                }
            },
            cancelled: interrupt::flag(),
            wait: Wait::NONE,
        },
    );
    bar.finish_and_clear();
    let outcome = outcome?;
    if ui.json {
        ui.print_json(&report::json(&found, Some(&outcome)))?;
    } else {
        if is_begun {
            ui.print(&report::found(&found))?;
        }
        ui.print(&report::text(&outcome, ui.style()))?;
    }
    Ok(match outcome.delivered {
        ref delivered if delivered.interrupted => Exit::Interrupted,
        ref delivered if !delivered.faults.is_empty() => Exit::Faulted,
        _ => Exit::Fine,
    })
}
