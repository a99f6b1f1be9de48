//! The size of an audience as one of its numbers varies.
//!
//! In: an audience, a criterion in it by label or position, values. Out: the size at each value, and the value whose size is nearest to a wanted one.

mod find;
mod values;

use super::dial::{DialKind, Setting, set};
use super::obstacle::Obstacles;
use super::{Basis, Effort, Obstacle, Size, Trial};
use crate::ir::{Audience, Criterion, Kind};

pub use find::SweepError;
use find::find;
use values::{around, between};

/// How often values are looked for between two others or beyond all, where a size is wanted.
const ROUNDS: usize = 12;

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

/// Varies a number of an audience.
///
/// # Errors
/// No such criterion, or none or several numbers in it.
pub fn sweep(
    basis: Basis<'_>,
    audience: &Audience,
    request: &SweepRequest,
    effort: Effort,
) -> Result<Sweep, SweepError> {
    let (found, at, written) = find(audience, request)?;
    let with = |setting| replaced(&audience.criterion, found, &set(found, at, setting));
    let mut settings = if request.values.is_empty() { around(written, basis.model) } else { request.values.clone() };
    let mut steps: Vec<(Setting, Size)> = Vec::new();
    let mut frame = None;
    for _ in 0..=ROUNDS {
        let mut trial = Trial::new(basis);
        let asked: Vec<_> = settings.iter().map(|setting| (*setting, trial.ask(audience, with(*setting)))).collect();
        let answers = match frame.take() {
            None => trial.answer(effort),
            Some(frame) => trial.answer_in(frame),
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
    let obstacle = Obstacles::new(basis.model, basis.store).of_audience(audience);
    Ok(Sweep { criterion: found.to_string(), obstacle, written, steps, nearest, asked })
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

/// One number for a size.
fn middle(size: Size) -> u64 {
    size.best().unwrap_or_else(|| size.range().0)
}

/// How far a size is off.
fn off(size: Size, target: u64) -> u64 {
    middle(size).abs_diff(target)
}
