//! Tables whose columns are as wide as what they hold.
//!
//! In: titles and rows of text. Out: one line for each row, in their order, without blanks at the end. What rows hold is made safe to show.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use super::{Style, visible};

/// A column: its title, and whether it holds numbers.
#[derive(Clone, Copy)]
pub(super) struct Column(pub &'static str, pub bool);

/// The lines of a table: that of the titles, then one for each row. Columns that say nothing of any row are left out.
pub(super) fn lines<const N: usize>(columns: [Column; N], rows: &[[String; N]], style: Style) -> Vec<String> {
    let shown: Vec<usize> =
        (0..N).filter(|at| rows.iter().any(|row| row.get(*at).is_some_and(|text| !text.is_empty()))).collect();
    let cell = |at: usize, text: &str| {
        let numeric = columns.get(at).is_some_and(|column| column.1);
        Cell::new(text).set_alignment(if numeric { CellAlignment::Right } else { CellAlignment::Left })
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(
        shown.iter().map(|at| cell(*at, columns.get(*at).map_or("", |column| column.0)).add_attribute(Attribute::Bold)),
    );
    for row in rows {
        table.add_row(shown.iter().map(|at| cell(*at, &visible(row.get(*at).map_or("", String::as_str)))));
    }
    // The first column starts at the edge.
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.to_string().lines().map(|line| line.trim_end().to_owned()).collect()
}
