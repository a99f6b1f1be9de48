//! Assertions: known audiences that have members, and are different ones.

use std::collections::BTreeSet;

use super::reference;
use crate::analyze::lower::LoweredAudience;
use crate::analyze::world::World;
use crate::base::{Address, Name, Origin, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Assertion;
use crate::syntax::ast::Claim;

/// The assertions, in the order written.
pub(in crate::analyze) fn check(
    world: &World<'_>,
    audiences: &[LoweredAudience<'_>],
    found: &mut Diagnostics,
) -> Vec<Assertion> {
    let mut kept: Vec<(Span, Assertion)> = Vec::new();
    for item in &world.declared.assertions {
        let named: Vec<&Spanned<Name>> = match &item.claim {
            Claim::Disjoint(all) => all.iter().collect(),
            Claim::Inside(inner, outer) => vec![inner, outer],
        };
        let mut fine = different(&item.claim, &named, item.span, found);
        for address in named {
            fine &= reference::audience(world, address, found).is_some();
            if let Some(wrong) = draft(audiences, address) {
                found.push(wrong);
                fine = false;
            }
        }
        if !fine {
            continue;
        }
        let assertion = lowered(&item.claim, item.span);
        if let Some((first, _)) = kept.iter().find(|(_, other)| same(other, &assertion)) {
            found.push(
                Diagnostic::new(Code::DuplicateAssertion, "this assertion stands twice")
                    .label(item.span, "again here")
                    .label(*first, "first here")
                    .help("keep one of them"),
            );
            continue;
        }
        found.extend(kept.iter().find_map(|(first, other)| contradiction(&assertion, item.span, other, *first)));
        kept.push((item.span, assertion));
    }
    kept.into_iter().map(|(_, assertion)| assertion).collect()
}

fn lowered(claim: &Claim, span: Span) -> Assertion {
    let origin = Origin::from(span);
    match claim {
        Claim::Disjoint(all) => {
            Assertion::Disjoint { audiences: all.iter().map(|each| each.value.clone()).collect(), origin }
        }
        Claim::Inside(inner, outer) => {
            Assertion::Inside { audience: inner.value.clone(), inside: outer.value.clone(), origin }
        }
    }
}

/// Whether an assertion names at least two audiences, each once.
fn different(claim: &Claim, named: &[&Spanned<Name>], item: Span, found: &mut Diagnostics) -> bool {
    if let [] | [_] = named {
        found.push(
            Diagnostic::new(Code::AssertionOfOne, "`disjoint` is about at least two audiences")
                .label(named.first().map_or(item, |only| only.span), "disjoint from what?")
                .help("write `assert disjoint(a, b)`"),
        );
        return false;
    }
    let mut seen: Vec<&Spanned<Name>> = Vec::new();
    let mut fine = true;
    for each in named {
        if let Some(first) = seen.iter().find(|first| first.value == each.value) {
            fine = false;
            let message = match claim {
                Claim::Inside(..) => format!("audience `{}` is always inside itself", each.value),
                Claim::Disjoint(_) => {
                    format!("audience `{}` is disjoint from itself only where it is empty", each.value)
                }
            };
            found.push(
                Diagnostic::new(Code::AssertionOfOne, message)
                    .label(each.span, "again here")
                    .label(first.span, "first here")
                    .help("name each audience once"),
            );
        } else {
            seen.push(each);
        }
    }
    fine
}

fn draft(audiences: &[LoweredAudience<'_>], address: &Spanned<Name>) -> Option<Diagnostic> {
    let named = audiences.iter().find(|each| each.declared.owns_address && *each.address() == address.value)?;
    let status = named.fields.status.filter(|_| named.is_draft())?;
    Some(
        Diagnostic::new(
            Code::DraftAsserted,
            format!("audience `{}` is a draft, so that nothing can be asserted of it", address.value),
        )
        .label(address.span, "has no members")
        .label(status.span, "a draft since here")
        .help(format!("activate `{}`, or take it out of the assertion", address.value)),
    )
}

fn addresses(assertion: &Assertion) -> BTreeSet<&Address> {
    match assertion {
        Assertion::Disjoint { audiences, .. } => audiences.iter().collect(),
        Assertion::Inside { audience, inside, .. } => [audience, inside].into(),
    }
}

fn same(one: &Assertion, other: &Assertion) -> bool {
    match (one, other) {
        (Assertion::Disjoint { .. }, Assertion::Disjoint { .. }) => addresses(one) == addresses(other),
        _ => one == other,
    }
}

/// What is inside another audience and disjoint from it is empty.
fn contradiction(one: &Assertion, span: Span, other: &Assertion, first: Span) -> Option<Diagnostic> {
    let (apart, (inner, outer)) = match (one, other) {
        (Assertion::Disjoint { .. }, Assertion::Inside { audience, inside, .. }) => (one, (audience, inside)),
        (Assertion::Inside { audience, inside, .. }, Assertion::Disjoint { .. }) => (other, (audience, inside)),
        _ => return None,
    };
    let apart = addresses(apart);
    (apart.contains(inner) && apart.contains(outer)).then(|| {
        Diagnostic::new(
            Code::AssertionsContradict,
            format!("`{inner}` is asserted to be inside `{outer}` and disjoint from it"),
        )
        .label(span, format!("both hold only where `{inner}` is empty"))
        .label(first, "with this one")
        .help("take one of the two assertions out")
    })
}
