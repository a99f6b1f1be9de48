//! What every audience names.

use super::{Graph, Thing};
use crate::base::InputName;
use crate::catalog::{EventKey, EventKind, LocationField, ProfileField};
use crate::ir::{Audience, Condition, Criterion, Events, Kind, Model};

/// The graph of a model.
pub fn collect(model: &Model) -> Graph {
    let mut graph = Graph::default();
    for audience in model.audiences.values() {
        graph.audiences.insert(audience.address.clone(), audience.name.clone());
        let mut uses = Uses { graph: &mut graph, user: Thing::Audience(audience.address.clone()) };
        audience.criterion.visit(&mut |criterion| uses.criterion(criterion));
        uses.outputs(audience);
    }
    graph
}

struct Uses<'a> {
    graph: &'a mut Graph,
    user: Thing,
}

impl Uses<'_> {
    fn add(&mut self, thing: Thing) {
        self.graph.edges.insert((thing, self.user.clone()));
    }

    fn criterion(&mut self, criterion: &Criterion) {
        match &criterion.kind {
            Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Seen { .. } => {}
            Kind::Member(address) => self.add(Thing::Audience(address.clone())),
            Kind::UserAttribute { attribute, .. } => self.add(Thing::Field(ProfileField::attribute(attribute))),
            Kind::Identity { identity, .. } => self.add(Thing::Identity(*identity)),
            Kind::Profile { field, .. } => self.add(Thing::Field(field.clone())),
            Kind::Near { .. } => self.add(Thing::Field(ProfileField::Location(LocationField::Point))),
            Kind::Attribution { edge, filter, .. } => {
                self.add(Thing::Field(ProfileField::Attribution(*edge, None)));
                for name in filter.iter().flat_map(attributes) {
                    self.add(Thing::Field(ProfileField::Attribution(*edge, Some(name.to_owned()))));
                }
            }
            Kind::Event(test) => self.events(&test.events),
            Kind::Picked(test) => self.events(&test.events),
            Kind::Sequence(sequence) => {
                self.events(&sequence.first);
                let steps = sequence.steps.iter().flat_map(|step| step.without.iter().chain([&step.events]));
                steps.for_each(|events| self.events(events));
            }
            Kind::Abandoned(test) => {
                let add = EventKey::of(EventKind::AddToCart);
                test.filter.iter().for_each(|filter| self.conditions(&add, filter));
                self.event(add);
                self.event(EventKey::of(EventKind::Purchase));
                test.inputs.iter().for_each(|input| self.input(input));
            }
            Kind::Aggregate(test) => {
                self.events(&test.events);
                if let Some(attribute) = &test.attribute {
                    self.add(Thing::EventAttribute(test.events.event.clone(), attribute.name.clone()));
                }
            }
        }
    }

    fn events(&mut self, events: &Events) {
        self.event(events.event.clone());
        events.filter.iter().for_each(|filter| self.conditions(&events.event, filter));
        events.inputs.iter().for_each(|input| self.input(input));
    }

    fn event(&mut self, event: EventKey) {
        self.add(Thing::Event(event));
    }

    fn input(&mut self, input: &InputName) {
        self.add(Thing::Input(input.clone()));
    }

    fn conditions(&mut self, event: &EventKey, filter: &Condition) {
        for name in attributes(filter) {
            self.add(Thing::EventAttribute(event.clone(), name.to_owned()));
        }
    }

    /// The outputs, and the attributes that go along.
    fn outputs(&mut self, audience: &Audience) {
        for connection in &audience.connections {
            let output = Thing::Output(connection.output.clone());
            self.graph.edges.insert((self.user.clone(), output));
            connection.share.iter().for_each(|name| self.add(Thing::Field(ProfileField::attribute(name))));
        }
    }
}

/// The names of the attributes that a condition asks.
fn attributes(condition: &Condition) -> Vec<&str> {
    match condition {
        Condition::All(inner) | Condition::Any(inner) => inner.iter().flat_map(attributes).collect(),
        Condition::Not(inner) => attributes(inner),
        Condition::Attribute { attribute, .. } => vec![attribute],
    }
}
