//! `aud state pull`.

use std::io;
use std::path::PathBuf;

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::state as report;
use crate::system::write_bytes;

/// Arguments of `aud state pull`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes the whole state as one document. It holds MPIDs and definitions, and no secrets.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let document = door.workbench()?.state()?.dump().map_err(wrong)?;
    match &args.output {
        None => ui.print_json(&document)?,
        Some(path) => {
            let text = serde_json::to_string_pretty(&document).map_err(io::Error::from)? + "\n";
            write_bytes(&*door.system, path, text.as_bytes())?;
            ui.say(&report::pulled(path));
        }
    }
    Ok(Exit::Fine)
}
