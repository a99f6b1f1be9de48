//! Sizes side by side: a bar a row.

use super::palette::{Paint, Theme};
use super::rows::{Rows, nothing, some};
use super::scale::{Scale, Unit, counted};
use super::sheet::{About, BODY, Drawn, Pen, Sheet, draw};
use super::text::width;
use super::{Interval, PictureError, Size};

/// Bars side by side, one a row, in the order they are given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sizes {
    /// What the picture is about.
    pub title: String,
    /// What is counted: `people`.
    pub unit: String,
    /// The bars, the uppermost first.
    pub rows: Vec<SizeRow>,
}

/// One bar, or a note in its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SizeRow {
    /// What is this large.
    pub label: String,
    /// How large it is. Without it there is no bar.
    pub value: Option<u64>,
    /// Between which sizes the true one is thought to lie, drawn as a whisker.
    pub interval: Option<Interval>,
    /// A remark: before the figure where it is `~`, else behind it, or in the place of a bar.
    pub note: Option<String>,
}

/// Remarks beside a bar are cut to this many pixels together with its figure.
const WIDEST_END: i32 = 200;

impl Sizes {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let said = some(&self.rows, SizeRow::said);
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        self.rows().size()
    }

    fn rows(&self) -> Rows {
        let ends = self.rows.iter().filter(|row| row.value.is_some()).map(|row| width(&row.end(), BODY) + 10);
        Rows::lay(self.rows.iter().map(|row| row.label.as_str()), ends.max().unwrap_or(0).min(WIDEST_END), 0)
    }

    fn scale(&self) -> Scale {
        let bars = self.rows.iter().filter_map(|row| row.value).map(|value| value as f64);
        let ends = self.rows.iter().filter_map(|row| row.interval?.ends()).map(|(_, high)| high);
        Scale::for_bars(bars.chain(ends), Unit::Count, 6)
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        if self.rows.is_empty() {
            return nothing(sheet, self.size());
        }
        let rows = self.rows();
        let chart = rows.grid(sheet, &self.scale(), &self.unit)?;
        for (at, row) in self.rows.iter().enumerate() {
            rows.label(sheet, at, &row.label)?;
            let (middle, half, left) = (rows.middle(at), rows.half(), rows.frame.left);
            let Some(value) = row.value else {
                let note = row.note.as_deref().unwrap_or("–");
                let pen = Pen::BODY.paint(Paint::Quiet);
                sheet.write(note, (left + 6, middle), pen, rows.frame.width - 6)?;
                continue;
            };
            let mut end = chart.at(value as f64, 0.0).0;
            if value > 0 {
                sheet.fill((left, middle - half), (end, middle + half), Paint::Bar.faint(1.0))?;
            }
            if let Some((low, high)) = row.interval.and_then(Interval::ends) {
                let (low, high) = (chart.at(low, 0.0).0, chart.at(high, 0.0).0);
                sheet.whisker(low, high, middle, Paint::Ink)?;
                end = end.max(high);
            }
            sheet.write(&row.end(), (end + 8, middle), Pen::BODY, WIDEST_END - 10)?;
        }
        Ok(())
    }
}

impl SizeRow {
    /// What stands behind the bar.
    fn end(&self) -> String {
        let value = self.value.map(counted).unwrap_or_default();
        match self.note.as_deref() {
            Some("~") => format!("~{value}"),
            Some(note) => format!("{value}  {note}"),
            None => value,
        }
    }

    fn said(&self) -> String {
        let figures = if self.value.is_some() { self.end() } else { self.note.clone().unwrap_or_default() };
        let interval = self.interval.and_then(Interval::ends);
        let interval = interval.map(|(low, high)| format!(" (between {low:.0} and {high:.0})")).unwrap_or_default();
        format!("{}: {figures}{interval}", self.label)
    }
}
