//! What comes in and what goes out, side by side: two bars a row, from the middle to both sides.

use super::palette::{Paint, Theme};
use super::rows::{Rows, nothing, some};
use super::scale::{Scale, Unit, counted};
use super::sheet::{About, BODY, Drawn, Pen, Sheet, draw};
use super::text::width;
use super::{PictureError, Size};

/// What comes in and goes out, one thing a row, in the order they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// What the picture is about.
    pub title: String,
    /// What is counted: `people`.
    pub unit: String,
    /// What comes in and what goes out, as the legend calls it.
    pub words: (&'static str, &'static str),
    /// The rows, the uppermost first.
    pub rows: Vec<MovesRow>,
}

/// Two bars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovesRow {
    /// What they are of.
    pub label: String,
    /// How much comes in: to the right.
    pub adds: u64,
    /// How much goes out: to the left.
    pub drops: u64,
    /// The figures as they stand behind the bars; `None` for the counts.
    pub said: Option<String>,
}

/// Figures behind the bars are cut to this many pixels.
const WIDEST_END: i32 = 200;

impl Moves {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let said = some(&self.rows, |row| format!("{}: {}", row.label, row.end()));
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        self.rows().size()
    }

    fn rows(&self) -> Rows {
        let ends = self.rows.iter().map(|row| width(&row.end(), BODY) + 14);
        Rows::lay(self.rows.iter().map(|row| row.label.as_str()), ends.max().unwrap_or(0).min(WIDEST_END), 1)
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        if self.rows.is_empty() {
            return nothing(sheet, self.size());
        }
        let rows = self.rows();
        let (adds, drops) = (Paint::Add.faint(1.0), Paint::Drop.faint(1.0));
        sheet.legend(super::rows::TOP + 6, &[(drops, self.words.1), (adds, self.words.0)])?;
        let moves = self.rows.iter().flat_map(|row| [row.adds as f64, -(row.drops as f64)]);
        let chart = rows.grid(sheet, &Scale::from_zero(moves, Unit::Count, 6), &self.unit)?;
        for (at, row) in self.rows.iter().enumerate() {
            rows.label(sheet, at, &row.label)?;
            let (middle, half) = (rows.middle(at), rows.half());
            let zero = chart.at(0.0, 0.0).0;
            if row.adds > 0 {
                sheet.fill((zero, middle - half), (chart.at(row.adds as f64, 0.0).0, middle + half), adds)?;
            }
            if row.drops > 0 {
                let from = chart.at(-(row.drops as f64), 0.0).0.min(zero - 1);
                sheet.fill((from, middle - half), (zero, middle + half), drops)?;
            }
            sheet.write(&row.end(), (rows.frame.right() + 10, middle), Pen::BODY, WIDEST_END - 10)?;
        }
        let zero = chart.at(0.0, 0.0).0;
        sheet.line(vec![(zero, rows.frame.top), (zero, rows.frame.bottom())], Paint::Quiet.faint(1.0), 1)
    }
}

impl MovesRow {
    /// What stands behind the bars.
    fn end(&self) -> String {
        let signed = |sign: char, count: u64| (count > 0).then(|| format!("{sign}{}", counted(count)));
        let counts = || {
            let parts: Vec<String> = [signed('+', self.adds), signed('−', self.drops)].into_iter().flatten().collect();
            parts.join(" ")
        };
        self.said.clone().unwrap_or_else(counts)
    }
}
