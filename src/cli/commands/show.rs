//! `aud show`.

use crate::cli::args::{Door, NowArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::audience::{self, ShowView};

/// Arguments of `aud show`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience's address
    audience: String,
    #[command(flatten)]
    now: NowArg,
}

/// Shows one audience in full.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let now = door.now(&args.now);
    let workbench = door.workbench()?;
    let shown = workbench.show(&args.audience, now)?;
    let unknown = shown.metrics.is_none().then_some(&shown.definition);
    let estimate = match workbench.sizes(unknown.as_slice(), now) {
        Ok(sizes) => sizes.into_values().next(),
        Err(error) => {
            ui.without_estimates(&error);
            None
        }
    };
    let view = ShowView {
        definition: &shown.definition,
        record: shown.record.as_ref(),
        metrics: shown.metrics,
        estimate,
        variants: shown.variants.clone(),
        nested_by: shown.nested_by.clone(),
        changed: shown.changed,
        standard: shown.record.as_ref().and_then(|record| record.standard_state(now)),
    };
    if ui.json {
        ui.print_json(&audience::show_json(&view))?;
    } else {
        ui.print(&audience::show(&view, ui.style()))?;
    }
    Ok(Exit::Fine)
}
