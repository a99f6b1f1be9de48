//! The graph as a picture, in light and dark.

use std::collections::BTreeMap;

use super::layout::columns;
use super::{Graph, Thing, ThingKind};
use crate::report::visible;

/// Measures in pixels. A character of the fixed-width font is a little over 7 wide at this size.
const CHARACTER: f64 = 7.3;
const PADDING: f64 = 12.0;
const HEIGHT: f64 = 28.0;
const ROW: f64 = 42.0;
const GAP: f64 = 90.0;
const MARGIN: f64 = 20.0;

/// Longer labels are cut; the whole one shows when the pointer rests on it.
const LONGEST: usize = 38;

const STYLE: &str = "
    text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; }
    rect { fill: #f6f8fa; stroke: #8c959f; }
    .audience rect { fill: #ddf4ff; stroke: #0969da; }
    .audience text { font-weight: 600; }
    .output rect { fill: #dafbe1; stroke: #1a7f37; }
    .input rect { fill: #fff8c5; stroke: #9a6700; }
    path { fill: none; stroke: #8c959f; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      rect { fill: #161b22; stroke: #6e7681; }
      .audience rect { fill: #0c2d4d; stroke: #58a6ff; }
      .output rect { fill: #0f2d1a; stroke: #3fb950; }
      .input rect { fill: #332708; stroke: #d29922; }
      path { stroke: #6e7681; }
      svg > .ground { fill: #0d1117; }
    }
";

/// Where a thing stands.
#[derive(Clone, Copy)]
struct Place {
    left: f64,
    top: f64,
    width: f64,
}

/// The graph as SVG.
pub fn svg(graph: &Graph) -> String {
    let columns = columns(graph);
    let (places, width, height) = places(&columns);
    let mut lines = vec![
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">"#
        ),
        "  <title>Audiences and what they use</title>".to_owned(),
        format!("  <style>{STYLE}  </style>"),
        r##"  <rect class="ground" width="100%" height="100%" style="stroke: none" fill="#ffffff"/>"##.to_owned(),
    ];
    for (from, to) in &graph.edges {
        if let (Some(from), Some(to)) = (places.get(from), places.get(to)) {
            lines.push(edge(*from, *to));
        }
    }
    lines.extend(places.iter().map(|(thing, place)| node(thing, *place)));
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}

/// Where everything stands, and how large the picture is.
fn places(columns: &[Vec<Thing>]) -> (BTreeMap<Thing, Place>, f64, f64) {
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let height = 2.0 * MARGIN + tallest * ROW;
    let mut places = BTreeMap::new();
    let mut left = MARGIN;
    for column in columns {
        let widest = column.iter().map(|thing| wide(&label(thing))).fold(0.0, f64::max);
        let top = MARGIN + (tallest - column.len() as f64) * ROW / 2.0 + (ROW - HEIGHT) / 2.0;
        for (at, thing) in column.iter().enumerate() {
            places.insert(thing.clone(), Place { left, top: top + at as f64 * ROW, width: widest });
        }
        left += widest + GAP;
    }
    (places, (left - GAP + MARGIN).max(2.0 * MARGIN), height)
}

fn wide(label: &str) -> f64 {
    label.chars().count() as f64 * CHARACTER + 2.0 * PADDING
}

fn edge(from: Place, to: Place) -> String {
    let (x1, y1) = (from.left + from.width, from.top + HEIGHT / 2.0);
    let (x2, y2) = (to.left, to.top + HEIGHT / 2.0);
    let bend = ((x2 - x1) / 2.0).max(GAP / 2.0);
    format!(r#"  <path d="M{x1:.1} {y1:.1} C{:.1} {y1:.1} {:.1} {y2:.1} {x2:.1} {y2:.1}"/>"#, x1 + bend, x2 - bend)
}

fn node(thing: &Thing, place: Place) -> String {
    let Place { left, top, width } = place;
    let class = match thing.kind() {
        None => "audience",
        Some(ThingKind::Outputs) => "output",
        Some(ThingKind::Inputs) => "input",
        Some(_) => "data",
    };
    let (x, y) = (left + PADDING, top + HEIGHT / 2.0 + 4.0);
    let (title, label) = (escaped(&thing.to_string()), escaped(&label(thing)));
    format!(
        "  <g class=\"{class}\"><title>{title}</title><rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
         height=\"{HEIGHT}\" rx=\"5\"/><text x=\"{x:.1}\" y=\"{y:.1}\">{label}</text></g>"
    )
}

/// What stands in the box: colour says already that a thing is an audience, an input or an output.
fn label(thing: &Thing) -> String {
    let text = match thing {
        Thing::Audience(address) => address.to_string(),
        Thing::Input(input) => input.to_string(),
        Thing::Output(output) => output.to_string(),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn escaped(text: &str) -> String {
    let marks = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];
    let entity = |c: char| marks.iter().find(|(mark, _)| *mark == c).map(|(_, entity)| *entity);
    visible(text).chars().map(|c| entity(c).map_or_else(|| c.to_string(), str::to_owned)).collect()
}
