//! Axes with ticks, labels and the lines of a grid.
//!
//! In: a frame in pixels and two scales. Out: the grid, drawn, and where on the sheet a pair of figures lies.

use plotters::chart::{ChartBuilder, ChartContext, LabelAreaPosition};
use plotters::coord::cartesian::Cartesian2d;

use super::PictureError;
use super::palette::Paint;
use super::scale::Scale;
use super::sheet::{Pen, Sheet, stroke};

/// How high the labels below or above a chart are, and how wide those beside it.
const LABELS_HIGH: i32 = 22;
pub(super) const LABELS_WIDE: i32 = 56;

/// Where the figures of a chart are on the sheet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Frame {
    pub(super) fn right(self) -> i32 {
        self.left + self.width
    }

    pub(super) fn bottom(self) -> i32 {
        self.top + self.height
    }
}

/// On which sides the ticks have labels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Labels {
    pub(super) left: bool,
    pub(super) top: bool,
    pub(super) bottom: bool,
}

/// How a tick of the lower axis is written.
pub(super) type Written<'a> = &'a dyn Fn(f64) -> String;

/// A chart on a sheet.
pub(super) struct Chart<'a> {
    context: ChartContext<'a, plotters::backend::SVGBackend<'a>, Cartesian2d<Scale, Scale>>,
}

impl<'a> Chart<'a> {
    /// Draws the grid. Only axes with labels have lines, and the lower axis.
    pub(super) fn draw(
        sheet: &Sheet<'a>,
        frame: Frame,
        (x, y): (&Scale, &Scale),
        labels: Labels,
        written: Written<'_>,
    ) -> Result<Self, PictureError> {
        let room = |wanted: bool, size: i32| if wanted { size } else { 0 };
        let (left, top) = (room(labels.left, LABELS_WIDE), room(labels.top, LABELS_HIGH));
        let bottom = room(labels.bottom, LABELS_HIGH);
        let outer = (frame.width + left + 1, frame.height + top + bottom + 1);
        let area = sheet.area.clone().shrink((frame.left - left, frame.top - top), outer);
        let mut context = ChartBuilder::on(&area)
            .set_label_area_size(LabelAreaPosition::Left, left)
            .set_label_area_size(LabelAreaPosition::Top, top)
            .set_label_area_size(LabelAreaPosition::Bottom, bottom)
            .build_cartesian_2d(x.clone(), y.clone())?;
        let mut mesh = context.configure_mesh();
        if !labels.left {
            mesh.disable_y_mesh();
        }
        // Ticks are not drawn; they keep labels at a distance.
        mesh.axis_style(Paint::Rule.faint(0.0))
            .set_all_tick_mark_size(3)
            .bold_line_style(stroke(Paint::Rule.faint(1.0), 1))
            .light_line_style(Paint::Rule.faint(0.0))
            .label_style(Pen::SMALL.style())
            .x_label_formatter(&|value: &f64| written(*value))
            .y_label_formatter(&|value: &f64| y.written(*value))
            .draw()?;
        Ok(Self { context })
    }

    /// Where a pair of figures lies.
    pub(super) fn at(&self, x: f64, y: f64) -> (i32, i32) {
        self.context.backend_coord(&(x, y))
    }
}
