//! Making a plan.
//!
//! In: everything written, everything deployed, and the memberships at one `now`. Out: a [`Plan`], or every reason why
//! there is none. Nothing is changed and nothing is read.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::change::{Action, MadeFrom, Plan};
use super::checks::{self, Allowance, Standing};
use super::comparison::Comparison;
use super::moves::{self, Pair};
use super::people::Translation;
use super::refusal::Refusals;
use super::scope::{self, Scope, Selection};
use super::split;
use super::why::News;
use crate::base::{Address, Fingerprint, Mpid, Name, OutputName, Timestamp};
use crate::catalog::OutputKind;
use crate::ir::Model;
use crate::members::Memberships;
use crate::outputs::Reach;
use crate::project::Output;
use crate::state::{AudienceRecord, Snapshot};
use crate::store::Store;

/// Everything that a plan is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What is written.
    pub model: &'a Model,
    /// What is deployed.
    pub snapshot: &'a Snapshot,
    /// Who is in each active audience that is written, over the rows of `store`; but for those whose deployed membership still
    /// holds ([`to_evaluate`](super::to_evaluate) says which do not).
    pub memberships: &'a Memberships,
    /// The store that the memberships were computed from.
    pub store: &'a Store,
    /// The configured outputs.
    pub outputs: &'a BTreeMap<OutputName, Output>,
    /// Tells who of some users an output can reach.
    pub reach: &'a ReachOf<'a>,
    /// What the plan is limited to.
    pub selection: &'a Selection,
    /// The audiences whose running test may be replaced by one of the same name.
    pub replace: &'a [Address],
    /// Guards and assertions that may be broken.
    pub allowed: &'a [Allowance],
    /// The keys of everything written, as [`keys`](super::keys) gives them.
    pub keys: &'a BTreeMap<Address, Fingerprint>,
    /// Until when the memberships hold by time alone.
    pub until: &'a BTreeMap<Address, Option<Timestamp>>,
    /// Who would be in audiences by their definitions as deployed, at the same `now` over the same data; of those whose key is another one now.
    pub as_deployed: &'a Memberships,
    /// How many people are named for each reason to move, as examples.
    pub sample: usize,
    /// The environment, and whether it delivers nothing.
    pub environment: (Option<&'a Name>, bool),
    /// The version of the program.
    pub tool: &'a str,
    /// The fingerprint of everything written.
    pub definitions: Fingerprint,
}

/// Tells who of some users an output of a kind can reach.
pub type ReachOf<'a> = dyn Fn(&'static OutputKind, &mut dyn Iterator<Item = Mpid>) -> Reach + Sync + 'a;

/// Makes a plan.
///
/// # Errors
/// Every [`Refusal`](super::Refusal) there is, in a fixed order.
pub fn make(input: Input<'_>) -> Result<Plan, Refusals> {
    let mut refusals = Vec::new();
    let records = input.snapshot.audiences.iter();
    let deployed: BTreeMap<&Address, &AudienceRecord> = records.map(|each| (&each.definition.address, each)).collect();
    let pairs = moves::pair(input.model, &deployed, &mut refusals);
    let scope = Scope::new(input.selection, &pairs, &mut refusals);
    scope::check_nesting(&pairs, &scope, &mut refusals);
    let inside: Vec<(&Address, &Pair<'_>)> =
        pairs.iter().filter(|(address, _)| scope.inside.contains(*address)).map(|(a, pair)| (*a, pair)).collect();
    let comparison = Comparison::new(&input, &pairs);
    inside.iter().for_each(|(_, pair)| comparison.check(pair, &mut refusals));
    refusals.extend(split::replaced_for_nothing(input.replace, &pairs));
    let evaluated = inside.iter().filter_map(|each| comparison.rows(each.1));
    let users = Translation::new(&input.snapshot.mpids, input.store, evaluated);
    let news = News::new(input.store, &users);
    // The translation and the fingerprints are the bulk of the work and run in parallel; what differs is then described one by one.
    let (compared, same): (Vec<Option<RoaringBitmap>>, Vec<bool>) =
        inside.par_iter().map(|(_, pair)| (comparison.after(pair, &users), pair.same_definition())).unzip();
    let mut changes = Vec::new();
    for (((address, pair), members), same) in inside.iter().zip(&compared).zip(same) {
        changes.extend(comparison.change((address, pair), same, members, (&users, &news), &mut refusals));
    }
    let changed: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
    let standing = standing(&pairs, &inside.iter().map(|each| each.0).zip(&compared).collect(), &changed);
    let checks = checks::check(input.model, &standing, input.allowed, &mut refusals);
    if let Some(refusals) = Refusals::from_found(refusals) {
        return Err(refusals);
    }
    let unchanged = inside.len() - changes.len();
    changes.sort_by_key(|change| change.action != Action::Delete);
    let (holding, evaluation) = comparison.holding(&inside, &changes);
    Ok(Plan {
        made_from: made_from(&input),
        new_users: users.new_users(),
        changes,
        unchanged,
        pending: input.snapshot.pending,
        targets: scope.targets,
        excluded: scope.excluded,
        selected_by: input.selection.by.clone(),
        checks,
        holding,
        evaluation,
    })
}

fn made_from(input: &Input<'_>) -> MadeFrom {
    let (environment, shadow) = input.environment;
    MadeFrom {
        environment: environment.cloned(),
        shadow,
        ..MadeFrom::new(
            input.tool,
            input.definitions,
            input.outputs,
            input.snapshot,
            input.store,
            input.memberships.now,
        )
    }
}

/// Who is in every audience before and after; what is outside the plan's scope stays as it is deployed.
fn standing<'a>(
    pairs: &BTreeMap<&'a Address, Pair<'a>>,
    after: &BTreeMap<&Address, &'a Option<RoaringBitmap>>,
    changed: &BTreeSet<&Address>,
) -> BTreeMap<&'a Address, Standing<'a>> {
    let of = |(address, pair): (&&'a Address, &Pair<'a>)| {
        let before = pair.record.and_then(|record| record.members.as_ref());
        let after = after.get(*address).map_or(before, |after| after.as_ref());
        (*address, Standing { before, after, changes: changed.contains(*address) })
    };
    pairs.iter().map(of).collect()
}
