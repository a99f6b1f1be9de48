//! `aud state history`.

use serde_json::json;

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::visible;
use crate::state::Commit;

/// Arguments of `aud state history`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// At most this many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Lists the commits, the latest first.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let mut commits = door.workbench()?.state()?.commits().map_err(wrong)?;
    commits.reverse();
    commits.truncate(args.limit.unwrap_or(usize::MAX));
    if ui.json {
        let commits: Vec<_> = commits.iter().map(document).collect();
        ui.print_json(&json!({ "version": 1, "commits": commits }))?;
        return Ok(Exit::Fine);
    }
    if commits.is_empty() {
        ui.print("Nothing was applied so far.")?;
    }
    for each in &commits {
        let commit = each.commit.as_deref().and_then(|commit| commit.get(..8)).map(|it| format!("  git {it}"));
        let line =
            format!("{:>6}  {}  {:<16} {}{}", each.serial, each.at, each.by, each.reason, commit.unwrap_or_default());
        ui.print(&visible(&line))?;
        for allowed in &each.allowed {
            ui.print(&visible(&format!(
                "        allowed {}: {} ({})",
                allowed.what, allowed.reason, allowed.measured
            )))?;
        }
    }
    Ok(Exit::Fine)
}

fn document(commit: &Commit) -> serde_json::Value {
    json!({
        "serial": commit.serial,
        "at": commit.at.to_string(),
        "by": commit.by,
        "commit": commit.commit,
        "reason": commit.reason,
        "now": commit.now.0.to_string(),
        "data_version": commit.data_version,
        "allowed": commit.allowed,
    })
}
