//! Figures as pictures: SVG, and HTML pages of pictures, text and tables.
//!
//! In: labels and plain figures, and a [`Theme`]. Out: text, the same for the same figures. Nothing in here knows what
//! the figures mean, reads a file or asks for a font. Every drawing takes every input: figures that are no numbers are
//! left out, those beyond what an axis can hold lie at its edge, and labels are escaped, cut to their room and whole in
//! a tooltip. Pictures need no script and nothing from outside, and say in words what they show.
//!
//! ```
//! use aud::picture::{SizeRow, Sizes, Theme};
//! let sizes = Sizes {
//!     title: "How many are in it".to_owned(),
//!     unit: "people".to_owned(),
//!     rows: vec![SizeRow { label: "buyers".to_owned(), value: Some(12_400), interval: None, note: None }],
//! };
//! assert!(sizes.svg(Theme::Light)?.contains("12,400"));
//! # Ok::<(), aud::picture::PictureError>(())
//! ```

mod browse;
mod chart;
mod curve;
mod days;
mod matrix;
mod moves;
mod page;
mod palette;
mod rows;
mod scale;
mod shares;
mod sheet;
mod sizes;
mod table;
mod text;
mod waterfall;

use plotters::drawing::DrawingAreaErrorKind;
use thiserror::Error;

pub use browse::{Browse, BrowseCell, Tone};
pub use curve::{Axis, Curve, CurvePoint, Marker};
pub use days::{DayFigures, Days};
pub use matrix::{Matrix, MatrixCell, MatrixRow};
pub use moves::{Moves, MovesRow};
pub use page::{Figure, Page, Part};
pub use palette::Theme;
pub use scale::Unit;
pub use shares::{ShareRow, Shares};
pub use sizes::{SizeRow, Sizes};
pub use table::{Column, Table};
pub use waterfall::{Step, Waterfall};

/// Why a picture could not be drawn. Drawing into a text does not fail; the drawing crate cannot say so in its types.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the picture could not be drawn: {0}")]
pub struct PictureError(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for PictureError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// How large a picture is, in pixels. It follows from how many rows there are, and never is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// Between which two figures the true one is thought to lie. Which of them is the smaller one does not matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Both ends in order, unless one of them is no number.
    fn ends(self) -> Option<(f64, f64)> {
        let (low, high) = (scale::number(self.low)?, scale::number(self.high)?);
        Some((low.min(high), low.max(high)))
    }
}

/// Any one drawing, for a [`Page`].
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    /// Bars, one a row.
    Sizes(Sizes),
    /// What is left after each step.
    Waterfall(Waterfall),
    /// What everything has in common with everything.
    Matrix(Matrix),
    /// One figure that depends on another one.
    Curve(Curve),
    /// Size, adds and drops of each day.
    Days(Days),
    /// Shares asked for and shares that are.
    Shares(Shares),
    /// What comes in and what goes out.
    Moves(Moves),
}

impl Drawing {
    /// The drawing as SVG.
    pub fn svg(&self, theme: Theme) -> Result<String, PictureError> {
        match self {
            Self::Sizes(drawing) => drawing.svg(theme),
            Self::Waterfall(drawing) => drawing.svg(theme),
            Self::Matrix(drawing) => drawing.svg(theme),
            Self::Curve(drawing) => drawing.svg(theme),
            Self::Days(drawing) => drawing.svg(theme),
            Self::Shares(drawing) => drawing.svg(theme),
            Self::Moves(drawing) => drawing.svg(theme),
        }
    }

    /// How large the SVG is.
    pub fn size(&self) -> Size {
        match self {
            Self::Sizes(drawing) => drawing.size(),
            Self::Waterfall(drawing) => drawing.size(),
            Self::Matrix(drawing) => drawing.size(),
            Self::Curve(drawing) => drawing.size(),
            Self::Days(drawing) => drawing.size(),
            Self::Shares(drawing) => drawing.size(),
            Self::Moves(drawing) => drawing.size(),
        }
    }
}
