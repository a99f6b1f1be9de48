//! How large an audience is, and what makes it so: each criterion by itself, and what it lets through or brings in.
//!
//! In: audiences of a model. Out: an estimate of each, with its criteria in the order in which they were written. What always holds: the size after
//! the last criterion of the outermost group is that of the audience.

use roaring::RoaringBitmap;

use super::obstacle::{Obstacle, Obstacles};
use super::place::{Joint, Place, places};
use super::trial::{Answers, Basis, Question, Trial};
use super::{Effort, Frame, Size};
use crate::base::Origin;
use crate::ir::{Audience, Criterion, Kind};

/// What is asked about audiences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// How large each one is.
    Sizes,
    /// And each of its criteria.
    Criteria,
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

/// Estimates audiences.
pub fn estimate<'a>(basis: Basis<'a>, audiences: &[&'a Audience], detail: Detail, effort: Effort) -> Estimates {
    let mut trial = Trial::new(basis);
    let asked: Vec<Asked<'a>> = audiences.iter().map(|audience| Asked::about(audience, detail, &mut trial)).collect();
    let answers = trial.answer(effort);
    let mut obstacles = Obstacles::new(basis.model, basis.store);
    let mut finish = |asked: &Asked<'a>| {
        let size = |question| answers.size(question);
        let may = |obstacle: Option<Obstacle>, question| obstacle.map_or_else(|| Ok(size(question)), Err);
        let mut steps = steps(asked, &answers).into_iter();
        let parts = asked.parts.iter().map(|part| Part {
            position: part.place.position.clone(),
            label: part.place.criterion.label.as_ref().map(ToString::to_string),
            text: part.place.criterion.to_string(),
            origin: part.place.criterion.origin,
            alone: may(obstacles.of(part.place.criterion), part.alone),
            step: if part.place.is_outer() { steps.next() } else { None },
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

/// What is asked about one audience.
struct Asked<'a> {
    audience: &'a Audience,
    population: Question,
    whole: Question,
    joint: Joint,
    parts: Vec<AskedPart<'a>>,
}

struct AskedPart<'a> {
    place: Place<'a>,
    alone: Question,
}

impl<'a> Asked<'a> {
    fn about(audience: &'a Audience, detail: Detail, trial: &mut Trial<'_>) -> Self {
        let population = trial.ask(audience, Criterion::new(Kind::Everyone));
        let whole = trial.ask_audience(audience);
        let (joint, places) = places(&audience.criterion);
        let places = if detail == Detail::Criteria { places } else { Vec::new() };
        let ask = |place: Place<'a>| AskedPart { alone: trial.ask(audience, place.criterion.clone()), place };
        Self { audience, population, whole, joint, parts: places.into_iter().map(ask).collect() }
    }
}

/// What each criterion of the outermost group does: with those before it, and against all others together. Both follow from whom each one holds
/// for by itself.
fn steps(asked: &Asked<'_>, answers: &Answers) -> Vec<Step> {
    let alone: Vec<&RoaringBitmap> =
        asked.parts.iter().filter(|part| part.place.is_outer()).map(|part| answers.members(part.alone)).collect();
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
