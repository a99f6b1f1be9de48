//! What each connection would be sent.
//!
//! In: the parts of an audience before and after, and its connections as deployed and as written. Out: who enters and
//! leaves each connection, with how many of them the output can reach. A connection is known by variant and output
//! (and the audience, which keeps its identity through renames): one that stays carries on, one that is new starts with
//! everybody, one that is removed, set inactive, or whose audience goes, loses everybody it carried.

use std::collections::BTreeSet;

use roaring::RoaringBitmap;

use super::change::{ConnectionAction, ConnectionChange};
use super::make::Input;
use super::moves::Pair;
use super::parts::Parts;
use super::people::Translation;
use super::refusal::Refusal;
use crate::base::{Address, OutputName};
use crate::ir::{Audience, ConnectionStatus, VariantName};
use crate::members::Difference;
use crate::project::Output;

/// The connections of one audience that are sent anything, by variant and output.
pub(super) fn between(
    input: &Input<'_>,
    pair: &Pair<'_>,
    (before, after): (&Parts, &Parts),
    users: &Translation,
    refusals: &mut Vec<Refusal>,
) -> Vec<ConnectionChange> {
    let deployed = pair.record.map(|record| &record.definition);
    let (old, new) = (sending(deployed), sending(pair.after));
    let nobody = RoaringBitmap::new();
    let mut found = Vec::new();
    for key @ (variant, output) in old.union(&new).copied() {
        let carried = |side: &BTreeSet<_>, parts: &Parts| {
            let part = side.contains(&key).then(|| parts.of(variant).cloned());
            part.flatten().unwrap_or_else(|| nobody.clone())
        };
        let (was, is) = (carried(&old, before), carried(&new, after));
        let difference = Difference::between(&was, &is);
        let action = match (old.contains(&key), new.contains(&key)) {
            (false, _) => ConnectionAction::Connect,
            (_, false) => ConnectionAction::Disconnect,
            _ => ConnectionAction::Continue,
        };
        if difference.is_empty() && action == ConnectionAction::Continue {
            continue;
        }
        let Some(audience) = pair.after.filter(|_| new.contains(&key)).or(deployed).or(pair.after) else { continue };
        match input.outputs.get(output) {
            Some(output) => found.push(ConnectionChange {
                action,
                kept: was.intersection_len(&is),
                ..change(input, audience, (variant, output), difference, users)
            }),
            None if difference.is_empty() => {}
            None => refusals.push(missing(&audience.address, output, &difference)),
        }
    }
    found
}

/// Variant and output of each connection that sends.
pub(super) fn sending(audience: Option<&Audience>) -> BTreeSet<(&VariantName, &OutputName)> {
    let connections = audience.iter().flat_map(|audience| &audience.connections);
    let sending = connections.filter(|connection| connection.status == ConnectionStatus::Sending);
    sending.map(|connection| (&connection.variant, &connection.output)).collect()
}

fn change(
    input: &Input<'_>,
    audience: &Audience,
    (variant, output): (&VariantName, &Output),
    difference: Difference,
    users: &Translation,
) -> ConnectionChange {
    let concerned = &difference.adds | &difference.drops;
    let reach = (input.reach)(output.kind, &mut concerned.iter().filter_map(|number| users.mpid(number)));
    ConnectionChange {
        variant: variant.clone(),
        output: output.name.clone(),
        kind: output.kind.name.to_owned(),
        downstream_name: audience.downstream_name(variant),
        adds: difference.adds,
        drops: difference.drops,
        identities: reach.identities.into_iter().filter(|(_, count)| *count > 0).collect(),
        unreachable: reach.unreachable,
        action: ConnectionAction::default(),
        kept: 0,
    }
}

fn missing(address: &Address, output: &OutputName, difference: &Difference) -> Refusal {
    let people = difference.adds.len() + difference.drops.len();
    Refusal::OutputMissing { address: address.clone(), output: output.clone(), people }
}
