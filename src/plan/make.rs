//! Making a plan.
//!
//! In: everything written, everything deployed, and the memberships at one `now`. Out: a [`Plan`], or every reason why
//! there is none. Nothing is changed and nothing is read.

use std::collections::BTreeMap;

use rayon::prelude::*;
use roaring::RoaringBitmap;

use super::change::{Action, Change, MadeFrom, People, Plan};
use super::moves::Pair;
use super::parts::{Parts, Test};
use super::people::Translation;
use super::refusal::{Refusal, Refusals};
use super::scope::{self, Scope};
use super::{connections, fields, moves, standard};
use crate::base::{Address, Fingerprint, Mpid, OutputName};
use crate::catalog::OutputKind;
use crate::ir::{Audience, Model, Split, Status, VariantName};
use crate::members::{Difference, Memberships};
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
    /// Who is in each active audience that is written, over the rows of `store`.
    pub memberships: &'a Memberships,
    /// The store that the memberships were computed from.
    pub store: &'a Store,
    /// The configured outputs.
    pub outputs: &'a BTreeMap<OutputName, Output>,
    /// Tells who of some users an output can reach.
    pub reach: &'a ReachOf<'a>,
    /// The audiences that the plan is limited to, under their deployed or written addresses; empty for all.
    pub targets: &'a [Address],
    /// The version of the program.
    pub tool: &'a str,
    /// The fingerprint of everything written.
    pub definitions: Fingerprint,
}

/// Tells who of some users an output of a kind can reach.
pub type ReachOf<'a> = dyn Fn(&'static OutputKind, &mut dyn Iterator<Item = Mpid>) -> Reach + 'a;

/// Makes a plan.
///
/// # Errors
/// Every [`Refusal`] there is, in a fixed order.
pub fn make(input: Input<'_>) -> Result<Plan, Refusals> {
    let mut refusals = Vec::new();
    let records = input.snapshot.audiences.iter();
    let deployed: BTreeMap<&Address, &AudienceRecord> = records.map(|each| (&each.definition.address, each)).collect();
    let pairs = moves::pair(input.model, &deployed, &mut refusals);
    let scope = Scope::new(input.targets, &pairs, &mut refusals);
    scope::check_nesting(&pairs, &scope, &mut refusals);
    let inside: Vec<(&Address, &Pair<'_>)> =
        pairs.iter().filter(|(address, _)| scope.inside.contains(*address)).map(|(a, pair)| (*a, pair)).collect();
    inside.iter().for_each(|(_, pair)| check(pair, &input, &mut refusals));
    let users = Translation::new(
        &input.snapshot.mpids,
        input.store,
        inside.iter().filter_map(|each| rows(each.1, input.memberships)),
    );
    // The translation is the bulk of the work and runs in parallel; what differs is then described one by one.
    let memberships = input.memberships;
    let compared: Vec<Option<RoaringBitmap>> =
        inside.par_iter().map(|(_, pair)| after(pair, memberships, &users)).collect();
    let mut changes = Vec::new();
    for ((address, pair), members) in inside.iter().zip(compared) {
        changes.extend(change(address, pair, members, &input, &users, &mut refusals));
    }
    if let Some(refusals) = Refusals::from_found(refusals) {
        return Err(refusals);
    }
    let unchanged = inside.len() - changes.len();
    changes.sort_by_key(|change| change.action != Action::Delete);
    Ok(Plan {
        made_from: made_from(&input),
        new_users: users.new_users(),
        changes,
        unchanged,
        pending: input.snapshot.pending,
        targets: scope.targets,
    })
}

fn made_from(input: &Input<'_>) -> MadeFrom {
    MadeFrom::new(input.tool, input.definitions, input.outputs, input.snapshot, input.store, input.memberships.now)
}

/// The rows of the members after the change; `None` for what is deleted, a draft, or stored.
fn rows<'a>(pair: &Pair<'_>, memberships: &'a Memberships) -> Option<&'a RoaringBitmap> {
    let after = pair.after.filter(|after| after.status == Status::Active && standard::stored(pair).is_none())?;
    memberships.audiences.get(&after.address)
}

/// The members after the change, over the numbers of the state; `None` for what is deleted or a draft.
fn after(pair: &Pair<'_>, memberships: &Memberships, users: &Translation) -> Option<RoaringBitmap> {
    standard::stored(pair).cloned().or_else(|| rows(pair, memberships).map(|rows| users.translate(rows)))
}

/// The refusals that need one audience alone.
fn check(pair: &Pair<'_>, input: &Input<'_>, refusals: &mut Vec<Refusal>) {
    match (pair.record, pair.after) {
        (Some(record), None) if record.definition.protect => {
            refusals.push(Refusal::Protected(record.definition.address.clone()));
        }
        (record, Some(after)) => {
            let is_known = rows(pair, input.memberships).is_some() || standard::stored(pair).is_some();
            if after.status == Status::Active && !is_known {
                refusals.push(Refusal::NotEvaluated(after.address.clone()));
            }
            refusals.extend(record.and_then(|record| split_changed(record, after)));
            let now = input.memberships.now;
            refusals.extend(record.iter().flat_map(|record| standard::check(record, after, now)));
        }
        _ => {}
    }
}

/// A running test keeps its variants, their shares and its salt, since nobody's bucket may change (M15).
fn split_changed(record: &AudienceRecord, after: &Audience) -> Option<Refusal> {
    let (old, new) = (record.definition.split.as_ref()?, after.split.as_ref()?);
    let shares = |split: &Split| split.variants.iter().map(|each| (each.name.clone(), each.share)).collect::<Vec<_>>();
    let other_salt = new.salt.as_ref().filter(|salt| record.salt.as_ref().is_some_and(|old| old != *salt));
    let same = shares(old) == shares(new) && other_salt.is_none();
    if old.name != new.name || record.definition.status != Status::Active || same {
        return None;
    }
    let text = |split: &Split, salt: Option<&String>| {
        let variants = split.variants.iter().map(|each| format!("{} {}%", each.name, each.share));
        let salt = other_salt.and(salt).map(|salt| format!("salt `{salt}`"));
        let parts: Vec<String> = variants.chain([format!("control {}%", split.control_share())]).chain(salt).collect();
        parts.join(", ")
    };
    Some(Refusal::SplitChanged {
        address: record.definition.address.clone(),
        split: old.name.clone(),
        deployed: text(old, record.salt.as_ref()),
        written: text(new, new.salt.as_ref()),
    })
}

/// The salt of an audience's split: set by hand, or kept since the split was first applied, or made of project, address
/// and split (M16). `record` is the audience as deployed, if it is; `None` without a split.
pub fn salt(project: &str, audience: &Audience, record: Option<&AudienceRecord>) -> Option<String> {
    let split = audience.split.as_ref()?;
    let same_name =
        |record: &&AudienceRecord| record.definition.split.as_ref().is_some_and(|old| old.name == split.name);
    let kept = record.filter(same_name).and_then(|record| record.salt.clone());
    let fresh = || format!("{project}/{}/{}", audience.address, split.name);
    Some(split.salt.clone().or(kept).unwrap_or_else(fresh))
}

/// What happens to one audience; `None` where it stays exactly as it is. `members` are those after the change.
fn change(
    address: &Address,
    pair: &Pair<'_>,
    members: Option<RoaringBitmap>,
    input: &Input<'_>,
    users: &Translation,
    refusals: &mut Vec<Refusal>,
) -> Option<Change> {
    let before = pair.record.and_then(|record| record.members.as_ref());
    let difference = difference(before, members.as_ref());
    let action = match (pair.record, pair.after) {
        (None, None) => return None,
        (Some(_), None) => Action::Delete,
        (None, Some(_)) => Action::Create,
        (Some(_), Some(_)) if !pair.same_definition() => Action::Update,
        (Some(_), Some(_)) if difference.is_empty() => return None,
        (Some(_), Some(_)) => Action::Refresh,
    };
    let deployed = pair.record.map(|record| &record.definition);
    let salt = pair.after.and_then(|after| self::salt(&input.model.project, after, pair.record));
    let old_test = pair.record.and_then(|record| test(&record.definition, record.salt.as_deref()));
    let new_test = pair.after.and_then(|after| test(after, salt.as_deref()));
    let (old, new) = Parts::both((before.cloned(), old_test), (members, new_test), users);
    let same_test = matches!((old_test, new_test), (Some(old), Some(new)) if old.split.name == new.split.name);
    Some(Change {
        action,
        address: address.clone(),
        renamed_from: pair.renamed_from().cloned(),
        before: deployed.cloned().map(Box::new),
        after: pair.after.cloned().map(Box::new),
        fields: pair
            .after
            .filter(|_| action != Action::Refresh)
            .map_or_else(Vec::new, |a| fields::between(deployed, a)),
        variants: new.variants.iter().map(|each| variant(each, same_test.then_some(&old))).collect(),
        connections: connections::between(input, pair, (&old, &new), users, refusals),
        people: people(old.whole.as_ref(), new.whole, difference),
        salt,
    })
}

fn difference(before: Option<&RoaringBitmap>, after: Option<&RoaringBitmap>) -> Difference {
    let nobody = RoaringBitmap::new();
    Difference::between(before.unwrap_or(&nobody), after.unwrap_or(&nobody))
}

fn people(before: Option<&RoaringBitmap>, after: Option<RoaringBitmap>, difference: Difference) -> People {
    People { before: before.map_or(0, RoaringBitmap::len), after, adds: difference.adds, drops: difference.drops }
}

/// The people of one variant; those of another test's variant of the same name are not its own.
fn variant((name, members): &(VariantName, RoaringBitmap), old: Option<&Parts>) -> (VariantName, People) {
    let before = old.and_then(|old| old.of(name));
    (name.clone(), people(before, Some(members.clone()), difference(before, Some(members))))
}

fn test<'a>(audience: &'a Audience, salt: Option<&'a str>) -> Option<Test<'a>> {
    Some(Test { split: audience.split.as_ref()?, salt: salt? })
}
