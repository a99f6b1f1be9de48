//! The explanation as a JSON document.

use serde_json::{Value as Json, json as object};

use super::{VERSION, text};
use crate::base::{SourceMap, Timestamp, Window};
use crate::catalog::ProfileField;
use crate::explain::{EventFact, Explanation, Fact, Fewest, Inside, Node, Population, Tree, Turn, Value};

/// The explanation as a JSON document.
pub fn json(explanation: &Explanation, sources: &SourceMap) -> Json {
    object!({
        "version": VERSION,
        "mpid": explanation.mpid.to_string(),
        "now": explanation.now.to_string(),
        "member": explanation.tree.member,
        "audience": tree(&explanation.tree, sources),
        "fewest_changes": match &explanation.fewest {
            Fewest::Criteria(numbers) => object!(numbers),
            Fewest::Population | Fewest::Nothing => Json::Null,
        },
        "turns": explanation.turn.map(|Turn { at, member }| object!({ "at": at.to_string(), "member": member })),
    })
}

fn tree(tree: &Tree, sources: &SourceMap) -> Json {
    object!({
        "address": tree.address,
        "name": tree.name,
        "member": tree.member,
        "at": tree.at.to_string(),
        "stored": tree.stored,
        "population": population(&tree.population),
        "criterion": node(&tree.root, sources),
    })
}

fn population(population: &Population) -> Json {
    let profile = |each: &crate::explain::Profile| {
        object!({
            "workspace": each.workspace,
            "first_seen": time(each.first),
            "last_seen": time(each.last),
            "alive_until": time(each.until),
            "alive": each.alive,
        })
    };
    object!({
        "holds": population.holds,
        "opted_out": time(population.opted_out),
        "profiles": population.profiles.iter().map(profile).collect::<Vec<_>>(),
    })
}

fn node(node: &Node, sources: &SourceMap) -> Json {
    let each = |inner: &[Node]| inner.iter().map(|each| self::node(each, sources)).collect::<Vec<_>>();
    let mut json = object!({
        "number": node.number,
        "label": node.label,
        "text": node.text,
        "place": text::place(node.origin, sources),
        "holds": node.holds,
    });
    let (kind, inside) = match &node.inside {
        Inside::All(inner) => ("all", object!(each(inner))),
        Inside::Any(inner) => ("any", object!(each(inner))),
        Inside::Not(inner) => ("not", object!([self::node(inner, sources)])),
        Inside::Member(_, nested) => ("audience", object!(nested.as_ref().map(|nested| tree(nested, sources)))),
        Inside::Leaf(facts) => ("facts", facts.iter().map(fact).collect()),
    };
    if let Json::Object(fields) = &mut json {
        fields.insert(kind.to_owned(), inside);
    }
    json
}

fn fact(fact: &Fact) -> Json {
    match fact {
        Fact::Value { field, workspace, value, alive, holds } => object!({
            "fact": "value", "field": self::field(field), "workspace": workspace, "value": self::value(value),
            "missing": *value == Value::Missing, "alive": alive, "holds": holds,
        }),
        Fact::Identity { identity, value, holds } => {
            object!({ "fact": "identity", "type": identity, "value": value, "holds": holds })
        }
        Fact::Seen { edge, workspace, at, holds } => {
            object!({ "fact": "seen", "edge": edge, "workspace": workspace, "at": time(*at), "holds": holds })
        }
        Fact::Location { workspace, at, metres, latest, holds } => object!({
            "fact": "location", "workspace": workspace, "at": time(*at), "metres": metres, "latest": latest,
            "holds": holds,
        }),
        Fact::Window(window) => self::window(*window),
        Fact::Count { unit, found, asked } => {
            object!({ "fact": "count", "unit": unit, "found": found, "least": asked.least, "most": asked.most })
        }
        Fact::Event(event) => self::event(event),
        Fact::NoEvent(key) => object!({ "fact": "no_event", "event": key.to_string() }),
        Fact::Calculated { calculation, value } => {
            object!({ "fact": "calculated", "calculation": calculation, "value": self::value(value) })
        }
        Fact::Step(step) => object!({
            "fact": "step", "step": step.step, "event": step.text, "at": time(step.at), "candidates": step.candidates,
        }),
        Fact::Abandoned(each) => object!({
            "fact": "abandoned", "product": each.product, "added": each.added.to_string(), "bought": time(each.bought),
            "due": each.due.to_string(), "holds": each.holds,
        }),
    }
}

fn field(field: &ProfileField) -> Json {
    object!(field)
}

fn window(window: Window) -> Json {
    let bound = |ms: i64| Some(Timestamp(ms)).filter(|at| !matches!(at.0, i64::MIN | i64::MAX));
    object!({ "fact": "window", "from": time(bound(window.from)), "to": time(bound(window.to)) })
}

fn event(event: &EventFact) -> Json {
    let compared = event.compared.iter().map(|each| {
        let values: Vec<Json> = each.values.iter().filter(|each| **each != Value::Missing).map(value).collect();
        object!({ "condition": each.condition.to_string(), "values": values, "holds": each.holds })
    });
    object!({
        "fact": "event",
        "event": event.event.to_string(),
        "at": event.at.to_string(),
        "input": event.input,
        "holds": event.holds,
        "in_window": event.in_window,
        "conditions": compared.collect::<Vec<_>>(),
    })
}

fn value(value: &Value) -> Json {
    match value {
        Value::Missing | Value::Null => Json::Null,
        Value::Text(text) => object!(text),
        Value::List(entries) => object!(entries),
        Value::Number(number) => object!(number),
        Value::Time(at) => object!(at.to_string()),
    }
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}
