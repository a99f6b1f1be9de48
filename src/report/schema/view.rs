//! Everything that definitions may name.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::VERSION;
use crate::catalog::{Attribute, Catalog, Event, Provenance, Tier};
use crate::report::{Style, number, visible};

/// The catalogue for people.
pub fn view(catalog: &Catalog, style: Style) -> String {
    let mut out = String::new();
    let mut section = |title: &str, body: String| {
        if !body.is_empty() {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = write!(out, "{gap}{}\n{body}", style.paint(Style::STRONG, title));
        }
    };
    section("user attributes", attributes(&catalog.user_attributes, 1, style));
    section("calculated attributes", attributes(&catalog.calculated, 1, style));
    let purpose = |(regulation, purpose): &(_, String)| format!("  {regulation} {}\n", visible(&quoted(purpose)));
    section("consent", catalog.purposes.iter().map(purpose).collect());
    section("events", events(catalog, style));
    if out.is_empty() {
        out.push_str("Nothing is known yet: `aud import` reads the data, `schema` in aud.yaml declares it.\n");
    }
    out
}

fn events(catalog: &Catalog, style: Style) -> String {
    let mut out = String::new();
    for (key, event) in &catalog.events {
        let _ = writeln!(out, "  {}  {}", visible(&key.to_string()), style.paint(Style::FAINT, about(event)));
        out.push_str(&attributes(&event.attributes, 2, style));
        if !event.products.is_empty() {
            let _ = writeln!(out, "    product");
            out.push_str(&attributes(&event.products, 3, style));
        }
    }
    out
}

/// How many there are, of which types, and what may be done with them.
fn about(event: &Event) -> String {
    let types: Vec<&str> = event.types.iter().map(|each| each.name()).collect();
    let mut parts = vec![match event.rows {
        0 => "never seen".to_owned(),
        rows => format!("{} stored", number(rows)),
    }];
    if !types.is_empty() && types != ["other"] {
        parts.push(format!("type {}", types.join(", ")));
    }
    if let Some(tier) = event.tier {
        let unusable = if tier == Tier::Personalize { "" } else { ", which criteria cannot use" };
        parts.push(format!("tier {}{unusable}", tier_word(tier)));
    }
    parts.join(" · ")
}

fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Personalize => "personalize",
        Tier::Preserve => "preserve",
        Tier::Connect => "connect",
    }
}

fn attributes(attributes: &BTreeMap<String, Attribute>, depth: usize, style: Style) -> String {
    let indent = "  ".repeat(depth);
    let names: Vec<String> = attributes.keys().map(|name| visible(name).into_owned()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let lines = names.iter().zip(attributes.values()).map(|(name, attribute)| {
        let why = style.paint(Style::FAINT, why(attribute));
        let pad = " ".repeat(width - name.chars().count());
        format!("{indent}{name}{pad}  {:<7}  {why}\n", attribute.value_type)
    });
    lines.collect()
}

/// Where the type came from, and the values where they are few.
fn why(attribute: &Attribute) -> String {
    let from = attribute.provenance.explain(attribute.value_type);
    let listed = |values: &[String]| {
        visible(&values.iter().map(|each| quoted(each)).collect::<Vec<_>>().join(", ")).into_owned()
    };
    match (&attribute.allowed, attribute.seen.as_slice()) {
        (Some(allowed), _) => format!("{from}, one of {}", listed(allowed)),
        (None, []) => from,
        (None, seen) => format!("{from}; seen: {}", listed(seen)),
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// The catalogue as JSON, version 1: `user`, `calculated` (attributes by name), `consent` (regulation and purpose), `events`
/// (`kind`, `name` where it has one, `stored`, `types`, `tier`, `attributes`, `product`). An attribute has `type`, `declared`,
/// and, where the data showed the type, `fitting`, `values` and `sources`; `allowed` and `seen` where they are known.
pub fn view_json(catalog: &Catalog) -> Value {
    let purposes = catalog.purposes.iter();
    json!({
        "version": VERSION,
        "user": attributes_json(&catalog.user_attributes),
        "calculated": attributes_json(&catalog.calculated),
        "consent": purposes.map(|(of, purpose)| json!({ "regulation": of, "purpose": purpose })).collect::<Vec<_>>(),
        "events": catalog.events.iter().map(|(key, event)| json!({
            "kind": key.kind.word(),
            "name": key.kind.is_named().then_some(&*key.name),
            "stored": event.rows,
            "types": event.types,
            "tier": event.tier,
            "attributes": attributes_json(&event.attributes),
            "product": attributes_json(&event.products),
        })).collect::<Vec<_>>(),
    })
}

fn attributes_json(attributes: &BTreeMap<String, Attribute>) -> Value {
    let each = attributes.iter().map(|(name, attribute)| (name.clone(), attribute_json(attribute)));
    Value::Object(each.collect())
}

fn attribute_json(attribute: &Attribute) -> Value {
    let mut json = json!({ "type": attribute.value_type, "declared": attribute.provenance == Provenance::Declared });
    if let Provenance::Detected { fitting, values, sources } = &attribute.provenance {
        json["fitting"] = (*fitting).into();
        json["values"] = (*values).into();
        json["sources"] = sources.clone().into();
    }
    if let Some(allowed) = &attribute.allowed {
        json["allowed"] = allowed.clone().into();
    }
    if !attribute.seen.is_empty() {
        json["seen"] = attribute.seen.clone().into();
    }
    json
}
