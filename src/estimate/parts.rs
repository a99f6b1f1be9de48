//! How large an audience is, and what makes it so: each criterion by itself, and what it lets through or brings in.
//!
//! In: audiences of a model. Out: an estimate of each, with its criteria in the order in which they were written. What always holds: the size after
//! the last criterion of the outermost group is that of the audience.

use roaring::RoaringBitmap;
use serde::Serialize;

use super::obstacle::{Obstacle, Obstacles};
use super::trial::{Answers, Question, Trial};
use super::{Effort, Frame, Size};
use crate::base::{Address, Now, Origin};
use crate::eval::Stored;
use crate::ir::{Audience, Criterion, Kind, Model};
use crate::store::Store;

/// How criteria of a group go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Joint {
    /// All of them must hold.
    All,
    /// One of them must hold.
    Any,
}

/// Estimates, with who was asked for them.
#[derive(Clone, Debug)]
pub struct Estimates {
    /// Who was asked.
    pub frame: Frame,
    /// Each audience, in the order asked for.
    pub audiences: Vec<AudienceEstimate>,
}

/// The estimate of one audience.
#[derive(Clone, Debug)]
pub struct AudienceEstimate {
    /// The definition.
    pub audience: Audience,
    /// Everybody who could be in it (M12).
    pub population: Size,
    /// How many are in it; or why that cannot be said.
    pub size: Result<Size, Obstacle>,
    /// How the criteria of the outermost group go together.
    pub joint: Joint,
    /// Its criteria, outermost first.
    pub parts: Vec<Part>,
    /// The members among those asked.
    pub members: RoaringBitmap,
}

/// One criterion of an audience.
#[derive(Clone, Debug)]
pub struct Part {
    /// Where it stands: `2` is the second of the outermost group, `2.1` the first inside that.
    pub position: String,
    /// Its label, if any.
    pub label: Option<String>,
    /// What it asks, as the language writes it.
    pub text: String,
    /// Where it was written.
    pub origin: Origin,
    /// How many of the population it holds for by itself; or why that cannot be said.
    pub alone: Result<Size, Obstacle>,
    /// What it does in the outermost group; `None` further inside.
    pub step: Option<Step>,
}

/// What a criterion of the outermost group does.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// With this one and those before it: how many are left where all must hold, how many are in where one must.
    pub after: Size,
    /// How many only this one keeps out where all must hold, how many only this one brings in where one must.
    pub only: Size,
}

/// Estimates audiences, with their criteria.
pub fn estimate<'a>(
    model: &'a Model,
    store: &'a Store,
    now: Now,
    stored: &Stored,
    audiences: &[&'a Audience],
    effort: Effort,
) -> Estimates {
    let mut trial = Trial::new(model);
    let asked: Vec<Asked<'a>> = audiences.iter().map(|audience| Asked::about(audience, &mut trial)).collect();
    let answers = trial.answer(store, now, stored, effort);
    let mut obstacles = Obstacles::new(model, store);
    let mut finish = |asked: &Asked<'a>| {
        let size = |question| answers.size(question);
        let may = |obstacle: Option<Obstacle>, question| obstacle.map_or_else(|| Ok(size(question)), Err);
        let mut steps = steps(asked, &answers).into_iter();
        let parts = asked.parts.iter().map(|part| Part {
            position: part.position.clone(),
            label: part.criterion.label.as_ref().map(ToString::to_string),
            text: part.criterion.to_string(),
            origin: part.criterion.origin,
            alone: may(obstacles.of(part.criterion), part.alone),
            step: if part.is_outer { steps.next() } else { None },
        });
        let parts = parts.collect();
        AudienceEstimate {
            audience: asked.audience.clone(),
            population: size(asked.population),
            size: may(obstacles.of_audience(asked.audience), asked.whole),
            joint: asked.joint,
            parts,
            members: answers.members(asked.whole).clone(),
        }
    };
    let audiences = asked.iter().map(&mut finish).collect();
    Estimates { audiences, frame: answers.frame }
}

/// The size of each audience, without its criteria.
pub fn sizes<'a>(
    model: &'a Model,
    store: &'a Store,
    now: Now,
    stored: &Stored,
    audiences: &[&'a Audience],
) -> Vec<(Address, Result<Size, Obstacle>)> {
    let mut trial = Trial::new(model);
    let asked: Vec<Question> = audiences.iter().map(|audience| trial.ask_audience(audience)).collect();
    let answers = trial.answer(store, now, stored, Effort::Quick);
    let mut obstacles = Obstacles::new(model, store);
    let of = |(audience, question): (&&'a Audience, Question)| {
        let size = obstacles.of_audience(audience).map_or_else(|| Ok(answers.size(question)), Err);
        (audience.address.clone(), size)
    };
    audiences.iter().zip(asked).map(of).collect()
}

/// What is asked about one audience.
struct Asked<'a> {
    audience: &'a Audience,
    population: Question,
    whole: Question,
    joint: Joint,
    parts: Vec<AskedPart<'a>>,
}

struct AskedPart<'a> {
    criterion: &'a Criterion,
    position: String,
    alone: Question,
    is_outer: bool,
}

impl<'a> Asked<'a> {
    fn about(audience: &'a Audience, trial: &mut Trial<'_>) -> Self {
        let criterion: &Criterion = &audience.criterion;
        let population = trial.ask(audience, Criterion::new(Kind::Everyone));
        let whole = trial.ask_audience(audience);
        let (joint, group) = group(criterion);
        let mut asked = Self { audience, population, whole, joint, parts: Vec::new() };
        for (at, each) in group.into_iter().enumerate() {
            asked.add(each, (at + 1).to_string(), true, trial);
        }
        asked
    }

    fn add(&mut self, criterion: &'a Criterion, position: String, is_outer: bool, trial: &mut Trial<'_>) {
        let alone = trial.ask(self.audience, criterion.clone());
        let inside = inside(criterion);
        self.parts.push(AskedPart { criterion, position: position.clone(), alone, is_outer });
        for (at, each) in inside.into_iter().enumerate() {
            self.add(each, format!("{position}.{}", at + 1), false, trial);
        }
    }
}

/// What each criterion of the outermost group does: with those before it, and against all others together. Both follow from whom each one holds
/// for by itself.
fn steps(asked: &Asked<'_>, answers: &Answers) -> Vec<Step> {
    let alone: Vec<&RoaringBitmap> =
        asked.parts.iter().filter(|part| part.is_outer).map(|part| answers.members(part.alone)).collect();
    let join = |a: &RoaringBitmap, b: &RoaringBitmap| match asked.joint {
        Joint::All => a & b,
        Joint::Any => a | b,
    };
    let of_none = match asked.joint {
        Joint::All => answers.members(asked.population).clone(),
        Joint::Any => RoaringBitmap::new(),
    };
    // All behind each one together, the last one first.
    let mut behind = vec![of_none.clone()];
    for each in alone.iter().skip(1).rev() {
        let next = behind.last().map_or_else(|| (*each).clone(), |after| join(each, after));
        behind.push(next);
    }
    let mut before = of_none;
    let mut steps = Vec::with_capacity(alone.len());
    for (each, behind) in alone.iter().zip(behind.iter().rev()) {
        let after = join(&before, each);
        let (others, whole) = (join(&before, behind), join(&after, behind));
        let only = if asked.joint == Joint::All { others - whole } else { whole - others };
        steps.push(Step { after: answers.frame.size(after.len()), only: answers.frame.size(only.len()) });
        before = after;
    }
    steps
}

/// The criteria of a group, or of one that is excluded, as written; none of any other criterion.
pub(super) fn inside(criterion: &Criterion) -> Vec<&Criterion> {
    match &criterion.kind {
        Kind::Not(inner) if matches!(inner.kind, Kind::All(_) | Kind::Any(_)) => Criterion::as_written(members(inner)),
        _ => Criterion::as_written(members(criterion)),
    }
}

/// The outermost group of a criterion; one criterion is a group of itself.
pub(super) fn group(criterion: &Criterion) -> (Joint, Vec<&Criterion>) {
    match &criterion.kind {
        Kind::Everyone => (Joint::All, Vec::new()),
        Kind::All(inner) => (Joint::All, Criterion::as_written(inner)),
        Kind::Any(inner) => (Joint::Any, Criterion::as_written(inner)),
        _ => (Joint::All, vec![criterion]),
    }
}

/// The criteria of a group.
fn members(criterion: &Criterion) -> &[Criterion] {
    match &criterion.kind {
        Kind::All(inner) | Kind::Any(inner) => inner,
        _ => &[],
    }
}
