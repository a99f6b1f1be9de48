//! The graph as a JSON document.

use serde_json::{Value, json as object};

use super::{Graph, Thing, ThingKind, VERSION};

/// The graph as a JSON document.
pub fn json(graph: &Graph) -> Value {
    let things: Vec<Thing> = graph.things().into_iter().collect();
    let node = |thing: &Thing| {
        let name = match thing {
            Thing::Audience(address) => graph.audiences.get(address),
            _ => None,
        };
        object!({ "id": thing.to_string(), "kind": kind(thing), "name": name })
    };
    let edge = |(from, to): &(Thing, Thing)| object!({ "from": from.to_string(), "to": to.to_string() });
    object!({
        "version": VERSION,
        "nodes": things.iter().map(node).collect::<Vec<_>>(),
        "edges": graph.edges.iter().map(edge).collect::<Vec<_>>(),
    })
}

fn kind(thing: &Thing) -> &'static str {
    match thing.kind() {
        None => "audience",
        Some(ThingKind::Inputs) => "input",
        Some(ThingKind::Attributes) => "attribute",
        Some(ThingKind::Identities) => "identity",
        Some(ThingKind::Events) => "event",
        Some(ThingKind::EventAttributes) => "event_attribute",
        Some(ThingKind::Outputs) => "output",
    }
}
