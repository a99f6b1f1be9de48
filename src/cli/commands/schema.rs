//! `aud schema`.

use clap::Subcommand;

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::schema;

/// Arguments of `aud schema`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print YAML for `schema` in aud.yaml: what the data shows and nothing declares yet
    Propose,
    /// Show where what is declared and the data disagree
    Diff {
        /// Exit code 2 where anything disagrees
        #[arg(long)]
        exit_code: bool,
    },
}

/// Shows names and types, with where each type came from.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let view = door.workbench()?.schema()?;
    match &args.command {
        None if ui.json => ui.print_json(&schema::view_json(&view.catalog))?,
        None => ui.print(&schema::view(&view.catalog, ui.style()))?,
        Some(Command::Propose) if ui.json => ui.print_json(&schema::proposal_json(&view.undeclared))?,
        Some(Command::Propose) => match schema::proposal(&view.undeclared) {
            nothing if nothing.is_empty() => ui.say("nothing to propose: all that the data shows is declared"),
            yaml => ui.print(&yaml)?,
        },
        Some(Command::Diff { exit_code }) => {
            match ui.json {
                true => ui.print_json(&schema::diff_json(&view.disagreements))?,
                false => ui.print(&schema::diff(&view.disagreements, ui.style()))?,
            }
            if *exit_code && !view.disagreements.is_empty() {
                return Ok(Exit::Changes);
            }
        }
    }
    Ok(Exit::Fine)
}
