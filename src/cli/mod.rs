//! The command line: arguments to calls of the workbench, results to text and an exit code.
//!
//! In: the arguments and a [`System`]. Out: what `report` words, on standard output; diagnostics, progress and errors on
//! standard error; an [`Exit`] code. One file a command, each an `Args` and one function.

mod answer;
mod args;
mod commands;
mod exit;
mod interrupt;
mod ui;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::system::System;

pub use exit::Exit;

/// Audiences as code: write customer segments in files, plan the change in people, apply it.
#[derive(Debug, Parser)]
#[command(name = "aud", version, about, max_term_width = 100, after_help = exit::HELP)]
struct Cli {
    #[command(flatten)]
    global: args::Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new, small project
    Init(commands::init::Args),
    /// Check the project: definitions, project file, names in the data
    Check(commands::check::Args),
    /// Print what a diagnostic code means
    ExplainCode(commands::explain_code::Args),
    /// Print what the definitions come to
    #[command(subcommand)]
    Emit(commands::emit::Command),
    /// Print definitions in the language from a document of `emit ir`
    FromIr(commands::from_ir::Args),
    /// Write definitions in their canonical form
    Fmt(commands::fmt::Args),
    /// Read new data from the project's sources
    Import(commands::import::Args),
    /// Show names and types of the data, and where they came from
    Schema(commands::schema::Args),
    /// Show what would change, in people
    Plan(commands::plan::Args),
    /// Change it: deploy the definitions and deliver who enters and leaves
    Apply(commands::apply::Args),
    /// List the audiences with their sizes and changes
    List(commands::list::Args),
    /// Show one audience in full
    Show(commands::show::Args),
    /// Say what became of an audience, or what a user entered and left
    History(commands::history::Args),
    /// Write a copy of an audience: a draft with its criteria and tags
    Clone(commands::clone::Args),
    /// Write definitions for audiences that are deployed and not written
    Adopt(commands::adopt::Args),
    /// Give the members of an audience
    Who(commands::who::Args),
    /// Say in plain English who is in an audience
    Describe(commands::describe::Args),
    /// Run the tests of the definitions
    Test(commands::test::Args),
    /// Say why one user is in an audience, or is not
    Explain(commands::explain::Args),
    /// Say how large audiences would be and why; overlap, what if, balance of a split
    Estimate(commands::estimate::Args),
    /// Say how an audience behaved day by day, and who leaves it by time alone
    Backtest(commands::backtest::Args),
    /// Draw who nests whom, and what is used where
    Graph(commands::graph::Args),
    /// Check and plan again whenever a file is saved
    Watch(commands::watch::Args),
    /// Make a project with generated data, plan it, apply it
    Demo(commands::demo::Args),
    /// Measure the evaluator with a workload, and check its answers
    Bench(commands::bench::Args),
    /// Forget a person: in the data, in every audience, at every output
    Forget(commands::forget::Args),
    /// Look after the stored data
    #[command(subcommand)]
    Data(commands::data::Command),
    /// Look at and mend the state
    #[command(subcommand)]
    State(commands::state::Command),
}

/// Runs one command.
pub fn run(args: impl IntoIterator<Item = OsString>, system: Arc<dyn System>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; everything else is a usage error, which is not "changes present".
            let exit = if error.use_stderr() { Exit::Error } else { Exit::Fine };
            return error.print().map_or(Exit::Error, |()| exit).into();
        }
    };
    let ui = ui::Ui::new(&*system, &cli.global);
    let door = args::Door { system, global: cli.global };
    let result = match cli.command {
        Command::Init(args) => commands::init::run(&door, &ui, &args),
        Command::Check(args) => commands::check::run(&door, &ui, &args),
        Command::ExplainCode(args) => commands::explain_code::run(&door, &ui, &args),
        Command::Emit(command) => commands::emit::run(&door, &ui, &command),
        Command::FromIr(args) => commands::from_ir::run(&door, &ui, &args),
        Command::Fmt(args) => commands::fmt::run(&door, &ui, &args),
        Command::Import(args) => commands::import::run(&door, &ui, &args),
        Command::Schema(args) => commands::schema::run(&door, &ui, &args),
        Command::Plan(args) => commands::plan::run(&door, &ui, &args),
        Command::Apply(args) => commands::apply::run(&door, &ui, &args),
        Command::List(args) => commands::list::run(&door, &ui, &args),
        Command::Show(args) => commands::show::run(&door, &ui, &args),
        Command::History(args) => commands::history::run(&door, &ui, &args),
        Command::Clone(args) => commands::clone::run(&door, &ui, &args),
        Command::Adopt(args) => commands::adopt::run(&door, &ui, &args),
        Command::Who(args) => commands::who::run(&door, &ui, &args),
        Command::Describe(args) => commands::describe::run(&door, &ui, &args),
        Command::Explain(args) => commands::explain::run(&door, &ui, &args),
        Command::Estimate(args) => commands::estimate::run(&door, &ui, &args),
        Command::Backtest(args) => commands::backtest::run(&door, &ui, &args),
        Command::Graph(args) => commands::graph::run(&door, &ui, &args),
        Command::Test(args) => commands::test::run(&door, &ui, &args),
        Command::Watch(args) => commands::watch::run(&door, &ui, &args),
        Command::Demo(args) => commands::demo::run(&door, &ui, &args),
        Command::Bench(args) => commands::bench::run(&door, &ui, &args),
        Command::Forget(args) => commands::forget::run(&door, &ui, &args),
        Command::Data(command) => commands::data::run(&door, &ui, &command),
        Command::State(command) => commands::state::run(&door, &ui, &command),
    };
    result.unwrap_or_else(|failure| ui.failure(&failure)).into()
}
