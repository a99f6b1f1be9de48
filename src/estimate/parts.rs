//! How large an audience is, and what makes it so: each criterion by itself, and what it lets through or brings in.
//!
//! In: audiences of a model. Out: an estimate of each, with its criteria in the order in which they were written. What always holds: the size after
//! the last criterion of the outermost group is that of the audience.

use roaring::RoaringBitmap;
use serde::Serialize;

use super::obstacle::{Obstacle, Obstacles};
use super::trial::{Question, Trial};
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
        let whole = answers.members(asked.whole);
        let parts = asked.parts.iter().map(|part| {
            let step = part.step.map(|(after, without)| {
                let without = answers.members(without);
                let only = if asked.joint == Joint::All { without - whole } else { whole - without };
                Step { after: size(after), only: answers.frame.size(only.len()) }
            });
            Part {
                position: part.position.clone(),
                label: part.criterion.label.as_ref().map(ToString::to_string),
                text: part.criterion.to_string(),
                origin: part.criterion.origin,
                alone: may(obstacles.of(part.criterion), part.alone),
                step,
            }
        });
        let parts = parts.collect();
        AudienceEstimate {
            audience: asked.audience.clone(),
            population: size(asked.population),
            size: may(obstacles.of_audience(asked.audience), asked.whole),
            joint: asked.joint,
            parts,
            members: whole.clone(),
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
    /// With those before it; and all but this one.
    step: Option<(Question, Question)>,
}

impl<'a> Asked<'a> {
    fn about(audience: &'a Audience, trial: &mut Trial<'_>) -> Self {
        let criterion: &Criterion = &audience.criterion;
        let population = trial.ask(audience, Criterion::new(Kind::Everyone));
        let whole = trial.ask_audience(audience);
        let (joint, group) = group(criterion);
        let mut asked = Self { audience, population, whole, joint, parts: Vec::new() };
        for (at, each) in group.iter().enumerate() {
            let position = (at + 1).to_string();
            let join = |criteria: Vec<Criterion>| joined(joint, criteria);
            let before = group.iter().take(at + 1).map(|each| (*each).clone()).collect();
            let others = group.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.map(|(_, each)| (*each).clone()).collect();
            let step = Some((trial.ask(audience, join(before)), trial.ask(audience, join(others))));
            asked.add(each, position, step, trial);
        }
        asked
    }

    fn add(
        &mut self,
        criterion: &'a Criterion,
        position: String,
        step: Option<(Question, Question)>,
        trial: &mut Trial<'_>,
    ) {
        let alone = trial.ask(self.audience, criterion.clone());
        let inside = inside(criterion);
        self.parts.push(AskedPart { criterion, position: position.clone(), alone, step });
        for (at, each) in inside.into_iter().enumerate() {
            self.add(each, format!("{position}.{}", at + 1), None, trial);
        }
    }
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

/// Criteria as one: of none, all hold for everybody and any for nobody.
fn joined(joint: Joint, criteria: Vec<Criterion>) -> Criterion {
    match (joint, criteria.len()) {
        (Joint::All, 0) => Criterion::new(Kind::Everyone),
        (Joint::Any, 0) => Criterion::new(Kind::Not(Box::new(Criterion::new(Kind::Everyone)))),
        (Joint::All, _) => Criterion::new(Kind::All(criteria)),
        (Joint::Any, _) => Criterion::new(Kind::Any(criteria)),
    }
}
