//! Criteria as written to criteria as meant.
//!
//! In: one audience, or one named criterion, in the world of all others. Out: its model in normal form, or nothing where
//! something in it is wrong; the rest of it is checked all the same. Negative operators become `not` around their
//! positive, `exclude` becomes `and not`, counts become ranges, named criteria are put where they are used.

mod aggregate;
mod audience;
mod condition;
mod criterion;
mod event;
mod predicate;
mod profile;
mod scope;
mod sequence;

pub(super) use audience::{LoweredAudience, audience, recalled};
pub(super) use criterion::unknown_identity;
pub(super) use event::event_type;
pub(super) use predicate::Subject;

use crate::base::{Address, Name, Origin, Span, Spanned, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{self, Kind};
use crate::syntax::ast::{self, Joiner};

use super::resolve::{Home, all_known};
use super::world::World;

/// One criterion on its way to the model.
struct Lowering<'w, 'a> {
    world: &'w World<'a>,
    home: &'w Home,
    found: &'w mut Diagnostics,
    /// Whose criterion it is, for messages.
    owner: String,
    /// The audiences that are nested, each where it was written, or where the named criterion that names it is used.
    members: Vec<(Address, Span)>,
}

/// Checks a named criterion by itself, in a home.
pub(super) fn named(
    world: &World<'_>,
    home: &Home,
    at: usize,
    criterion: &Spanned<ast::Criterion>,
    found: &mut Diagnostics,
) {
    if !world.usable.get(at).copied().unwrap_or_default() {
        return;
    }
    let address = world.declared.criteria.get(at).map_or("", |criterion| criterion.address.as_str());
    let owner = format!("criterion `{address}`");
    let lowered = Lowering { world, home, found, owner, members: Vec::new() }.criterion(criterion);
    if let Some(lowered) = lowered {
        super::rules::constant::check(&ir::normalise(lowered), found);
    }
}

/// Checks a calculated attribute by itself, in a home.
pub(super) fn calculated(world: &World<'_>, home: &Home, item: &ast::NamedCalculation, found: &mut Diagnostics) {
    let owner = format!("calculated attribute `{}`", item.address.value);
    Lowering { world, home, found, owner, members: Vec::new() }.calculation(&item.value);
}

impl<'a> Lowering<'_, 'a> {
    /// This lowering with another place for what is found.
    fn inside<'i>(&'i self, found: &'i mut Diagnostics) -> Lowering<'i, 'a> {
        Lowering { world: self.world, home: self.home, found, owner: self.owner.clone(), members: Vec::new() }
    }
}

impl Lowering<'_, '_> {
    fn criterion(&mut self, criterion: &Spanned<ast::Criterion>) -> Option<ir::Criterion> {
        let span = criterion.span;
        match &criterion.value {
            ast::Criterion::Group(group) => self.group(group, span),
            ast::Criterion::Not(inner) => self.criterion(inner).map(|inner| not(inner, span)),
            ast::Criterion::Labelled { label, of } => {
                let inner = self.criterion(of)?;
                Some(ir::Criterion { label: Some(label.value.clone()), ..inner })
            }
            ast::Criterion::Everyone => Some(at(Kind::Everyone, span)),
            ast::Criterion::Audience(address) => self.member(address),
            ast::Criterion::Named(address) => self.named(address),
            ast::Criterion::UserAttribute { list, attribute, test, scope } => {
                self.user_attribute(*list, attribute, test, scope, span)
            }
            ast::Criterion::Seen { first, time, scope } => self.seen(*first, time, scope, span),
            ast::Criterion::Identity { identity, test, scope } => self.identity(identity, test, scope, span),
            ast::Criterion::Event(event) => self.event(event, span),
            ast::Criterion::Calculated { attribute, test, scope } => self.calculated(attribute, test, scope, span),
            ast::Criterion::Consent { regulation, purpose, state, scope } => {
                self.consent(regulation, purpose, state.value, scope, span)
            }
            ast::Criterion::Device { field, test, scope } => self.device(field, test, scope, span),
            ast::Criterion::Location { field, test, scope } => self.location(field, test, scope, span),
            ast::Criterion::Near { distance, place, scope } => self.near(distance, place, scope, span),
            ast::Criterion::Attribution { edge, filter, scope } => {
                self.attribution(edge.value, filter.as_ref(), scope, span)
            }
            ast::Criterion::Picked(picked) => self.picked(picked, span),
            ast::Criterion::Sequence(sequence) => self.sequence(sequence, span),
            ast::Criterion::Abandoned(abandoned) => self.abandoned(abandoned, span),
            ast::Criterion::Aggregate(aggregate) => self.aggregate(aggregate, span),
        }
    }

    /// Every term is lowered even where one fails, so that all of them are checked.
    fn group(&mut self, group: &ast::Group, span: Span) -> Option<ir::Criterion> {
        let terms: Vec<_> = group.terms.iter().map(|term| self.criterion(term)).collect();
        let excludes: Vec<_> = group.excludes.iter().map(|term| self.criterion(term)).collect();
        let mut terms: Vec<_> = terms.into_iter().collect::<Option<_>>()?;
        let excludes: Vec<_> = excludes.into_iter().collect::<Option<_>>()?;
        if terms.is_empty() && excludes.is_empty() {
            return None;
        }
        if group.joiner == Some(Joiner::Or) && terms.len() > 1 {
            terms = vec![at(Kind::Any(terms), span)];
        }
        let removed = excludes.into_iter().zip(&group.excludes);
        terms.extend(removed.map(|(inner, written)| not(inner, written.span)));
        match <[_; 1]>::try_from(terms) {
            Ok([one]) => Some(one),
            Err(several) => Some(at(Kind::All(several), span)),
        }
    }

    fn member(&mut self, address: &Spanned<Name>) -> Option<ir::Criterion> {
        if self.world.declared.audience(address.as_str()).is_none() {
            self.found.push(unknown_audience(self.world, &self.owner, address));
            return None;
        }
        self.members.push((address.value.clone(), address.span));
        Some(at(Kind::Member(address.value.clone()), address.span))
    }

    /// Puts a named criterion where it is used. What is wrong inside it was said at its definition; what does not suit
    /// this home is said here.
    fn named(&mut self, address: &Spanned<Name>) -> Option<ir::Criterion> {
        let world = self.world;
        let Some(position) = world.declared.criterion(address.as_str()) else {
            self.found.push(unknown_criterion(world, address));
            return None;
        };
        if !world.usable.get(position).copied().unwrap_or_default() {
            return None;
        }
        let definition = world.declared.criteria.get(position)?;
        let mut inside = Diagnostics::default();
        let mut inner = self.inside(&mut inside);
        let lowered = inner.criterion(&definition.criterion);
        let members = inner.members;
        self.members.extend(members.into_iter().map(|(member, _)| (member, address.span)));
        let of_this_home = |code| matches!(code, Code::AmbiguousInput | Code::InputOutside | Code::ScopeOutside);
        let outside = inside.into_sorted().into_iter().filter(|each| of_this_home(each.code));
        self.found.extend(outside.map(|each| each.label(address.span, "used here")));
        lowered.map(|lowered| ir::Criterion { origin: Origin::from(address.span), ..lowered })
    }
}

fn unknown_audience(world: &World<'_>, owner: &str, address: &Spanned<Name>) -> Diagnostic {
    let name = &address.value;
    let moved = world.declared.moves.iter().find(|moved| moved.from.value == *name);
    if let Some(moved) = moved {
        let to = &moved.to.value;
        return Diagnostic::new(Code::UnknownAudience, format!("audience `{name}` is called `{to}` now"))
            .label(address.span, "its old address")
            .label(moved.span, "renamed here")
            .fix(crate::diagnostic::Fix::replace(format!("write `{to}`"), address.span, to.as_str()));
    }
    let known = world.declared.by_address.keys().copied();
    let near = suggest::nearest(name.as_str(), known);
    if world.input.deployed.contains(name) {
        return Diagnostic::new(
            Code::DeployedAudienceNested,
            format!("audience `{name}` is deployed and cannot be deleted while {owner} nests it"),
        )
        .label(address.span, "nested here, and defined in no file any more")
        .help(format!("keep its definition, or take `audience {name}` out of this criterion first"));
    }
    let mut unknown = Diagnostic::new(Code::UnknownAudience, format!("there is no audience `{name}`"))
        .label(address.span, "defined in no file of the project");
    if world.declared.criterion(name.as_str()).is_some() {
        unknown = unknown.help(format!("there is a criterion of that name: write `criterion {name}`"));
    } else if let Some(all) = all_known("the project has", world.declared.by_address.keys().copied()) {
        unknown = unknown.help(all);
    }
    unknown.did_you_mean(address.span, &near, str::to_owned)
}

fn unknown_criterion(world: &World<'_>, address: &Spanned<Name>) -> Diagnostic {
    let name = &address.value;
    let known = world.declared.criteria_by_address.keys().copied();
    let near = suggest::nearest(name.as_str(), known);
    let mut unknown = Diagnostic::new(Code::UnknownCriterion, format!("there is no criterion `{name}`"))
        .label(address.span, "defined in no file of the project");
    if world.declared.audience(name.as_str()).is_some() {
        unknown = unknown.help(format!("there is an audience of that name: write `audience {name}`"));
    } else if let Some(all) = all_known("the project has", world.declared.criteria_by_address.keys().copied()) {
        unknown = unknown.help(all);
    }
    unknown.did_you_mean(address.span, &near, str::to_owned)
}

/// A criterion at a place.
fn at(kind: Kind, span: Span) -> ir::Criterion {
    ir::Criterion { label: None, kind, origin: Origin::from(span) }
}

/// The complement of a criterion, at a place.
fn not(inner: ir::Criterion, span: Span) -> ir::Criterion {
    at(Kind::Not(Box::new(inner)), span)
}

/// A criterion or its complement, at a place.
fn signed(kind: Kind, negated: bool, span: Span) -> ir::Criterion {
    let positive = at(kind, span);
    if negated { not(positive, span) } else { positive }
}
