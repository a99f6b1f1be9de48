//! `aud plan`.

use std::io;
use std::path::PathBuf;

use crate::cli::args::{ConsentArg, Door, NowArg, TargetArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::plan::{Refusals, file};
use crate::report;
use crate::report::plan::{COMMENT_LIMIT, LEAST_COMMENT, PlanView, Show};
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
    /// The steps of an apply, in order
    #[arg(long, group = "form")]
    explain: bool,
    /// Markdown, for a comment on a pull request
    #[arg(long, group = "form", conflicts_with = "json")]
    markdown: bool,
    /// The longest comment, in bytes
    #[arg(long, value_name = "COUNT", requires = "markdown", default_value_t = COMMENT_LIMIT, value_parser = most_bytes)]
    max_bytes: usize,
    /// One HTML page, which needs nothing else
    #[arg(long, group = "form", conflicts_with = "json")]
    html: bool,
    /// Show counts from 1 up to this one, exclusive, as `<COUNT`, and withhold what would tell them; at least 5
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(Show::LEAST_BOUND..))]
    suppress_below: Option<u64>,
    /// Examples of who enters and leaves, this many of each at most for each audience
    #[arg(long, value_name = "COUNT", default_value_t = 0, hide_default_value = true)]
    sample: usize,
    /// Examples by their MPIDs
    #[arg(long, requires = "sample")]
    show_mpids: bool,
}

impl Args {
    fn show(&self) -> Show {
        Show { suppress_below: self.suppress_below, steps: self.explain, mpids: self.show_mpids }
    }
}

/// Shows what would change.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let request = PlanRequest {
        now: door.now(&args.now),
        select: args.target.select(),
        replace: args.consent.replace.clone(),
        allowed: args.consent.allowed(),
        sample: args.sample,
    };
    let planned = match door.workbench()?.plan(&request) {
        Err(WorkbenchError::Refused(refusals)) if args.suppress_below.is_some() => return refused(&refusals, ui, args),
        planned => planned?,
    };
    ui.diagnostics(&planned.defined.warnings, &planned.defined.sources);
    ui.notices(args.now.now, door.system.now());
    print(&report::plan::view(&planned.plan, &planned.defined.sources, args.show()), ui, args)?;
    if let Some(path) = &args.output {
        let cannot_write = |source| WorkbenchError::PlanFile { path: path.clone(), source };
        file::write(&*door.system, path, &planned.plan).map_err(cannot_write)?;
        let is_broken = planned.plan.broken().next().is_some();
        let next =
            if is_broken { "it cannot be applied".to_owned() } else { format!("run: aud apply {}", path.display()) };
        ui.say(&format!("Saved to {}; {next}", path.display()));
    }
    if planned.plan.broken().next().is_some() {
        return Ok(Exit::Broken);
    }
    let changes = args.detailed_exitcode && !planned.plan.is_empty();
    Ok(if changes { Exit::Changes } else { Exit::Fine })
}

/// Says why there is no plan, with no count that is suppressed.
fn refused(refusals: &Refusals, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    if ui.json {
        ui.print_json(&report::plan::refusals_json_below(refusals, args.suppress_below))?;
    } else {
        ui.say(report::plan::refusals_below(refusals, ui.error_style(), args.suppress_below).trim_end());
    }
    Ok(Exit::Error)
}

/// Prints a plan in the form that was asked for.
fn print(view: &PlanView, ui: &Ui, args: &Args) -> Result<(), Failure> {
    if ui.json {
        ui.print_json(&report::plan::json(view))
    } else if args.markdown {
        ui.print(&report::plan::markdown(view, args.max_bytes))
    } else if args.html {
        ui.print(&report::plan::html(view).map_err(io::Error::other)?)
    } else if args.explain {
        ui.print(&report::plan::explain(view, ui.style()))
    } else {
        ui.print(&report::plan::text_of(view, ui.style(), ui.verbose))
    }
}

fn most_bytes(text: &str) -> Result<usize, String> {
    let enough = text.parse().ok().filter(|count| *count >= LEAST_COMMENT);
    enough.ok_or_else(|| format!("expected a number of at least {LEAST_COMMENT}"))
}
