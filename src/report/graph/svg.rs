//! The graph as a picture, in light and dark.

use std::collections::BTreeMap;

use super::layout::{Layout, Spot, layout};
use super::{Graph, Thing, ThingKind};
use crate::base::visible::markup;

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
    .ground { fill: #ffffff; stroke: none; }
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
      .ground { fill: #0d1117; }
    }
";

/// How high a gap is that edges pass through.
const GAP_HEIGHT: f64 = 12.0;

/// Where a spot is.
#[derive(Clone, Copy)]
struct Place {
    left: f64,
    middle: f64,
    width: f64,
}

/// The graph as SVG.
pub fn svg(graph: &Graph) -> String {
    let layout = layout(graph);
    let (places, width, height) = places(&layout);
    let mut lines = vec![
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">"#
        ),
        "  <title>Audiences and what they use</title>".to_owned(),
        format!("  <style>{STYLE}  </style>"),
        r#"  <rect class="ground" width="100%" height="100%"/>"#.to_owned(),
    ];
    for (from, to) in &layout.pieces {
        if let (Some(from), Some(to)) = (places.get(from), places.get(to)) {
            lines.push(edge(*from, *to));
        }
    }
    lines.extend(places.iter().map(|(spot, place)| match spot {
        Spot::Thing(thing) => node(thing, *place),
        Spot::Gap(..) => line(*place),
    }));
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}

/// Where everything is, and how large the picture is.
fn places(layout: &Layout) -> (BTreeMap<Spot, Place>, f64, f64) {
    let room = |spot: &Spot| if matches!(spot, Spot::Thing(_)) { ROW } else { GAP_HEIGHT };
    let high = |column: &[Spot]| column.iter().map(room).sum::<f64>();
    let tallest = layout.columns.iter().map(|column| high(column)).fold(0.0, f64::max);
    let mut places = BTreeMap::new();
    let mut left = MARGIN;
    for column in &layout.columns {
        let labels = column.iter().filter_map(|spot| match spot {
            Spot::Thing(thing) => Some(wide(&label(thing))),
            Spot::Gap(..) => None,
        });
        let width = labels.fold(0.0, f64::max);
        let mut top = MARGIN + (tallest - high(column)) / 2.0;
        for spot in column {
            places.insert(spot.clone(), Place { left, middle: top + room(spot) / 2.0, width });
            top += room(spot);
        }
        left += width + GAP;
    }
    (places, (left - GAP + MARGIN).max(2.0 * MARGIN), tallest + 2.0 * MARGIN)
}

fn wide(label: &str) -> f64 {
    label.chars().count() as f64 * CHARACTER + 2.0 * PADDING
}

fn edge(from: Place, to: Place) -> String {
    let (x1, y1, x2, y2) = (from.left + from.width, from.middle, to.left, to.middle);
    let bend = (x1 + x2) / 2.0;
    format!(r#"  <path d="M{x1:.1} {y1:.1} C{bend:.1} {y1:.1} {bend:.1} {y2:.1} {x2:.1} {y2:.1}"/>"#)
}

/// What passes through a gap.
fn line(Place { left, middle, width }: Place) -> String {
    format!(r#"  <path d="M{left:.1} {middle:.1} H{:.1}"/>"#, left + width)
}

fn node(thing: &Thing, Place { left, middle, width }: Place) -> String {
    let class = match thing.kind() {
        None => "audience",
        Some(ThingKind::Outputs) => "output",
        Some(ThingKind::Inputs) => "input",
        Some(_) => "data",
    };
    let (x, y, top) = (left + PADDING, middle + 4.0, middle - HEIGHT / 2.0);
    let (title, label) = (markup(&thing.to_string()), markup(&label(thing)));
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
