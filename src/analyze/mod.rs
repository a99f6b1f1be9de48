//! Trees to model: what the files say, checked against project and catalog.
//!
//! In: the trees of all files, the project, the catalog, and the addresses that are deployed. Out: an [`Analysis`]: the
//! [`Model`] where nothing is wrong, and every diagnostic there is. Pure: reads no file and asks no clock.
//!
//! The passes, each a file: `declare` (items by address), `inherit` (fields with the defaults of the file), `resolve`
//! (workspaces, inputs, scopes), `typing` and `infer` (what attributes are read as), `named` (criteria in criteria), `lower`
//! (criteria to their model), `nesting` (audiences in audiences), `scenario` (tests to what they say), and `rules`, one file
//! a rule. What is broken in one pass is left out by the later ones, so that one mistake gives one diagnostic.

mod declare;
mod graph;
mod infer;
mod inherit;
mod lower;
mod named;
mod nesting;
mod resolve;
mod rules;
mod scenario;
mod typing;
mod world;

use std::collections::BTreeSet;

use crate::base::Address;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{Model, Scenario};
use crate::project::Project;
use crate::syntax::ast;

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
    let mut audiences: Vec<_> =
        world.declared.audiences.iter().map(|each| lower::audience(&world, each, &mut found)).collect();
    rules::bulk::connect(&world, &mut audiences, &mut found);
    nesting::check(&world, &audiences, &mut found);
    rules::names::unique(&audiences, &mut found);
    let moves = rules::moved::check(&world, &mut found);
    let guards = rules::guards::check(&world, &audiences, &mut found);
    let assertions = rules::assertions::check(&world, &audiences, &mut found);
    let scenarios = scenario::lower(&world, &audiences, &mut found);
    let mut diagnostics = Diagnostics::default();
    diagnostics.extend(found.into_sorted());
    let promises = world::Promises { moves, guards, assertions };
    let model = (!diagnostics.has_errors()).then(|| world.model(audiences, promises));
    Analysis { model, scenarios, diagnostics }
}
