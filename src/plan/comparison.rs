//! What happens to one audience.
//!
//! In: an audience as deployed and as written, and who is in it after the change. Out: its [`Change`], or nothing where it stays exactly as it is.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use super::change::{Action, Change, People};
use super::make::Input;
use super::moves::Pair;
use super::parts::{Parts, Test};
use super::people::Translation;
use super::refusal::Refusal;
use super::reuse::{self, Evaluation, Holding};
use super::why::{self, Causes, News};
use super::{connections, fields, split, standard};
use crate::base::Address;
use crate::ir::{Audience, Status, VariantName};
use crate::members::Difference;

/// Everything that a plan is made from, with the audiences whose deployed membership still holds.
pub(super) struct Comparison<'a> {
    input: &'a Input<'a>,
    /// Under their written addresses.
    holding: BTreeSet<&'a Address>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(input: &'a Input<'a>, pairs: &BTreeMap<&'a Address, Pair<'a>>) -> Self {
        let both = pairs.values().filter_map(|pair| pair.after.zip(pair.record));
        let at = reuse::At::new(input.store, input.memberships.now);
        let holds = both.filter(|(after, record)| {
            let key = input.keys.get(&after.address);
            key.is_some_and(|key| reuse::still_holds(after, record, key, &at))
                && !input.memberships.audiences.contains_key(&after.address)
        });
        Self { input, holding: holds.map(|(after, _)| &after.address).collect() }
    }

    /// The rows of the members after the change; `None` for what is deleted, a draft, stored, or was not evaluated since it still holds.
    pub(super) fn rows(&self, pair: &Pair<'_>) -> Option<&'a RoaringBitmap> {
        let after = pair.after.filter(|after| after.status == Status::Active && standard::stored(pair).is_none())?;
        self.input.memberships.audiences.get(&after.address)
    }

    /// The members that the state has and that still hold.
    fn kept<'p>(&self, pair: &Pair<'p>) -> Option<&'p RoaringBitmap> {
        let holds = pair.after.is_some_and(|after| self.holding.contains(&after.address));
        standard::stored(pair).or_else(|| pair.record?.members.as_ref().filter(|_| holds))
    }

    /// The members after the change, over the numbers of the state; `None` for what is deleted or a draft.
    pub(super) fn after(&self, pair: &Pair<'_>, users: &Translation) -> Option<RoaringBitmap> {
        self.kept(pair).cloned().or_else(|| self.rows(pair).map(|rows| users.translate(rows)))
    }

    /// The refusals that need one audience alone.
    pub(super) fn check(&self, pair: &Pair<'_>, refusals: &mut Vec<Refusal>) {
        match (pair.record, pair.after) {
            (Some(record), None) if record.definition.protect => {
                refusals.push(Refusal::Protected(record.definition.address.clone()));
            }
            (record, Some(after)) => {
                let is_known = self.rows(pair).is_some() || self.kept(pair).is_some();
                if after.status == Status::Active && !is_known {
                    refusals.push(Refusal::NotEvaluated(after.address.clone()));
                }
                let replaced = self.is_to_be_replaced(pair);
                refusals.extend(record.and_then(|record| split::changed(record, after)).filter(|_| !replaced));
                let now = self.input.memberships.now;
                refusals.extend(record.iter().flat_map(|record| standard::check(record, after, now)));
            }
            _ => {}
        }
    }

    fn is_to_be_replaced(&self, pair: &Pair<'_>) -> bool {
        let address = pair.after.map(|after| &after.address);
        self.input.replace.iter().any(|each| Some(each) == address || Some(each) == pair.renamed_from())
    }

    /// What happens to one audience; `None` where it stays exactly as it is. `same` says that its definition does, `members` are those after the
    /// change.
    pub(super) fn change(
        &self,
        (address, pair): (&Address, &Pair<'_>),
        same: bool,
        members: &Option<RoaringBitmap>,
        (users, news): (&Translation, &News<'_>),
        refusals: &mut Vec<Refusal>,
    ) -> Option<Change> {
        let before = pair.record.and_then(|record| record.members.as_ref());
        let moves = difference(before, members.as_ref());
        let action = self.action(pair, same, moves.is_empty())?;
        let deployed = pair.record.map(|record| &record.definition);
        let salt = pair.after.and_then(|after| split::salt(&self.input.model.project, after, pair.record));
        let old_test = pair.record.and_then(|record| test(&record.definition, record.salt.as_deref()));
        let new_test = pair.after.and_then(|after| test(after, salt.as_deref()));
        let causes = self.causes(pair, &moves, (users, news));
        let goes_without_saying =
            moves.is_empty() || matches!(action, Action::Delete | Action::Create | Action::Activate | Action::Pause);
        let (old, new) = Parts::both((before.cloned(), old_test), (members.clone(), new_test), users);
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
                .map_or_else(Vec::new, |after| fields::between(deployed, after)),
            variants: new.variants.iter().map(|each| variant(each, same_test.then_some(&old))).collect(),
            connections: connections::between(self.input, pair, (&old, &new), users, refusals),
            people: people(old.whole.as_ref(), new.whole, moves),
            salt,
            why: (!goes_without_saying).then(|| causes.counted()),
            samples: causes.samples(self.input.sample, users),
            drift: pair.record.map(|record| record.drift).unwrap_or_default(),
        })
    }

    /// What happens; `None` is nothing.
    fn action(&self, pair: &Pair<'_>, same: bool, nobody_moves: bool) -> Option<Action> {
        let (record, after) = match (pair.record, pair.after) {
            (Some(record), Some(after)) => (record, after),
            (Some(_), None) => return Some(Action::Delete),
            (None, Some(_)) => return Some(Action::Create),
            (None, None) => return None,
        };
        let before = &record.definition;
        let drift = record.drift;
        Some(match (before.status, after.status) {
            _ if same && !drift.definition => {
                return (!nobody_moves || drift.members).then_some(Action::Refresh);
            }
            _ if self.is_to_be_replaced(pair) && split::changed(record, after).is_some() => Action::Replace,
            (Status::Draft, Status::Active) => Action::Activate,
            (Status::Active, Status::Draft) => Action::Pause,
            _ if is_same_elsewhere(before, after) => Action::Rename,
            _ => Action::Update,
        })
    }

    /// Who moves for which reason.
    fn causes(&self, pair: &Pair<'_>, moves: &Difference, (users, news): (&Translation, &News<'_>)) -> Causes {
        let Some(record) = pair.record else { return why::all_by_edit(moves) };
        let is_active = |audience: &Audience| audience.status == Status::Active;
        if !(is_active(&record.definition) && pair.after.is_some_and(is_active)) {
            return why::all_by_edit(moves);
        }
        let deployed = self.input.as_deployed.audiences.get(&record.definition.address);
        let deployed = deployed.map(|rows| users.translate_known(rows, self.input.store));
        let since = reuse::seen(record, self.input.snapshot, self.input.store);
        why::causes(record.members.as_ref(), moves, deployed.as_ref(), news, since.as_ref())
    }

    /// Until when memberships hold that the plan writes down as the answer of its evaluation, and how much was evaluated. Of a membership that is used
    /// again and whose audience changes otherwise, what was known is said again: writing a definition down makes a state forget it.
    pub(super) fn holding(&self, inside: &[(&Address, &Pair<'_>)], changes: &[Change]) -> (Vec<Holding>, Evaluation) {
        let changed: BTreeSet<&Address> = changes.iter().map(|change| &change.address).collect();
        let (mut holding, mut counts) = (Vec::new(), Evaluation::default());
        for (_, pair) in inside {
            let Some(audience) = pair.after else { continue };
            let until = if self.rows(pair).is_some() {
                counts.evaluated += 1;
                self.input.until.get(&audience.address).copied()
            } else if self.kept(pair).is_some() {
                counts.reused += 1;
                let known = pair.record.and_then(|record| record.checked.as_ref()).map(|checked| checked.until);
                known.filter(|_| changed.contains(&audience.address) && self.holding.contains(&audience.address))
            } else {
                None
            };
            if let (Some(until), Some(key)) = (until, self.input.keys.get(&audience.address)) {
                holding.push(Holding { address: audience.address.clone(), key: *key, until });
            }
        }
        (holding, counts)
    }
}

/// Whether two definitions differ in nothing but the address.
fn is_same_elsewhere(before: &Audience, after: &Audience) -> bool {
    before.address != after.address && Audience { address: after.address.clone(), ..before.clone() } == *after
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
