//! Flags that commands share, and what they lead to.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::exit::Failure;
use crate::base::value::read_date;
use crate::base::{Now, Timestamp};
use crate::plan::Allowance;
use crate::system::System;
use crate::workbench::{Select, Workbench};

/// Flags of every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The project's folder [default: the nearest one upwards that holds an aud.yaml]
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// The environment of aud.yaml [default: the project's own]
    #[arg(long, global = true, value_name = "NAME", env = "AUD_ENV")]
    pub env: Option<String>,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub json: bool,
    /// Show more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// The flag of every command that evaluates.
#[derive(Clone, Debug, Args)]
pub(super) struct NowArg {
    /// The instant to evaluate for, such as 2026-03-01T12:00:00Z or 2026-03-01 [default: the clock, read once]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub now: Option<Timestamp>,
}

/// The flag of commands that take some audiences only.
#[derive(Clone, Debug, Args)]
pub(super) struct TargetArg {
    /// Only this audience, and what it needs; may be repeated
    #[arg(long = "target", value_name = "ADDRESS")]
    pub targets: Vec<String>,
    /// Not this audience; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<String>,
    /// Only audiences that carry this tag; repeated, all of them
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Only audiences connected to this output; repeated, any of them
    #[arg(long = "to", value_name = "OUTPUT")]
    pub outputs: Vec<String>,
    /// Only audiences that are not what they were at this git revision
    #[arg(long, value_name = "REVISION")]
    pub changed_since: Option<String>,
}

impl TargetArg {
    /// What a plan is to be limited to.
    pub(super) fn select(&self) -> Select {
        Select {
            targets: self.targets.clone(),
            exclude: self.exclude.clone(),
            tags: self.tags.clone(),
            outputs: self.outputs.clone(),
            changed_since: self.changed_since.clone(),
        }
    }
}

/// The flags of what would otherwise be refused.
#[derive(Clone, Debug, Args)]
pub(super) struct ConsentArg {
    /// End the running test of this audience, and start the one that is written under the same name; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub replace: Vec<String>,
    /// Go on although this guard or assertion is broken, such as lapsed_spenders.drops; may be repeated
    #[arg(long, value_name = "NAME", requires = "reason")]
    pub allow: Vec<String>,
    /// Why that is allowed, for the history
    #[arg(long, value_name = "TEXT", requires = "allow")]
    pub reason: Option<String>,
}

impl ConsentArg {
    /// What may be broken, and why.
    pub(super) fn allowed(&self) -> Vec<Allowance> {
        let reason = self.reason.clone().unwrap_or_default();
        self.allow.iter().map(|name| Allowance { name: name.clone(), reason: reason.clone() }).collect()
    }
}

/// The flag of commands that take the state's lock.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct LockArg {
    /// How long to wait for another run that holds the lock of the state, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub lock_timeout: u64,
}

/// The way in: the system and the flags of every command.
pub(super) struct Door {
    /// The outside world.
    pub system: Arc<dyn System>,
    /// The flags.
    pub global: Global,
}

impl Door {
    /// The project that the flags name.
    pub(super) fn workbench(&self) -> Result<Workbench, Failure> {
        let start = self.global.project.clone().unwrap_or_else(|| PathBuf::from("."));
        // An empty variable names no environment.
        let environment = self.global.env.clone().filter(|name| !name.is_empty());
        Ok(Workbench::open(self.system.clone(), &start)?.in_environment(environment)?)
    }

    /// The one `now` of this run (M6).
    pub(super) fn now(&self, flag: &NowArg) -> Now {
        flag.now.map_or_else(|| self.system.now(), Now)
    }
}

/// A time as flags take it.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    read_date(text)
        .ok_or_else(|| "expected a time such as 2026-03-01T12:00:00Z, or a date (its midnight, UTC)".to_owned())
}
