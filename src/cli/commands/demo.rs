//! `aud demo`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cli::args::{Door, LockArg, NowArg};
use crate::cli::commands::apply::{Approval, carry_out};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::demo;
use crate::report;
use crate::store::ImportOptions;
use crate::workbench::{PlanRequest, Workbench};

/// Arguments of `aud demo`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The folder to make
    #[arg(default_value = "aud-demo")]
    folder: PathBuf,
    /// How many people to generate
    #[arg(long, default_value_t = demo::Size::default().users, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    users: u32,
    /// How many events to generate
    #[arg(long, default_value_t = demo::Size::default().events, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    events: u32,
    /// The same seed and time give the same data
    #[arg(long, default_value_t = demo::DEFAULT_SEED)]
    seed: u64,
    /// Only make the project and its data; import, plan and apply nothing
    #[arg(long)]
    no_apply: bool,
    #[command(flatten)]
    now: NowArg,
}

/// Makes a project with generated data, imports, plans and applies it.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let (system, folder, now) = (&*door.system, &args.folder, door.now(&args.now));
    if system.files_below(folder).is_ok_and(|files| !files.is_empty()) {
        let message = format!("{} is not empty; name a folder that does not exist yet", folder.display());
        return Err(Failure::Usage(message));
    }
    let size = demo::Size { users: args.users, events: args.events };
    ui.say(&format!(
        "Writing a project with {} people and {} events to {} …",
        report::number(u64::from(size.users)),
        report::number(u64::from(size.events)),
        folder.display()
    ));
    demo::write_project(system, folder)?;
    demo::write_data(system, folder, size, args.seed, now)?;
    if args.no_apply {
        ui.say("Done; next: aud import, aud plan, aud apply.");
        return Ok(Exit::Fine);
    }

    let workbench = Workbench::open(Arc::clone(&door.system), folder)?;
    let started = system.now().ms();
    let imported = super::import::import(&workbench, ui, ImportOptions::default())?;
    let elapsed_ms = (system.now().ms() - started).max(0) as u64;
    if !ui.json {
        ui.print(&report::import::text(&imported, elapsed_ms))?;
    }
    let planned = workbench.plan(&PlanRequest::at(now))?;
    ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
    if !ui.json {
        ui.print(&report::plan::text(&planned.plan, &planned.defined.sources, ui.style(), ui.verbose))?;
    }
    let approval = Approval { auto_approve: true, reason: "aud demo", lock: &LockArg::default() };
    let outcome = carry_out(&workbench, ui, &planned.plan, &planned.defined, &approval)?;
    if ui.json {
        ui.print_json(&report::apply::json(&outcome))?;
        return Ok(Exit::Fine);
    }
    ui.print(&report::apply::text(&outcome, ui.style()))?;
    ui.print(&next_steps(args))?;
    Ok(Exit::Fine)
}

fn next_steps(args: &Args) -> String {
    let folder = args.folder.display();
    format!(
        "\nNow try, in {folder}:\n\
         \n  aud list                              sizes, changes, connections\
         \n  aud show lapsed_spenders              one audience in full\
         \n  aud who lapsed_spenders --identities email | head\
         \n  aud watch                             then change `> 500` in audiences/lifecycle.aud and save\
         \n  aud plan                              the same once, and `aud apply` to deliver it\
         \n  ls delivered                          who was added and dropped, as NDJSON\n"
    )
}
