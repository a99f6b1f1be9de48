//! A name that the data never brought is suspicious, once there is any data.

use super::letter_case::called;
use super::quoted;
use crate::analyze::resolve::all_known;
use crate::analyze::typing::part_of;
use crate::analyze::world::World;
use crate::base::{Span, Spanned, suggest, text};
use crate::catalog::{Catalog, CustomEventType, Event, EventKey, EventKind, Part, platform_attributes};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks a user attribute.
pub(in crate::analyze) fn user_attribute(world: &World<'_>, name: &Spanned<String>, found: &mut Diagnostics) {
    let catalog = world.catalog();
    if catalog.has_data && !catalog.user_attributes.contains_key(&name.value) {
        let known = catalog.user_attributes.keys().map(String::as_str);
        let mut unseen = warning(format!("no user has an attribute `{}`", name.value), name, "users have", known);
        if world.calculated_names().contains(name.as_str()) {
            unseen =
                unseen.help(format!("there is a calculated attribute of that name: `calculated {}`", quoted(name)));
        }
        found.push(unseen);
    }
}

/// Checks a calculated attribute that is not declared. What is near to a declared one is told without data as well.
pub(in crate::analyze) fn calculated(world: &World<'_>, name: &Spanned<String>, found: &mut Diagnostics) {
    let catalog = world.catalog();
    let known = world.calculated_names();
    let near_declared = || suggest::best(name, world.declared.calculations_by_address.keys().copied()).is_some();
    if known.contains(name.as_str()) || !(catalog.has_data || near_declared()) {
        return;
    }
    let message = format!("no calculated attribute `{}` is declared, and none came with a profile", name.value);
    let mut unseen = warning(message, name, "there are", known.iter().copied());
    if catalog.user_attributes.contains_key(name.as_str()) {
        unseen = unseen.help(format!("there is a user attribute of that name: `user {}`", quoted(name)));
    }
    found.push(unseen);
}

/// Checks a purpose of consent.
pub(in crate::analyze) fn purpose<'k>(
    catalog: &Catalog,
    name: &Spanned<String>,
    known: impl Iterator<Item = &'k str> + Clone,
    found: &mut Diagnostics,
) {
    if catalog.has_data {
        let message = format!("nobody was ever asked for consent to `{}`", name.value);
        found.push(warning(message, name, "purposes are", known));
    }
}

/// Checks an event.
pub(in crate::analyze) fn event(catalog: &Catalog, key: &EventKey, name: &Spanned<String>, found: &mut Diagnostics) {
    if catalog.has_data && !catalog.events.contains_key(key) {
        let known = catalog.events.keys().filter(|known| known.kind == key.kind).map(|known| &*known.name);
        let message = format!("no {} `{}` was ever imported", key.kind.word(), name.value);
        let unseen = warning(message, name, "there are", known);
        // What the platform has a kind for is often looked for among custom events.
        let kind = EventKind::of_word(&text::fold(name).replace(' ', "_")).filter(|kind| !kind.is_named());
        found.push(match kind.filter(|kind| catalog.events.contains_key(&EventKey::of(*kind))) {
            Some(kind) => unseen.help(format!("there are events of the kind `{0}`: ask `{0}`", kind.word())),
            None => unseen,
        });
    }
}

/// Checks an attribute of a known event.
pub(in crate::analyze) fn event_attribute(
    catalog: &Catalog,
    key: &EventKey,
    event: &Event,
    parts: &[Part],
    name: &Spanned<String>,
    found: &mut Diagnostics,
) {
    let known = parts.iter().flat_map(|part| part_of(event, *part).keys().map(String::as_str));
    if catalog.has_data && !known.clone().any(|each| each == name.value) {
        let given = parts.iter().flat_map(|part| platform_attributes(key.kind, *part)).map(|(each, _)| *each);
        let events = match key.kind {
            EventKind::Custom => format!("`{}` event", key.name),
            _ => called(key),
        };
        let message = match parts {
            [part] => format!("no {} of {events} has an attribute `{}`", part.word(), name.value),
            _ => format!("no {events} has an attribute `{}`", name.value),
        };
        found.push(warning(message, name, "they have", known.chain(given)));
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
