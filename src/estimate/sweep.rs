//! The size of an audience as one of its numbers varies.
//!
//! In: an audience, a criterion in it by label or position, values. Out: the size at each value, and the value whose size is nearest to a wanted one.

use super::dial::{DialKind, Setting, dials, set};
use super::obstacle::Obstacles;
use super::{Effort, Obstacle, Size, Trial};
use crate::base::{Duration, Now};
use crate::eval::Stored;
use crate::ir::{Audience, Criterion, Float, Kind, Model};
use crate::store::Store;

/// How often values are looked for between two others or beyond all, where a size is wanted.
const ROUNDS: usize = 12;
/// How many values are tried between two others.
const BETWEEN: u32 = 8;

/// What to vary.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRequest {
    /// A label, or a position such as `2` or `2.1`.
    pub place: String,
    /// Which of its numbers, where it has several.
    pub kind: Option<DialKind>,
    /// Which of those, from 1 on, where it has several of the kind.
    pub which: Option<usize>,
    /// The values; where there are none, some around the one that is written.
    pub values: Vec<Setting>,
    /// The size that is wanted.
    pub target: Option<u64>,
}

/// The size as one number varies.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// The criterion whose number it is, as the language writes it.
    pub criterion: String,
    /// Why the sizes say little, if so.
    pub obstacle: Option<Obstacle>,
    /// What is written.
    pub written: Setting,
    /// Each value with the size that the audience would have, ascending.
    pub steps: Vec<(Setting, Size)>,
    /// The value whose size is nearest to the wanted one.
    pub nearest: Option<(Setting, Size)>,
    /// How many users were asked, of how many.
    pub asked: (u64, u64),
}

/// Why nothing can be varied.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SweepError {
    /// No such criterion.
    #[error("no criterion `{place}` in `{audience}`; it has {}", if known.is_empty() { "none" } else { known })]
    Unknown {
        /// The audience.
        audience: String,
        /// What was asked for.
        place: String,
        /// Labels and positions.
        known: String,
    },
    /// It has no such number.
    #[error("`{criterion}` has no {what} that could vary{}", if known.is_empty() { String::new() } else { format!("; it has {known}") })]
    NoDial {
        /// The criterion.
        criterion: String,
        /// What was looked for.
        what: &'static str,
        /// What it has, and what that is set to.
        known: String,
    },
    /// It has several.
    #[error(
        "`{criterion}` has several numbers ({known}); name one criterion, or one of these behind its place: {}", choices.join(", "))]
    Ambiguous {
        /// The criterion.
        criterion: String,
        /// What they are set to.
        known: String,
        /// How each one is named.
        choices: Vec<String>,
    },
    /// A value is of another kind.
    #[error("`{value}` is no {kind} for `{criterion}`, which has {written}")]
    WrongKind {
        /// The value.
        value: Setting,
        /// The kind of the dial.
        kind: &'static str,
        /// The criterion.
        criterion: String,
        /// What is written.
        written: Setting,
    },
}

/// Varies a number of an audience.
///
/// # Errors
/// No such criterion, or none or several numbers in it.
pub fn sweep(
    model: &Model,
    store: &Store,
    now: Now,
    stored: &Stored,
    audience: &Audience,
    request: &SweepRequest,
    effort: Effort,
) -> Result<Sweep, SweepError> {
    let (found, at, written) = find(audience, request)?;
    let with = |setting| replaced(&audience.criterion, found, &set(found, at, setting));
    let mut settings = if request.values.is_empty() { around(written, model) } else { request.values.clone() };
    let mut steps: Vec<(Setting, Size)> = Vec::new();
    let mut frame = None;
    for _ in 0..=ROUNDS {
        let mut trial = Trial::new(model);
        let asked: Vec<_> = settings.iter().map(|setting| (*setting, trial.ask(audience, with(*setting)))).collect();
        let answers = match frame.take() {
            None => trial.answer(store, now, stored, effort),
            Some(frame) => trial.answer_in(frame, store, now, stored),
        };
        steps.extend(asked.into_iter().map(|(setting, question)| (setting, answers.size(question))));
        steps.sort_by(|(a, _), (b, _)| a.number().total_cmp(&b.number()));
        steps.dedup_by_key(|(setting, _)| setting.number());
        frame = Some(answers.frame);
        settings = request.target.map_or_else(Vec::new, |target| between(&steps, target, written));
        settings.retain(|setting| steps.iter().all(|(known, _)| known != setting));
        if settings.is_empty() {
            break;
        }
    }
    let nearest = request.target.and_then(|target| steps.iter().min_by_key(|(_, size)| off(*size, target)).copied());
    let asked = frame.map_or((0, 0), |frame| (frame.asked, frame.users));
    let obstacle = Obstacles::new(model, store).of_audience(audience);
    Ok(Sweep { criterion: found.to_string(), obstacle, written, steps, nearest, asked })
}

/// The criterion of a place, the number of its dial, and what that is set to.
fn find<'a>(audience: &'a Audience, request: &SweepRequest) -> Result<(&'a Criterion, usize, Setting), SweepError> {
    let places = places(&audience.criterion);
    let is_asked = |(position, criterion): &&(String, &Criterion)| {
        *position == request.place || criterion.label.as_ref().is_some_and(|label| *label == *request.place)
    };
    let Some((_, found)) = places.iter().find(is_asked) else {
        let name = |(position, criterion): &(String, &Criterion)| match &criterion.label {
            Some(label) => format!("{position} ({label})"),
            None => position.clone(),
        };
        return Err(SweepError::Unknown {
            audience: audience.address.to_string(),
            place: request.place.clone(),
            known: places.iter().map(name).collect::<Vec<_>>().join(", "),
        });
    };
    let asked = request.kind.or_else(|| request.values.first().map(|value| value.kind()));
    let all: Vec<(usize, Setting)> = dials(found).into_iter().enumerate().collect();
    let fits = |setting: &Setting| asked.is_none_or(|kind| kind == setting.kind());
    let mut fitting: Vec<&(usize, Setting)> = all.iter().filter(|(_, setting)| fits(setting)).collect();
    if let Some(one) = request.which.and_then(|which| fitting.get(which.checked_sub(1)?).copied()) {
        fitting = vec![one];
    }
    let listed = |all: &mut dyn Iterator<Item = &(usize, Setting)>| {
        all.map(|(_, setting)| format!("{} {setting}", setting.kind().word())).collect::<Vec<_>>().join(", ")
    };
    match (fitting.as_slice(), all.as_slice()) {
        ([(at, written)], _) => match request.values.iter().find(|value| value.kind() != written.kind()) {
            Some(value) => Err(SweepError::WrongKind {
                value: *value,
                kind: written.kind().word(),
                criterion: found.to_string(),
                written: *written,
            }),
            None => Ok((found, *at, *written)),
        },
        ([], [(_, written), ..]) if !request.values.is_empty() => Err(SweepError::WrongKind {
            value: request.values.first().copied().unwrap_or(*written),
            kind: written.kind().word(),
            criterion: found.to_string(),
            written: *written,
        }),
        ([], _) => Err(SweepError::NoDial {
            criterion: found.to_string(),
            what: asked.map_or("number or length of time", DialKind::word),
            known: listed(&mut all.iter()),
        }),
        (several, _) => Err(SweepError::Ambiguous {
            criterion: found.to_string(),
            known: listed(&mut several.iter().copied()),
            choices: choices(several),
        }),
    }
}

/// How each of several dials is named: `:time`, or where there are several of a kind `:time:2`.
fn choices(several: &[&(usize, Setting)]) -> Vec<String> {
    let kind = |(_, setting): &&(usize, Setting)| setting.kind();
    let name = |(at, each): (usize, &&(usize, Setting))| {
        let word = kind(each).word();
        let before = several.iter().take(at).filter(|other| kind(other) == kind(each)).count();
        match several.iter().filter(|other| kind(other) == kind(each)).count() {
            1 => format!("`:{word}`"),
            _ => format!("`:{word}:{}`", before + 1),
        }
    };
    several.iter().enumerate().map(name).collect()
}

/// Every criterion with its position, as estimates number them.
fn places(criterion: &Criterion) -> Vec<(String, &Criterion)> {
    fn inside<'a>(criterion: &'a Criterion, position: &str, into: &mut Vec<(String, &'a Criterion)>) {
        into.push((position.to_owned(), criterion));
        for (at, each) in super::parts::inside(criterion).into_iter().enumerate() {
            inside(each, &format!("{position}.{}", at + 1), into);
        }
    }
    let mut all = Vec::new();
    for (at, each) in super::parts::group(criterion).1.into_iter().enumerate() {
        inside(each, &(at + 1).to_string(), &mut all);
    }
    all
}

/// The criterion with one part of it replaced.
fn replaced(whole: &Criterion, part: &Criterion, by: &Criterion) -> Criterion {
    if std::ptr::eq(whole, part) {
        return by.clone();
    }
    let all = |inner: &[Criterion]| inner.iter().map(|each| replaced(each, part, by)).collect();
    let kind = match &whole.kind {
        Kind::All(inner) => Kind::All(all(inner)),
        Kind::Any(inner) => Kind::Any(all(inner)),
        Kind::Not(inner) => Kind::Not(Box::new(replaced(inner, part, by))),
        other => other.clone(),
    };
    Criterion { label: whole.label.clone(), kind, origin: whole.origin }
}

/// Values around one.
fn around(written: Setting, model: &Model) -> Vec<Setting> {
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
fn between(steps: &[(Setting, Size)], target: u64, written: Setting) -> Vec<Setting> {
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

/// One number for a size.
fn middle(size: Size) -> u64 {
    size.best().unwrap_or_else(|| size.range().0)
}

/// How far a size is off.
fn off(size: Size, target: u64) -> u64 {
    middle(size).abs_diff(target)
}
