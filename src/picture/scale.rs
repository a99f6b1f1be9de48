//! From figures to places on an axis, and the ticks of the axis.
//!
//! In: the figures that an axis must hold. Out: a [`Scale`], which the drawing crate uses as a coordinate: its own ones
//! stop the program on figures that are no numbers. Here every figure has a place; those outside lie at the edge.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use crate::base::number::grouped;

/// What the figures of an axis are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Things that are counted: no tick lies between two of them.
    #[default]
    Count,
    /// Parts of one whole, from 0 to 1, written in per cent.
    Share,
    /// Any number.
    Number,
}

/// Figures beyond it lie at the edge. Sums and differences of such figures stay finite.
const LARGEST: f64 = 1e30;

/// A figure that has a place on an axis: infinite ones lie at its edge.
pub(super) fn number(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

/// A figure that an axis is made to hold.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-LARGEST, LARGEST))
}

/// An axis.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
    unit: Unit,
    ticks: Vec<f64>,
    /// How far neighbouring ticks are from each other; zero where it is a ratio that stays the same.
    step: f64,
}

impl Scale {
    /// An axis from zero to the first tick that no figure is above.
    pub(super) fn from_zero(values: impl Iterator<Item = f64>, unit: Unit, most_ticks: u32) -> Self {
        let (low, high) =
            values.filter_map(finite).fold((0.0, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
        Self::linear(low, high, unit, most_ticks)
    }

    /// An axis from zero to exactly the largest figure, for bars: no room is left empty behind the longest one.
    pub(super) fn for_bars(values: impl Iterator<Item = f64>, unit: Unit, most_ticks: u32) -> Self {
        let longest = values.filter_map(finite).fold(0.0, f64::max);
        let scale = Self::linear(0.0, longest, unit, most_ticks);
        if longest <= 0.0 {
            return scale;
        }
        let ticks = scale.ticks.iter().copied().filter(|tick| *tick <= longest).collect();
        Self { low: 0.0, high: longest, ticks, ..scale }
    }

    /// An axis from the smallest figure to the largest one, to whole ticks. A single figure has room on both sides.
    pub(super) fn around(values: impl Iterator<Item = f64>, unit: Unit, most_ticks: u32) -> Self {
        let (low, high) = ends(values.filter_map(finite)).unwrap_or((0.0, 1.0));
        let room = if low == high { (low.abs() * 0.1).max(1e-3) } else { 0.0 };
        let least = if low >= 0.0 { 0.0 } else { f64::MIN };
        Self::linear((low - room).max(least), high + room, unit, most_ticks)
    }

    /// An axis on which as many pixels are the same ratio everywhere. Figures that are not above zero lie at its start.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64>, unit: Unit, most_ticks: u32) -> Self {
        let positive = values.filter_map(finite).filter(|value| *value > 0.0).map(|value| value.max(1.0 / LARGEST));
        let (low, high) = ends(positive).unwrap_or((1.0, 10.0));
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        let last = last.max(first + 1);
        let few = last - first <= 2;
        let every = ((last - first) as u32).div_ceil(most_ticks.max(1)).max(1) as usize;
        let within: &[f64] = if few { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let ticks =
            (first..=last).step_by(every).flat_map(|power| within.iter().map(move |each| each * 10f64.powi(power)));
        let (low, high) = (10f64.powi(first), 10f64.powi(last));
        Self { low, high, logarithmic: true, unit, ticks: ticks.filter(|tick| *tick <= high).collect(), step: 0.0 }
    }

    /// An axis of places: one for each whole number below `count`, with half a place around.
    pub(super) fn places(count: usize, every: usize) -> Self {
        let ticks = (0..count).step_by(every.max(1)).map(|place| place as f64).collect();
        Self { low: -0.5, high: count.max(1) as f64 - 0.5, logarithmic: false, unit: Unit::Count, ticks, step: 1.0 }
    }

    fn linear(low: f64, high: f64, unit: Unit, most_ticks: u32) -> Self {
        let least = match unit {
            Unit::Count => 1.0,
            Unit::Share | Unit::Number => 1e-9,
        };
        // A range that is lost in the digits of its ends is none.
        let range = (high - low).max(least).max(low.abs().max(high.abs()) * 1e-9);
        let step = nice(range / f64::from(most_ticks.max(2) - 1)).max(least);
        let (first, last) = ((low / step).floor(), ((low + range) / step).ceil());
        let count = ((last - first) as u32).min(2 * most_ticks.max(2));
        let ticks: Vec<f64> = (0..=count).map(|at| (first + f64::from(at)) * step).collect();
        let high = ticks.last().copied().unwrap_or(low + range);
        Self { low: first * step, high, logarithmic: false, unit, ticks, step }
    }

    /// Where a figure lies between the ends, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let place = if self.logarithmic {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) }
    }

    /// Whether a figure can be drawn at all: none below zero has a place among ratios.
    pub(super) fn holds(&self, value: f64) -> bool {
        !value.is_nan() && (!self.logarithmic || value > 0.0)
    }

    /// A tick, or any figure of the axis, as it is written.
    pub(super) fn written(&self, value: f64) -> String {
        match self.unit {
            Unit::Share if value.abs() < 100.0 => format!("{}%", digits(value * 100.0, self.step * 100.0)),
            Unit::Share => format!("{}%", short(value * 100.0, self.step * 100.0)),
            Unit::Count | Unit::Number => short(value, self.step),
        }
    }
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (f64::from(end - start) * self.share(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below a step.
fn nice(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|each| each * power).find(|each| *each >= step * 0.999_999).unwrap_or(10.0 * power)
}

/// A number in few characters: `950`, `20k`, `1.2M`. `step` is how far the next tick is, zero where that is a ratio.
pub(super) fn short(value: f64, step: f64) -> String {
    let size = value.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-6) {
        let text = format!("{value:.2e}");
        return text.replace(".00e", "e").replace("0e", "e").replace('-', "−");
    }
    let (unit, mark) = match size {
        1e12.. => (1e12, "T"),
        1e9.. => (1e9, "B"),
        1e6.. => (1e6, "M"),
        1e3.. => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{mark}", digits(value / unit, step / unit))
}

/// A count in all its digits, unless those are more than anybody reads.
pub(super) fn counted(value: u64) -> String {
    if value < 1_000_000_000_000 { grouped(value) } else { rough(value as f64) }
}

/// A number in three digits: `950`, `12.3k`, `1.25M`.
pub(super) fn rough(value: f64) -> String {
    let size = value.abs();
    let step = if size > 0.0 && size.is_finite() { 10f64.powf(size.log10().floor() - 1.0) } else { 1.0 };
    short((value / step * 10.0).round() * step / 10.0, step)
}

/// As many digits after the point as tell steps apart, and no zeros at the end.
fn digits(value: f64, step: f64) -> String {
    let after = if step > 0.0 { (-step.log10()).ceil().clamp(0.0, 9.0) as usize + 1 } else { 6 };
    let text = format!("{value:.after$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text.as_str() };
    if text == "-0" { "0".to_owned() } else { text.replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(scale: &Scale) -> Vec<String> {
        scale.ticks.iter().map(|tick| scale.written(*tick)).collect()
    }

    #[test]
    fn ticks_are_round_and_short() {
        let counts = |high: f64| written(&Scale::from_zero([high].into_iter(), Unit::Count, 6));
        assert_eq!(counts(0.0), ["0", "1"]);
        assert_eq!(counts(3.0), ["0", "1", "2", "3"]);
        assert_eq!(counts(87_000.0), ["0", "20k", "40k", "60k", "80k", "100k"]);
        assert_eq!(counts(1_150_000.0), ["0", "500k", "1M", "1.5M"]);
        assert_eq!(counts(6_100_000.0), ["0", "2M", "4M", "6M", "8M"]);
        let shares = Scale::from_zero([0.42].into_iter(), Unit::Share, 6);
        assert_eq!(written(&shares), ["0%", "10%", "20%", "30%", "40%", "50%"]);
        let near = Scale::around([1_000_000.0, 1_000_010.0].into_iter(), Unit::Count, 6);
        assert_eq!(written(&near)[..2], ["1M", "1.000002M"]);
    }

    #[test]
    fn bars_end_where_the_axis_does() {
        let scale = Scale::for_bars([1_250_000.0, 3.0].into_iter(), Unit::Count, 6);
        assert_eq!(written(&scale), ["0", "500k", "1M"]);
        assert_eq!((scale.share(1_250_000.0), scale.share(0.0)), (1.0, 0.0));
    }

    #[test]
    fn a_single_figure_has_room_on_both_sides() {
        let scale = Scale::around([100.0].into_iter(), Unit::Count, 6);
        assert!(scale.share(100.0) > 0.2 && scale.share(100.0) < 0.8, "{scale:?}");
    }

    #[test]
    fn rough_numbers_have_three_digits() {
        let all = [0.0, 7.0, 950.0, 1_234.0, 12_345.0, 123_456.0, 999_999.0, 1_250_000.0];
        assert_eq!(all.map(rough), ["0", "7", "950", "1.23k", "12.3k", "123k", "1M", "1.25M"]);
        assert_eq!([999_999_999_999, u64::MAX].map(counted), ["999,999,999,999", "1.84e19"]);
        assert_eq!([f64::NAN, 1.8e19, 0.000_000_1].map(rough), ["NaN", "1.8e19", "1e−7"]);
    }

    #[test]
    fn ratios_have_ticks_of_their_own() {
        let decade = Scale::logarithmic([120.0, 900.0].into_iter(), Unit::Count, 6);
        assert_eq!(written(&decade), ["100", "200", "500", "1k"]);
        let many = Scale::logarithmic([1.0, 1e9].into_iter(), Unit::Count, 6);
        assert_eq!(written(&many), ["1", "100", "10k", "1M", "100M"]);
        assert!((many.share(31_622.776_601_683_79) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn every_figure_has_a_place() {
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE, -0.0, u64::MAX as f64];
        for first in odd {
            for second in odd {
                for unit in [Unit::Count, Unit::Share, Unit::Number] {
                    let all = || [first, second].into_iter();
                    let scales = [
                        Scale::from_zero(all(), unit, 6),
                        Scale::around(all(), unit, 6),
                        Scale::logarithmic(all(), unit, 6),
                    ];
                    for scale in scales {
                        assert!(scale.ticks.len() <= 20, "{scale:?}");
                        assert!(odd.into_iter().all(|value| (0..=500).contains(&scale.map(&value, (0, 500)))));
                        assert!(written(&scale).iter().all(|tick| tick.len() < 24), "{:?}", written(&scale));
                    }
                }
            }
        }
    }
}
