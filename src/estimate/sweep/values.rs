//! Which values a sweep tries.
//!
//! In: what is written, or sizes at some values and a wanted size. Out: values around, between or beyond.

use super::super::Size;
use super::super::dial::Setting;
use super::{middle, off};
use crate::base::Duration;
use crate::ir::{Float, Model};

/// How many values are tried between two others.
const BETWEEN: u32 = 8;

/// Values around one.
pub(super) fn around(written: Setting, model: &Model) -> Vec<Setting> {
    let mut values: Vec<Setting> = match written {
        Setting::Count(count) => {
            let near = (count.saturating_sub(3)..=count.saturating_add(3)).chain([1, 2, 3, 5, 10]);
            near.filter(|count| *count > 0).map(Setting::Count).collect()
        }
        Setting::Time(_) => {
            let within = model.event_retention.map_or(i64::MAX, |retention| retention.0);
            let days = [1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90, 180, 365].into_iter();
            let lengths = days.filter_map(|days| Duration::of(days, "days")).filter(|length| length.0 <= within);
            lengths.map(Setting::Time).collect()
        }
        Setting::Value(value) => {
            let parts = [0.1, 0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0, 4.0, 10.0];
            let near = |part: f64| if value.get() == 0.0 { part } else { value.get() * part };
            parts.into_iter().filter_map(|part| Float::new(short(near(part)))).map(Setting::Value).collect()
        }
    };
    values.push(written);
    values.sort_by(|a, b| a.number().total_cmp(&b.number()));
    values.dedup();
    values
}

/// Values between the two neighbours whose sizes have the wanted one between them; lengths of time in the unit that is written.
pub(super) fn between(steps: &[(Setting, Size)], target: u64, written: Setting) -> Vec<Setting> {
    let unit = match written {
        Setting::Time(length) => length.0 / length.largest_unit().0.max(1),
        _ => 1,
    };
    let sizes = |pair: &[(Setting, Size)]| match pair {
        [(a, low), (b, high)] => Some((*a, *b, middle(*low), middle(*high))),
        _ => None,
    };
    let around = steps.windows(2).filter_map(sizes).find(|(_, _, a, b)| (*a.min(b)..=*a.max(b)).contains(&target));
    let Some((from, to, _, _)) = around else { return beyond(steps, target) };
    let at = |part: u32| f64::from(part) / f64::from(BETWEEN + 1);
    let whole = |from: f64, to: f64, part: u32| (from + (to - from) * at(part)).round();
    let setting = |part: u32| match (from, to) {
        (Setting::Count(from), Setting::Count(to)) => Some(Setting::Count(whole(from as f64, to as f64, part) as u64)),
        (Setting::Time(from), Setting::Time(to)) => Some(Setting::Time(time_between(from, to, at(part), unit.max(1)))),
        (Setting::Value(from), Setting::Value(to)) => {
            let between = from.get() + (to.get() - from.get()) * at(part);
            // Between whole numbers that are far enough apart whole ones are tried.
            let is_whole = from.get().fract() == 0.0 && to.get().fract() == 0.0 && to.get() - from.get() > 1.0;
            Float::new(if is_whole { between.round() } else { short(between) }).map(Setting::Value)
        }
        _ => None,
    };
    let mut values: Vec<Setting> =
        (1..=BETWEEN).filter_map(setting).filter(|each| *each != from && *each != to).collect();
    values.dedup();
    values
}

/// A value beyond the end at which the size is nearer to the wanted one; none where it does not change there any more.
fn beyond(steps: &[(Setting, Size)], target: u64) -> Vec<Setting> {
    let ([first, second, ..], [.., before, last]) = (steps, steps) else { return Vec::new() };
    let is_upwards = off(last.1, target) < off(first.1, target);
    let (end, inner) = if is_upwards { (last, before) } else { (first, second) };
    if middle(end.1) == middle(inner.1) {
        return Vec::new();
    }
    let next = match (end.0, is_upwards) {
        (Setting::Count(count), true) => Some(Setting::Count(count.saturating_mul(2).max(1))),
        (Setting::Count(count), false) => (count > 1).then_some(Setting::Count(count / 2)),
        (Setting::Time(time), true) => Some(Setting::Time(Duration(time.0.saturating_mul(2)))),
        (Setting::Time(time), false) => (time.0 > 1000).then_some(Setting::Time(Duration(time.0 / 2000 * 1000))),
        (Setting::Value(value), _) => {
            let away = (value.get() - inner.0.number()) * 2.0;
            Float::new(short(value.get() + away)).map(Setting::Value)
        }
    };
    next.into_iter().collect()
}

/// A number with no more digits than people want to read.
fn short(number: f64) -> f64 {
    format!("{number:.5e}").parse().unwrap_or(number)
}

/// A length between two, in whole steps of a unit.
fn time_between(from: Duration, to: Duration, part: f64, unit: i64) -> Duration {
    let steps = (from.0 as f64 + (to.0 - from.0) as f64 * part) / unit as f64;
    Duration((steps.round() as i64).saturating_mul(unit).clamp(from.0.min(to.0), to.0.max(from.0)))
}
