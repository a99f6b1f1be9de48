//! Back to what was deployed at an earlier serial.
//!
//! In: a serial. Out: a plan as if the definitions of then were what is written, to be applied like any other. What always holds: the files stay what they are, so that
//! the next plan says how to bring back what they say.

use super::deploy::PlanRequest;
use super::{Defined, Planned, Workbench, WorkbenchError};
use crate::base::{Address, SourceMap};
use crate::ir::{Audience, Model, Move};
use crate::state::{OpenState, Snapshot};
use crate::store;

impl Workbench {
    /// What would change if the definitions of an earlier serial were deployed again.
    ///
    /// # Errors
    /// A serial that the state does not know the definitions of, and whatever keeps a plan from being made.
    pub fn rollback(&self, serial: u64, request: &PlanRequest) -> Result<Planned, WorkbenchError> {
        let project = self.project()?;
        let state = self.state()?;
        let (snapshot, then) = (state.snapshot()?, state.deployed_at(serial)?);
        let moves = moves(&state, &snapshot, &then)?;
        let model = Model {
            project: project.name.clone(),
            audiences: then.into_iter().map(|audience| (audience.address.clone(), audience)).collect(),
            moves,
            // They are about what is written.
            guards: Vec::new(),
            assertions: Vec::new(),
            event_retention: project.retention.events,
            profile_retention: project.retention.profiles,
        };
        let store = store::open(self.system(), &project.data_path)?;
        let defined = Defined { sources: SourceMap::default(), warnings: Vec::new(), project, model, store };
        let plan = self.plan_of(&defined, request)?;
        Ok(Planned { plan, defined })
    }
}

/// The renames that lead from the addresses of now to those of then.
fn moves(state: &OpenState, snapshot: &Snapshot, then: &[Audience]) -> Result<Vec<Move>, WorkbenchError> {
    let mut moves = Vec::new();
    let is_there = |address: &Address| snapshot.audiences.iter().any(|record| record.definition.address == *address);
    for audience in then.iter().filter(|audience| !is_there(&audience.address)) {
        let known = state.known(&audience.address)?;
        let now = snapshot.audiences.iter().find(|record| known.iter().any(|known| known.id == record.id));
        moves.extend(now.map(|record| Move { from: record.definition.address.clone(), to: audience.address.clone() }));
    }
    moves.sort();
    Ok(moves)
}
