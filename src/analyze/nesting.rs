//! Audiences in audiences: no circles, no deeper than allowed, no draft in an active audience (M14).

use std::collections::BTreeMap;

use super::graph::{Circle, Graph};
use super::lower::LoweredAudience;
use super::world::World;
use crate::base::Address;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks who nests whom.
pub(super) fn check(world: &World<'_>, audiences: &[LoweredAudience<'_>], found: &mut Diagnostics) {
    let owners: Vec<_> = audiences.iter().filter(|audience| audience.declared.owns_address).collect();
    let positions: BTreeMap<&Address, usize> =
        owners.iter().enumerate().map(|(at, audience)| (audience.address(), at)).collect();
    let mut graph = Graph { edges: vec![Vec::new(); owners.len()] };
    for (from, audience) in owners.iter().enumerate() {
        for (member, span) in &audience.members {
            if let Some(to) = positions.get(member) {
                graph.add(from, *to, *span);
            }
        }
    }
    let walk = graph.walk();
    found.extend(walk.circles.iter().map(|each| circle(&owners, each)));
    let mut heights: Vec<Option<usize>> = vec![None; owners.len()];
    for at in walk.order {
        let mut below = graph.of(at).iter().map(|(to, _)| height(&heights, *to).map(|below| below + 1));
        let height = below.try_fold(0, |highest: usize, below| Some(highest.max(below?)));
        if let Some(place) = heights.get_mut(at) {
            *place = height;
        }
    }
    depth(world, &owners, &graph, &heights, found);
    drafts(&owners, found);
}

/// How many levels of audiences stand below one; `None` on and above a circle.
fn height(heights: &[Option<usize>], at: usize) -> Option<usize> {
    heights.get(at).copied().flatten()
}

fn name<'o>(owners: &[&'o LoweredAudience<'_>], at: usize) -> &'o str {
    owners.get(at).map_or("", |audience| audience.address().as_str())
}

fn circle(owners: &[&LoweredAudience<'_>], circle: &Circle) -> Diagnostic {
    let names: Vec<&str> = circle.way.iter().map(|at| name(owners, *at)).collect();
    let message = match names.as_slice() {
        [one, _] => format!("audience `{one}` nests itself"),
        _ => format!("audiences nest each other in a circle: {}", names.join(" → ")),
    };
    let help = match names.as_slice() {
        [one, _] => format!("take `audience {one}` out of its own definition"),
        _ => "write out in one of them what it needs of the other".to_owned(),
    };
    Diagnostic::new(Code::AudienceCycle, message).label(circle.span, "closes the circle").help(help)
}

/// Only the first step beyond the limit is told: mending it shortens every longer way.
fn depth(
    world: &World<'_>,
    owners: &[&LoweredAudience<'_>],
    graph: &Graph,
    heights: &[Option<usize>],
    found: &mut Diagnostics,
) {
    let limit = world.project().limits.nesting_depth as usize;
    for from in 0..owners.len() {
        for (to, span) in graph.of(from).iter().filter(|(to, _)| height(heights, *to) == Some(limit)) {
            let mut way = vec![name(owners, from), name(owners, *to)];
            let mut at = *to;
            while let Some((next, _)) = graph.of(at).iter().max_by_key(|(next, _)| height(heights, *next)) {
                way.push(name(owners, *next));
                at = *next;
            }
            let (from, to) = (name(owners, from), name(owners, *to));
            let message = match limit {
                0 => format!("audience `{from}` nests `{to}`, and this project nests no audiences"),
                1 => format!("audience `{to}` nests others itself, so it cannot be nested"),
                _ => format!("audiences nest {} deep, and at most {limit} are allowed", limit + 1),
            };
            found.push(
                Diagnostic::new(Code::AudiencesTooDeep, message)
                    .label(*span, "one level too many")
                    .note(format!("the way is {}", way.join(" → ")))
                    .help(format!(
                        "raise `limits.nesting_depth` in aud.yaml (it is {limit}), or share a named `criterion` instead"
                    )),
            );
        }
    }
}

fn drafts(audiences: &[&LoweredAudience<'_>], found: &mut Diagnostics) {
    let drafts: BTreeMap<&Address, &LoweredAudience<'_>> =
        audiences.iter().filter(|each| each.is_draft()).map(|each| (each.address(), *each)).collect();
    for audience in audiences.iter().filter(|audience| !audience.is_draft()) {
        for (member, span) in &audience.members {
            let Some(draft) = drafts.get(member) else { continue };
            let address = audience.address();
            let mut wrong = Diagnostic::new(
                Code::DraftNested,
                format!("audience `{address}` is active and cannot nest the draft `{member}`"),
            )
            .label(*span, "a draft has no members");
            if let Some(status) = draft.fields.status {
                wrong = wrong.label(status.span, "a draft since here");
            }
            found.push(wrong.help(format!("activate `{member}`, or make `{address}` a draft as well")));
        }
    }
}
