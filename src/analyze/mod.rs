//! Trees to model: what the files say, checked against project and catalog.
//!
//! In: the trees of all files, the project, the catalog, and the addresses that are deployed. Out: an [`Analysis`]: the
//! [`Model`] where nothing is wrong, and every diagnostic there is. Pure: reads no file and asks no clock.
//!
//! The passes, each a file: `declare` (items by address), `inherit` (fields with the defaults of the file), `resolve`
//! (workspaces, inputs, scopes), `typing` and `infer` (what attributes are read as), `named` (criteria in criteria), `lower`
//! (criteria to their model), `nesting` (audiences in audiences), `scenario` (tests to what they say), and `rules`, one file
//! a rule. What is broken in one pass is left out by the later ones, so that one mistake gives one diagnostic.
//! Audiences are lowered on all cores, and `memory` keeps what was made of each for the next analysis.

mod declare;
mod graph;
mod infer;
mod inherit;
mod lower;
mod memory;
mod named;
mod nesting;
mod resolve;
mod rules;
mod scenario;
mod typing;
mod world;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::base::Address;
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Model, Scenario};
use crate::project::Project;
use crate::syntax::ast;

pub use memory::{Memory, Versions};

/// What an analysis is made from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The project file.
    pub project: &'a Project,
    /// What may be named in the data; what the project declares is already laid over it.
    pub catalog: &'a Catalog,
    /// The trees of all files, in the order of their paths.
    pub files: &'a [&'a ast::File],
    /// The addresses of the deployed audiences; empty where the state is unknown.
    pub deployed: &'a BTreeSet<Address>,
}

/// What an analysis gives.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The definitions; `None` where any of them has an error.
    pub model: Option<Model>,
    /// The tests, in the order of the files; those with an error are left out.
    pub scenarios: Vec<Scenario>,
    /// Everything that was found, by place and without repetitions.
    pub diagnostics: Diagnostics,
}

/// Checks all files together and makes their model.
pub fn analyze(input: Input<'_>) -> Analysis {
    let mut found = Diagnostics::default();
    let declared = declare::declare(input, &mut found);
    let world = world::World::new(input, declared, &mut found);
    let audiences = lowered(&world, &[]);
    finish(&world, audiences, found)
}

/// The same as [`analyze`], faster where little has changed since the last call with the same memory.
pub fn analyze_again(input: Input<'_>, versions: Versions<'_>, memory: &mut Memory) -> Analysis {
    let mut found = Diagnostics::default();
    let declared = declare::declare(input, &mut found);
    let world = world::World::new(input, declared, &mut found);
    memory.settle(&world, versions);
    let recalled = memory.recall(&world, versions);
    let audiences = lowered(&world, &recalled);
    let pairs = recalled.iter().zip(&audiences);
    let made = pairs.map(|(recalled, (audience, found))| {
        recalled.is_none().then(|| memory::Remembered::of(audience, found.clone()))
    });
    let made = made.collect();
    memory.keep(&world, versions, made);
    finish(&world, audiences, found)
}

/// Every audience with what was found in it; those that are remembered as they were.
fn lowered<'a>(
    world: &world::World<'a>,
    recalled: &[Option<&memory::Remembered>],
) -> Vec<(lower::LoweredAudience<'a>, Vec<Diagnostic>)> {
    let audiences = world.declared.audiences.par_iter().enumerate().with_min_len(16);
    let made = audiences.map(|(at, declared)| match recalled.get(at).copied().flatten() {
        Some(known) => (lower::recalled(declared, known), known.found.clone()),
        None => {
            let mut found = Diagnostics::default();
            let audience = lower::audience(world, declared, &mut found);
            (audience, found.into_sorted())
        }
    });
    made.collect()
}

/// What is asked of all audiences together.
fn finish<'a>(
    world: &world::World<'a>,
    lowered: Vec<(lower::LoweredAudience<'a>, Vec<Diagnostic>)>,
    mut found: Diagnostics,
) -> Analysis {
    let mut audiences = Vec::with_capacity(lowered.len());
    for (audience, in_audience) in lowered {
        audiences.push(audience);
        found.extend(in_audience);
    }
    rules::bulk::connect(world, &mut audiences, &mut found);
    nesting::check(world, &audiences, &mut found);
    rules::names::unique(&audiences, &mut found);
    let moves = rules::moved::check(world, &mut found);
    let guards = rules::guards::check(world, &audiences, &mut found);
    let assertions = rules::assertions::check(world, &audiences, &mut found);
    let scenarios = scenario::lower(world, &audiences, &mut found);
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(found.into_sorted());
    let promises = world::Promises { moves, guards, assertions };
    let model = (!diagnostics.has_errors()).then(|| world.model(audiences, promises));
    Analysis { model, scenarios, diagnostics }
}
