//! Connections: known outputs, known variants, each connection once, attributes shared only where that is possible.

use std::collections::{BTreeMap, BTreeSet};

use super::{letter_case, never_seen, settings, standard};
use crate::analyze::declare::DeclaredAudience;
use crate::analyze::inherit::Fields;
use crate::analyze::resolve::{Home, listed};
use crate::analyze::world::World;
use crate::base::{Name, Origin, Span, Spanned, WorkspaceName, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{Connection, ConnectionStatus, VariantName};
use crate::project::Output;
use crate::syntax::ast::{self, Connect, Split};

/// The connections of an audience, in the order of variant and output.
pub(in crate::analyze) fn check(
    world: &World<'_>,
    audience: &DeclaredAudience<'_>,
    fields: &Fields<'_>,
    home: &Home,
    found: &mut Diagnostics,
) -> Vec<Connection> {
    let mut connections = Vec::new();
    let mut first: BTreeMap<(VariantName, &Name), Span> = BTreeMap::new();
    for (written, span) in &fields.connections {
        let advice = "add a `split`, or leave `variant` out to connect the whole audience";
        let variant = variant(written.variant.as_ref(), audience, fields.split, advice, found);
        let connection = content(world, written, *span, found);
        let shared = shared(written);
        found.extend(shared.filter(|_| home.certain).and_then(|span| several_workspaces(span, &home.workspaces)));
        found.extend(shared.zip(fields.standard).map(|(shared, standard)| standard::shares(shared, standard.span)));
        let Some(variant) = variant else { continue };
        if let Some(first) = first.get(&(variant.clone(), &written.output.value)) {
            found.push(duplicate(audience, &variant, &written.output, *first));
            continue;
        }
        first.insert((variant.clone(), &written.output.value), written.output.span);
        connections.push(Connection { variant, ..connection });
    }
    draft(audience, fields, found);
    sort(&mut connections);
    connections
}

/// Puts connections in the order of variant and output.
pub(super) fn sort(connections: &mut [Connection]) {
    connections.sort_by(|a, b| (&a.variant, &a.output).cmp(&(&b.variant, &b.output)));
}

/// What a connection says, whatever audience it belongs to: a connection of a whole audience.
pub(super) fn content(world: &World<'_>, written: &Connect, span: Span, found: &mut Diagnostics) -> Connection {
    let output = world.project().outputs.get(&written.output.value);
    if output.is_none() {
        found.push(unknown_output(world, &written.output));
    }
    let share = share(world, written, output, found);
    let given = output.map(|output| settings::check(written, output, found));
    Connection {
        variant: VariantName::Whole,
        output: written.output.value.clone(),
        status: match written.sending.as_ref().is_none_or(|sending| sending.value) {
            true => ConnectionStatus::Sending,
            false => ConnectionStatus::Inactive,
        },
        share,
        settings: given.unwrap_or_default(),
        origin: Origin::from(span),
    }
}

/// The attributes that a connection shares, as one place; `None` where it shares none.
pub(super) fn shared(written: &Connect) -> Option<Span> {
    let (first, last) = (written.share.first()?, written.share.last()?);
    Some(first.span.to(last.span))
}

fn unknown_output(world: &World<'_>, output: &Spanned<Name>) -> Diagnostic {
    let known: Vec<&str> = world.project().outputs.keys().map(Name::as_str).collect();
    let help = match known.as_slice() {
        [] => "the project has no outputs; add one under `outputs` in aud.yaml".to_owned(),
        known => format!("the project has {}", listed(known.iter().copied())),
    };
    Diagnostic::new(Code::UnknownOutput, format!("there is no output `{}`", output.value))
        .label(output.span, "not in aud.yaml")
        .help(help)
        .did_you_mean(output.span, &suggest::nearest(output.as_str(), known), str::to_owned)
}

/// The part of an audience that a variant names; `None` where the variant does not exist.
pub(in crate::analyze) fn variant(
    written: Option<&Spanned<Name>>,
    audience: &DeclaredAudience<'_>,
    split: Option<&Split>,
    advice: &str,
    found: &mut Diagnostics,
) -> Option<VariantName> {
    let Some(name) = written else { return Some(VariantName::Whole) };
    let Some(split) = split else {
        found.push(
            Diagnostic::new(
                Code::VariantWithoutSplit,
                format!(
                    "audience `{}` has no split, so it has no variant `{}`",
                    audience.item.address.value, name.value
                ),
            )
            .label(name.span, "a variant of what?")
            .help(advice),
        );
        return None;
    };
    if name.value == "control" {
        return Some(VariantName::Control);
    }
    if split.variants.iter().any(|variant| variant.name.value == name.value) {
        return Some(VariantName::Variant(name.value.clone()));
    }
    let known = split.variants.iter().map(|variant| variant.name.as_str()).chain(["control"]);
    found.push(
        Diagnostic::new(Code::UnknownVariant, format!("split `{}` has no variant `{}`", split.name.value, name.value))
            .label(name.span, "not in the split")
            .help(format!("its variants are {}", listed(known.clone())))
            .did_you_mean(name.span, &suggest::nearest(name.as_str(), known), str::to_owned),
    );
    None
}

fn share(world: &World<'_>, written: &Connect, output: Option<&Output>, found: &mut Diagnostics) -> BTreeSet<String> {
    for attribute in &written.share {
        if letter_case::user_attribute(world.catalog(), attribute, found) {
            never_seen::user_attribute(world, attribute, found);
        }
    }
    let takes_none = output.filter(|output| !output.kind.shares_attributes);
    if let (Some(span), Some(output)) = (shared(written), takes_none) {
        found.push(
            Diagnostic::new(Code::SharesNothing, format!("output `{}` takes no user attributes", output.name))
                .label(span, format!("{} outputs receive identities only", output.kind.name))
                .help("leave `share` out"),
        );
    }
    written.share.iter().map(|attribute| attribute.value.clone()).collect()
}

/// An audience of several workspaces has several values of an attribute.
pub(super) fn several_workspaces(span: Span, workspaces: &BTreeSet<WorkspaceName>) -> Option<Diagnostic> {
    (workspaces.len() > 1).then(|| {
        let names = listed(workspaces.iter().map(Name::as_str));
        Diagnostic::new(Code::ShareSeveralWorkspaces, "an audience of several workspaces shares no user attributes")
            .label(span, "whose workspace's values?")
            .note(format!("the audience reads {names}"))
            .help("leave `share` out, or make an audience for each workspace")
    })
}

fn duplicate(
    audience: &DeclaredAudience<'_>,
    variant: &VariantName,
    output: &Spanned<Name>,
    first: Span,
) -> Diagnostic {
    let what = match variant {
        VariantName::Whole => format!("audience `{}`", audience.item.address.value),
        other => format!("variant `{other}` of audience `{}`", audience.item.address.value),
    };
    Diagnostic::new(Code::DuplicateConnection, format!("{what} is connected to `{}` twice", output.value))
        .label(output.span, "again here")
        .label(first, "first here")
        .help("keep one `connect`; different settings need another output in aud.yaml")
}

fn draft(audience: &DeclaredAudience<'_>, fields: &Fields<'_>, found: &mut Diagnostics) {
    let draft = fields.status.filter(|status| status.value == ast::Status::Draft);
    if let (Some(status), Some((connect, _))) = (draft, fields.connections.first()) {
        found.push(
            Diagnostic::new(
                Code::DraftConnected,
                format!("audience `{}` is a draft, so nothing is sent to its outputs", audience.item.address.value),
            )
            .label(connect.output.span, "receives nobody")
            .label(status.span, "a draft is never evaluated")
            .help("write `status active` to evaluate and send it"),
        );
    }
}
