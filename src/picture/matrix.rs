//! What everything has in common with everything: shaded cells.

use super::palette::{Paint, SHADES, Theme};
use super::rows::{HEAD, NOTHING_SIZE, TOP, nothing, some};
use super::scale::{number, rough};
use super::sheet::{About, Drawn, MARGIN, Pen, SMALL, Sheet, draw};
use super::text::width;
use super::{PictureError, Size};

/// How much each of several things has in common with each other one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// What the picture is about.
    pub title: String,
    /// What a share is a part of: `share of the row that is in the column too`.
    pub legend: String,
    /// The rows. The columns are the same things in the same order.
    pub rows: Vec<MatrixRow>,
}

/// One thing, against all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatrixRow {
    /// Which thing it is.
    pub label: String,
    /// One cell a column. Missing ones stay empty, those beyond the columns are not drawn.
    pub cells: Vec<MatrixCell>,
}

/// What two things have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MatrixCell {
    /// From 0 to 1; no number is an empty cell.
    pub share: f64,
    /// How many that is.
    pub count: u64,
}

/// Up to how many rows the cells have room for numbers.
const NUMBERED: usize = 20;

/// No more rows are drawn: the picture grows with their square.
const MOST: usize = 400;

/// How wide the title and the legend are at least.
const NARROWEST: i32 = 560;

/// How the parts lie.
struct Layout {
    count: usize,
    cell: (i32, i32),
    label: i32,
    left: i32,
    top: i32,
}

impl Matrix {
    /// The picture as SVG. Only the first 400 rows and columns are drawn, and the title line says so.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let said = format!("{}. {}", self.legend, some(&self.rows, |row| row.label.clone()));
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        let layout = self.layout();
        if layout.count == 0 {
            return NOTHING_SIZE;
        }
        let cells = layout.count as i32;
        let width = (layout.left + cells * layout.cell.0 + MARGIN).max(NARROWEST);
        Size { width: width.unsigned_abs(), height: (layout.top + cells * layout.cell.1 + MARGIN).unsigned_abs() }
    }

    fn layout(&self) -> Layout {
        let count = self.rows.len().min(MOST);
        let cell = if count <= NUMBERED { (54, 36) } else { (13, 13) };
        let widest = self.rows.iter().take(MOST).map(|row| width(&row.label, SMALL)).max().unwrap_or(0);
        let label = widest.clamp(20, 180) + 4;
        Layout { count, cell, label, left: MARGIN + label + 8, top: TOP + HEAD + 8 + label }
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        let layout = self.layout();
        if layout.count == 0 {
            return nothing(sheet, self.size());
        }
        self.ramp(sheet)?;
        for (at, row) in self.rows.iter().take(layout.count).enumerate() {
            let pen = Pen::SMALL.paint(Paint::Ink);
            let (x, y) = layout.corner(at, at);
            sheet.write(&row.label, (layout.left - 6, y + layout.cell.1 / 2), pen.end(), layout.label)?;
            let above = (x + layout.cell.0 / 2, layout.top - 6);
            sheet.write(&row.label, above, pen.turned(), layout.label)?;
            if layout.count <= NUMBERED {
                layout.numbered(sheet, at, &row.cells)?;
            } else {
                layout.shaded(sheet, at, &row.cells)?;
            }
        }
        Ok(())
    }

    /// What the shades mean.
    fn ramp(&self, sheet: &Sheet<'_>) -> Drawn {
        let y = TOP + HEAD / 2 - 2;
        sheet.write("0%", (MARGIN, y), Pen::SMALL, 40)?;
        let mut x = MARGIN + 24;
        for shade in 0..=SHADES {
            sheet.fill((x, y - 6), (x + 14, y + 6), Paint::Shade(shade).faint(1.0))?;
            x += 14;
        }
        let missing = self.rows.len().saturating_sub(MOST);
        let missing = if missing > 0 { format!(" ({missing} more rows are not drawn)") } else { String::new() };
        let text = format!("100%   {}{missing}", self.legend);
        sheet.write(&text, (x + 6, y), Pen::SMALL, NARROWEST - x - 6 - MARGIN)
    }
}

impl Layout {
    fn corner(&self, row: usize, column: usize) -> (i32, i32) {
        (self.left + column as i32 * self.cell.0, self.top + row as i32 * self.cell.1)
    }

    /// Cells with their shares and counts.
    fn numbered(&self, sheet: &Sheet<'_>, row: usize, cells: &[MatrixCell]) -> Drawn {
        for (column, cell) in cells.iter().take(self.count).enumerate() {
            let Some(shade) = shade(cell) else { continue };
            let (x, y) = self.corner(row, column);
            let (wide, high) = self.cell;
            sheet.fill((x, y), (x + wide - 1, y + high - 1), Paint::Shade(shade).faint(1.0))?;
            let pen = Pen::BODY.middle().paint(Paint::OnShade(shade));
            sheet.write(&percent(cell.share), (x + wide / 2, y + high / 2 - 6), pen.bold(), wide)?;
            let small = Pen { font: 10, ..pen };
            sheet.write(&rough(cell.count as f64), (x + wide / 2, y + high / 2 + 9), small, wide)?;
        }
        Ok(())
    }

    /// Cells without numbers. Neighbours of one shade are one rectangle.
    fn shaded(&self, sheet: &Sheet<'_>, row: usize, cells: &[MatrixCell]) -> Drawn {
        let shades: Vec<Option<u8>> = cells.iter().take(self.count).map(shade).collect();
        let mut from = 0;
        for run in shades.chunk_by(|one, other| one == other) {
            let (start, end) = (self.corner(row, from), self.corner(row, from + run.len()));
            from += run.len();
            if let Some(Some(shade)) = run.first() {
                sheet.fill(start, (end.0, start.1 + self.cell.1), Paint::Shade(*shade).faint(1.0))?;
            }
        }
        Ok(())
    }
}

/// The shade of a cell: the first one only where there is nothing in common, the last one only where everything is.
fn shade(cell: &MatrixCell) -> Option<u8> {
    let share = number(cell.share)?.clamp(0.0, 1.0);
    let between = (share * f64::from(SHADES)).round().clamp(1.0, f64::from(SHADES) - 1.0) as u8;
    Some(if share <= 0.0 {
        0
    } else if share >= 1.0 {
        SHADES
    } else {
        between
    })
}

/// A share in whole per cent, without saying nothing or everything of what is neither.
fn percent(share: f64) -> String {
    let percent = share.clamp(0.0, 1.0) * 100.0;
    if percent > 0.0 && percent < 1.0 {
        "<1%".to_owned()
    } else if percent > 99.0 && percent < 100.0 {
        ">99%".to_owned()
    } else {
        format!("{percent:.0}%")
    }
}
