//! Shares that were asked for against shares that are.

use super::palette::{Paint, Theme};
use super::rows::{HEAD, Rows, TOP, nothing, some};
use super::scale::{Scale, Unit, number};
use super::sheet::{About, BODY, Drawn, MARGIN, Pen, Sheet, draw};
use super::text::width;
use super::{Interval, PictureError, Size};

/// How something was to be split, and how it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    /// What the picture is about.
    pub title: String,
    /// What the shares are parts of: `of the members`.
    pub unit: String,
    /// The rows, the uppermost first; neighbours of one group stand under one head.
    pub rows: Vec<ShareRow>,
}

/// One variant within one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareRow {
    /// The group: `country is DE`. Empty where there is only one.
    pub group: String,
    /// The variant.
    pub variant: String,
    /// The share it was to have, from 0 to 1.
    pub asked: f64,
    /// The share it has.
    pub is: f64,
    /// Between which shares that is as asked for.
    pub interval: Option<Interval>,
}

/// A line of the picture.
enum Line<'a> {
    Head(&'a str),
    Share(&'a ShareRow),
}

impl Shares {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let said = some(&self.rows, ShareRow::said);
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        self.layout().size()
    }

    fn lines(&self) -> Vec<Line<'_>> {
        let mut lines = Vec::with_capacity(self.rows.len());
        for group in self.rows.chunk_by(|one, other| one.group == other.group) {
            let head = group.first().map(|row| row.group.as_str()).filter(|head| !head.is_empty());
            lines.extend(head.map(Line::Head));
            lines.extend(group.iter().map(Line::Share));
        }
        lines
    }

    fn layout(&self) -> Rows {
        let ends = self.rows.iter().map(|row| width(&row.end(), BODY) + 14).max().unwrap_or(0);
        let lines = self.lines();
        let labels = lines.iter().map(|line| match line {
            Line::Head(_) => "",
            Line::Share(row) => row.variant.as_str(),
        });
        Rows::lay(labels, ends.min(200), 1)
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        if self.rows.is_empty() {
            return nothing(sheet, self.size());
        }
        let rows = self.layout();
        let ends = self.rows.iter().filter_map(|row| row.interval?.ends()).map(|(_, high)| high);
        let values = self.rows.iter().flat_map(|row| [row.asked, row.is]).chain(ends);
        let scale = Scale::from_zero(values, Unit::Share, 6);
        let chart = rows.grid(sheet, &scale, &self.unit)?;
        sheet.legend(
            TOP + HEAD / 2 - 2,
            &[
                (Paint::Ink.faint(1.0), "asked for"),
                (Paint::Bar.faint(1.0), "as it is"),
                (Paint::Drop.faint(1.0), "as it is, and not as asked for"),
            ],
        )?;
        for (at, line) in self.lines().iter().enumerate() {
            match line {
                Line::Head(group) => {
                    let room = rows.frame.right() - MARGIN;
                    sheet.write(group, (MARGIN, rows.middle(at)), Pen::BODY.bold(), room)?;
                }
                Line::Share(row) => {
                    rows.label(sheet, at, &row.variant)?;
                    row.onto(sheet, rows.middle(at), &|share| chart.at(share, 0.0).0)?;
                    let pen = Pen::BODY.end();
                    sheet.write(&row.end(), (super::rows::WIDTH - MARGIN, rows.middle(at)), pen, 200)?;
                }
            }
        }
        Ok(())
    }
}

impl ShareRow {
    /// Whether the share lies outside of what it may be.
    fn off(&self) -> bool {
        let interval = self.interval.and_then(Interval::ends);
        interval.is_some_and(|(low, high)| !(low..=high).contains(&self.is))
    }

    fn end(&self) -> String {
        let mark = if self.off() { "⚠ " } else { "" };
        format!("{mark}{} of {}", percent(self.is), percent(self.asked))
    }

    fn said(&self) -> String {
        format!("{} {}: {}", self.group, self.variant, self.end())
    }

    fn onto(&self, sheet: &Sheet<'_>, middle: i32, place: &impl Fn(f64) -> i32) -> Drawn {
        if let Some((low, high)) = self.interval.and_then(Interval::ends) {
            sheet.whisker(place(low), place(high), middle, Paint::Quiet)?;
        }
        if let Some(asked) = number(self.asked) {
            let x = place(asked);
            sheet.fill((x - 1, middle - 9), (x + 1, middle + 9), Paint::Ink.faint(1.0))?;
        }
        let paint = if self.off() { Paint::Drop } else { Paint::Bar };
        number(self.is).map_or(Ok(()), |is| sheet.dot((place(is), middle), 5, paint.faint(1.0)))
    }
}

fn percent(share: f64) -> String {
    match number(share) {
        Some(share) if share.abs() < 100.0 => format!("{:.1}%", share * 100.0),
        Some(share) => format!("{share:.0e}"),
        None => "–".to_owned(),
    }
}
