//! `aud watch`.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecursiveMode, Watcher};

use crate::cli::args::{Door, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::ui::Ui;
use crate::report;
use crate::workbench::{PlanRequest, Workbench, WorkbenchError};

/// Editors save in several steps; what comes within this time is one save.
const QUIET: Duration = Duration::from_millis(40);
/// How often Ctrl-C is looked for while nothing happens.
const PATIENCE: Duration = Duration::from_millis(200);

/// Arguments of `aud watch`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    now: NowArg,
    #[command(flatten)]
    target: TargetArg,
}

/// Checks and plans again whenever a definition or the project file is saved. Never takes the state's lock, and goes on
/// whatever a file holds.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let (sender, saves) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // The receiver is gone only when the command ends.
        let _ = sender.send(event);
    })
    .map_err(cannot_watch)?;
    // Events name paths below the one that is watched, so both must be absolute to be compared.
    let folder = std::path::absolute(workbench.folder())?;
    watcher.watch(&folder, RecursiveMode::Recursive).map_err(cannot_watch)?;
    let interrupted = interrupt::flag();
    show(door, ui, args, &workbench)?;
    while !interrupted.load(Ordering::SeqCst) {
        if wait_for_save(&saves, &folder)? {
            show(door, ui, args, &workbench)?;
        }
    }
    Ok(Exit::Interrupted)
}

/// Waits for a save that matters, and for the quiet after it. False where nothing happened for a while.
fn wait_for_save(saves: &Receiver<notify::Result<Event>>, folder: &Path) -> Result<bool, Failure> {
    let first = match saves.recv_timeout(PATIENCE) {
        Ok(event) => event,
        Err(RecvTimeoutError::Timeout) => return Ok(false),
        Err(RecvTimeoutError::Disconnected) => {
            return Err(Failure::Usage("the watch on the project folder ended".to_owned()));
        }
    };
    let mut matters = is_definition(&first, folder);
    while let Ok(next) = saves.recv_timeout(QUIET) {
        matters |= is_definition(&next, folder);
    }
    Ok(matters)
}

/// Whether an event is about the project file or a definition. An error of the watch counts: better look once too often.
fn is_definition(event: &notify::Result<Event>, folder: &Path) -> bool {
    let Ok(event) = event else { return true };
    !event.kind.is_access()
        && event.paths.iter().any(|path| {
            let below = path.strip_prefix(folder).unwrap_or(path);
            let hidden = below.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
            let wanted = path.extension().is_some_and(|extension| extension == "aud") || path.ends_with("aud.yaml");
            // A folder that is moved or removed takes its definitions along without naming them.
            !hidden && (wanted || path.extension().is_none())
        })
}

fn show(door: &Door, ui: &Ui, args: &Args, workbench: &Workbench) -> Result<(), Failure> {
    let request = PlanRequest { select: args.target.select(), ..PlanRequest::at(door.now(&args.now)) };
    match workbench.plan(&request) {
        Ok(planned) if ui.json => {
            let view = report::plan::view(&planned.plan, &planned.defined.sources, report::plan::Show::default());
            ui.print_json(&report::plan::json(&view))?;
        }
        Ok(planned) => {
            ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
            ui.print(&report::plan::text(&planned.plan, &planned.defined.sources, ui.style(), ui.verbose))?;
        }
        Err(WorkbenchError::Invalid(checked)) if ui.json => {
            ui.print(&report::diagnostic::json(&checked.diagnostics, &checked.sources))?;
        }
        Err(WorkbenchError::Invalid(checked)) => {
            ui.print(&report::diagnostic::human(&checked.diagnostics, &checked.sources, ui.style()))?;
            ui.print(&report::diagnostic::summary(&checked.diagnostics))?;
        }
        Err(other) => ui.say(&format!("error: {other}")),
    }
    ui.say("\nwatching for changes; Ctrl-C ends");
    Ok(())
}

fn cannot_watch(error: notify::Error) -> Failure {
    Failure::Usage(format!("cannot watch the project folder: {error}"))
}
