//! `aud data`.

use std::path::{Path, PathBuf};

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::data;
use crate::store::Exported;
use crate::workbench::Workbench;

/// Commands on the stored data.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Say what is stored, and what it takes
    Stats,
    /// Read all of it, and name what is damaged
    Verify,
    /// Put recent writes into files, and all files of an event into one
    Compact,
    /// Write everything that is stored as Parquet files, personal data included
    Export {
        /// The folder to write to; made where it does not exist
        folder: PathBuf,
    },
}

/// Runs one of them.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, command: &Command) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let (exit, json, text) = match command {
        Command::Stats => {
            let stats = workbench.data_stats()?;
            (Exit::Fine, data::stats_json(&stats), data::stats_text(&stats))
        }
        Command::Verify => {
            let found = workbench.verify_data()?;
            let exit = if found.damages.is_empty() { Exit::Fine } else { Exit::Error };
            (exit, data::verification_json(&found), data::verification_text(&found))
        }
        Command::Compact => {
            let folded = workbench.compact_data()?;
            (Exit::Fine, data::folded_json(&folded), data::folded_text(&folded))
        }
        Command::Export { folder } => {
            let exported = export(&workbench, ui, folder)?;
            (Exit::Fine, data::exported_json(&exported), data::exported_text(&exported, folder))
        }
    };
    if ui.json {
        ui.print_json(&json)?;
    } else {
        ui.print(&text)?;
    }
    Ok(exit)
}

/// Exports with progress shown.
fn export(workbench: &Workbench, ui: &Ui, folder: &Path) -> Result<Exported, Failure> {
    // The project that reads the export back may lie elsewhere.
    let folder = std::path::absolute(folder)?;
    let bar = ui.progress(0, "people and events");
    let exported = workbench.export_data(&folder, &|progress| {
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(format!("exporting {}", progress.file));
    });
    bar.finish_and_clear();
    Ok(exported?)
}
