//! A criterion that can never hold, or always holds, is not what anybody means.
//!
//! Two criteria of a group that exclude each other make the group never hold; two of which one holds wherever the other
//! does not make it always hold. The place told is the smallest one that explains it.

use super::contradiction::{conditions_exclude, conditions_imply, exclude, implies};
use crate::base::Span;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Condition, Criterion, Kind};

/// Beyond this many terms, a group is not searched for pairs: the time grows with the square.
const SEARCHED: usize = 256;
/// Longer criteria are not repeated in a message.
const SHORT: usize = 60;

/// Checks a criterion in normal form.
pub(in crate::analyze) fn check(criterion: &Criterion, found: &mut Diagnostics) {
    match &criterion.kind {
        Kind::All(inner) => {
            inner.iter().for_each(|each| check(each, found));
            if let Some((a, b)) = pair(&flat(inner, true), exclude) {
                found.push(never("user", (&a.to_string(), place(a)), (&b.to_string(), place(b))));
            }
        }
        Kind::Any(inner) => {
            inner.iter().for_each(|each| check(each, found));
            if let Some(everyone) = inner.iter().find(|each| each.kind == Kind::Everyone) {
                found.push(
                    with_place(
                        Diagnostic::new(Code::AlwaysHolds, "`everyone` makes the whole group hold"),
                        place(everyone),
                        "holds for everybody",
                    )
                    .help("take `everyone` out, or the rest of the group"),
                );
            } else if let Some((a, b)) = pair(&flat(inner, false), together_always) {
                found.push(always("user", (&a.to_string(), place(a)), (&b.to_string(), place(b))));
            }
        }
        Kind::Not(inner) if inner.kind == Kind::Everyone => {
            let nobody = Diagnostic::new(Code::NeverHolds, "nobody is left without `everyone`");
            found.push(
                with_place(nobody, place(inner).or(place(criterion)), "takes everybody away")
                    .help("take it out, or name those who are to be left out"),
            );
        }
        Kind::Not(inner) => check(inner, found),
        _ => {}
    }
}

/// Checks the terms of one group of a `where`, each with its place.
pub(in crate::analyze) fn conditions(terms: &[(Span, &Condition)], all: bool, found: &mut Diagnostics) {
    if terms.len() > SEARCHED {
        return;
    }
    for (at, (here, b)) in terms.iter().enumerate() {
        for (there, a) in terms.iter().take(at) {
            let together = if all { conditions_exclude(a, b) } else { conditions_always(a, b) };
            if together {
                let (a, b) = (a.to_string(), b.to_string());
                let (a, b) = ((a.as_str(), Some(*there)), (b.as_str(), Some(*here)));
                found.push(if all { never("event", a, b) } else { always("event", a, b) });
                return;
            }
        }
    }
}

/// The terms of a group; what is denied as a group is denied one by one.
fn flat(inner: &[Criterion], all: bool) -> Vec<Criterion> {
    let denied =
        |each: &Criterion| Criterion { label: None, kind: Kind::Not(Box::new(each.clone())), origin: each.origin };
    let mut terms = Vec::new();
    for each in inner {
        match &each.kind {
            Kind::All(nested) if all => terms.extend(nested.iter().cloned()),
            Kind::Any(nested) if !all => terms.extend(nested.iter().cloned()),
            Kind::Not(group) => match &group.kind {
                Kind::Any(nested) if all => terms.extend(nested.iter().map(denied)),
                Kind::All(nested) if !all => terms.extend(nested.iter().map(denied)),
                _ => terms.push(each.clone()),
            },
            _ => terms.push(each.clone()),
        }
    }
    terms
}

/// The first pair of terms that passes, in the order of their places.
fn pair(terms: &[Criterion], passes: impl Fn(&Criterion, &Criterion) -> bool) -> Option<(&Criterion, &Criterion)> {
    if terms.len() > SEARCHED {
        return None;
    }
    let pairs = terms.iter().enumerate().flat_map(|(at, b)| terms.iter().take(at).map(move |a| (a, b)));
    let (a, b) = pairs.into_iter().find(|(a, b)| passes(a, b))?;
    Some(if place(a) <= place(b) { (a, b) } else { (b, a) })
}

/// Whether every user satisfies one of them.
fn together_always(a: &Criterion, b: &Criterion) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Not(_), Kind::Not(_)) => false,
        (Kind::Not(denied), _) => implies(denied, b),
        (_, Kind::Not(denied)) => implies(denied, a),
        _ => false,
    }
}

fn conditions_always(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::Not(_), Condition::Not(_)) => false,
        (Condition::Not(denied), other) | (other, Condition::Not(denied)) => conditions_imply(denied, other),
        _ => false,
    }
}

fn place(criterion: &Criterion) -> Option<Span> {
    criterion.origin.0
}

fn with_place(diagnostic: Diagnostic, place: Option<Span>, text: &str) -> Diagnostic {
    match place {
        Some(span) => diagnostic.label(span, text),
        None => diagnostic,
    }
}

/// `who` is a user or an event that would have to satisfy both.
fn never(who: &str, (a, there): (&str, Option<Span>), (b, here): (&str, Option<Span>)) -> Diagnostic {
    let message = match a.len().max(b.len()) > SHORT {
        true => "these two can never hold together".to_owned(),
        false => format!("`{a}` and `{b}` can never hold together"),
    };
    let wrong = with_place(Diagnostic::new(Code::NeverHolds, message), here, "cannot hold where the other one does");
    with_place(wrong, there, "the other one")
        .help(format!("no {who} satisfies both: take one out, or join them with `or`"))
}

fn always(who: &str, (a, there): (&str, Option<Span>), (b, here): (&str, Option<Span>)) -> Diagnostic {
    let message = match a.len().max(b.len()) > SHORT {
        true => "one of these two always holds".to_owned(),
        false => format!("one of `{a}` and `{b}` always holds"),
    };
    let wrong = with_place(Diagnostic::new(Code::AlwaysHolds, message), here, "holds wherever the other one does not");
    with_place(wrong, there, "the other one")
        .help(format!("every {who} satisfies one of them: take them out, or join them with `and`"))
}
