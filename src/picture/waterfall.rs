//! What is left after each of several steps: bars that step down.

use super::palette::{Paint, Theme};
use super::rows::{HEAD, NOTHING_SIZE, Rows, TOP, nothing, some};
use super::scale::{Scale, Unit, counted};
use super::sheet::{About, BODY, Drawn, Pen, SMALL, Sheet, draw};
use super::text::width;
use super::{PictureError, Size};
use crate::base::number::grouped;

/// How many there are at first, and how many are left after each step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Waterfall {
    /// What the picture is about.
    pub title: String,
    /// What is counted: `people`.
    pub unit: String,
    /// What there is before the first step: `everyone`.
    pub from: String,
    /// How many that is.
    pub population: u64,
    /// The steps, the first one first.
    pub steps: Vec<Step>,
}

/// One step down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What has to hold.
    pub label: String,
    /// How many are left after it.
    pub remaining: u64,
    /// How many of those who go would have stayed but for this step alone.
    pub only: Option<u64>,
}

/// A row as it is drawn: the population is one that takes nobody away.
struct Level<'a> {
    label: &'a str,
    before: u64,
    remaining: u64,
    only: Option<u64>,
}

impl Level<'_> {
    fn removed(&self) -> String {
        if self.remaining > self.before {
            return format!("+{}", counted(self.remaining - self.before));
        }
        match self.before - self.remaining {
            0 => "0".to_owned(),
            removed => format!("−{}", counted(removed)),
        }
    }

    fn said(&self) -> String {
        let only = self.only.map(|only| format!(", {} by this alone", grouped(only))).unwrap_or_default();
        format!("{}: {} left ({}{only})", self.label, grouped(self.remaining), self.removed())
    }
}

const HEADS: [&str; 3] = ["left", "excluded", "by this alone"];

impl Waterfall {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let steps = some(&self.levels(), Level::said);
        let said = format!("{}: {}. {steps}", self.from, grouped(self.population));
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        if self.is_nothing() { NOTHING_SIZE } else { self.rows(&self.columns()).size() }
    }

    fn is_nothing(&self) -> bool {
        self.steps.is_empty() && self.population == 0
    }

    fn levels(&self) -> Vec<Level<'_>> {
        let before = std::iter::once(self.population).chain(self.steps.iter().map(|step| step.remaining));
        before
            .zip(&self.steps)
            .map(|(before, step)| Level { label: &step.label, before, remaining: step.remaining, only: step.only })
            .collect()
    }

    /// How wide each column of figures is.
    fn columns(&self) -> [i32; 3] {
        let mut columns = HEADS.map(|head| width(head, SMALL));
        let mut hold = |column: usize, text: &str| {
            if let Some(wide) = columns.get_mut(column) {
                *wide = (*wide).max(width(text, BODY));
            }
        };
        hold(0, &counted(self.population));
        for level in self.levels() {
            hold(0, &counted(level.remaining));
            hold(1, &level.removed());
            hold(2, &level.only.map(counted).unwrap_or_default());
        }
        columns.map(|wide| wide + 14)
    }

    fn rows(&self, columns: &[i32; 3]) -> Rows {
        let labels = std::iter::once(self.from.as_str()).chain(self.steps.iter().map(|step| step.label.as_str()));
        Rows::lay(labels, columns.iter().sum(), 1)
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        let columns = self.columns();
        let rows = self.rows(&columns);
        let levels = self.levels();
        if self.is_nothing() {
            return nothing(sheet, self.size());
        }
        let tallest = levels.iter().map(|level| level.remaining).chain([self.population]).max().unwrap_or(0);
        let scale = Scale::for_bars(std::iter::once(tallest as f64), Unit::Count, 5);
        let chart = rows.grid(sheet, &scale, &self.unit)?;
        let place = |value: u64| chart.at(value as f64, 0.0).0;
        self.heads(sheet, &rows, &columns)?;
        let first = Level { label: &self.from, before: self.population, remaining: self.population, only: None };
        for (at, level) in std::iter::once(&first).chain(&levels).enumerate() {
            rows.label(sheet, at, level.label)?;
            bars(sheet, &rows, at, level, &place)?;
            let removed = if at == 0 { String::new() } else { level.removed() };
            let texts = [counted(level.remaining), removed, level.only.map(counted).unwrap_or_default()];
            figures(sheet, &rows, rows.middle(at), &columns, &texts.each_ref().map(String::as_str), Pen::BODY)?;
        }
        Ok(())
    }

    fn heads(&self, sheet: &Sheet<'_>, rows: &Rows, columns: &[i32; 3]) -> Drawn {
        let y = TOP + HEAD / 2 - 2;
        figures(sheet, rows, y, columns, &HEADS, Pen::SMALL)?;
        sheet.legend(
            y,
            &[
                (Paint::Bar.faint(1.0), "left"),
                (Paint::Drop.faint(1.0), "excluded by this alone"),
                (Paint::Mixed.faint(0.55), "excluded by others too"),
            ],
        )
    }
}

/// The bar of what is left, and behind it what went.
fn bars(sheet: &Sheet<'_>, rows: &Rows, at: usize, level: &Level<'_>, place: &impl Fn(u64) -> i32) -> Drawn {
    let (top, bottom) = (rows.middle(at) - rows.half(), rows.middle(at) + rows.half());
    let (stays, before) = (place(level.remaining), place(level.before));
    if level.remaining > 0 {
        sheet.fill((rows.frame.left, top), (stays, bottom), Paint::Bar.faint(1.0))?;
    }
    if level.before > level.remaining {
        let only = level.only.unwrap_or(0).min(level.before - level.remaining);
        let split = place(level.remaining + only);
        if only > 0 {
            sheet.fill((stays, top), (split, bottom), Paint::Drop.faint(1.0))?;
        }
        if level.before - level.remaining > only {
            sheet.fill((split, top), (before, bottom), Paint::Mixed.faint(0.55))?;
        }
    }
    Ok(())
}

/// Figures in their columns at the right of a row.
fn figures(sheet: &Sheet<'_>, rows: &Rows, y: i32, columns: &[i32; 3], texts: &[&str; 3], pen: Pen) -> Drawn {
    let mut right = rows.frame.right();
    for (wide, text) in columns.iter().zip(texts) {
        right += wide;
        sheet.write(text, (right, y), pen.end(), *wide)?;
    }
    Ok(())
}
