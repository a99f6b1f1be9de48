//! Names of events and attributes match exactly; one that differs only in case from a known one is a slip (M1).

use std::collections::BTreeMap;

use super::quoted;
use crate::base::{Spanned, text};
use crate::catalog::{Attribute, Catalog, EventKey};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks the name of a user attribute.
pub(in crate::analyze) fn user_attribute(catalog: &Catalog, name: &Spanned<String>, found: &mut Diagnostics) -> bool {
    if catalog.user_attributes.contains_key(&name.value) {
        return true;
    }
    check(("there is no user attribute", "there is"), catalog.user_attributes.keys().map(String::as_str), name, found)
}

/// Checks the name of an attribute of an event.
pub(in crate::analyze) fn event_attribute(
    event: &EventKey,
    attributes: &BTreeMap<String, Attribute>,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    if attributes.contains_key(&name.value) {
        return true;
    }
    check(
        (&format!("event `{}` has no attribute", event.name), "it has"),
        attributes.keys().map(String::as_str),
        name,
        found,
    )
}

/// Checks the name of an event.
pub(in crate::analyze) fn event(catalog: &Catalog, name: &Spanned<String>, found: &mut Diagnostics) -> bool {
    if catalog.events.contains_key(&EventKey::custom(name.value.as_str())) {
        return true;
    }
    check(("there is no event", "there is"), catalog.events.keys().map(|key| &*key.name), name, found)
}

fn check<'k>(
    (lack, has): (&str, &str),
    known: impl Iterator<Item = &'k str>,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    let folded = text::fold(&name.value);
    let alike: Vec<&str> = known.filter(|each| text::fold(each) == folded).collect();
    let [first, ..] = alike.as_slice() else { return true };
    found.push(
        Diagnostic::new(Code::LetterCase, format!("{lack} `{}`, but {has} `{first}`", name.value))
            .label(name.span, "differs in upper and lower case")
            .note("names of events and attributes match exactly")
            .did_you_mean(name.span, &alike, quoted),
    );
    false
}
