//! Values calculated over events: asked where they stand, or declared once and asked by name.

use std::collections::BTreeSet;

use super::condition::About;
use super::event::{Counts, all_or_nothing};
use super::predicate::Subject;
use super::{Lowering, signed};
use crate::analyze::infer;
use crate::analyze::rules::{aggregate, letter_case, never_seen};
use crate::analyze::typing::{Known, Owner};
use crate::base::{InputName, Span, Spanned};
use crate::catalog::{Calculation, ProfileField, ValueType};
use crate::diagnostic::Diagnostics;
use crate::ir::{self, AttributeRef, Kind};
use crate::syntax::ast::{self, InputRef, Test};

/// A calculation that is fine. Its events read no input yet.
#[derive(Debug)]
pub(in crate::analyze) struct Calculated {
    /// How it is calculated.
    pub(in crate::analyze) calculation: Calculation,
    /// Over which attribute; none where none is needed.
    pub(in crate::analyze) attribute: Option<AttributeRef>,
    /// Over which events.
    pub(in crate::analyze) events: ir::Events,
}

impl<'a> Lowering<'_, 'a> {
    /// Checks how a value is calculated. Every part is checked even where another one fails.
    pub(in crate::analyze) fn calculation(&mut self, written: &ast::Calculated) -> Option<Calculated> {
        let calculation = written.calculation.value;
        let counts = if calculation == Calculation::Count { Counts::Items } else { Counts::Nothing };
        let events = self.events(&written.events, counts);
        let attribute = match (&written.attribute, calculation.takes_attribute()) {
            (Some(attribute), true) => Some(self.calculated_attribute(written, attribute)),
            // The parser says where one is missing, or one too many.
            (None, true) | (Some(_), false) => return None,
            (None, false) => None,
        };
        let attribute = all_or_nothing(attribute)?;
        Some(Calculated { calculation, attribute, events: events? })
    }

    fn calculated_attribute(&mut self, written: &ast::Calculated, name: &Spanned<String>) -> Option<AttributeRef> {
        let key = infer::key(&written.events.what);
        let world = self.world;
        let part = self.part(About::Event { key: &key, known: true }, written.qualifier.as_ref(), name.span)?;
        self.event_attribute(&key, part, name).then_some(())?;
        let owner = owner(written);
        let known = world.types.of(world.catalog(), &owner, name);
        aggregate::needs_number(written.calculation, name, &owner, known, self.found).then_some(())?;
        Some(AttributeRef { part, name: name.value.clone() })
    }

    /// The type of a calculation's value, or that of its attribute.
    fn value_type(&self, written: &ast::Calculated) -> Option<Known<'a>> {
        let world = self.world;
        let attribute = || world.types.of(world.catalog(), &owner(written), written.attribute.as_ref()?);
        let Some(value_type) = written.calculation.value_type() else { return attribute() };
        // What is no number is told where it stands, and the value has no type then.
        let sound = !aggregate::is_of_numbers(written.calculation.value)
            || attribute().is_none_or(|known| known.value_type() == ValueType::Number);
        sound.then(|| Known::Fixed(value_type, why(value_type)))
    }

    /// `sum of "amount" over event "Purchase" > 100`.
    pub(super) fn aggregate(&mut self, written: &ast::Aggregate, span: Span) -> Option<ir::Criterion> {
        let calculated = self.calculation(&written.value);
        let inputs = self.inputs_of(infer::key(&written.value.events.what).kind, &written.scope);
        let is_number = self.value_type(&written.value).is_some_and(|known| known.value_type() == ValueType::Number);
        if is_number && matches!(written.test.value, Test::Time(_)) {
            self.found.push(aggregate::time_for_test(written.value.calculation.value, written.test.span));
            return None;
        }
        let name = words(&written.value);
        let value = self.value_test(&name, &written.value, &written.test);
        self.asked(calculated, inputs, value, span)
    }

    /// `calculated "ltv_90d" >= 100`: declared in the project, or come with the profile.
    pub(super) fn calculated(
        &mut self,
        attribute: &Spanned<String>,
        test: &Spanned<Test>,
        scope: &[Spanned<InputRef>],
        span: Span,
    ) -> Option<ir::Criterion> {
        let workspaces = self.workspaces(scope);
        let world = self.world;
        let Some(item) = world.declared.calculation(attribute) else {
            let fine = letter_case::calculated(world, attribute, self.found);
            if fine {
                never_seen::calculated(world, attribute, self.found);
            }
            let known = world.types.of(world.catalog(), &Owner::Calculated, attribute).filter(|_| fine);
            let (predicate, negated) = self.predicate(&Subject::Calculated { attribute }, known, test)?;
            let field = ProfileField::Calculated(attribute.value.clone());
            let kind = Kind::Profile { field, predicate, workspaces: workspaces? };
            return fine.then(|| signed(kind, negated, span));
        };
        // What is wrong inside it was said at its definition.
        let mut inside = Diagnostics::default();
        let calculated = self.inside(&mut inside).calculation(&item.value);
        let value = self.value_test(attribute, &item.value, test);
        let kind = infer::key(&item.value.events.what).kind;
        let inputs = workspaces.map(|workspaces| {
            let all: BTreeSet<InputName> = match kind.is_by_workspace() {
                true => self.world.project().inputs().map(|input| input.name.clone()).collect(),
                false => self.home.inputs.clone(),
            };
            all.into_iter().filter(|input| workspaces.contains(&input.workspace)).collect()
        });
        self.asked(calculated, inputs, value, span)
    }

    fn value_test(
        &mut self,
        name: &str,
        written: &ast::Calculated,
        test: &Spanned<Test>,
    ) -> Option<(ir::Predicate, bool)> {
        let known = self.value_type(written);
        let owner = owner(written);
        let attribute = written.attribute.as_ref().filter(|_| written.calculation.value_type().is_none());
        let of = attribute.map(|attribute| (&owner, attribute.as_str()));
        let (predicate, negated) = self.predicate(&Subject::Value { name, of }, known, test)?;
        let calculation = written.calculation.value;
        aggregate::constant(calculation, &predicate, negated, test.span, self.found).then_some((predicate, negated))
    }

    fn asked(
        &mut self,
        calculated: Option<Calculated>,
        inputs: Option<BTreeSet<InputName>>,
        value: Option<(ir::Predicate, bool)>,
        span: Span,
    ) -> Option<ir::Criterion> {
        let Calculated { calculation, attribute, events } = calculated?;
        let (predicate, negated) = value?;
        let events = ir::Events { inputs: inputs?, ..events };
        let test = ir::AggregateTest { calculation, attribute, events, predicate };
        Some(signed(Kind::Aggregate(Box::new(test)), negated, span))
    }
}

/// What the attribute of a calculation belongs to.
fn owner(written: &ast::Calculated) -> Owner {
    Owner::Event(infer::key(&written.events.what), infer::part(written.qualifier.as_ref()))
}

/// What a calculation is called in messages.
fn words(written: &ast::Calculated) -> String {
    let words = written.calculation.words();
    match &written.attribute {
        Some(attribute) if written.calculation.value_type().is_none() => format!("{words} {}", attribute.value),
        Some(attribute) => format!("{words} of {}", attribute.value),
        None => format!("{words} of {}", infer::key(&written.events.what)),
    }
}

/// Why a calculation has a type of its own.
fn why(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Date => "the time of an event is a date",
        ValueType::List => "a unique list is a list",
        _ => "counts, sums, averages, minima and maxima are numbers",
    }
}
