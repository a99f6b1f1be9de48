//! Flags that commands share, and what they lead to.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::exit::Failure;
use crate::base::value::read_date;
use crate::base::{Now, Timestamp};
use crate::system::System;
use crate::workbench::Workbench;

/// Flags of every command.
#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The project's folder [default: the nearest one upwards that holds an aud.yaml]
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// The environment of aud.yaml to work in [default: the variable AUD_ENV, else none]
    #[arg(long, global = true, value_name = "NAME")]
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
        Ok(Workbench::open(self.system.clone(), &start)?.in_environment(self.environment())?)
    }

    /// The environment that is asked for; an empty name asks for none, as an empty variable does.
    pub(super) fn environment(&self) -> Option<String> {
        let asked = self.global.env.clone().or_else(|| self.system.env("AUD_ENV"));
        asked.filter(|name| !name.is_empty())
    }

    /// The one `now` of this run (M6).
    pub(super) fn now(&self, flag: &NowArg) -> Now {
        flag.now.map_or_else(|| self.system.now(), Now)
    }
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    read_date(text)
        .ok_or_else(|| "expected a time such as 2026-03-01T12:00:00Z, or a date (its midnight, UTC)".to_owned())
}
