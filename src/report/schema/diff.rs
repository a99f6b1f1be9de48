//! Where declared and data disagree.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{VERSION, path_of, yaml_name};
use crate::report::{Style, number, visible};
use crate::store::{DataSays, DeclaredName, Disagreement};

/// The disagreements for people: what is declared, what the data says, what to do.
pub fn diff(found: &[Disagreement], style: Style) -> String {
    if found.is_empty() {
        return "The schema and the data agree.\n".to_owned();
    }
    let mut out = String::new();
    for each in found {
        let path = style.paint(Style::STRONG, visible(&path(&each.declared)));
        let _ = writeln!(out, "{path}\n  {}", visible(&says(each)));
        let _ = writeln!(out, "  {}: {}", style.paint(Style::ADVICE, "help"), advice(each));
    }
    let plural = if found.len() == 1 { "" } else { "s" };
    let _ = writeln!(out, "\n{} disagreement{plural}", found.len());
    out
}

/// Where it stands in aud.yaml: `schema.events."App Open".attributes.screen`.
fn path(declared: &DeclaredName) -> String {
    let below = |key, part: &str, name: &str| {
        let mut path = path_of(key);
        path.extend([part.to_owned(), name.to_owned()]);
        path
    };
    let path = match declared {
        DeclaredName::User(name) => vec!["user".to_owned(), name.clone()],
        DeclaredName::Calculated(name) => vec!["calculated".to_owned(), name.clone()],
        DeclaredName::Event(key) => path_of(key),
        DeclaredName::Attribute(key, name) => below(key, "attributes", name),
        DeclaredName::Product(key, name) => below(key, "product", name),
    };
    let names: Vec<String> = path.iter().map(|name| yaml_name(name)).collect();
    format!("schema.{}", names.join("."))
}

fn says(each: &Disagreement) -> String {
    match &each.data {
        DataSays::Never if matches!(each.declared, DeclaredName::Event(_)) => "declared, and never seen".to_owned(),
        DataSays::Never => "declared, and no value was ever seen".to_owned(),
        DataSays::Type { declared, detected, fitting, values } => {
            let (read, all) = (number(*fitting), number(*values));
            format!(
                "declared {}, but {read} of {all} values read as one; they look like {detected}s",
                declared.with_article()
            )
        }
        DataSays::Values { others, count } => {
            let named: Vec<String> = others.iter().map(|text| Value::from(text.as_str()).to_string()).collect();
            let more = count.saturating_sub(others.len() as u64);
            let more = if more == 0 { String::new() } else { format!(" and {} more", number(more)) };
            format!("declared as one of some values, and others were seen: {}{more}", named.join(", "))
        }
    }
}

fn advice(each: &Disagreement) -> String {
    match &each.data {
        DataSays::Never => "check how it is written, names match exactly; or remove it".to_owned(),
        DataSays::Type { detected, .. } => {
            format!(
                "values that do not read count as missing; declare it {}, or mend the source",
                detected.with_article()
            )
        }
        DataSays::Values { .. } => "add them to the enum, or mend the source".to_owned(),
    }
}

/// The same as JSON, version 1: `disagreements`, each with `path`, `says` (`never_seen`, `other_type`, `other_values`) and what
/// belongs to it.
pub fn diff_json(found: &[Disagreement]) -> Value {
    let each = |each: &Disagreement| match &each.data {
        DataSays::Never => json!({ "path": path(&each.declared), "says": "never_seen" }),
        DataSays::Type { declared, detected, fitting, values } => json!({
            "path": path(&each.declared),
            "says": "other_type",
            "declared": declared,
            "detected": detected,
            "fitting": fitting,
            "values": values,
        }),
        DataSays::Values { others, count } => json!({
            "path": path(&each.declared),
            "says": "other_values",
            "others": others,
            "count": count,
        }),
    };
    json!({ "version": VERSION, "disagreements": found.iter().map(each).collect::<Vec<_>>() })
}
