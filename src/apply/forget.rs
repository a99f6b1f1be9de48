//! Forgetting people: the data, what is deployed, and the outputs.
//!
//! In: the data's folder, whose lock the caller holds, and who is to be forgotten. Out: a [`ForgetOutcome`]. What always holds:
//! - The tombstone is durable before anything else happens, and says that all is done only after everything is. A run that died anywhere
//!   in between is finished by the next one, whomever that is about.
//! - A membership and the deliveries that end it are one transaction of the state. The deliveries bring along what the outputs need
//!   to know the person by, so that the data is erased whether or not an output is there.

use std::collections::BTreeMap;
use std::path::Path;

use super::outcome::Outcome;
use super::{Context, deliver};
use crate::base::{Address, Mpid, OutputName};
use crate::catalog::IdentityType;
use crate::ir::{ConnectionStatus, VariantName};
use crate::members::{Buckets, bucket};
use crate::state::{AudienceRecord, Carrier, Departure, Snapshot, StateError};
use crate::store::{self, Erased, Forgetting, StoreError};

/// Why somebody was not forgotten, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum ForgetError {
    /// The data refused.
    #[error("{0}; run `aud forget` again, and it goes on where it stopped")]
    Data(#[from] StoreError),
    /// The state refused.
    #[error(transparent)]
    State(#[from] StateError),
    /// The state refused after it was begun.
    #[error("not everything is forgotten yet: {0}; run `aud forget` again, and it goes on where it stopped")]
    Unfinished(StateError),
}

/// What forgetting came to.
#[derive(Debug, Default)]
pub struct ForgetOutcome {
    /// What was erased from the data.
    pub erased: Erased,
    /// The deliveries that were made, those of earlier runs included.
    pub delivered: Outcome,
}

/// Where the state has a user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// Whether it has a number for the user at all.
    pub is_known: bool,
    /// The audiences that the user is a member of.
    pub audiences: Vec<Address>,
    /// The connections that carry the user.
    pub carried_by: Vec<Carrier>,
}

/// Where a state has a user.
pub fn deployed(snapshot: &Snapshot, mpid: Mpid) -> Deployed {
    let Some(number) = snapshot.mpids.iter().position(|each| *each == mpid) else { return Deployed::default() };
    let mut found = Deployed { is_known: true, ..Deployed::default() };
    let is_member =
        |record: &&AudienceRecord| record.members.as_ref().is_some_and(|members| members.contains(number as u32));
    for record in snapshot.audiences.iter().filter(is_member) {
        found.audiences.push(record.definition.address.clone());
        found.carried_by.extend(carriers(record, mpid));
    }
    found
}

/// The connections of an audience that carry one of its members.
fn carriers(record: &AudienceRecord, mpid: Mpid) -> impl Iterator<Item = Carrier> {
    let audience = &record.definition;
    let part = audience.split.as_ref().zip(record.salt.as_ref()).and_then(|(split, salt)| {
        let buckets = Buckets::new(split.variants.iter().map(|variant| variant.share));
        split.names().nth(buckets.range_of(bucket(salt, mpid)))
    });
    let sending = audience.connections.iter().filter(|each| each.status == ConnectionStatus::Sending);
    let carrying =
        sending.filter(move |each| each.variant == VariantName::Whole || Some(&each.variant) == part.as_ref());
    carrying.map(|each| Carrier {
        address: audience.address.clone(),
        variant: each.variant.clone(),
        output: each.output.clone(),
        downstream_name: audience.downstream_name(&each.variant),
    })
}

/// Forgets a person, where one is named, and everybody whose forgetting was begun earlier; then makes every delivery that is pending.
///
/// # Errors
/// A held lock, before anything is begun; else whatever keeps a step from being done, and the next run goes on.
pub fn forget(
    person: Option<&Forgetting>,
    data: &Path,
    mut context: Context<'_>,
) -> Result<ForgetOutcome, ForgetError> {
    let lock = context.state.lock(&context.reason)?;
    let outcome = under_lock(person, data, &mut context, &lock);
    let unlocked = context.state.unlock(&lock);
    let outcome = outcome?;
    unlocked.map_err(ForgetError::Unfinished)?;
    Ok(outcome)
}

fn under_lock(
    person: Option<&Forgetting>,
    data: &Path,
    context: &mut Context<'_>,
    lock: &str,
) -> Result<ForgetOutcome, ForgetError> {
    let unfinished = ForgetError::Unfinished;
    if let Some(person) = person {
        store::remember_to_forget(context.system, data, context.store, person)?;
    }
    // Asked of every user of the state, and not only of the one at hand: an earlier run may have died before it came here.
    let gone = store::forgotten_among(context.system, data, &context.state.mpids().map_err(unfinished)?)?;
    for mpid in gone {
        depart(context, lock, mpid).map_err(unfinished)?;
    }
    context.store.ensure_whole()?;
    let erased = store::erase(context.system, data)?;
    let left = store::open(context.system, data)?;
    let mut delivered = Outcome::default();
    deliver::pending(&mut context.over(&left), lock, &mut delivered).map_err(unfinished)?;
    context.state.scrub(lock).map_err(unfinished)?;
    store::settle_forgotten(context.system, data)?;
    delivered.serial = context.state.head().map_err(unfinished)?.serial;
    Ok(ForgetOutcome { erased, delivered })
}

/// Takes a user out of the state. Nothing happens where the state does not know the MPID any more.
fn depart(context: &mut Context<'_>, lock: &str, mpid: Mpid) -> Result<(), StateError> {
    let snapshot = context.state.snapshot()?;
    let departure = Departure {
        expected_serial: snapshot.serial,
        at: context.system.now().0,
        by: context.by.clone(),
        commit: context.commit.clone(),
        reason: context.reason.clone(),
        data: (context.store.id.to_string(), context.store.version),
        mpid,
        instead: store::nobody(),
        carried_by: deployed(&snapshot, mpid).carried_by,
        identities: identities(context, mpid),
    };
    context.state.depart(lock, &departure).map(drop)
}

/// The identities of a user that each output takes.
fn identities(context: &Context<'_>, mpid: Mpid) -> BTreeMap<OutputName, Vec<(IdentityType, String)>> {
    let row = context.store.row(mpid);
    let of_row = || row.into_iter().flat_map(|row| context.store.users.identities.of(row));
    let taken = context.outputs.iter().map(|(name, output)| {
        let own = of_row().filter(|each| output.kind.accepts(each.identity));
        (name.clone(), own.map(|each| (each.identity, each.value.to_owned())).collect())
    });
    taken.collect()
}
