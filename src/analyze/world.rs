//! What every pass may ask: project, catalog, items, types, and named criteria.

use std::collections::BTreeSet;

use super::declare::Declared;
use super::lower::{self, LoweredAudience};
use super::typing::Types;
use super::{Input, infer, named, resolve};
use crate::base::WorkspaceName;
use crate::catalog::Catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{Assertion, Guard, Model, Move};
use crate::project::Project;

/// Everything that is known before criteria are lowered.
#[derive(Debug)]
pub(super) struct World<'a> {
    /// What the analysis is made from.
    pub(super) input: Input<'a>,
    /// The items.
    pub(super) declared: Declared<'a>,
    /// Types that only uses tell.
    pub(super) types: Types<'a>,
    /// For each named criterion, whether it can stand where it is used.
    pub(super) usable: Vec<bool>,
}

/// What the model holds besides audiences.
#[derive(Debug)]
pub(super) struct Promises {
    /// Renames.
    pub(super) moves: Vec<Move>,
    /// What must hold of plans.
    pub(super) guards: Vec<Guard>,
    /// What must hold between memberships.
    pub(super) assertions: Vec<Assertion>,
}

impl<'a> World<'a> {
    /// Prepares the passes, and checks every named criterion and calculated attribute by itself, used or not.
    pub(super) fn new(input: Input<'a>, declared: Declared<'a>, found: &mut Diagnostics) -> Self {
        let types = infer::infer(&declared, input.catalog);
        let usable = named::check(&declared, found);
        let world = Self { input, declared, types, usable };
        let everywhere = resolve::Home::everywhere(input.project);
        for (at, criterion) in world.declared.criteria.iter().enumerate() {
            lower::named(&world, &everywhere, at, &criterion.criterion, found);
        }
        for item in &world.declared.calculations {
            lower::calculated(&world, &everywhere, item, found);
        }
        world
    }

    /// The project file.
    pub(super) fn project(&self) -> &'a Project {
        self.input.project
    }

    /// What may be named in the data.
    pub(super) fn catalog(&self) -> &'a Catalog {
        self.input.catalog
    }

    /// The names of all workspaces.
    pub(super) fn workspace_names(&self) -> BTreeSet<WorkspaceName> {
        self.project().workspaces.iter().map(|workspace| workspace.name.clone()).collect()
    }

    /// The names of all calculated attributes: those that come with profiles, and those that are declared.
    pub(super) fn calculated_names(&self) -> BTreeSet<&str> {
        let come = self.catalog().calculated.keys().map(String::as_str);
        come.chain(self.declared.calculations_by_address.keys().copied()).collect()
    }

    /// The model of audiences without errors.
    pub(super) fn model(&self, audiences: Vec<LoweredAudience<'a>>, promises: Promises) -> Model {
        let project = self.project();
        Model {
            project: project.name.clone(),
            audiences: audiences
                .into_iter()
                .filter_map(|audience| audience.definition)
                .map(|audience| (audience.address.clone(), audience))
                .collect(),
            moves: promises.moves,
            guards: promises.guards,
            assertions: promises.assertions,
            event_retention: project.retention.events,
            profile_retention: project.retention.profiles,
        }
    }
}
