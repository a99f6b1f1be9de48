//! The graph for Mermaid.

use super::{Graph, Thing, ThingKind};
use crate::report::visible;

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    let things: Vec<Thing> = graph.things().into_iter().collect();
    let number = |thing: &Thing| things.binary_search(thing).unwrap_or_default();
    let mut lines = vec!["flowchart LR".to_owned()];
    for (at, thing) in things.iter().enumerate() {
        let label = escaped(&thing.to_string());
        lines.push(match thing.kind() {
            None => format!("  n{at}[\"{label}\"]"),
            Some(ThingKind::Outputs) => format!("  n{at}>\"{label}\"]"),
            Some(ThingKind::Inputs) => format!("  n{at}[(\"{label}\")]"),
            Some(_) => format!("  n{at}([\"{label}\"])"),
        });
    }
    lines.extend(graph.edges.iter().map(|(from, to)| format!("  n{} --> n{}", number(from), number(to))));
    lines.push(String::new());
    lines.join("\n")
}

/// Everything but letters, digits and a few marks as an entity, by number: nothing that was named can end a label or
/// become markup.
fn escaped(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',' | ':' | '/');
    visible(text).chars().map(|c| if plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) }).collect()
}
