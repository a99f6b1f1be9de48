//! The graph as lines: each audience with what it names and who nests it; or the users of one thing.

use std::collections::BTreeSet;

use super::{Graph, Thing, ThingKind};
use crate::report::{Style, visible};

/// What each kind of thing is called in front of a list of them.
const FIELDS: [(&str, Option<ThingKind>); 7] = [
    ("nests", None),
    ("attributes", Some(ThingKind::Attributes)),
    ("identities", Some(ThingKind::Identities)),
    ("events", Some(ThingKind::Events)),
    ("with", Some(ThingKind::EventAttributes)),
    ("inputs", Some(ThingKind::Inputs)),
    ("outputs", Some(ThingKind::Outputs)),
];

/// Every audience with what it uses, with a line break at its end.
pub fn text(graph: &Graph, style: Style) -> String {
    let mut lines = Vec::new();
    for (address, name) in &graph.audiences {
        let audience = Thing::Audience(address.clone());
        let title = if name == address.as_str() { String::new() } else { format!(" \"{}\"", visible(name)) };
        lines.push(format!("{}{title}", style.paint(Style::STRONG, address)));
        let near: Vec<&Thing> = graph.into(&audience).collect();
        let after: Vec<&Thing> = graph.out_of(&audience).collect();
        for (field, kind) in FIELDS {
            let side = if kind == Some(ThingKind::Outputs) { &after } else { &near };
            let of_kind = side.iter().filter(|thing| thing.kind() == kind).map(|thing| short(thing));
            lines.extend(line(field, of_kind.collect(), style));
        }
        let nested_by = after.iter().filter(|thing| thing.kind().is_none()).map(|thing| short(thing));
        lines.extend(line("nested by", nested_by.collect(), style));
        lines.push(String::new());
    }
    if lines.is_empty() {
        return "No audiences.\n".to_owned();
    }
    lines.join("\n")
}

fn line(field: &str, names: Vec<String>, style: Style) -> Option<String> {
    let field = style.paint(Style::FAINT, format!("{field:<10}"));
    (!names.is_empty()).then(|| format!("  {field} {}", visible(&names.join(", "))))
}

/// A name where the word before the list says what it is.
fn short(thing: &Thing) -> String {
    let text = thing.to_string();
    let words = ["audience ", "input ", "output ", "identity "];
    words.iter().find_map(|word| text.strip_prefix(word)).map_or_else(|| text.clone(), str::to_owned)
}

/// Who uses a thing: directly, and by nesting those that do. With a line break at its end.
pub fn uses(graph: &Graph, thing: &Thing, style: Style) -> String {
    let audiences = |things: BTreeSet<Thing>| -> Vec<String> {
        things.iter().filter(|each| each.kind().is_none() && *each != thing).map(short).collect()
    };
    let near = audiences(match thing {
        Thing::Output(_) => graph.into(thing).cloned().collect(),
        _ => graph.out_of(thing).cloned().collect(),
    });
    let all = audiences(graph.reach(&BTreeSet::from([thing.clone()]), |(from, to)| (from, to)));
    let far: Vec<String> = all.into_iter().filter(|each| !near.contains(each)).collect();
    let mut lines = vec![style.paint(Style::STRONG, visible(&thing.to_string()))];
    let used = if matches!(thing, Thing::Output(_)) { "receives" } else { "used by" };
    if near.is_empty() {
        lines.push(format!("  {used} no audience"));
    }
    lines.extend(line(used, near, style));
    lines.extend(line("through", far, style));
    lines.push(String::new());
    lines.join("\n")
}
