//! What an earlier analysis made of each audience, so that after the edit of one file only its audiences are made anew.
//!
//! In: the world of now, and the files with what tells one text from another. Out: for each audience what is remembered of
//! it, where nothing that it could depend on has changed. What is remembered is everything that lowering one audience gives:
//! its model, the audiences that it nests, and its diagnostics. It depends on the text of its own file and on the
//! [`Surroundings`]: project, data, deployed addresses, which items there are, named criteria, calculated attributes, and the
//! types that only uses tell. Where the surroundings differ, nothing is remembered.

use std::collections::{BTreeSet, HashMap};

use rapidhash::fast::RandomState;

use super::lower::LoweredAudience;
use super::typing::{Owner, Use};
use super::world::World;
use crate::base::{Address, Fingerprint, Name, Span};
use crate::diagnostic::Diagnostic;
use crate::ir;
use crate::syntax::ast;

/// What tells whether a file, or everything outside of the files, is what it was.
#[derive(Clone, Copy, Debug)]
pub struct Versions<'v> {
    /// Of the project file and the data together.
    pub setting: Fingerprint,
    /// Of each file's text and place among the sources, in the order of the files.
    pub files: &'v [Fingerprint],
}

/// What is remembered between analyses. Empty at first.
#[derive(Debug, Default)]
pub struct Memory {
    surroundings: Option<Surroundings>,
    files: HashMap<Fingerprint, Vec<Remembered>, RandomState>,
}

/// What was made of one audience.
#[derive(Clone, Debug)]
pub(super) struct Remembered {
    /// Its model, before bulk connections.
    pub(super) definition: Option<ir::Audience>,
    /// The audiences that it nests, and where.
    pub(super) members: Vec<(Address, Span)>,
    /// What was found, in the order found.
    pub(super) found: Vec<Diagnostic>,
}

/// Everything outside of its own file that an audience can depend on.
#[derive(Debug, PartialEq)]
struct Surroundings {
    setting: Fingerprint,
    deployed: BTreeSet<Address>,
    /// Addresses of all audiences in the order written, and whether each owns its address.
    audiences: Vec<(Name, bool)>,
    criteria: Vec<ast::NamedCriterion>,
    calculations: Vec<ast::NamedCalculation>,
    moves: Vec<ast::Moved>,
    uses: HashMap<(Owner, String), Use, RandomState>,
}

impl Surroundings {
    fn of(world: &World<'_>, setting: Fingerprint) -> Self {
        let declared = &world.declared;
        let named = |each: &super::declare::DeclaredAudience<'_>| (each.item.address.value.clone(), each.owns_address);
        let uses = world.types.uses.iter();
        Self {
            setting,
            deployed: world.input.deployed.clone(),
            audiences: declared.audiences.iter().map(named).collect(),
            criteria: declared.criteria.iter().map(|item| (*item).clone()).collect(),
            calculations: declared.calculations.iter().map(|item| (*item).clone()).collect(),
            moves: declared.moves.iter().map(|item| (*item).clone()).collect(),
            uses: uses.map(|((owner, name), told)| ((owner.clone(), (*name).to_owned()), *told)).collect(),
        }
    }
}

impl Memory {
    /// Forgets everything where the surroundings are not what they were.
    pub(super) fn settle(&mut self, world: &World<'_>, versions: Versions<'_>) {
        let surroundings = Surroundings::of(world, versions.setting);
        if self.surroundings.as_ref() != Some(&surroundings) {
            self.files.clear();
            self.surroundings = Some(surroundings);
        }
    }

    /// What is remembered of each audience in the order written, where anything is.
    pub(super) fn recall(&self, world: &World<'_>, versions: Versions<'_>) -> Vec<Option<&Remembered>> {
        let mut recalled = Vec::with_capacity(world.declared.audiences.len());
        for (file, version) in world.input.files.iter().zip(versions.files) {
            let kept = self.files.get(version);
            recalled.extend((0..audiences(file)).map(|at| kept.and_then(|kept| kept.get(at))));
        }
        recalled.resize(world.declared.audiences.len(), None);
        recalled
    }

    /// Remembers what was made of every audience, and forgets files that are gone. `made` is in the order written, `None`
    /// for what was recalled.
    pub(super) fn keep(&mut self, world: &World<'_>, versions: Versions<'_>, made: Vec<Option<Remembered>>) {
        let mut made = made.into_iter();
        let mut files = HashMap::with_capacity_and_hasher(versions.files.len(), RandomState::default());
        for (file, version) in world.input.files.iter().zip(versions.files) {
            let new: Vec<Option<Remembered>> = made.by_ref().take(audiences(file)).collect();
            let kept = match new.into_iter().collect::<Option<Vec<_>>>() {
                Some(all) => Some(all),
                None => self.files.remove(version),
            };
            files.extend(kept.map(|kept| (*version, kept)));
        }
        self.files = files;
    }
}

/// How many audiences a file has.
fn audiences(file: &ast::File) -> usize {
    file.items.iter().filter(|item| matches!(item, ast::Item::Audience(_))).count()
}

impl Remembered {
    /// What was made of an audience.
    pub(super) fn of(audience: &LoweredAudience<'_>, found: Vec<Diagnostic>) -> Self {
        Self { definition: audience.definition.clone(), members: audience.members.clone(), found }
    }
}
