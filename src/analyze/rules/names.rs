//! Names, external names and tags: not empty, not too long, unique.

use std::collections::BTreeMap;

use crate::analyze::declare::DeclaredAudience;
use crate::analyze::inherit::Fields;
use crate::analyze::lower::LoweredAudience;
use crate::base::{Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The most characters of a name and of an external name.
const NAME: usize = 100;
/// The most characters of a tag.
const TAG: usize = 18;

/// Checks the texts of one audience by themselves.
pub(in crate::analyze) fn check(declared: &DeclaredAudience<'_>, fields: &Fields<'_>, found: &mut Diagnostics) {
    declared.item.name.iter().for_each(|name| length("name", name, found));
    fields.external_name.iter().for_each(|name| length("external name", name, found));
    fields.tags.iter().for_each(|tag| length("tag", tag, found));
}

/// Checks one tag.
pub(super) fn tag(tag: &Spanned<String>, found: &mut Diagnostics) {
    length("tag", tag, found);
}

fn length(what: &str, text: &Spanned<String>, found: &mut Diagnostics) {
    let (most, code) = if what == "tag" { (TAG, Code::TagTooLong) } else { (NAME, Code::NameTooLong) };
    let count = text.value.chars().count();
    let article = if what == "external name" { "an" } else { "a" };
    if text.value.trim().is_empty() {
        found.push(
            Diagnostic::new(Code::EmptyText, format!("the {what} is empty"))
                .label(text.span, "nothing in it")
                .help(format!("write one, or leave the {what} out")),
        );
    } else if count > most {
        let shown: String = text.value.chars().take(most).collect();
        found.push(
            Diagnostic::new(code, format!("{article} {what} has at most {most} characters, and this one has {count}"))
                .label(text.span, format!("{} too many", count - most))
                .help(format!("shorten it: what fits is `{shown}`")),
        );
    }
}

/// Checks that no two audiences share a name or an external name.
pub(in crate::analyze) fn unique(audiences: &[LoweredAudience<'_>], found: &mut Diagnostics) {
    let mut names: BTreeMap<&str, Span> = BTreeMap::new();
    let mut external: BTreeMap<&str, Span> = BTreeMap::new();
    for audience in audiences.iter().filter(|audience| audience.declared.owns_address) {
        let item = audience.declared.item;
        let (name, span) = match &item.name {
            Some(name) => (name.value.as_str(), name.span),
            None => (item.address.value.as_str(), item.address.span),
        };
        let name_is_new = taken(&mut names, name, span, "name", Code::DuplicateName, found);
        let (name, span) = match audience.fields.external_name {
            Some(name) => (name.value.as_str(), name.span),
            None => (name, span),
        };
        // A repeated name that serves as external name as well is one mistake.
        if name_is_new || audience.fields.external_name.is_some() {
            taken(&mut external, name, span, "external name", Code::DuplicateExternalName, found);
        }
    }
}

/// Keeps a name, or says who has it. Returns whether it was new.
fn taken<'n>(
    names: &mut BTreeMap<&'n str, Span>,
    name: &'n str,
    span: Span,
    what: &str,
    code: Code,
    found: &mut Diagnostics,
) -> bool {
    let first = *names.entry(name).or_insert(span);
    if first == span {
        return true;
    }
    let why = match code {
        Code::DuplicateExternalName => {
            "give one of them another: outputs tell audiences apart by it; left out, it is the display name"
        }
        _ => "give one of them another: people tell audiences apart by it; left out, it is the address",
    };
    found.push(
        Diagnostic::new(code, format!("two audiences have the {what} `{name}`"))
            .label(span, "taken already")
            .label(first, "first used here")
            .help(why),
    );
    false
}
