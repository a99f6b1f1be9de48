//! Pictures that have a row for each thing: where their parts are.
//!
//! In: the labels, and how much room the columns beside them need. Out: the frame of the bars, the middle of each row,
//! and the size of the whole. A picture with many rows has lower ones, and its ticks at both ends.

use super::chart::{Chart, Frame, Labels};
use super::scale::Scale;
use super::sheet::{BODY, Drawn, MARGIN, Pen, Sheet, pixels};
use super::text::width;
use super::{PictureError, Size};

/// How wide pictures are that grow only in height.
pub(super) const WIDTH: i32 = 760;

/// Where what follows the title starts.
pub(super) const TOP: i32 = 46;

/// How high a line of a legend, or of the heads of columns, is.
pub(super) const HEAD: i32 = 22;

/// From how many rows on they are lower, and the ticks are above them too.
const MANY: usize = 40;

/// What is below the last row: ticks and the unit.
const FOOT: i32 = 44;

/// What stands in the place of a picture of nothing.
pub(super) const NOTHING: &str = "Nothing to show.";
pub(super) const NOTHING_SIZE: Size = Size { width: WIDTH.unsigned_abs(), height: 96 };

/// How the parts of a picture with rows lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    pub(super) frame: Frame,
    row: i32,
    count: usize,
}

impl Rows {
    /// Room for rows with these labels, for `right` pixels of text beside the bars, and for so many lines of heads.
    pub(super) fn lay<'a>(labels: impl Iterator<Item = &'a str>, right: i32, heads: i32) -> Self {
        let (mut count, mut widest) = (0_usize, 60);
        for label in labels {
            count += 1;
            widest = widest.max(width(label, BODY));
        }
        let many = count > MANY;
        let row = if many { 18 } else { 26 };
        let left = MARGIN + widest.min(250) + 12;
        let top = TOP + heads * HEAD + if many { HEAD } else { 0 };
        let rows = i32::try_from(count).unwrap_or(i32::MAX);
        let height = rows.saturating_mul(row).min(i32::MAX / 2);
        Self { frame: Frame { left, top, width: (WIDTH - MARGIN - right - left).max(60), height }, row, count }
    }

    /// How large the picture is.
    pub(super) fn size(self) -> Size {
        if self.count == 0 {
            return NOTHING_SIZE;
        }
        Size { width: WIDTH.unsigned_abs(), height: (self.frame.bottom() + FOOT).unsigned_abs() }
    }

    /// The middle of a row.
    pub(super) fn middle(self, row: usize) -> i32 {
        let row = i32::try_from(row).unwrap_or(i32::MAX);
        self.frame.top.saturating_add(row.saturating_mul(self.row)) + self.row / 2
    }

    /// How far a bar reaches above and below the middle of its row.
    pub(super) fn half(self) -> i32 {
        self.row / 2 - if self.row > 20 { 5 } else { 3 }
    }

    /// Draws the grid and the unit of the axis.
    pub(super) fn grid<'a>(self, sheet: &Sheet<'a>, x: &Scale, unit: &str) -> Result<Chart<'a>, PictureError> {
        let y = Scale::places(self.count, 1);
        let labels = Labels { bottom: true, top: self.count > MANY, left: false };
        let chart = Chart::draw(sheet, self.frame, (x, &y), labels, &|value| x.written(value))?;
        let at = (self.frame.left + self.frame.width / 2, self.frame.bottom() + 32);
        sheet.write(unit, at, Pen::SMALL.middle(), self.frame.width)?;
        Ok(chart)
    }

    /// The label of a row, at its left.
    pub(super) fn label(self, sheet: &Sheet<'_>, row: usize, label: &str) -> Drawn {
        let room = self.frame.left - MARGIN - 12;
        sheet.write(label, (self.frame.left - 10, self.middle(row)), Pen::BODY.end(), room)
    }
}

/// Says that there is nothing to draw.
pub(super) fn nothing(sheet: &Sheet<'_>, size: Size) -> Drawn {
    let pen = Pen { font: BODY, ..Pen::SMALL };
    sheet.write(NOTHING, (MARGIN, pixels(size.height) / 2 + 12), pen, pixels(size.width))
}

/// The first few of many things in words, and how many more there are.
pub(super) fn some<T>(things: &[T], said: impl Fn(&T) -> String) -> String {
    const SAID: usize = 12;
    if things.is_empty() {
        return NOTHING.to_owned();
    }
    let mut parts: Vec<String> = things.iter().take(SAID).map(said).collect();
    if things.len() > SAID {
        parts.push(format!("and {} more", things.len() - SAID));
    }
    format!("{}.", parts.join("; "))
}
