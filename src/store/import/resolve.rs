//! Whose each row is (M25), in the order of time.
//!
//! In: rows with the identities that they name. Out: their users, in the builder: sightings, attributes, owners of events.
//! A row with an MPID is that user's. Else the first identity that is known decides, in the project's order; the others move to that user. Where none is known, the first
//! one makes a new user. Events that were stored before under the same id are dropped (M20); of a source that groups its rows,
//! their products go to the event that was stored under that id. A batch is one user's and is taken whole, at its own time, or
//! dropped whole.

use std::collections::HashMap;

use rapidhash::fast::RandomState;

use super::super::builder::Builder;
use super::super::forgotten::Forgotten;
use super::base::Work;
use super::profile::UNSAID;
use super::report::ImportReport;
use super::requests::Requests;
use super::rows::{MPID, NO_EVENT, NO_ID, PROFILE, Row, Rows};
use crate::base::Mpid;
use crate::catalog::IdentityType;
use crate::identity::derive_mpid;

/// How many different eight bytes a hash has.
const ATTEMPTS: usize = 4;

/// What was found for a set of identities, as of some move of an identity.
#[derive(Clone, Copy)]
struct Found {
    moves: u64,
    /// `None` where it is somebody who was forgotten.
    user: Option<u32>,
}

struct Resolver<'f> {
    forgotten: &'f Forgotten,
    claimed: Vec<bool>,
    found: Vec<Option<Found>>,
    /// How often an identity left a user: what was found before may be wrong since.
    moves: u64,
}

/// Gives every row its user. Says how many rows were kept.
pub(super) fn resolve(work: &mut Work, claimed: Vec<bool>, report: &mut ImportReport) -> u64 {
    let Work { builder, rows, requests, identity_order, forgotten, .. } = work;
    rows.combinations.sort_by(identity_order);
    let mut resolver = Resolver { forgotten, claimed, found: vec![None; rows.combinations.len()], moves: 0 };
    let mut order = std::mem::take(&mut rows.rows);
    // Stable, so rows of one instant stay in the order they were read; linear where they came in order.
    order.sort_by_key(|row| rows.taken_at(row));
    let mut kept = 0;
    let mut last_log = None;
    let mut groups = Groups::of(builder, rows);
    let mut batches = Batches::default();
    for row in &order {
        let Some(own) = report.sources.get_mut(usize::from(row.source)) else { continue };
        let (is_kept, is_first) = batches.keep(rows, row, requests);
        if !is_kept {
            own.repeated_batches += u64::from(is_first);
            continue;
        }
        let Some((user, is_new)) = resolver.user(builder, rows, row.who) else {
            own.forgotten += 1;
            continue;
        };
        own.new_users += u64::from(is_new);
        let grouped = rows.of_source(row.source).grouped;
        if row.id != NO_ID && !rows.stored_ids.insert((user, row.id)) && !grouped {
            own.duplicates += 1;
            continue;
        }
        builder.see_in_input(user, row.input, row.at_ms);
        if row.log == NO_EVENT && row.position == PROFILE {
            say(builder, rows, row, user);
        } else if row.log != NO_EVENT {
            match Some(row.id).filter(|id| grouped && *id != NO_ID).and_then(|id| groups.join(row, user, id)) {
                Some(into) => join_event(builder, row, into),
                None => {
                    give_event(builder, row, user);
                    own.events += 1;
                }
            }
            if last_log.replace((row.source, row.log)) != Some((row.source, row.log)) {
                rows.of_source(row.source).logs.insert(row.log);
            }
        }
        give_attributes(builder, rows, row, user);
        kept += 1;
    }
    kept
}

fn give_event(builder: &mut Builder, row: &Row, user: u32) {
    let log = builder.logs.get_mut(row.log as usize);
    if let Some(owner) = log.and_then(|(_, log)| log.users.get_mut(row.position as usize)) {
        *owner = user;
    }
}

fn join_event(builder: &mut Builder, row: &Row, into: u32) {
    if let Some((_, log)) = builder.logs.get_mut(row.log as usize) {
        log.join(row.position, into);
    }
}

fn give_attributes(builder: &mut Builder, rows: &Rows, row: &Row, user: u32) {
    let Some(source) = rows.sources.get(usize::from(row.source)) else { return };
    let from = row.values as usize * source.targets.len();
    let codes = source.values.get(from..from + source.targets.len()).unwrap_or(&[]);
    for (target, code) in source.targets.iter().zip(codes) {
        if *code != UNSAID {
            builder.set_profile(*target, user, *code, row.at_ms);
        }
    }
}

/// Gives a user what a batch says of the profile.
fn say(builder: &mut Builder, rows: &Rows, row: &Row, user: u32) {
    let Some(batch) = rows.batch(row) else { return };
    let said = rows.sources.get(usize::from(row.source)).map(|source| source.sayings.as_slice()).unwrap_or_default();
    for saying in said.get(batch.from as usize..batch.to as usize).unwrap_or(&[]) {
        builder.set_profile(saying.target, user, saying.code, saying.at_ms);
    }
}

/// The batch that the rows are of, which stand together.
#[derive(Default)]
struct Batches {
    /// Source, number, and whether it is kept.
    last: Option<(u16, u32, bool)>,
}

impl Batches {
    /// Whether a row is kept, as its batch is, and whether it is the first of its batch. Of the batches with one request id the
    /// first in the order of time is kept.
    fn keep(&mut self, rows: &Rows, row: &Row, requests: &mut Requests) -> (bool, bool) {
        let Some(batch) = rows.batch(row) else { return (true, true) };
        if let Some((source, number, kept)) = self.last
            && (source, number) == (row.source, row.values)
        {
            return (kept, false);
        }
        let kept = batch.request == NO_ID || requests.store(row.input, batch.request);
        self.last = Some((row.source, row.values, kept));
        (kept, true)
    }
}

/// Where the events are whose products come in several rows: by user, log and event id.
#[derive(Default)]
struct Groups {
    events: HashMap<(u32, u32, u32), u32, RandomState>,
}

impl Groups {
    /// The events that are stored already, if any source groups its rows.
    fn of(builder: &Builder, rows: &mut Rows) -> Self {
        let mut groups = Self::default();
        if !rows.sources.iter().any(|source| source.grouped) {
            return groups;
        }
        for (at, (_, log)) in builder.logs.iter().enumerate() {
            for (position, user, id) in log.with_ids() {
                let id = rows.ids.intern(log.id(id));
                groups.events.entry((user, at as u32, id)).or_insert(position);
            }
        }
        groups
    }

    /// The event that a row's product belongs to; `None` where the row is the event.
    fn join(&mut self, row: &Row, user: u32, id: u32) -> Option<u32> {
        let event = *self.events.entry((user, row.log, id)).or_insert(row.position);
        (event != row.position).then_some(event)
    }
}

impl Resolver<'_> {
    /// The user of a set of identities, and whether it is a new one; `None` for somebody who was forgotten.
    fn user(&mut self, builder: &mut Builder, rows: &Rows, who: u32) -> Option<(u32, bool)> {
        if let Some(Some(found)) = self.found.get(who as usize)
            && found.moves == self.moves
        {
            return Some((found.user?, false));
        }
        let set = rows.combinations.set(who);
        let mpid = rows.combinations.mpid_of(set);
        if self.is_forgotten(builder, set, mpid) {
            if let Some(found) = self.found.get_mut(who as usize) {
                *found = Some(Found { moves: self.moves, user: None });
            }
            return None;
        }
        let (named, set) = match set {
            [(MPID, _), rest @ ..] => (mpid.map(|mpid| named_user(builder, &mut self.claimed, mpid)), rest),
            set => (None, set),
        };
        let known = named.map(|(user, _)| user);
        let known = known.or_else(|| set.iter().find_map(|(identity, value)| builder.owners.owner(*identity, *value)));
        let user =
            known.unwrap_or_else(|| new_user(builder, &mut self.claimed, set.first().copied().unwrap_or_default()));
        for (identity, value) in set {
            if !self.has(builder, *identity, *value) && builder.give(user, *identity, *value) {
                self.moves += 1;
            }
        }
        if let Some(found) = self.found.get_mut(who as usize) {
            *found = Some(Found { moves: self.moves, user: Some(user) });
        }
        Some((user, named.map_or(known.is_none(), |(_, is_new)| is_new)))
    }

    /// Whether a set is somebody's who was forgotten: as with everybody, an MPID decides, else the first identity that is known.
    fn is_forgotten(&self, builder: &Builder, set: &[(u8, u32)], mpid: Option<Mpid>) -> bool {
        if self.forgotten.is_empty() {
            return false;
        }
        if let Some(mpid) = mpid {
            return self.forgotten.has_mpid(mpid);
        }
        let is_known = |(identity, value): &&(u8, u32)| {
            self.has(builder, *identity, *value) || builder.owners.owner(*identity, *value).is_some()
        };
        set.iter().find(is_known).is_some_and(|(identity, value)| self.has(builder, *identity, *value))
    }

    /// Whether an identity is somebody's who was forgotten.
    fn has(&self, builder: &Builder, identity: u8, value: u32) -> bool {
        let identity = IdentityType::ALL.get(usize::from(identity)).map(|(_, each)| *each);
        !self.forgotten.is_empty()
            && identity.is_some_and(|identity| self.forgotten.has(identity, builder.owners.text(value)))
    }
}

/// The user with an MPID, and whether it is a new one.
pub(super) fn named_user(builder: &mut Builder, claimed: &mut Vec<bool>, mpid: Mpid) -> (u32, bool) {
    let row = builder.user(mpid);
    (row, claim(claimed, row))
}

/// Takes a row for a user; false where it is one's already.
fn claim(claimed: &mut Vec<bool>, row: u32) -> bool {
    let row = row as usize;
    if claimed.len() <= row {
        claimed.resize(row + 1, false);
    }
    !std::mem::replace(&mut claimed[row], true)
}

/// A user for an identity that nobody has. Its number may be there already, from before everything was read anew.
pub(super) fn new_user(builder: &mut Builder, claimed: &mut Vec<bool>, (identity, value): (u8, u32)) -> u32 {
    let identity = IdentityType::ALL.get(usize::from(identity)).map_or(IdentityType::Other, |(_, each)| *each);
    let text = builder.owners.text(value).to_owned();
    let derived = (0..ATTEMPTS).filter_map(|attempt| derive_mpid(identity, &text, attempt));
    // Four collisions of one hash have never been seen; numbers after the last go on without an end.
    let last = derive_mpid(identity, &text, ATTEMPTS - 1).unwrap_or(Mpid(0));
    let further = (1i64..).map(|step| Mpid(last.0.wrapping_add(step)));
    for mpid in derived.chain(further) {
        let row = builder.user(mpid);
        if claim(claimed, row) {
            return row;
        }
    }
    0
}
