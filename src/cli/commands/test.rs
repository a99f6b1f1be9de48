//! `aud test`.

use std::io;
use std::path::{Path, PathBuf};

use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::testing::{self, Detail};
use crate::system::write_bytes;
use crate::testing::Selection;
use crate::workbench::{TestRequest, TestRun};

/// Arguments of `aud test`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only tests whose title holds this text, or that are about the audience of this address
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Only tests in this file; may be repeated
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<String>,
    /// Show which criteria the tests have seen true, seen false, and seen to decide
    #[arg(long)]
    coverage: bool,
    /// Fail below this coverage of criteria, in per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage_min: Option<u8>,
    /// Write a JUnit report as well
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Fail where no test was run
    #[arg(long)]
    require: bool,
}

/// Runs tests. Exit code 1 where one fails, the coverage is too low, or none was run and some were required.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let selection = Selection { words: args.filters.clone(), files: args.files.clone() };
    let coverage = args.coverage || args.coverage_min.is_some();
    let run = door.workbench()?.test(&TestRequest { selection, coverage })?;
    if let Some(path) = &args.junit {
        write_junit(door, path, &run)?;
    }
    if ui.json {
        ui.print_json(&testing::json(&run.report, run.left_out, &run.sources))?;
    } else {
        say(ui, &run, args.coverage)?;
    }
    Ok(if fails(ui, &run, args) { Exit::Error } else { Exit::Fine })
}

fn say(ui: &Ui, run: &TestRun, coverage: bool) -> Result<(), Failure> {
    ui.diagnostics(&run.warnings, &run.sources);
    if run.report.tests.is_empty() {
        ui.say(match run.left_out {
            0 => "no tests; write some as `test \"…\" { … }` in any file of the project",
            _ => "no test matches",
        });
    } else {
        let detail = Detail { passed: ui.is_watched() || ui.verbose, durations: ui.is_watched() };
        ui.print(&testing::text(&run.report, &run.sources, detail, ui.style()))?;
    }
    if let Some(found) = run.report.coverage.as_ref().filter(|_| coverage) {
        ui.print(&format!("\n{}", testing::coverage(found, &run.sources, ui.style())))?;
    }
    Ok(())
}

/// Whether the run is to fail; says why where the report does not.
fn fails(ui: &Ui, run: &TestRun, args: &Args) -> bool {
    let covered = run.report.coverage.as_ref().map(|coverage| coverage.percent());
    let low = args.coverage_min.zip(covered).filter(|(least, covered)| covered < least);
    if let Some((least, covered)) = low {
        ui.say(&format!("the coverage is {covered} %, less than the {least} % asked for"));
    }
    run.report.failed() > 0 || low.is_some() || (args.require && run.report.tests.is_empty())
}

fn write_junit(door: &Door, path: &Path, run: &TestRun) -> Result<(), Failure> {
    let xml = testing::junit(&run.report, &run.sources).map_err(io::Error::other)?;
    let written = write_bytes(&*door.system, path, xml.as_bytes());
    written.map_err(|error| io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display())).into())
}
