//! What could be declared: YAML for `schema` in aud.yaml.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{VERSION, path_of, yaml_name};
use crate::catalog::{Attribute, Catalog, ValueType};
use crate::report::visible;

/// The part of a schema that a catalog says, as YAML; empty where it says nothing.
pub fn proposal(catalog: &Catalog) -> String {
    let mut lines = Lines::default();
    lines.attributes(&["user"], &catalog.user_attributes);
    lines.attributes(&["calculated"], &catalog.calculated);
    for (key, event) in &catalog.events {
        let path = path_of(key);
        for (part, attributes) in [("attributes", &event.attributes), ("product", &event.products)] {
            let path: Vec<&str> = path.iter().map(String::as_str).chain([part]).collect();
            lines.attributes(&path, attributes);
        }
    }
    lines.text
}

/// Lines of YAML, of which those that go on below the same keys do not repeat them.
#[derive(Default)]
struct Lines {
    text: String,
    open: Vec<String>,
}

impl Lines {
    fn attributes(&mut self, path: &[&str], attributes: &BTreeMap<String, Attribute>) {
        if attributes.is_empty() {
            return;
        }
        let path: Vec<String> = ["schema"].iter().chain(path).map(|key| (*key).to_owned()).collect();
        let same = path.iter().zip(&self.open).take_while(|(new, old)| new == old).count();
        for (depth, key) in path.iter().enumerate().skip(same) {
            self.line(depth, &format!("{}:", yaml_name(key)));
        }
        for (name, attribute) in attributes {
            self.line(path.len(), &format!("{}: {}", yaml_name(name), value(attribute)));
        }
        self.open = path;
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.text.push_str(&"  ".repeat(depth));
        self.text.push_str(text);
        self.text.push('\n');
    }
}

/// A type. Values that were seen may not be all that there will be, so they are only a comment.
fn value(attribute: &Attribute) -> String {
    let name = match attribute.value_type {
        ValueType::List => "{ list: string }",
        other => other.name(),
    };
    if attribute.seen.is_empty() {
        return name.to_owned();
    }
    let seen: Vec<String> = attribute.seen.iter().map(|each| yaml_name(each)).collect();
    format!("{name} # or {{ enum: [{}] }}", visible(&seen.join(", ")))
}

/// The same as JSON, version 1: `schema` as it would stand in aud.yaml.
pub fn proposal_json(catalog: &Catalog) -> Value {
    let mut schema = Map::new();
    put(&mut schema, &["user"], &catalog.user_attributes);
    put(&mut schema, &["calculated"], &catalog.calculated);
    for (key, event) in &catalog.events {
        let path = path_of(key);
        for (part, attributes) in [("attributes", &event.attributes), ("product", &event.products)] {
            let path: Vec<&str> = path.iter().map(String::as_str).chain([part]).collect();
            put(&mut schema, &path, attributes);
        }
    }
    json!({ "version": VERSION, "schema": schema })
}

fn put(into: &mut Map<String, Value>, path: &[&str], attributes: &BTreeMap<String, Attribute>) {
    let [key, rest @ ..] = path else {
        into.extend(attributes.iter().map(|(name, each)| (name.clone(), json!(each.value_type))));
        return;
    };
    if attributes.is_empty() {
        return;
    }
    if let Value::Object(below) = into.entry(*key).or_insert_with(|| json!({})) {
        put(below, rest, attributes);
    }
}
