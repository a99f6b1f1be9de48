//! `aud from-ir`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::{ir, syntax};

/// Arguments of `aud from-ir`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// A document as `aud emit ir` writes it; `-` reads standard input
    file: PathBuf,
}

/// Prints the definitions of a document in the language, in canonical form.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let bytes = if args.file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        bytes
    } else {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", args.file.display()));
        door.system.read(&args.file).map_err(named)?
    };
    let model = ir::read_document(&bytes).map_err(|error| Failure::Usage(error.to_string()))?;
    let text = model.text();
    // A document made by hand may hold what the language cannot say; its text is shown as it came.
    ui.print(&syntax::format(&text).unwrap_or(text))?;
    Ok(Exit::Fine)
}
