//! Names of events and attributes match exactly; one that differs only in case from a known one is a slip (M1).

use std::collections::BTreeSet;

use super::quoted;
use crate::analyze::typing::part_of;
use crate::analyze::world::World;
use crate::base::{Spanned, text};
use crate::catalog::{Catalog, Event, EventKey, Part};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks the name of a user attribute.
pub(in crate::analyze) fn user_attribute(catalog: &Catalog, name: &Spanned<String>, found: &mut Diagnostics) -> bool {
    if catalog.user_attributes.contains_key(&name.value) {
        return true;
    }
    check(("there is no user attribute", "there is"), catalog.user_attributes.keys().map(String::as_str), name, found)
}

/// Checks the name of a calculated attribute.
pub(in crate::analyze) fn calculated(world: &World<'_>, name: &Spanned<String>, found: &mut Diagnostics) -> bool {
    let known = world.calculated_names();
    if known.contains(name.as_str()) {
        return true;
    }
    check(("there is no calculated attribute", "there is"), known.iter().copied(), name, found)
}

/// Checks the name of an attribute of some parts of an event.
pub(in crate::analyze) fn event_attribute(
    key: &EventKey,
    event: &Event,
    parts: &[Part],
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    let known = || parts.iter().flat_map(|part| part_of(event, *part).keys().map(String::as_str));
    if known().any(|each| each == name.value) {
        return true;
    }
    let lack = match parts {
        [part] => format!("the {} of {} has no attribute", part.word(), called(key)),
        _ => format!("{} has no attribute", called(key)),
    };
    check((&lack, "it has"), known(), name, found)
}

/// What an event is called in a sentence.
pub(super) fn called(key: &EventKey) -> String {
    match key.kind.is_named() {
        true => format!("{} `{}`", key.kind.word(), key.name),
        false => format!("`{}`", key.kind.word()),
    }
}

/// Checks the name of an event or a screen.
pub(in crate::analyze) fn event(
    catalog: &Catalog,
    key: &EventKey,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    if catalog.events.contains_key(key) {
        return true;
    }
    let known = catalog.events.keys().filter(|known| known.kind == key.kind).map(|known| &*known.name);
    check((&format!("there is no {}", key.kind.word()), "there is"), known, name, found)
}

fn check<'k>(
    (lack, has): (&str, &str),
    known: impl Iterator<Item = &'k str>,
    name: &Spanned<String>,
    found: &mut Diagnostics,
) -> bool {
    let folded = text::fold(&name.value);
    let alike: BTreeSet<&str> = known.filter(|each| text::fold(each) == folded).collect();
    let alike: Vec<&str> = alike.into_iter().collect();
    let [first, ..] = alike.as_slice() else { return true };
    found.push(
        Diagnostic::new(Code::LetterCase, format!("{lack} `{}`, but {has} `{first}`", name.value))
            .label(name.span, "differs in upper and lower case")
            .note("names of events and attributes match exactly")
            .did_you_mean(name.span, &alike, quoted),
    );
    false
}
