//! `aud state`: looking at what is deployed, and mending it. One file a command.
//!
//! In: the project's state. Out: text, or documents with a version. Nothing here evaluates or delivers.

mod history;
mod list;
mod mv;
mod pull;
mod push;
mod rm;
mod rollback;
mod show;
mod unlock;

use crate::base::{Address, Name};
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::WorkbenchError;

/// Commands on the state.
#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// List what is deployed
    List,
    /// Show the record of one audience
    Show(show::Args),
    /// Give an audience another address, in the state only
    Mv(mv::Args),
    /// Forget audiences, in the state only: their people stay where they are
    Rm(rm::Args),
    /// Write the whole state as one document
    Pull(pull::Args),
    /// Put a document in the place of the whole state
    Push(push::Args),
    /// Deploy again what was deployed at an earlier serial
    Rollback(rollback::Args),
    /// Take the lock away from a run that died
    Unlock(unlock::Args),
    /// List the commits, the latest first
    History(history::Args),
}

/// Runs one of them.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::List => list::run(door, ui),
        Command::Show(args) => show::run(door, ui, args),
        Command::Mv(args) => mv::run(door, ui, args),
        Command::Rm(args) => rm::run(door, ui, args),
        Command::Pull(args) => pull::run(door, ui, args),
        Command::Push(args) => push::run(door, ui, args),
        Command::Rollback(args) => rollback::run(door, ui, args),
        Command::Unlock(args) => unlock::run(door, ui, args),
        Command::History(args) => history::run(door, ui, args),
    }
}

/// A text as an address.
fn address(text: &str) -> Result<Address, Failure> {
    Name::new(text).map_err(|error| Failure::Usage(error.to_string()))
}

/// What a state says is wrong.
fn wrong(error: crate::state::StateError) -> Failure {
    WorkbenchError::from(error).into()
}
