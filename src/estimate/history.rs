//! How an audience behaved, and who leaves it by time alone.
//!
//! In: an audience, days. Out: its size at the same time of every day, past and ahead, with who entered and left since the day before. Events are taken from
//! their times: a day in the past knows only those up to it (M9). Attributes, identities and sightings are as last known, and standard audiences as they were
//! stored (M23). The days ahead are what evaluation says then, as long as nothing is written.

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::obstacle::Obstacles;
use super::{Basis, Effort, Frame, Obstacle, Size, Trial};
use crate::base::{Now, Timestamp};
use crate::ir::Audience;
use crate::members::Difference;

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

/// Evaluates an audience at the basis' `now`, on the `days` before and on the days `ahead`, of the same users each time. `told` hears how many more days are done.
pub fn history(
    basis: Basis<'_>,
    audience: &Audience,
    (days, ahead): (u32, u32),
    effort: Effort,
    told: &(dyn Fn(u64) + Sync),
) -> History {
    let at = |day: i64| Now(Timestamp(basis.now.ms().saturating_add(day.saturating_mul(DAY_MS))));
    let instants: Vec<Now> = (-i64::from(days)..=i64::from(ahead)).map(at).collect();
    let ask = |now: Now| {
        let mut trial = Trial::new(Basis { now, ..basis });
        let question = trial.ask_audience(audience);
        (trial, question)
    };
    let frame = ask(basis.now).0.frame(effort);
    let members_at = |at: &Now| {
        let (trial, question) = ask(*at);
        let answers = trial.answer_in(frame.clone());
        told(1);
        answers.into_members(question)
    };
    let mut all: Vec<Day> = Vec::with_capacity(instants.len());
    let mut before: Option<RoaringBitmap> = None;
    // Some days at once, and no more of their members than these are kept.
    for instants in instants.chunks(rayon::current_num_threads().max(1)) {
        let members: Vec<RoaringBitmap> = instants.par_iter().map(members_at).collect();
        for (at, members) in instants.iter().zip(members) {
            let moved = before.as_ref().map(|before| Difference::between(before, &members));
            let size = |set: &RoaringBitmap| frame.size(set.len());
            all.push(Day {
                at: *at,
                size: size(&members),
                adds: moved.as_ref().map(|moved| size(&moved.adds)),
                drops: moved.as_ref().map(|moved| size(&moved.drops)),
            });
            before = Some(members);
        }
    }
    let ahead = all.split_off((days as usize + 1).min(all.len()));
    let obstacle = Obstacles::new(basis.model, basis.store).of_audience(audience);
    History { audience: audience.clone(), frame, obstacle, past: all, ahead }
}
