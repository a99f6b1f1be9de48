//! When time alone turns a membership round.
//!
//! In: a model, one user's data, a `now` and the membership then. Out: the first later instant at which the membership is the
//! other way round. Exact: as time goes by, an answer can only change where an instant of the user's data enters or leaves a
//! window, so `schedule` lists all such instants, and the evaluator is asked at each until the membership differs.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::node::Turn;
use super::person::Person;
use super::{Question, schedule};
use crate::base::{Address, Now, Timestamp};
use crate::eval::{self, Stored};
use crate::ir::{Audience, Criterion, Kind, Model};

/// The first instant after `now` at which the membership differs from `member`.
pub(super) fn turn(question: &Question<'_>, person: &Person, member: bool) -> Option<Turn> {
    let model = settled(question, question.audience)?;
    let instants = schedule::instants(&model, person, question.now);
    let only = BTreeSet::from([question.audience.clone()]);
    let differs = |at: &&i64| holds(&model, person, &only, Now(Timestamp(**at))) != member;
    let at = instants.par_iter().find_first(differs)?;
    Some(Turn { at: Timestamp(*at), member: !member })
}

/// Whether the user is in an audience at some instant.
pub(super) fn member(question: &Question<'_>, person: &Person, address: &Address, now: Now) -> bool {
    let only = BTreeSet::from([address.clone()]);
    settled(question, address).is_some_and(|model| holds(&model, person, &only, now))
}

fn holds(model: &Model, person: &Person, only: &BTreeSet<Address>, now: Now) -> bool {
    let members = eval::evaluate(model, &person.store, now, Some(only), &Stored::default());
    members.audiences.values().any(|rows| rows.contains(0))
}

/// An audience and all that it nests. Audiences whose membership is stored are constants in those that nest them; `None`
/// where it is one itself, or does not exist.
fn settled(question: &Question<'_>, address: &Address) -> Option<Model> {
    let all = &question.model.audiences;
    let mut audiences = BTreeMap::new();
    let mut open = vec![all.get(address).filter(|audience| stored(question, audience).is_none())?];
    while let Some(audience) = open.pop() {
        if audiences.contains_key(&audience.address) {
            continue;
        }
        let criterion = constant(question, &audience.criterion).into_owned();
        let settled = Audience { criterion: criterion.into(), ..audience.clone() };
        open.extend(settled.nested().into_iter().filter_map(|nested| all.get(nested)));
        audiences.insert(audience.address.clone(), settled);
    }
    Some(Model { audiences, ..question.model.clone() })
}

fn stored(question: &Question<'_>, audience: &Audience) -> Option<bool> {
    audience.standard.and(question.stored.get(&audience.address)).copied()
}

/// A criterion with stored memberships in place of the audiences.
fn constant<'c>(question: &Question<'_>, criterion: &'c Criterion) -> Cow<'c, Criterion> {
    let each = |inner: &[Criterion]| inner.iter().map(|each| constant(question, each).into_owned()).collect();
    let kind = match &criterion.kind {
        Kind::All(inner) => Kind::All(each(inner)),
        Kind::Any(inner) => Kind::Any(each(inner)),
        Kind::Not(inner) => Kind::Not(Box::new(constant(question, inner).into_owned())),
        Kind::Member(address) => {
            let audience = question.model.audiences.get(address);
            match audience.and_then(|audience| stored(question, audience)) {
                Some(true) => Kind::Everyone,
                Some(false) => Kind::Not(Box::new(Criterion::new(Kind::Everyone))),
                None => return Cow::Borrowed(criterion),
            }
        }
        _ => return Cow::Borrowed(criterion),
    };
    Cow::Owned(Criterion { kind, ..criterion.clone() })
}
