//! Audiences in audiences, and criteria in criteria: no circles, no deeper than allowed, no draft in an active audience
//! (M14).

use std::collections::BTreeMap;

use super::declare::Declared;
use super::lower::LoweredAudience;
use super::world::World;
use crate::base::{Address, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast;

/// How deep criteria may go, named criteria counted in.
const DEEPEST: usize = 64;
/// How many criteria one may hold, named criteria counted in.
const LARGEST: usize = 10_000;

/// Who nests whom, once each.
struct Graph<'g> {
    edges: BTreeMap<&'g Address, Vec<(&'g Address, Span)>>,
}

/// Checks who nests whom.
pub(super) fn check(world: &World<'_>, audiences: &[LoweredAudience<'_>], found: &mut Diagnostics) {
    let owners: Vec<_> = audiences.iter().filter(|audience| audience.declared.owns_address).collect();
    let mut graph = Graph { edges: BTreeMap::new() };
    for audience in &owners {
        let edges: &mut Vec<(&Address, Span)> = graph.edges.entry(audience.address()).or_default();
        for (member, span) in &audience.members {
            if !edges.iter().any(|(known, _)| *known == member) {
                edges.push((member, *span));
            }
        }
    }
    let heights = graph.heights(|path, span| found.push(circle(path, span)));
    depth(world, &graph, &heights, found);
    drafts(&owners, found);
}

impl<'g> Graph<'g> {
    /// How many levels of audiences stand below each one; those on or above a circle are left out. Every circle is told
    /// once, by the address that it was entered at.
    fn heights(&self, mut circle: impl FnMut(&[&'g Address], Span)) -> BTreeMap<&'g Address, usize> {
        let mut heights: BTreeMap<&Address, Option<usize>> = BTreeMap::new();
        for start in self.edges.keys().copied() {
            // A stack of our own: the depth of nesting is the user's to choose.
            let mut path: Vec<(&Address, usize)> = vec![(start, 0)];
            while let Some((at, next)) = path.last().copied() {
                if next == 0 && heights.contains_key(at) {
                    path.pop();
                    continue;
                }
                let edges = self.edges.get(at).map_or(&[][..], Vec::as_slice);
                let Some((to, span)) = edges.get(next).copied() else {
                    let below = edges.iter().map(|(to, _)| heights.get(to).copied().flatten());
                    let height = below.map(|height| height.map(|h| h + 1)).try_fold(0, |a: usize, b| Some(a.max(b?)));
                    heights.insert(at, height);
                    path.pop();
                    continue;
                };
                if let Some(last) = path.last_mut() {
                    last.1 += 1;
                }
                if let Some(from) = path.iter().position(|(each, _)| *each == to) {
                    let mut way: Vec<&Address> = path.iter().skip(from).map(|(each, _)| *each).collect();
                    way.push(to);
                    circle(&way, span);
                    heights.insert(to, None);
                } else if !heights.contains_key(to) {
                    path.push((to, 0));
                }
            }
        }
        heights.into_iter().filter_map(|(address, height)| Some((address, height?))).collect()
    }
}

fn circle(path: &[&Address], span: Span) -> Diagnostic {
    let shown: Vec<&str> = path.iter().map(|address| address.as_str()).collect();
    let message = match path {
        [one, _] => format!("audience `{one}` nests itself"),
        _ => format!("audiences nest each other in a circle: {}", shown.join(" → ")),
    };
    Diagnostic::new(Code::AudienceCycle, message)
        .label(span, "closes the circle")
        .help("write out in one of them what it needs of the other")
}

/// Only the first step beyond the limit is told: mending it shortens every longer way.
fn depth(world: &World<'_>, graph: &Graph<'_>, heights: &BTreeMap<&Address, usize>, found: &mut Diagnostics) {
    let limit = world.project().limits.nesting_depth as usize;
    for (address, edges) in &graph.edges {
        for (to, span) in edges.iter().filter(|(to, _)| heights.get(to) == Some(&limit)) {
            let mut way = vec![address.as_str(), to.as_str()];
            let mut at = *to;
            while let Some((next, _)) = graph
                .edges
                .get(at)
                .and_then(|edges| edges.iter().max_by_key(|(next, _)| heights.get(next).copied().unwrap_or_default()))
            {
                way.push(next.as_str());
                at = next;
            }
            let message = match limit {
                0 => format!("audience `{address}` nests `{to}`, and this project nests no audiences"),
                1 => format!("audience `{to}` nests others itself, so it cannot be nested"),
                _ => format!("audiences nest {} deep, and at most {limit} are allowed", limit + 1),
            };
            found.push(
                Diagnostic::new(Code::AudiencesTooDeep, message)
                    .label(*span, "one level too many")
                    .note(format!("the way is {}", way.join(" → ")))
                    .help(format!(
                        "raise `limits.nesting_depth` in aud.yaml (it is {limit}), or use a named `criterion` for what they share"
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

/// Whether each named criterion can stand where it is used: in no circle, and within bounds with all that it uses.
pub(super) fn criteria(declared: &Declared<'_>, found: &mut Diagnostics) -> Vec<bool> {
    let mut sizes: Vec<Option<Size>> = vec![None; declared.criteria.len()];
    for at in 0..declared.criteria.len() {
        measure(declared, at, &mut sizes, &mut Vec::new(), found);
    }
    sizes.into_iter().map(|size| size.is_some_and(|size| size.usable)).collect()
}

/// How much a named criterion holds, everything that it uses put in.
#[derive(Clone, Copy, Debug)]
struct Size {
    count: usize,
    depth: usize,
    usable: bool,
}

fn measure(
    declared: &Declared<'_>,
    at: usize,
    sizes: &mut [Option<Size>],
    path: &mut Vec<usize>,
    found: &mut Diagnostics,
) -> Size {
    let broken = Size { count: 0, depth: 0, usable: false };
    if let Some(known) = sizes.get(at).copied().flatten() {
        return known;
    }
    let Some(criterion) = declared.criteria.get(at) else { return broken };
    let mut size = Size { count: 0, depth: 0, usable: true };
    path.push(at);
    let mut uses = Vec::new();
    structure(&criterion.criterion.value, 1, &mut size, &mut uses);
    for (name, span, depth) in uses {
        let Some(used) = declared.criterion(name.as_str()) else { continue };
        if let Some(from) = path.iter().position(|each| *each == used) {
            found.push(criterion_circle(declared, path.get(from..).unwrap_or_default(), used, span));
            size.usable = false;
            continue;
        }
        if path.len() > DEEPEST {
            size.depth = DEEPEST + 1;
            continue;
        }
        let inner = measure(declared, used, sizes, path, found);
        size.usable &= inner.usable;
        size.count = size.count.saturating_add(inner.count);
        size.depth = size.depth.max(depth + inner.depth);
    }
    path.pop();
    if size.usable && (size.depth > DEEPEST || size.count > LARGEST) {
        let why = match size.depth > DEEPEST {
            true => {
                format!("it goes {} levels deep with everything it uses, and at most {DEEPEST} are allowed", size.depth)
            }
            false => {
                format!("it holds {} criteria with everything it uses, and at most {LARGEST} are allowed", size.count)
            }
        };
        found.push(
            Diagnostic::new(Code::CriterionTooLarge, format!("criterion `{}` is too large", criterion.address.value))
                .label(criterion.address.span, "with all the criteria that it uses")
                .note(why)
                .help("make an audience of a part of it and nest that"),
        );
        size.usable = false;
    }
    if let Some(place) = sizes.get_mut(at) {
        *place = Some(size);
    }
    size
}

/// Adds up a criterion as written, and gathers the named ones that it uses with the level they stand at.
fn structure<'a>(
    criterion: &'a ast::Criterion,
    level: usize,
    size: &mut Size,
    uses: &mut Vec<(&'a Address, Span, usize)>,
) {
    size.count += 1;
    size.depth = size.depth.max(level);
    match criterion {
        ast::Criterion::Group(group) => {
            group.terms.iter().chain(&group.excludes).for_each(|term| structure(term, level + 1, size, uses));
        }
        ast::Criterion::Not(inner) => structure(inner, level + 1, size, uses),
        ast::Criterion::Labelled { of, .. } => structure(of, level, size, uses),
        ast::Criterion::Named(name) => uses.push((&name.value, name.span, level)),
        _ => {}
    }
}

fn criterion_circle(declared: &Declared<'_>, path: &[usize], back_to: usize, span: Span) -> Diagnostic {
    let names = path.iter().chain([&back_to]).filter_map(|at| declared.criteria.get(*at));
    let names: Vec<&str> = names.map(|criterion| criterion.address.value.as_str()).collect();
    let message = match names.as_slice() {
        [one, _] => format!("criterion `{one}` uses itself"),
        _ => format!("criteria use each other in a circle: {}", names.join(" → ")),
    };
    Diagnostic::new(Code::CriterionCycle, message).label(span, "closes the circle")
}
