//! Estimates and what-if, in every form: text with small bars, JSON, CSV, pictures.
//!
//! In: what `estimate` found. Out: an [`Answer`], which gives any of the forms. A size that was sampled never stands without its interval.

mod balance;
mod detail;
mod history;
mod overlap;
mod sizes;
mod sweep;
mod words;

use serde_json::Value;

use super::{Style, visible};
use crate::picture::{Page, Part, PictureError, Theme};

pub use balance::BalanceAnswer;
pub use detail::DetailAnswer;
pub use history::HistoryAnswer;
pub use overlap::OverlapAnswer;
pub use sizes::SizesAnswer;
pub use sweep::SweepAnswer;
pub(super) use words::{found_json, size_text, whole_text};

/// The version of the JSON documents. It is raised when a field goes or changes its meaning.
pub const VERSION: u32 = 1;

/// Something that was found out, in any form.
pub trait Answer {
    /// For people at a terminal, with a line break at its end.
    fn text(&self, style: Style) -> String;

    /// For machines: an object with a `version`.
    fn json(&self) -> Value;

    /// For spreadsheets: rows of cells, the names of the columns first.
    fn rows(&self) -> Vec<Vec<String>>;

    /// For people who would rather look: the picture that says most comes first.
    fn page(&self) -> Page;
}

/// The rows of an answer as CSV.
pub fn csv(answer: &dyn Answer) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in answer.rows() {
        // Writing to memory cannot fail, and every row has as many cells as the first one.
        let _ = writer.write_record(row.iter().map(|cell| unlike_a_formula(cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A cell without unseen characters. A spreadsheet takes a cell that starts with one of these for a formula, and runs it.
fn unlike_a_formula(cell: &str) -> String {
    let (cell, is_number) = (visible(cell), cell.parse::<f64>().is_ok());
    if cell.starts_with(['=', '+', '-', '@']) && !is_number { format!("'{cell}") } else { cell.into_owned() }
}

/// The first picture of an answer.
///
/// # Errors
/// The drawing crate refuses.
pub fn svg(answer: &dyn Answer, theme: Theme) -> Result<String, PictureError> {
    let drawing = answer.page().parts.into_iter().find_map(|part| match part {
        Part::Drawing(drawing) => Some(drawing),
        _ => None,
    });
    drawing.map_or_else(|| Ok(String::new()), |drawing| drawing.svg(theme))
}
