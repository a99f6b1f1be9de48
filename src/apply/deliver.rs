//! Making the deliveries that are pending, in each connection's order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Context;
use super::outcome::{DeliveryFault, Outcome, Progress};
use crate::base::{Mpid, OutputName};
use crate::outputs::{self, Directory, Output, OutputError, Tally};
use crate::project;
use crate::state::{Delivery, StateError};
use crate::store::Store;
use crate::system::System;

/// Makes every delivery that is pending. A connection whose output does not take one waits with its later ones; the others
/// go on.
///
/// # Errors
/// What keeps the state from noting a delivery. Each note asks for the lock, so that a run whose lock was taken away stops
/// with the delivery that it is at; whoever took it makes that one again.
pub(super) fn pending(context: &mut Context<'_>, lock: &str, outcome: &mut Outcome) -> Result<(), StateError> {
    let deliveries = context.state.pending()?;
    let total = deliveries.len() as u64;
    outcome.pending = total;
    if deliveries.is_empty() {
        return Ok(());
    }
    context.state.heartbeat(lock)?;
    let mut sender = Sender::new(context)?;
    let mut waiting = BTreeSet::new();
    for (done, delivery) in deliveries.iter().enumerate() {
        if context.is_cancelled() {
            outcome.interrupted = true;
            return Ok(());
        }
        let connection = &delivery.connection;
        if waiting.contains(connection) {
            continue;
        }
        let (done, address) = (done as u64, &delivery.address);
        (context.progress)(Progress::Delivering { done, total, address, connection });
        match sender.send(delivery) {
            Ok(tally) => {
                context.state.delivered(lock, delivery.id)?;
                outcome.count(tally);
                outcome.pending -= 1;
            }
            Err(error) => {
                context.state.heartbeat(lock)?;
                waiting.insert(connection);
                outcome.faults.push(fault(delivery, error));
            }
        }
    }
    Ok(())
}

fn fault(delivery: &Delivery, error: OutputError) -> DeliveryFault {
    let Delivery { connection, address, sequence, .. } = delivery;
    DeliveryFault { connection: connection.clone(), address: address.clone(), sequence: *sequence, error }
}

/// Everything that turns a delivery into what an output takes.
struct Sender<'a> {
    configured: &'a BTreeMap<OutputName, project::Output>,
    folder: &'a Path,
    system: &'a dyn System,
    mpids: Vec<Mpid>,
    directory: Directory<'a>,
    store: &'a Store,
    /// Outputs that were needed so far; an output that cannot be opened is tried again for each connection.
    opened: BTreeMap<OutputName, Box<dyn Output + 'a>>,
}

impl<'a> Sender<'a> {
    fn new(context: &Context<'a>) -> Result<Self, StateError> {
        Ok(Self {
            configured: context.outputs,
            folder: context.folder,
            system: context.system,
            mpids: context.state.mpids()?,
            directory: Directory::new(context.store),
            store: context.store,
            opened: BTreeMap::new(),
        })
    }

    fn send(&mut self, delivery: &Delivery) -> Result<Tally, OutputError> {
        let name = &delivery.connection.output;
        let configured = self.configured.get(name).ok_or_else(|| OutputError::NotConfigured(name.clone()))?;
        if !self.opened.contains_key(name) {
            let output = outputs::open(configured, self.folder, self.system)?;
            self.opened.insert(name.clone(), output);
        }
        let output = self.opened.get(name).ok_or_else(|| OutputError::NotConfigured(name.clone()))?;
        let batch = outputs::resolve(delivery, &self.mpids, &self.directory, configured.kind);
        // The identities were read just now.
        self.store.ensure_whole().map_err(Box::new)?;
        output.deliver(&batch)?;
        Ok(batch.tally)
    }
}
