//! Guards: known audiences, limits that can hold, each by itself and all together (M24).

use std::collections::BTreeMap;

use super::{limits, reference};
use crate::analyze::lower::LoweredAudience;
use crate::analyze::world::World;
use crate::base::{Address, Origin, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Guard;
use crate::syntax::ast;

/// The guards, in the order of their audiences.
pub(in crate::analyze) fn check(
    world: &World<'_>,
    audiences: &[LoweredAudience<'_>],
    found: &mut Diagnostics,
) -> Vec<Guard> {
    let mut guards: BTreeMap<&Address, (Span, Guard)> = BTreeMap::new();
    for item in world.declared.guards.iter().copied() {
        let audience = reference::audience(world, &item.audience, found);
        let limits = limits::check(item, found);
        if audience.is_none() {
            continue;
        }
        if let Some((first, _)) = guards.get(&item.audience.value) {
            found.push(twice(item, *first));
            continue;
        }
        found.extend(draft(audiences, item));
        let origin = Origin::from(item.span);
        let guard = Guard { audience: item.audience.value.clone(), limits, origin };
        guards.insert(&item.audience.value, (item.audience.span, guard));
    }
    guards.into_values().map(|(_, guard)| guard).collect()
}

fn twice(item: &ast::Guard, first: Span) -> Diagnostic {
    Diagnostic::new(Code::DuplicateGuard, format!("audience `{}` is guarded twice", item.audience.value))
        .label(item.audience.span, "again here")
        .label(first, "first here")
        .help("put all limits of an audience into one `guard`")
}

fn draft(audiences: &[LoweredAudience<'_>], item: &ast::Guard) -> Option<Diagnostic> {
    let guarded = audiences.iter().find(|each| each.declared.owns_address && *each.address() == item.audience.value)?;
    let status = guarded.fields.status.filter(|_| guarded.is_draft())?;
    Some(
        Diagnostic::new(
            Code::DraftGuarded,
            format!("audience `{}` is a draft, which has no members", guarded.address()),
        )
        .label(item.audience.span, "guards nobody yet")
        .label(status.span, "a draft since here")
        .help("the guard counts from the plan that activates it"),
    )
}
