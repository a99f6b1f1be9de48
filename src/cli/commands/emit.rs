//! `aud emit ir`.

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::ir;
use crate::workbench::WorkbenchError;

/// What to emit.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// The checked definitions as one JSON document: names resolved, defaults applied, spellings normalised
    Ir(IrArgs),
}

/// Arguments of `aud emit ir`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct IrArgs {
    /// Print the JSON Schema of the document instead
    #[arg(long)]
    schema: bool,
}

/// Prints the model.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, command: &Command) -> Result<Exit, Failure> {
    let Command::Ir(args) = command;
    if args.schema {
        ui.print(&ir::json_schema())?;
        return Ok(Exit::Fine);
    }
    let checked = door.workbench()?.check();
    match &checked.model {
        Some(model) => {
            ui.print(&ir::document(model))?;
            Ok(Exit::Fine)
        }
        None => Err(WorkbenchError::Invalid(Box::new(checked)).into()),
    }
}
