//! A delivery with its users resolved: what an output gets.

use super::directory::Directory;
use crate::base::{Address, Mpid, Timestamp};
use crate::catalog::OutputKind;
use crate::state::{ConnectionKey, Delivery, DeliveryAction, Departed};
use crate::store::Identity;

/// A delivery with its users resolved.
pub struct Batch<'a> {
    /// Its connection.
    pub connection: &'a ConnectionKey,
    /// Its place in the connection's order, from 1 without gaps.
    pub sequence: u64,
    /// The audience's address when the membership changed.
    pub address: &'a Address,
    /// The name that the output sees.
    pub downstream_name: &'a str,
    /// When the membership changed.
    pub at: Timestamp,
    /// Who leaves and then who enters, each in the order of their numbers. Leavers come first, so that a receiver with
    /// limited room has it before it needs it.
    pub people: Vec<Person>,
    /// How many of each sort.
    pub tally: Tally,
    directory: &'a Directory<'a>,
    kind: &'static OutputKind,
    departed: &'a [Departed],
}

/// One user of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Whether the user enters or leaves.
    pub action: DeliveryAction,
    /// The MPID.
    pub mpid: Mpid,
    /// The user's row, where the store knows the user.
    row: Option<u32>,
    /// The place among the delivery's departed, of somebody who was forgotten.
    departed: Option<usize>,
}

/// How many users of a delivery were handled in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Users who enter.
    pub adds: u64,
    /// Users who leave.
    pub drops: u64,
    /// Users who enter and are left out, since they have no identity that the output accepts.
    pub unreachable: u64,
    /// Users that the store does not know: those who leave are dropped by MPID alone, those who enter are also counted as
    /// unreachable.
    pub unknown: u64,
}

impl Batch<'_> {
    /// The identities of one of its users that the output accepts, by type; none for a user that the store does not know, unless
    /// the delivery brought them along.
    pub fn identities(&self, person: &Person) -> impl Iterator<Item = Identity<'_>> {
        let departed = person.departed.and_then(|at| self.departed.get(at));
        let brought = departed.into_iter().flat_map(|departed| &departed.identities);
        let brought = brought.filter(|(identity, _)| self.kind.accepts(*identity));
        let brought = brought.map(|(identity, value)| Identity { identity: *identity, value });
        brought.chain(person.row.into_iter().flat_map(|row| self.directory.identities(row, self.kind)))
    }
}

/// Turns the user numbers of a delivery into people. `mpids` holds the MPID of each number of the state; a number beyond
/// it names nobody and is left out.
pub fn resolve<'a>(
    delivery: &'a Delivery,
    mpids: &[Mpid],
    directory: &'a Directory<'a>,
    kind: &'static OutputKind,
) -> Batch<'a> {
    let mut tally = Tally::default();
    let mut people = Vec::with_capacity((delivery.adds.len() + delivery.drops.len()) as usize);
    let find = |action, number: u32| {
        if let Some(at) = delivery.departed.iter().position(|each| each.number == number) {
            let mpid = delivery.departed.get(at)?.mpid;
            return Some(Person { action, mpid, row: None, departed: Some(at) });
        }
        let mpid = mpids.get(number as usize).copied()?;
        Some(Person { action, mpid, row: directory.row(mpid), departed: None })
    };
    for person in delivery.drops.iter().filter_map(|number| find(DeliveryAction::Drop, number)) {
        tally.drops += 1;
        tally.unknown += u64::from(person.row.is_none() && person.departed.is_none());
        people.push(person);
    }
    for person in delivery.adds.iter().filter_map(|number| find(DeliveryAction::Add, number)) {
        tally.unknown += u64::from(person.row.is_none());
        if person.row.is_some_and(|row| directory.is_reachable(row, kind)) {
            tally.adds += 1;
            people.push(person);
        } else {
            tally.unreachable += 1;
        }
    }
    Batch {
        connection: &delivery.connection,
        sequence: delivery.sequence,
        address: &delivery.address,
        downstream_name: &delivery.downstream_name,
        at: delivery.at,
        people,
        tally,
        directory,
        kind,
        departed: &delivery.departed,
    }
}
