//! How an audience behaved, and who leaves it by time alone.
//!
//! In: an audience, days. Out: its size at the same time of every day, past and ahead, with who entered and left since the day before. Events are taken from
//! their times: a day in the past knows only those up to it (M9). Attributes, identities and sightings are as last known. The days ahead are what evaluation
//! says then, as long as nothing is written.

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::{Effort, Frame, Obstacle, Size, Trial, obstacle::Obstacles};
use crate::base::{Now, Timestamp};
use crate::eval::Stored;
use crate::ir::{Audience, Model};
use crate::members::Difference;
use crate::store::Store;

/// A day, in ms.
const DAY_MS: i64 = 86_400_000;

/// How an audience behaves over some days.
#[derive(Clone, Debug)]
pub struct History {
    /// The definition.
    pub audience: Audience,
    /// Who was asked.
    pub frame: Frame,
    /// Why the sizes say little, if so.
    pub obstacle: Option<Obstacle>,
    /// The days up to now, the earliest first; the last one is now.
    pub past: Vec<Day>,
    /// The days ahead.
    pub ahead: Vec<Day>,
}

/// An audience at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Day {
    /// The instant.
    pub at: Now,
    /// How many are in it.
    pub size: Size,
    /// How many entered since the day before; `None` for the first day.
    pub adds: Option<Size>,
    /// How many left since the day before.
    pub drops: Option<Size>,
}

/// Evaluates an audience at `now`, on the `days` before and on the days `ahead`. `told` hears how many of all days are done.
pub fn history(
    model: &Model,
    store: &Store,
    now: Now,
    audience: &Audience,
    (days, ahead): (u32, u32),
    effort: Effort,
    told: &(dyn Fn(u64) + Sync),
) -> History {
    let at = |day: i64| Now(Timestamp(now.ms().saturating_add(day.saturating_mul(DAY_MS))));
    let asked: Vec<Now> = (-i64::from(days)..=i64::from(ahead)).map(at).collect();
    let of_day = |at: &Now| {
        let mut trial = Trial::new(model);
        let question = trial.ask_audience(audience);
        // What was stored of standard audiences is of one instant alone.
        let answers = trial.answer(store, *at, &Stored::default(), effort);
        told(1);
        (answers.members(question).clone(), answers.frame)
    };
    let all: Vec<(RoaringBitmap, Frame)> = asked.par_iter().map(of_day).collect();
    let frame = all.first().map_or_else(|| Frame::everybody(store), |(_, frame)| frame.clone());
    let mut days_of: Vec<Day> = Vec::with_capacity(all.len());
    for (place, (at, (members, _))) in asked.iter().zip(&all).enumerate() {
        let before = place.checked_sub(1).and_then(|before| all.get(before));
        let moved = before.map(|(before, _)| Difference::between(before, members));
        let size = |set: &RoaringBitmap| frame.size(set.len());
        days_of.push(Day {
            at: *at,
            size: size(members),
            adds: moved.as_ref().map(|moved| size(&moved.adds)),
            drops: moved.as_ref().map(|moved| size(&moved.drops)),
        });
    }
    let ahead = days_of.split_off((days as usize + 1).min(days_of.len()));
    let obstacle = Obstacles::new(model, store).of_audience(audience);
    History { audience: audience.clone(), frame, obstacle, past: days_of, ahead }
}
