//! One figure that depends on another one: a line, within a band.

use super::chart::{Chart, Frame, LABELS_WIDE, Labels};
use super::palette::{Paint, Theme};
use super::rows::{HEAD, NOTHING_SIZE, TOP, WIDTH, nothing, some};
use super::scale::{Scale, Unit, number, rough};
use super::sheet::{About, BODY, Drawn, MARGIN, Pen, Sheet, draw};
use super::text::width;
use super::{Interval, PictureError, Size};

/// A line through points, from left to right.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// What the picture is about.
    pub title: String,
    /// The axis from left to right.
    pub x: Axis,
    /// The axis upwards.
    pub y: Axis,
    /// The points. Those that an axis cannot hold are left out.
    pub points: Vec<CurvePoint>,
    /// What is wanted.
    pub marker: Option<Marker>,
}

/// What an axis measures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// In words.
    pub label: String,
    /// What its figures are.
    pub unit: Unit,
    /// Whether the same ratio is as many pixels everywhere. Only figures above zero can be drawn then.
    pub logarithmic: bool,
}

/// One point of a curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CurvePoint {
    /// From left to right.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// Between which figures `y` is thought to lie.
    pub interval: Option<Interval>,
}

/// Lines at a wanted figure of one axis or of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marker {
    /// An upright line.
    pub x: Option<f64>,
    /// A level line.
    pub y: Option<f64>,
    /// What is wanted.
    pub label: String,
}

const HEIGHT: i32 = 300;

/// More points have no dots of their own.
const DOTTED: usize = 60;

impl Curve {
    /// The picture as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        let figures = |point: &CurvePoint| format!("{} at {}", self.y.written(point.y), self.x.written(point.x));
        let points = some(&self.points, figures);
        let said = format!("{} by {}. {points}", self.y.label, self.x.label);
        draw(self.size(), theme, &About { title: &self.title, said }, |sheet| self.onto(sheet))
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        if self.points.is_empty() {
            return NOTHING_SIZE;
        }
        Size { width: WIDTH.unsigned_abs(), height: (TOP + HEAD + HEIGHT + 54).unsigned_abs() }
    }

    fn onto(&self, sheet: &Sheet<'_>) -> Drawn {
        if self.points.is_empty() {
            return nothing(sheet, self.size());
        }
        let left = MARGIN + LABELS_WIDE;
        let frame = Frame { left, top: TOP + HEAD, width: WIDTH - left - 2 * MARGIN, height: HEIGHT };
        let (x, y) = (self.across(), self.upwards());
        let labels = Labels { left: true, bottom: true, top: false };
        let chart = Chart::draw(sheet, frame, (&x, &y), labels, &|value| x.written(value))?;
        sheet.write(&self.y.label, (MARGIN, TOP + 6), Pen::SMALL, frame.width)?;
        let below = (frame.left + frame.width / 2, frame.bottom() + 34);
        sheet.write(&self.x.label, below, Pen::SMALL.middle(), frame.width)?;
        let mut points: Vec<CurvePoint> = self.points.iter().filter_map(|point| held(*point, &x, &y)).collect();
        points.sort_by(|one, other| one.x.total_cmp(&other.x));
        band(sheet, &chart, &points)?;
        line(sheet, &chart, &points)?;
        self.marked(sheet, &chart, frame, (&x, &y))
    }

    fn across(&self) -> Scale {
        let wanted = self.marker.iter().filter_map(|marker| marker.x);
        let values = self.points.iter().map(|point| point.x).chain(wanted);
        scale(&self.x, values, 8, false)
    }

    fn upwards(&self) -> Scale {
        let wanted = self.marker.iter().filter_map(|marker| marker.y);
        let ends = self.points.iter().filter_map(|point| point.interval?.ends()).flat_map(|(low, high)| [low, high]);
        let values = self.points.iter().map(|point| point.y).chain(ends).chain(wanted);
        scale(&self.y, values, 6, true)
    }

    fn marked(&self, sheet: &Sheet<'_>, chart: &Chart<'_>, frame: Frame, (x, y): (&Scale, &Scale)) -> Drawn {
        let Some(marker) = &self.marker else { return Ok(()) };
        let colour = Paint::Drop.faint(1.0);
        let wanted = marker.x.filter(|value| x.holds(*value)).map(|value| chart.at(value, 0.0).0);
        let level = marker.y.filter(|value| y.holds(*value)).map(|value| chart.at(0.0, value).1);
        if let Some(at) = wanted {
            sheet.line(vec![(at, frame.top), (at, frame.bottom())], colour, 1)?;
        }
        if let Some(at) = level {
            sheet.line(vec![(frame.left, at), (frame.right(), at)], colour, 1)?;
        }
        let wide = width(&marker.label, BODY).min(frame.width / 2);
        let pen = Pen::BODY.bold();
        let place = match (wanted, level) {
            (Some(x), _) if x + 8 + wide <= frame.right() => Some((x + 8, frame.top + 10, pen)),
            (Some(x), _) => Some((x - 8, frame.top + 10, pen.end())),
            // Above the line, unless that is outside.
            (None, Some(y)) if y - 10 < frame.top + 4 => Some((frame.right(), y + 10, pen.end())),
            (None, Some(y)) => Some((frame.right(), y - 10, pen.end())),
            (None, None) => None,
        };
        place.map_or(Ok(()), |(x, y, pen)| sheet.write(&marker.label, (x, y), pen, wide + 8))
    }
}

fn scale(axis: &Axis, values: impl Iterator<Item = f64>, ticks: u32, zero: bool) -> Scale {
    if axis.logarithmic {
        Scale::logarithmic(values, axis.unit, ticks)
    } else if zero {
        Scale::from_zero(values, axis.unit, ticks)
    } else {
        Scale::around(values, axis.unit, ticks)
    }
}

/// A point that both axes can hold.
fn held(point: CurvePoint, x: &Scale, y: &Scale) -> Option<CurvePoint> {
    (x.holds(point.x) && y.holds(point.y)).then_some(point)
}

fn band(sheet: &Sheet<'_>, chart: &Chart<'_>, points: &[CurvePoint]) -> Drawn {
    let ends = points.iter().filter_map(|point| Some((point.x, point.interval?.ends()?)));
    let (lower, upper): (Vec<_>, Vec<_>) = ends.map(|(x, (low, high))| (chart.at(x, low), chart.at(x, high))).unzip();
    if lower.len() < 2 {
        return Ok(());
    }
    sheet.shape(lower.into_iter().chain(upper.into_iter().rev()).collect(), Paint::Bar.faint(0.2))
}

fn line(sheet: &Sheet<'_>, chart: &Chart<'_>, points: &[CurvePoint]) -> Drawn {
    let places: Vec<_> = points.iter().map(|point| chart.at(point.x, point.y)).collect();
    // One point has no band.
    if let [point] = points
        && let Some((low, high)) = point.interval.and_then(Interval::ends)
    {
        sheet.line(vec![chart.at(point.x, low), chart.at(point.x, high)], Paint::Ink.faint(1.0), 1)?;
    }
    if places.len() <= DOTTED {
        for place in &places {
            sheet.dot(*place, 3, Paint::Bar.faint(1.0))?;
        }
    }
    if places.len() > 1 { sheet.line(places, Paint::Bar.faint(1.0), 2) } else { Ok(()) }
}

impl Axis {
    /// A figure in words.
    fn written(&self, value: f64) -> String {
        match (number(value), self.unit) {
            (None, _) => "no number".to_owned(),
            (Some(value), Unit::Share) => format!("{}%", rough(100.0 * value)),
            (Some(value), Unit::Count | Unit::Number) => rough(value),
        }
    }
}
