//! Who nests whom and what is used where, drawn in every way.

use std::collections::BTreeSet;

use aud::base::Name;
use aud::catalog::ProfileField;
use aud::report::Style;
use aud::report::graph::{Graph, Thing, ThingKind, collect, dot, json, mermaid, svg, text, uses};

use super::describe::written;

/// The audiences around those that sell.
fn graph() -> Graph {
    let all = collect(&written());
    all.around(&BTreeSet::from([Thing::Audience(Name::new("big_spenders").unwrap())]))
}

/// Names that would be markup, or end a label, if they were not escaped.
fn hostile() -> Graph {
    let mut graph = Graph::default();
    let audience = Thing::Audience(Name::new("a").unwrap());
    for name in ["</text><script>x</script>", "\"];x->y;[\"", "\u{1b}[31m\u{202e}\\n&amp;", "a\nb"] {
        graph.edges.insert((Thing::Field(ProfileField::attribute(name)), audience.clone()));
    }
    graph
}

#[test]
fn as_text() {
    insta::assert_snapshot!(text(&collect(&written()), Style::PLAIN));
}

#[test]
fn as_pictures_and_json() {
    let graph = graph();
    insta::assert_snapshot!("graph_dot", dot(&graph));
    insta::assert_snapshot!("graph_mermaid", mermaid(&graph));
    insta::assert_snapshot!("graph_svg", svg(&graph));
    insta::assert_snapshot!("graph_json", format!("{:#}", json(&graph)));
}

#[test]
fn who_uses_one_thing() {
    let graph = collect(&written());
    let things = graph.things();
    let of = |text: &str| things.iter().find(|thing| thing.to_string() == text).unwrap().clone();
    let asked = ["user \"lifetime_value\"", "identity email", "event \"Purchase\" \"price\"", "output warehouse"];
    let texts = asked.map(|text| uses(&graph, &of(text), Style::PLAIN));
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn some_kinds_only() {
    let graph = graph().of_kinds(&[ThingKind::Outputs]);
    assert!(graph.things().iter().all(|thing| matches!(thing, Thing::Audience(_) | Thing::Output(_))));
    assert!(!graph.edges.is_empty());
}

#[test]
fn names_are_never_markup() {
    let graph = hostile();
    let picture = svg(&graph);
    assert!(!picture.contains("<script") && !picture.contains('\u{1b}') && !picture.contains('\u{202e}'), "{picture}");
    insta::assert_snapshot!("hostile_dot", dot(&graph));
    insta::assert_snapshot!("hostile_mermaid", mermaid(&graph));
}

/// Whatever nests whatever, arrows point to the right, also where the data of an audience are left out of the picture.
#[test]
fn an_audience_stands_right_of_what_it_nests() {
    let graph = collect(&written()).of_kinds(&[ThingKind::Events, ThingKind::Outputs]);
    let picture = svg(&graph);
    let left = |label: &str| -> f64 {
        let line = picture.lines().find(|line| line.contains(&format!("<title>audience {label}<"))).unwrap();
        line.split("<rect x=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
    };
    assert!(left("employees") < left("big_spenders") && left("big_spenders") < left("lapsed_spenders"));
}
