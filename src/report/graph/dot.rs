//! The graph for Graphviz.

use super::{Graph, Thing, ThingKind};
use crate::report::visible;

/// The graph in the dot language.
pub fn dot(graph: &Graph) -> String {
    let things: Vec<Thing> = graph.things().into_iter().collect();
    let number = |thing: &Thing| things.binary_search(thing).unwrap_or_default();
    let mut lines =
        vec!["digraph audiences {".to_owned(), "  rankdir=LR;".to_owned(), "  node [shape=box];".to_owned()];
    for (at, thing) in things.iter().enumerate() {
        lines.push(format!("  n{at} [label={}{}];", quoted(&thing.to_string()), shape(thing)));
    }
    lines.extend(graph.edges.iter().map(|(from, to)| format!("  n{} -> n{};", number(from), number(to))));
    lines.push("}\n".to_owned());
    lines.join("\n")
}

fn shape(thing: &Thing) -> &'static str {
    match thing.kind() {
        None => ", style=bold",
        Some(ThingKind::Outputs) => ", shape=cds",
        Some(ThingKind::Inputs) => ", shape=cylinder",
        Some(_) => ", shape=ellipse",
    }
}

/// A text in quotation marks. Dot gives a meaning to a backslash before some letters, so each is doubled.
fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text).replace('\\', "\\\\").replace('"', "\\\""))
}
