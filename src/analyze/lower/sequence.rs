//! Criteria about one event among others: the first or latest, one after another, something in the cart and not bought.

use std::collections::BTreeSet;

use super::condition::About;
use super::event::{Counts, all_or_nothing};
use super::{Lowering, at};
use crate::analyze::infer;
use crate::analyze::rules::{order, retention, time_bounds, waits};
use crate::base::{InputName, Span, Spanned};
use crate::catalog::{EventKey, EventKind};
use crate::ir::{self, Kind, Pick, Unit};
use crate::syntax::ast;

impl Lowering<'_, '_> {
    /// `latest event "Subscription" where "state" is "active"`.
    pub(super) fn picked(&mut self, written: &ast::Picked, span: Span) -> Option<ir::Criterion> {
        let events = self.events(&written.events, Counts::Nothing);
        let inputs = self.inputs_of(infer::key(&written.events.what).kind, &written.scope);
        let pick = if written.first { Pick::First } else { Pick::Latest };
        let events = ir::Events { inputs: inputs?, ..events? };
        Some(at(Kind::Picked(Box::new(ir::PickedTest { pick, events })), span))
    }

    /// `event A then event B within 2 days without event C`.
    pub(super) fn sequence(&mut self, written: &ast::Sequence, span: Span) -> Option<ir::Criterion> {
        let inputs = self.inputs_of_sequence(written);
        let first = self.step(&written.first, inputs.as_ref());
        let steps: Vec<Option<ir::Step>> = written
            .steps
            .iter()
            .map(|step| {
                let events = self.step(&step.events, inputs.as_ref());
                let within = step.within.as_ref().map(|within| {
                    let length = time_bounds::length(within, self.found)?;
                    if !self.home.standard {
                        retention::step(self.world.project(), Spanned::new(length, within.span), self.found);
                    }
                    waits::step(length, within.span, self.found).then_some(length)
                });
                let without: Vec<_> = step.without.iter().map(|events| self.step(events, inputs.as_ref())).collect();
                let without = without.into_iter().collect::<Option<_>>();
                Some(ir::Step { events: events?, within: all_or_nothing(within)?, without: without? })
            })
            .collect();
        let steps: Vec<ir::Step> = steps.into_iter().collect::<Option<_>>()?;
        let sequence = ir::Sequence { first: first?, steps };
        let places = std::iter::once(&written.first).chain(written.steps.iter().map(|step| &step.events));
        let places: Vec<Span> =
            places.map(|events| events.time.as_ref().map_or(events.span, |time| time.span)).collect();
        order::check(&sequence, &places, self.found).then_some(())?;
        Some(at(Kind::Sequence(Box::new(sequence)), span))
    }

    fn step(&mut self, written: &Spanned<ast::Events>, inputs: Option<&BTreeSet<InputName>>) -> Option<ir::Events> {
        let events = self.events(written, Counts::Nothing)?;
        // A step that has no input of its own reads every input of the workspaces that the sequence reads.
        let inputs = match events.event.kind.is_by_workspace() {
            true => self.all_inputs_beside(inputs?),
            false => inputs?.clone(),
        };
        Some(ir::Events { inputs, ..events })
    }

    /// The inputs of a whole sequence: `in` takes workspaces only where every step is scoped by workspace.
    fn inputs_of_sequence(&mut self, written: &ast::Sequence) -> Option<BTreeSet<InputName>> {
        let without = |step: &'_ ast::Step| step.without.iter().map(kind).collect::<Vec<_>>();
        let steps = written.steps.iter().flat_map(|step| without(step).into_iter().chain([kind(&step.events)]));
        let mut kinds = steps.chain([kind(&written.first)]);
        let by_input = kinds.find(|kind| !kind.is_by_workspace());
        self.inputs_of(by_input.unwrap_or_else(|| kind(&written.first)), &written.scope)
    }

    fn all_inputs_beside(&self, inputs: &BTreeSet<InputName>) -> BTreeSet<InputName> {
        let beside = |input: &&InputName| inputs.iter().any(|each| each.workspace == input.workspace);
        self.world.project().inputs().map(|input| &input.name).filter(beside).cloned().collect()
    }

    /// `cart abandoned for 4 days where product "category" is "Shoes"`.
    pub(super) fn abandoned(&mut self, written: &ast::Abandoned, span: Span) -> Option<ir::Criterion> {
        // A standard audience reads events whatever the retention (M23).
        let kept = self.world.project().retention.events.filter(|_| !self.home.standard);
        let wait = time_bounds::length(&written.wait, self.found);
        let wait = wait.filter(|wait| waits::abandoned(kept, *wait, written.wait.span, self.found));
        let add = EventKey::of(EventKind::AddToCart);
        let about = About::Event { key: &add, known: true };
        let filter = written.filter.as_ref().map(|filter| self.filter(about, filter));
        let inputs = self.inputs(&written.scope);
        let unit = if written.item { Unit::Item } else { Unit::Event };
        let test = ir::AbandonedTest { unit, wait: wait?, filter: all_or_nothing(filter)?, inputs: inputs? };
        Some(at(Kind::Abandoned(Box::new(test)), span))
    }
}

fn kind(events: &Spanned<ast::Events>) -> EventKind {
    infer::key(&events.what).kind
}
