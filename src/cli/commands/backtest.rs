//! `aud backtest`.

use crate::cli::answer::{self, FormArgs};
use crate::cli::args::Door;
use crate::cli::commands::estimate::SubjectArgs;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::estimate::HistoryAnswer;

/// Arguments of `aud backtest`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// How many days back
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: u32,
    /// How many days ahead
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(0..=3660))]
    ahead: u32,
    #[command(flatten)]
    form: FormArgs,
}

/// Says how one audience behaved, and who leaves it by time alone.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let subject = args.subject.open(door)?;
    let days = (args.days, args.ahead);
    let bar = ui.progress(u64::from(args.days) + u64::from(args.ahead) + 1, "days");
    let told = |days| bar.inc(days);
    let history = subject.workbench.backtest(&subject.request, subject.unsaved(), days, &told);
    bar.finish_and_clear();
    answer::print(ui, &args.form, &HistoryAnswer(&history?))
}
