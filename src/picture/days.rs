//! Size, adds and drops of each day.

use super::chart::{Chart, Frame, LABELS_WIDE, Labels};
use super::palette::{Paint, Theme};
use super::rows::{HEAD, NOTHING_SIZE, TOP, WIDTH, nothing, some};
use super::scale::{Scale, Unit};
use super::sheet::{About, Drawn, MARGIN, Pen, SMALL, Sheet, draw};
use super::text::width;
use super::{Interval, PictureError, Size};
use crate::base::number::grouped;

/// How something grew and shrank, day by day: its size as a line, over adds and drops as bars.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Days {
    /// What the picture is about.
    pub title: String,
    /// What is counted: `people`.
    pub unit: String,
    /// The days that were, the earliest first.
    pub days: Vec<DayFigures>,
    /// The days to come, drawn fainter behind a line that says `today`.
    pub forecast: Vec<DayFigures>,
}

/// The figures of one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayFigures {
    /// Which day: `2026-11-23`.
    pub day: String,
    /// How many there are at its end.
    pub size: u64,
    /// How many came.
    pub adds: u64,
    /// How many went.
    pub drops: u64,
    /// Between which sizes the true one is thought to lie.
    pub interval: Option<Interval>,
}

const SIZES_HIGH: i32 = 190;
const MOVES_HIGH: i32 = 110;
const GAP: i32 = 30;

/// How much of a forecast covers what is below.
const FAINT: f64 = 0.45;

impl Days {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let known = some(&self.days, DayFigures::said);
        let forecast = if self.forecast.is_empty() {
            String::new()
        } else {
            format!(" Forecast: {}", some(&self.forecast, DayFigures::said))
        };
        let said = format!("{known}{forecast}");
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        let empty = self.days.is_empty() && self.forecast.is_empty();
        if empty {
            return NOTHING_SIZE;
        }
        let height = TOP + HEAD + HEAD + SIZES_HIGH + GAP + MOVES_HIGH + 34;
        Size { width: WIDTH.unsigned_abs(), height: height.unsigned_abs() }
    }

    fn all(&self) -> impl Iterator<Item = &DayFigures> {
        self.days.iter().chain(&self.forecast)
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        let count = self.days.len() + self.forecast.len();
        if count == 0 {
            return nothing(sheet, self.size());
        }
        self.heads(sheet)?;
        let left = MARGIN + LABELS_WIDE;
        let upper = Frame { left, top: TOP + HEAD + HEAD, width: WIDTH - left - 2 * MARGIN, height: SIZES_HIGH };
        let lower = Frame { top: upper.bottom() + GAP, height: MOVES_HIGH, ..upper };
        let x = Scale::places(count, self.every(upper.width));
        let sizes = self.upwards();
        let moves = self.all().flat_map(|day| [day.adds as f64, -(day.drops as f64)]);
        let moves = Scale::from_zero(moves, Unit::Count, 4);
        let day = |at: f64| {
            let label = self.all().nth(at as usize).map_or("", |day| day.day.as_str());
            sheet.token(label, SMALL, upper.width / 3)
        };
        let labels = Labels { left: true, ..Labels::default() };
        let above = Chart::draw(sheet, upper, (&x, &sizes), labels, &|_| String::new())?;
        let below = Chart::draw(sheet, lower, (&x, &moves), Labels { bottom: true, ..labels }, &day)?;
        self.moves(sheet, &below, lower.width)?;
        self.sizes(sheet, &above)?;
        self.today(sheet, &above, upper, lower)
    }

    /// The axis of sizes. It starts at zero unless all sizes are far from it: then what changes would not be seen.
    fn upwards(&self) -> Scale {
        let ends = self.all().filter_map(|day| day.interval?.ends()).flat_map(|(low, high)| [low, high]);
        let sizes = || self.all().map(|day| day.size as f64);
        let (least, most) =
            sizes().fold((f64::MAX, 0.0), |(low, high): (f64, f64), size| (low.min(size), high.max(size)));
        if least > 0.5 * most {
            // A tenth on both sides, so that a small change looks small.
            let around = sizes().flat_map(|size| [0.9 * size, 1.1 * size]);
            Scale::around(around.chain(ends), Unit::Count, 5)
        } else {
            Scale::from_zero(sizes().chain(ends), Unit::Count, 5)
        }
    }

    fn heads(&self, sheet: &Sheet<'_>) -> Drawn {
        let y = TOP + HEAD / 2 - 2;
        let mut entries =
            vec![(Paint::Bar.faint(1.0), "size"), (Paint::Add.faint(1.0), "adds"), (Paint::Drop.faint(1.0), "drops")];
        if !self.forecast.is_empty() {
            entries.push((Paint::Bar.faint(FAINT), "forecast"));
        }
        sheet.legend(y, &entries)?;
        sheet.write(&self.unit, (WIDTH - MARGIN, y), Pen::SMALL.end(), WIDTH / 3)
    }

    /// Every how many days one has a label.
    fn every(&self, room: i32) -> usize {
        let widest = self.all().map(|day| width(&day.day, SMALL)).max().unwrap_or(0).min(room / 3) + 18;
        let fit = (room / widest.max(1)).max(1).unsigned_abs() as usize;
        (self.days.len() + self.forecast.len()).div_ceil(fit).max(1)
    }

    fn moves(&self, sheet: &Sheet<'_>, chart: &Chart<'_>, room: i32) -> Drawn {
        let count = (self.days.len() + self.forecast.len()) as f64;
        let wide = f64::from(room) / count;
        // Bars of a pixel or two touch each other: gaps would come and go with the pixels.
        let half = if wide < 4.0 { 0.5 } else { (14.0 / wide).min(0.35) };
        for (at, day) in self.all().enumerate() {
            let cover = if at < self.days.len() { 1.0 } else { FAINT };
            let ((from, zero), (to, _)) = (chart.at(at as f64 - half, 0.0), chart.at(at as f64 + half, 0.0));
            if day.adds > 0 {
                let top = chart.at(0.0, day.adds as f64).1.min(zero - 1);
                sheet.fill((from, top), (to, zero), Paint::Add.faint(cover))?;
            }
            if day.drops > 0 {
                let bottom = chart.at(0.0, -(day.drops as f64)).1;
                sheet.fill((from, zero), (to, bottom), Paint::Drop.faint(cover))?;
            }
        }
        let (_, zero) = chart.at(0.0, 0.0);
        let (from, to) = (chart.at(-0.5, 0.0).0, chart.at(count, 0.0).0);
        sheet.line(vec![(from, zero), (to, zero)], Paint::Quiet.faint(1.0), 1)
    }

    fn sizes(&self, sheet: &Sheet<'_>, chart: &Chart<'_>) -> Drawn {
        // What is known is where the band of a forecast starts.
        let last = self.days.last().filter(|day| day.interval.is_none() && !self.forecast.is_empty());
        let start = last.map(|day| (self.days.len() as f64 - 1.0, (day.size as f64, day.size as f64)));
        let ends = self.all().enumerate().filter_map(|(at, day)| Some((at as f64, day.interval?.ends()?)));
        let mut ends: Vec<_> = ends.chain(start).collect();
        ends.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (lower, upper): (Vec<_>, Vec<_>) =
            ends.into_iter().map(|(at, (low, high))| (chart.at(at, low), chart.at(at, high))).unzip();
        if lower.len() > 1 {
            sheet.shape(lower.into_iter().chain(upper.into_iter().rev()).collect(), Paint::Bar.faint(0.2))?;
        }
        let places: Vec<_> = self.all().enumerate().map(|(at, day)| chart.at(at as f64, day.size as f64)).collect();
        // The forecast starts where the known days end, so that the line has no gap.
        let (known, after) = (self.days.len().min(places.len()), self.days.len().saturating_sub(1));
        let parts = [(places.get(..known), 1.0), (places.get(after..).filter(|_| !self.forecast.is_empty()), FAINT)];
        for (part, cover) in parts {
            match part.unwrap_or_default() {
                [] => {}
                [only] => sheet.dot(*only, 3, Paint::Bar.faint(cover))?,
                part => sheet.line(part.to_vec(), Paint::Bar.faint(cover), 2)?,
            }
        }
        Ok(())
    }

    fn today(&self, sheet: &Sheet<'_>, chart: &Chart<'_>, upper: Frame, lower: Frame) -> Drawn {
        if self.forecast.is_empty() || self.days.is_empty() {
            return Ok(());
        }
        let x = chart.at(self.days.len() as f64 - 0.5, 0.0).0;
        sheet.line(vec![(x, upper.top), (x, lower.bottom())], Paint::Ink.faint(1.0), 1)?;
        let near_end = x + 50 > upper.right();
        let (at, pen) = if near_end { (x - 5, Pen::SMALL.end()) } else { (x + 5, Pen::SMALL) };
        sheet.write("today", (at, upper.top - 9), pen.paint(Paint::Ink), 60)
    }
}

impl DayFigures {
    fn said(&self) -> String {
        format!("{}: {} (+{}, −{})", self.day, grouped(self.size), grouped(self.adds), grouped(self.drops))
    }
}
