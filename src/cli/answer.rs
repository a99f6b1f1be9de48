//! Answers in the form that the flags ask for.

use clap::{Args, ValueEnum};

use super::exit::{Exit, Failure};
use super::ui::Ui;
use crate::picture::Theme;
use crate::report::estimate::{Answer, csv, svg};

/// The form of an answer.
#[derive(Clone, Debug, Args)]
pub(super) struct FormArgs {
    /// Print rows of comma-separated values
    #[arg(long, conflicts_with_all = ["svg", "html", "json"])]
    csv: bool,
    /// Print a picture
    #[arg(long, conflicts_with_all = ["html", "json"])]
    svg: bool,
    /// Print a page with all pictures
    #[arg(long, conflicts_with = "json")]
    html: bool,
    /// The ground of pictures [default: what the reader's system prefers]
    #[arg(long, value_enum)]
    theme: Option<Ground>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Ground {
    Light,
    Dark,
}

/// Prints an answer.
pub(super) fn print(ui: &Ui, form: &FormArgs, answer: &dyn Answer) -> Result<Exit, Failure> {
    let theme = match form.theme {
        None => Theme::Reader,
        Some(Ground::Light) => Theme::Light,
        Some(Ground::Dark) => Theme::Dark,
    };
    if ui.json {
        ui.print_json(&answer.json())?;
    } else if form.csv {
        ui.print(&csv(answer))?;
    } else if form.svg {
        ui.print(&svg(answer, theme)?)?;
    } else if form.html {
        ui.print(&answer.page().html(theme)?)?;
    } else {
        ui.print(&answer.text(ui.style()))?;
    }
    Ok(Exit::Fine)
}
