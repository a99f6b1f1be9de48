//! `aud list`.

use std::collections::BTreeMap;

use clap::ValueEnum;

use crate::cli::args::{Door, NowArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::ir::{self, Audience};
use crate::report::audience::{self, ListRow, Tab};
use crate::workbench::{ListFilter, Listed};

/// Arguments of `aud list`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only audiences with this tag; several tags: with all of them
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Only audiences of this status
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// Only this part of the list [default: all, one after the other]
    #[arg(long, value_enum)]
    tab: Option<Part>,
    #[command(flatten)]
    now: NowArg,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// Real-time audiences that read one workspace
    Single,
    /// Real-time audiences that read several workspaces
    Multi,
    /// Standard audiences
    Standard,
}

impl Part {
    fn tab(self) -> Tab {
        match self {
            Self::Single => Tab::Single,
            Self::Multi => Tab::Multi,
            Self::Standard => Tab::Standard,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Draft,
    Active,
}

/// Lists what is deployed, and what is written and not deployed yet.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let status = args.status.map(|status| match status {
        Status::Draft => ir::Status::Draft,
        Status::Active => ir::Status::Active,
    });
    let now = door.now(&args.now);
    let workbench = door.workbench()?;
    let mut listed = workbench.list(&ListFilter { tags: args.tags.clone(), status }, now)?;
    listed.retain(|each| args.tab.is_none_or(|part| part.tab() == Tab::of(each.definition())));
    let unknown: Vec<&Audience> = listed.iter().filter(|each| !each.is_evaluated()).map(Listed::definition).collect();
    let mut sizes = workbench.sizes(&unknown, now).unwrap_or_else(|error| {
        ui.without_estimates(&error);
        BTreeMap::new()
    });
    let rows: Vec<ListRow> = listed
        .iter()
        .map(|each| ListRow {
            estimate: sizes.remove(&each.definition().address),
            ..match each {
                Listed::Deployed(record, metrics) => ListRow::deployed(record, *metrics, now),
                Listed::Written(audience) => ListRow::written(audience),
            }
        })
        .collect();
    if ui.json {
        ui.print_json(&audience::list_json(&rows))?;
    } else {
        ui.print(&audience::list(&rows, ui.table_style()))?;
    }
    Ok(Exit::Fine)
}
