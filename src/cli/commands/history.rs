//! `aud history`.

use crate::base::Timestamp;
use crate::cli::args::{Door, parse_time};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::history;
use crate::workbench::HistoryFilter;

/// Arguments of `aud history`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience, by the address that it has or had
    #[arg(required_unless_present = "user")]
    audience: Option<String>,
    /// What a user entered and left: an MPID, or an identity such as email:ann@example.com
    #[arg(long, value_name = "USER", conflicts_with = "audience", allow_hyphen_values = true)]
    user: Option<String>,
    /// Nothing before this instant, such as 2026-03-01T12:00:00Z or 2026-03-01
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<Timestamp>,
    /// At most this many steps, the latest
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Says what became of an audience, or what a user entered and left, the latest first.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let workbench = door.workbench()?;
    let filter = HistoryFilter { since: args.since, limit: args.limit };
    let (text, document) = match (&args.user, &args.audience) {
        (Some(user), _) => {
            let found = workbench.user_history(user, filter)?;
            (history::user(&found, ui.table_style()), history::user_json(&found))
        }
        (None, audience) => {
            let found = workbench.history(audience.as_deref().unwrap_or_default(), filter)?;
            (history::audience(&found, ui.style()), history::audience_json(&found))
        }
    };
    if ui.json {
        ui.print_json(&document)?
    } else {
        ui.print(&text)?
    }
    Ok(Exit::Fine)
}
