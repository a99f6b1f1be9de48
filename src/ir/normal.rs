//! The normal form: equivalent spellings become one value, so that they share a fingerprint and are evaluated once.
//!
//! In: a criterion as lowered. Out: a criterion with the same meaning for every user, in which groups are flat, sorted,
//! without repetitions and never of one, double negations are gone, and value lists are sorted. A labelled criterion
//! keeps its label and its place: it is not merged into the group around it.

use std::cmp::Ordering;

use super::criterion::{Criterion, Kind};
use super::predicate::{Condition, Predicate};
use crate::base::text::fold;

/// The normal form of a criterion.
pub fn normalise(criterion: Criterion) -> Criterion {
    let Criterion { label, kind, origin } = criterion;
    let kind = match kind {
        Kind::All(inner) => group(inner, true),
        Kind::Any(inner) => group(inner, false),
        Kind::Not(inner) => not(normalise(*inner)),
        Kind::UserAttribute { attribute, list, predicate, workspaces } => {
            Kind::UserAttribute { attribute, list, predicate: normal_predicate(predicate), workspaces }
        }
        Kind::Identity { identity, predicate, workspaces } => {
            Kind::Identity { identity, predicate: normal_predicate(predicate), workspaces }
        }
        Kind::Event(mut event) => {
            event.filter = event.filter.map(normal_condition);
            Kind::Event(event)
        }
        other => other,
    };
    Criterion { label, kind, origin }
}

fn not(inner: Criterion) -> Kind {
    match inner.kind {
        Kind::Not(twice) if inner.label.is_none() && twice.label.is_none() => twice.kind,
        kind => Kind::Not(Box::new(Criterion { kind, ..inner })),
    }
}

fn group(inner: Vec<Criterion>, all: bool) -> Kind {
    let mut flat = Vec::new();
    for each in inner.into_iter().map(normalise) {
        match (each.kind, all, &each.label) {
            (Kind::All(inner), true, None) | (Kind::Any(inner), false, None) => flat.extend(inner),
            (kind, _, _) => flat.push(Criterion { kind, label: each.label, origin: each.origin }),
        }
    }
    flat.sort_by(order);
    flat.dedup();
    match <[Criterion; 1]>::try_from(flat) {
        Ok([Criterion { label: None, kind, .. }]) => kind,
        Ok(one) if all => Kind::All(one.into()),
        Ok(one) => Kind::Any(one.into()),
        Err(several) if all => Kind::All(several),
        Err(several) => Kind::Any(several),
    }
}

/// A fixed order of criteria: by their JSON, which is canonical.
fn order(a: &Criterion, b: &Criterion) -> Ordering {
    let text = |criterion: &Criterion| serde_json::to_string(criterion).unwrap_or_default();
    text(a).cmp(&text(b))
}

/// The normal form of a condition over the attributes of an event.
pub fn normal_condition(condition: Condition) -> Condition {
    match condition {
        Condition::All(inner) => condition_group(inner, true),
        Condition::Any(inner) => condition_group(inner, false),
        Condition::Not(inner) => match normal_condition(*inner) {
            Condition::Not(twice) => *twice,
            other => Condition::Not(Box::new(other)),
        },
        Condition::Attribute { attribute, predicate } => {
            Condition::Attribute { attribute, predicate: normal_predicate(predicate) }
        }
    }
}

fn condition_group(inner: Vec<Condition>, all: bool) -> Condition {
    let mut flat = Vec::new();
    for each in inner.into_iter().map(normal_condition) {
        match (each, all) {
            (Condition::All(inner), true) | (Condition::Any(inner), false) => flat.extend(inner),
            (other, _) => flat.push(other),
        }
    }
    flat.sort_by_cached_key(|each| serde_json::to_string(each).unwrap_or_default());
    flat.dedup();
    match <[Condition; 1]>::try_from(flat) {
        Ok([one]) => one,
        Err(several) if all => Condition::All(several),
        Err(several) => Condition::Any(several),
    }
}

/// The normal form of a predicate: value lists are sorted, without repetitions, and never of one. Texts that differ only in case are one (M1).
pub fn normal_predicate(predicate: Predicate) -> Predicate {
    match predicate {
        Predicate::IsIn(mut texts) => {
            texts.sort_by(|a, b| fold(a).cmp(&fold(b)).then_with(|| a.cmp(b)));
            texts.dedup_by(|a, b| fold(a) == fold(b));
            match <[String; 1]>::try_from(texts) {
                Ok([one]) => Predicate::Is(one),
                Err(texts) => Predicate::IsIn(texts),
            }
        }
        Predicate::OneOf(mut numbers) => {
            numbers.sort_by(|a, b| a.get().total_cmp(&b.get()));
            numbers.dedup();
            match numbers.as_slice() {
                [one] => Predicate::Equal(*one),
                _ => Predicate::OneOf(numbers),
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;

    fn member(address: &str) -> Criterion {
        Criterion::new(Kind::Member(Name::new(address).unwrap()))
    }

    fn all(inner: Vec<Criterion>) -> Criterion {
        Criterion::new(Kind::All(inner))
    }

    #[test]
    fn order_nesting_and_repetition_do_not_matter() {
        let one = normalise(all(vec![member("b"), all(vec![member("a"), member("b")])]));
        assert_eq!(one, normalise(all(vec![member("a"), member("b")])));
        assert_eq!(normalise(all(vec![member("a"), member("a")])), member("a"));
    }

    #[test]
    fn double_negation_goes() {
        let twice = Criterion::new(Kind::Not(Box::new(Criterion::new(Kind::Not(Box::new(member("a")))))));
        assert_eq!(normalise(twice), member("a"));
    }

    #[test]
    fn value_lists_are_sets() {
        let texts = |list: &[&str]| normal_predicate(Predicate::IsIn(list.iter().map(|&t| t.to_owned()).collect()));
        assert_eq!(texts(&["b", "a", "B"]), texts(&["a", "B"]));
        assert_eq!(texts(&["a"]), Predicate::Is("a".to_owned()));
    }
}
