//! Tables of pages.

use crate::base::visible::markup;

/// A table of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table is about. Empty where that has been said.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows. Missing cells stay empty, those beyond the columns are left out.
    pub rows: Vec<Vec<String>>,
}

/// One column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub head: String,
    /// Whether its cells are figures, which stand at the right.
    pub figures: bool,
}

impl Table {
    /// The table as HTML.
    pub(super) fn html(&self) -> String {
        let caption = markup(&self.caption);
        let caption = if caption.is_empty() { caption } else { format!("<caption>{caption}</caption>\n") };
        let heads: String = self.columns.iter().map(|column| cell("th", column, &column.head)).collect();
        let row = |row: &Vec<String>| {
            let cells = row.iter().map(String::as_str).chain(std::iter::repeat(""));
            let cells: String = self.columns.iter().zip(cells).map(|(column, text)| cell("td", column, text)).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = self.rows.iter().map(row).collect();
        format!(
            "<div class=\"wide\"><table>\n{caption}<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
        )
    }
}

fn cell(tag: &str, column: &Column, text: &str) -> String {
    let class = if column.figures { " class=\"figures\"" } else { "" };
    format!("<{tag}{class}>{}</{tag}>", markup(text))
}
