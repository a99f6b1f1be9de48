//! Types that only uses tell: an attribute that neither project nor data know is read as its operators ask.
//!
//! In: the items and the catalog. Out: [`Types`], the first use in the order of the files for each such attribute.

use rayon::prelude::*;

use super::declare::Declared;
use super::typing::{Owner, Types, Use, beyond_uses, told};
use crate::base::{Name, Span, Spanned};
use crate::catalog::{Calculation, Catalog, EventKey, Part, ValueType};
use crate::syntax::ast::{self, Condition, Criterion, Test};

/// Reads the types of attributes that the catalog does not know off their uses.
pub(super) fn infer<'a>(declared: &Declared<'a>, catalog: &Catalog) -> Types<'a> {
    let new = || Inference { types: Types::default(), catalog, declared };
    let parts: Vec<Types<'a>> = declared.audiences.par_chunks(512).map(|some| told_by(new(), some)).collect();
    let mut inference = new();
    for ((owner, attribute), told) in parts.into_iter().flat_map(|types| types.uses) {
        inference.types.uses.entry((owner, attribute)).or_insert(told);
    }
    declared.criteria.iter().for_each(|criterion| inference.criterion(&criterion.criterion));
    declared.calculations.iter().for_each(|item| inference.calculated(&item.value, None));
    inference.types
}

/// What some audiences tell.
fn told_by<'a>(mut inference: Inference<'a, '_>, audiences: &[super::declare::DeclaredAudience<'a>]) -> Types<'a> {
    for field in audiences.iter().flat_map(|audience| &audience.item.fields) {
        if let ast::Field::Match(matching) = &field.value {
            inference.group(&matching.group);
        }
    }
    inference.types
}

/// What an event criterion begins with, as a key.
pub(super) fn key(what: &ast::What) -> EventKey {
    match what {
        ast::What::Named { kind, name } => EventKey { kind: *kind, name: name.value.as_str().into() },
        ast::What::Kind { kind, .. } => EventKey::of(kind.value),
    }
}

/// The part that a qualifier names; bare where it names none.
pub(super) fn part(qualifier: Option<&Spanned<Name>>) -> Option<Part> {
    let word = qualifier?.as_str();
    [Part::Action, Part::Product].into_iter().find(|part| part.word() == word)
}

struct Inference<'a, 'c> {
    types: Types<'a>,
    catalog: &'c Catalog,
    declared: &'c Declared<'a>,
}

impl<'a> Inference<'a, '_> {
    fn group(&mut self, group: &'a ast::Group) {
        group.terms.iter().chain(&group.excludes).for_each(|term| self.criterion(term));
    }

    fn criterion(&mut self, criterion: &'a Criterion) {
        match criterion {
            Criterion::Group(group) => self.group(group),
            Criterion::Not(inner) | Criterion::Labelled { of: inner, .. } => self.criterion(inner),
            Criterion::UserAttribute { list, attribute, test, .. } => {
                let told = if *list { Some(ValueType::List) } else { told(test) };
                self.tell(Owner::User, attribute, told, test.span);
            }
            Criterion::Calculated { attribute, test, .. } if self.declared.calculation(attribute).is_none() => {
                self.tell(Owner::Calculated, attribute, told(test), test.span);
            }
            Criterion::Event(event) => self.events(&event.events),
            Criterion::Picked(picked) => self.events(&picked.events),
            Criterion::Sequence(sequence) => {
                self.events(&sequence.first);
                for step in &sequence.steps {
                    self.events(&step.events);
                    step.without.iter().for_each(|without| self.events(without));
                }
            }
            Criterion::Abandoned(abandoned) => {
                let add = EventKey::of(crate::catalog::EventKind::AddToCart);
                abandoned.filter.iter().for_each(|filter| self.condition(&add, filter));
            }
            Criterion::Aggregate(aggregate) => self.calculated(&aggregate.value, Some(&aggregate.test)),
            _ => {}
        }
    }

    fn events(&mut self, events: &'a ast::Events) {
        // A key is allocated, and most events have no filter.
        let Some(_) = &events.filter else { return };
        let key = key(&events.what);
        events.filter.iter().for_each(|filter| self.condition(&key, filter));
    }

    /// A calculation of numbers tells that its attribute is one; of others, the test of the value tells.
    fn calculated(&mut self, value: &'a ast::Calculated, test: Option<&'a Spanned<Test>>) {
        use Calculation as C;
        let told = match value.calculation.value {
            C::Sum | C::Average | C::Minimum | C::Maximum => Some((ValueType::Number, value.calculation.span)),
            C::First | C::Latest | C::MostFrequent => test.and_then(|test| Some((told(test)?, test.span))),
            _ => None,
        };
        if let (Some((value_type, span)), Some(attribute)) = (told, &value.attribute) {
            let owner = Owner::Event(key(&value.events.what), part(value.qualifier.as_ref()));
            self.tell(owner, attribute, Some(value_type), span);
        }
        self.events(&value.events);
    }

    fn condition(&mut self, event: &EventKey, condition: &'a Condition) {
        match condition {
            Condition::Group(group) => group.terms.iter().for_each(|term| self.condition(event, term)),
            Condition::Not(inner) => self.condition(event, inner),
            Condition::Attribute { qualifier, attribute, test } => {
                let owner = Owner::Event(event.clone(), part(qualifier.as_ref()));
                self.tell(owner, attribute, told(test), test.span);
            }
        }
    }

    fn tell(&mut self, owner: Owner, attribute: &'a str, told: Option<ValueType>, span: Span) {
        if let Some(value_type) = told
            && beyond_uses(self.catalog, &owner, attribute).is_none()
        {
            self.types.uses.entry((owner, attribute)).or_insert(Use { value_type, span });
        }
    }
}
