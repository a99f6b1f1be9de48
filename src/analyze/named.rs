//! Named criteria in named criteria: no circles, and within bounds with everything that they use.

use super::declare::Declared;
use super::graph::{Circle, Graph};
use crate::base::{Address, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast;

/// How deep a criterion may go, everything that it uses put in.
const DEEPEST: usize = 64;
/// How many criteria one may hold, everything that it uses put in.
const LARGEST: usize = 10_000;

/// How much a criterion holds.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    count: usize,
    depth: usize,
}

/// Whether each named criterion can stand where it is used.
pub(super) fn check(declared: &Declared<'_>, found: &mut Diagnostics) -> Vec<bool> {
    let own: Vec<_> = declared.criteria.iter().map(|criterion| measure(&criterion.criterion.value)).collect();
    let mut graph = Graph { edges: vec![Vec::new(); own.len()] };
    for (from, (_, uses)) in own.iter().enumerate() {
        for each in uses {
            if let Some(to) = declared.criterion(each.name.as_str()) {
                graph.add(from, to, each.span);
            }
        }
    }
    let walk = graph.walk();
    found.extend(walk.circles.iter().map(|each| circle(declared, each)));
    let mut sizes: Vec<Option<Size>> = vec![None; own.len()];
    for at in walk.order {
        let size = own.get(at).and_then(|(size, uses)| whole(declared, &sizes, *size, uses));
        let fits = size.filter(|size| size.depth <= DEEPEST && size.count <= LARGEST);
        if let (Some(size), None, Some(criterion)) = (size, fits, declared.criteria.get(at)) {
            found.push(too_large(criterion, size));
        }
        if let Some(place) = sizes.get_mut(at) {
            *place = fits;
        }
    }
    sizes.iter().map(Option::is_some).collect()
}

/// The size of a criterion with everything that it uses; `None` where something in it is broken.
fn whole(declared: &Declared<'_>, sizes: &[Option<Size>], own: Size, uses: &[Used<'_>]) -> Option<Size> {
    let mut size = own;
    for each in uses {
        // A name that does not exist is told where it stands.
        let Some(used) = declared.criterion(each.name.as_str()) else { continue };
        let inner = sizes.get(used).copied().flatten()?;
        size.count = size.count.saturating_add(inner.count);
        size.depth = size.depth.max(each.level + inner.depth);
    }
    Some(size)
}

/// A named criterion that is used, where, and how deep.
struct Used<'a> {
    name: &'a Address,
    span: Span,
    level: usize,
}

fn measure(criterion: &ast::Criterion) -> (Size, Vec<Used<'_>>) {
    let (mut size, mut uses) = (Size::default(), Vec::new());
    structure(criterion, 1, &mut size, &mut uses);
    (size, uses)
}

fn structure<'a>(criterion: &'a ast::Criterion, level: usize, size: &mut Size, uses: &mut Vec<Used<'a>>) {
    size.count += 1;
    size.depth = size.depth.max(level);
    match criterion {
        ast::Criterion::Group(group) => {
            group.terms.iter().chain(&group.excludes).for_each(|term| structure(term, level + 1, size, uses));
        }
        ast::Criterion::Not(inner) => structure(inner, level + 1, size, uses),
        ast::Criterion::Labelled { of, .. } => structure(of, level, size, uses),
        ast::Criterion::Named(name) => uses.push(Used { name: &name.value, span: name.span, level }),
        _ => {}
    }
}

fn too_large(criterion: &ast::NamedCriterion, size: Size) -> Diagnostic {
    let why = match size.depth > DEEPEST {
        true => format!("it goes {} levels deep, and at most {DEEPEST} are allowed", size.depth),
        false => format!("it holds {} criteria, and at most {LARGEST} are allowed", size.count),
    };
    Diagnostic::new(
        Code::CriterionTooLarge,
        format!("criterion `{}` is too large with everything it uses", criterion.address.value),
    )
    .label(criterion.address.span, "too large")
    .note(why)
    .help("make an audience of a part of it, and nest that")
}

fn circle(declared: &Declared<'_>, circle: &Circle) -> Diagnostic {
    let criteria = circle.way.iter().filter_map(|at| declared.criteria.get(*at));
    let names: Vec<&str> = criteria.map(|criterion| criterion.address.value.as_str()).collect();
    let message = match names.as_slice() {
        [one, _] => format!("criterion `{one}` uses itself"),
        _ => format!("criteria use each other in a circle: {}", names.join(" → ")),
    };
    let help = match names.as_slice() {
        [one, _] => format!("take `criterion {one}` out of its own definition"),
        _ => "write out in one of them what it needs of the other".to_owned(),
    };
    Diagnostic::new(Code::CriterionCycle, message).label(circle.span, "closes the circle").help(help)
}
