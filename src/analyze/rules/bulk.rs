//! Bulk connections: by tags, to whole audiences that are active and have no split, each output once.
//!
//! In: every audience as lowered. Out: the connections that they get besides their own. An audience that connects the
//! same output as a whole itself keeps that connection.

use std::collections::{BTreeMap, BTreeSet};

use super::{connections, names, standard};
use crate::analyze::lower::LoweredAudience;
use crate::analyze::resolve::listed;
use crate::analyze::world::World;
use crate::base::{Name, Span, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Connection;
use crate::syntax::ast::BulkConnect;

/// Connects what the bulk connections ask for.
pub(in crate::analyze) fn connect(world: &World<'_>, audiences: &mut [LoweredAudience<'_>], found: &mut Diagnostics) {
    let mut given: BTreeMap<(usize, &Name), (&BulkConnect, Connection)> = BTreeMap::new();
    for item in world.declared.bulk.iter().copied() {
        let connection = connections::content(world, &item.connect, item.span, found);
        item.tags.iter().for_each(|tag| names::tag(tag, found));
        if let Some(wrong) = form(item) {
            found.push(wrong);
            continue;
        }
        let carrying: Vec<(usize, &LoweredAudience<'_>)> =
            audiences.iter().enumerate().filter(|(_, audience)| carries_all(audience, item)).collect();
        if carrying.is_empty() {
            found.push(matches_nothing(audiences, item));
        }
        let taken: Vec<_> = carrying.into_iter().filter(|(_, each)| !connects_itself(each, item)).collect();
        let (wrong, fine): (Vec<_>, Vec<_>) = taken.into_iter().partition(|(_, each)| unsuitable(each).is_some());
        found.extend(cannot_include(item, &wrong));
        found.extend(cannot_share(item, &fine));
        for (at, audience) in fine {
            match given.get(&(at, &item.connect.output.value)) {
                Some((first, other)) if differs(other, &connection) => found.push(conflict(audience, item, first)),
                Some(_) => {}
                None => {
                    given.insert((at, &item.connect.output.value), (item, connection.clone()));
                }
            }
        }
    }
    for ((at, _), (_, connection)) in given {
        if let Some(definition) = audiences.get_mut(at).and_then(|audience| audience.definition.as_mut()) {
            definition.connections.push(connection);
            connections::sort(&mut definition.connections);
        }
    }
}

/// What is wrong with the item by itself.
fn form(item: &BulkConnect) -> Option<Diagnostic> {
    let output = &item.connect.output;
    if let Some(variant) = &item.connect.variant {
        return Some(
            Diagnostic::new(Code::BulkVariant, "a bulk connection connects whole audiences")
                .label(variant.span, "a variant belongs to the split of one audience")
                .help(format!("write `connect {} {{ variant {} }}` in the audience", output.value, variant.value)),
        );
    }
    item.tags.is_empty().then(|| {
        Diagnostic::new(Code::BulkWithoutTags, "a bulk connection without tags connects nothing")
            .label(output.span, "which audiences?")
            .help("add `tags \"…\"`: audiences that carry all of them are connected")
    })
}

fn carries_all(audience: &LoweredAudience<'_>, item: &BulkConnect) -> bool {
    let carried = &audience.fields.tags;
    audience.declared.owns_address && item.tags.iter().all(|tag| carried.iter().any(|each| each.value == tag.value))
}

fn connects_itself(audience: &LoweredAudience<'_>, item: &BulkConnect) -> bool {
    let mut own = audience.fields.connections.iter();
    own.any(|(own, _)| own.variant.is_none() && own.output.value == item.connect.output.value)
}

/// Why an audience cannot be connected in bulk, and where that is said.
fn unsuitable(audience: &LoweredAudience<'_>) -> Option<(Span, &'static str)> {
    let split = audience.fields.split.map(|split| (split.name.span, "has a split"));
    let status = audience.fields.status.filter(|_| audience.is_draft());
    split.or(status.map(|status| (status.span, "is a draft")))
}

/// One error for all of them, so that they can be mended together.
fn cannot_include(item: &BulkConnect, wrong: &[(usize, &LoweredAudience<'_>)]) -> Option<Diagnostic> {
    let names = listed(wrong.iter().map(|(_, audience)| audience.address().as_str()));
    let why = match wrong {
        [] => return None,
        [(_, one)] if one.fields.split.is_some() => "it has a split",
        [_] => "it is a draft",
        _ => "they have splits or are drafts",
    };
    let mut error = Diagnostic::new(Code::BulkUnsuitable, format!("{names} cannot be connected in bulk: {why}"))
        .label(item.connect.output.span, "would be connected here, by their tags");
    for (_, audience) in wrong {
        if let Some((_, why)) = unsuitable(audience) {
            error = error.label(audience.declared.item.address.span, why);
        }
    }
    let drafts = wrong.iter().any(|(_, audience)| audience.is_draft());
    let splits = wrong.iter().any(|(_, audience)| audience.fields.split.is_some());
    let advice = match (splits, drafts) {
        (true, false) => "connect each variant in its audience instead, and take the tags off it",
        (false, _) => "activate it, or take the tags off it until then",
        (true, true) => {
            "connect each variant in its audience instead, activate the drafts, or take the tags off what stays out"
        }
    };
    Some(error.help(advice))
}

/// Attributes are shared only by audiences of one workspace that are evaluated all the time.
fn cannot_share(item: &BulkConnect, fine: &[(usize, &LoweredAudience<'_>)]) -> Vec<Diagnostic> {
    let Some(shared) = connections::shared(&item.connect) else { return Vec::new() };
    let wrong = fine.iter().filter_map(|(_, audience)| {
        let address = audience.declared.item.address.span;
        let several = audience.definition.as_ref();
        let several = several.and_then(|definition| connections::several_workspaces(shared, &definition.workspaces));
        let standard = audience.fields.standard.map(|written| standard::shares(shared, written.span));
        several.or(standard).map(|wrong| wrong.label(address, "connected by its tags"))
    });
    wrong.collect()
}

fn matches_nothing(audiences: &[LoweredAudience<'_>], item: &BulkConnect) -> Diagnostic {
    let tags: Vec<&str> = item.tags.iter().map(|tag| tag.value.as_str()).collect();
    let all = if tags.len() > 1 { "all of " } else { "" };
    let warning = Diagnostic::new(
        Code::BulkMatchesNothing,
        format!(
            "no audience carries {all}{}, so nothing is connected to `{}`",
            listed(tags.iter().copied()),
            item.connect.output.value
        ),
    );
    let first = item.tags.iter().find(|tag| !audiences.iter().any(|each| carries(each, &tag.value)));
    let span = first.or(item.tags.first()).map_or(item.span, |tag| tag.span);
    let known: BTreeSet<&str> =
        audiences.iter().flat_map(|each| &each.fields.tags).map(|tag| tag.value.as_str()).collect();
    let near = first.map_or_else(Vec::new, |tag| suggest::nearest(&tag.value, known));
    let label = if first.is_some() { "a tag of no audience" } else { "no audience carries it with the others" };
    warning.label(span, label).help("tags are compared as written, those of `defaults` included").did_you_mean(
        span,
        &near,
        super::quoted,
    )
}

fn carries(audience: &LoweredAudience<'_>, tag: &str) -> bool {
    audience.fields.tags.iter().any(|each| each.value == tag)
}

fn differs(one: &Connection, other: &Connection) -> bool {
    (one.status, &one.share, &one.settings) != (other.status, &other.share, &other.settings)
}

fn conflict(audience: &LoweredAudience<'_>, item: &BulkConnect, first: &BulkConnect) -> Diagnostic {
    let (address, output) = (audience.address(), &item.connect.output);
    Diagnostic::new(
        Code::BulkConflict,
        format!("two bulk connections connect `{address}` to `{}` with different settings", output.value),
    )
    .label(output.span, "differs here")
    .label(first.connect.output.span, "from this one")
    .label(audience.declared.item.address.span, "carries the tags of both")
    .help(format!("give both the same settings, or write `connect {}` in the audience, which wins", output.value))
}
