//! A name that the data never brought is suspicious, once there is any data.

use std::collections::BTreeMap;

use crate::analyze::resolve::all_known;
use crate::base::{Span, Spanned, suggest};
use crate::catalog::{Attribute, Catalog, CustomEventType, EventKey};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks a user attribute.
pub(in crate::analyze) fn user_attribute(catalog: &Catalog, name: &Spanned<String>, found: &mut Diagnostics) {
    if catalog.has_data && !catalog.user_attributes.contains_key(&name.value) {
        let known = catalog.user_attributes.keys().map(String::as_str);
        found.push(warning(format!("no user has an attribute `{}`", name.value), name, "users have", known));
    }
}

/// Checks an event.
pub(in crate::analyze) fn event(catalog: &Catalog, key: &EventKey, name: &Spanned<String>, found: &mut Diagnostics) {
    if catalog.has_data && !catalog.events.contains_key(key) {
        let known = catalog.events.keys().map(|key| &*key.name);
        found.push(warning(format!("no event `{}` was ever imported", name.value), name, "there are", known));
    }
}

/// Checks an attribute of a known event.
pub(in crate::analyze) fn event_attribute(
    catalog: &Catalog,
    event: &EventKey,
    attributes: &BTreeMap<String, Attribute>,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) {
    if catalog.has_data && !attributes.contains_key(&name.value) {
        let message = format!("no `{}` event has an attribute `{}`", event.name, name.value);
        found.push(warning(message, name, "they have", attributes.keys().map(String::as_str)));
    }
}

/// Checks the custom type of a known event.
pub(in crate::analyze) fn event_type(
    catalog: &Catalog,
    event: &EventKey,
    asked: CustomEventType,
    span: Span,
    found: &mut Diagnostics,
) {
    let Some(known) = catalog.events.get(event).filter(|known| catalog.has_data && !known.types.is_empty()) else {
        return;
    };
    if !known.types.contains(&asked) {
        let seen: Vec<String> = known.types.iter().map(|each| format!("`{}`", each.name())).collect();
        let message = format!("no `{}` event has type `{}`", event.name, asked.name());
        found.push(
            Diagnostic::new(Code::NeverSeen, message)
                .label(span, "never seen in the data")
                .help(format!("they were seen with type {}", seen.join(", "))),
        );
    }
}

fn warning<'k>(
    message: String,
    name: &Spanned<String>,
    known_are: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Diagnostic {
    let near: Vec<String> =
        suggest::nearest(&name.value, known.clone()).iter().map(|near| format!("`{near}`")).collect();
    let warning = Diagnostic::new(Code::NeverSeen, message).label(name.span, "never seen in the data");
    if !near.is_empty() {
        return warning.help(format!("did you mean {}?", near.join(" or ")));
    }
    let all = all_known(known_are, known);
    warning.help(
        all.unwrap_or_else(|| "it counts as missing until data brings it; `aud schema` lists what there is".to_owned()),
    )
}
