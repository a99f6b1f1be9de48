//! Whose answers can have changed.
//!
//! In: what was written, and a later `now`. Out: for each family of leaves the users who have to be asked about again: those
//! written to, and those with an instant that passed an edge of a window; and the answers that follow from new events alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::board::{Answer, Board};
use super::cursors::Cursors;
use super::layer::Layer;
use super::timeline::Timeline;
use super::watch::{Interest, Source};
use super::{Step, counts, dates};
use crate::base::{Address, Now};
use crate::eval::leaf::Context;
use crate::store::{EventTable, SHARD_USERS};

/// A source with what is kept of it.
struct Looking<'w> {
    source: &'w Source,
    interest: &'w Interest,
    cursors: Option<Cursors>,
    timeline: Option<Timeline>,
}

/// The users of each family whose answers can have changed.
pub(super) struct Touched(pub(super) Vec<Vec<u32>>);

impl Touched {
    fn add(&mut self, families: &BTreeSet<usize>, rows: &[u32]) {
        for family in families {
            if let Some(touched) = self.0.get_mut(*family) {
                touched.extend_from_slice(rows);
            }
        }
    }

    fn one(&mut self, family: usize, row: u32) {
        if let Some(touched) = self.0.get_mut(family) {
            touched.push(row);
        }
    }
}

/// New events of one key: counts are looked at where they can change, all else for every user who has one.
fn written<'a>(
    tables: &'a [Arc<EventTable>],
    context: &Context<'a>,
    counted: &'a [counts::Counted],
    board: &Board,
    families: &BTreeSet<usize>,
    touched: &mut Touched,
    answers: &mut Vec<Answer>,
) {
    if tables.is_empty() {
        return;
    }
    let mut rows = Vec::new();
    for family in families {
        match counted.get(*family) {
            Some(counted) => {
                rows.clear();
                counts::written(context, counted, tables, board, answers, &mut rows);
                rows.iter().for_each(|row| touched.one(*family, *row));
            }
            None => {
                let shards = tables.iter().flat_map(|table| table.shards.iter().enumerate());
                for (shard, events) in shards {
                    let row = |user: &u16| (shard * SHARD_USERS) as u32 + u32::from(*user);
                    events.users.iter().for_each(|user| touched.one(*family, row(user)));
                }
            }
        }
    }
}

impl Layer {
    /// Whose answers can have changed, and the answers that follow from new events alone. Sources are looked at on all cores.
    pub(super) fn touched(
        &mut self,
        step: &Step<'_>,
        now: Now,
        given: &BTreeMap<Address, RoaringBitmap>,
        given_rows: &BTreeMap<Address, Vec<u32>>,
    ) -> (Touched, Vec<Answer>) {
        let (mut cursors, mut timelines) = (std::mem::take(&mut self.cursors), std::mem::take(&mut self.timelines));
        let mut sources: Vec<Looking<'_>> = self
            .watched
            .sources
            .iter()
            .map(|(source, interest)| Looking {
                source,
                interest,
                cursors: cursors.remove(source),
                timeline: timelines.remove(source),
            })
            .collect();
        let context = Context::new(step.store, now, given);
        let look = |each: &mut Looking<'_>| self.look(each, step, &context, given_rows);
        let found: Vec<(Touched, Vec<Answer>)> = sources.par_iter_mut().with_max_len(1).map(look).collect();
        for Looking { source, cursors: kept, timeline, .. } in sources {
            cursors.extend(kept.map(|kept| (source.clone(), kept)));
            timelines.extend(timeline.map(|timeline| (source.clone(), timeline)));
        }
        (self.cursors, self.timelines) = (cursors, timelines);
        let mut touched = Touched(vec![Vec::new(); self.watched.families]);
        let new_users: Vec<u32> = step.changed.new_users.clone().collect();
        touched.0.iter_mut().for_each(|rows| rows.extend_from_slice(&new_users));
        let mut answers = Vec::new();
        for (of_source, follows) in found {
            touched.0.iter_mut().zip(of_source.0).for_each(|(rows, more)| rows.extend(more));
            answers.extend(follows);
        }
        (touched, answers)
    }

    /// The same of one source.
    fn look<'a>(
        &'a self,
        looking: &mut Looking<'_>,
        step: &Step<'a>,
        context: &Context<'a>,
        given_rows: &BTreeMap<Address, Vec<u32>>,
    ) -> (Touched, Vec<Answer>) {
        let Step { store, changed } = *step;
        let (before, now, interest) = (self.now, context.now, looking.interest);
        let mut touched = Touched(vec![Vec::new(); self.watched.families]);
        let mut answers = Vec::new();
        if let Some(timeline) = &looking.timeline {
            for (age, families) in &interest.ages {
                timeline.passing(*age, before, now, |rows| touched.add(families, rows));
            }
            if matches!(looking.source, Source::Last(_)) {
                timeline.after(before, |rows| touched.add(&interest.families, rows));
            }
        }
        let written: &[u32] = match looking.source {
            Source::Events(key) => {
                let counted = self.program.questions.events.as_slice();
                let new = changed.events.get(key).map_or(&[][..], |tables| tables);
                written(new, context, counted, &self.board, &interest.families, &mut touched, &mut answers);
                if let Some(cursors) = &mut looking.cursors {
                    self.pass(cursors, interest, now, &mut touched);
                    cursors.settle(store.events.get(key).map_or(&[][..], |segments| segments), now);
                }
                &[]
            }
            Source::Dates(key, part, name) => {
                for table in store.events.get(key).into_iter().flatten() {
                    for (age, families) in &interest.ages {
                        dates::passing(table, *part, name, *age, (before, now), |row| touched.add(families, &[row]));
                    }
                }
                &[]
            }
            Source::First(workspace) | Source::Last(workspace) => {
                changed.sightings.get(workspace).map_or(&[], |rows| rows)
            }
            Source::Held(workspace, field) | Source::Said(workspace, field) => {
                changed.fields.get(&(workspace.clone(), field.clone())).map_or(&[], |rows| rows)
            }
            Source::Identities => &changed.identities,
            Source::Given(address) => given_rows.get(address).map_or(&[], |rows| rows),
        };
        touched.add(&interest.families, written);
        if let Some(timeline) = &mut looking.timeline {
            timeline.add(store, looking.source, written, now);
        }
        (touched, answers)
    }

    /// Events that pass an edge as the clock goes on.
    fn pass(&self, cursors: &mut Cursors, interest: &Interest, now: Now, touched: &mut Touched) {
        let edges: Vec<_> = interest.ages.iter().collect();
        let counted = self.program.questions.events.as_slice();
        cursors.pass(now, |edge, row| {
            let Some((age, families)) = edges.get(edge) else { return };
            for family in *families {
                let can = |counted| counts::can_pass(counted, **age, row, &self.board);
                if counted.get(*family).is_none_or(can) {
                    touched.one(*family, row);
                }
            }
        });
    }
}
