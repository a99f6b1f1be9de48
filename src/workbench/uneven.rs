//! Splits that came out unlike they were asked for, while nothing of them was sent yet.
//!
//! In: a plan. Out: each such split. It asks about the chance only where a test is about to be sent for the first time: from then on nobody may change its
//! buckets (M15), and whether it is fair is a question of its evaluation.

use crate::base::{Address, Name};
use crate::estimate::sample_ratio;
use crate::ir::{Audience, Connection, ConnectionStatus, Status, VariantName};
use crate::plan::{Action, Change, ConnectionAction, ConnectionChange, Plan};

/// Below this chance a split is told: of a thousand fair ones, one is.
const LEAST_CHANCE: f64 = 0.001;

/// A split that hardly comes out like this by chance.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitWarning {
    /// The audience.
    pub address: Address,
    /// The test's name.
    pub split: Name,
    /// Each variant that has a share, with the share in per cent and its people, Control last.
    pub variants: Vec<(VariantName, u8, u64)>,
    /// The chance that a fair split is at least as far off.
    pub chance: f64,
}

/// The splits of a plan that are about to be sent for the first time, and are far off.
pub fn split_warnings(plan: &Plan) -> Vec<SplitWarning> {
    plan.changes.iter().filter(|change| begins(change)).filter_map(uneven).collect()
}

/// Whether something of the test is sent, and nothing of it was before.
fn begins(change: &Change) -> bool {
    let connects =
        |each: &ConnectionChange| each.action == ConnectionAction::Connect && each.variant != VariantName::Whole;
    change.connections.iter().any(connects) && !was_sent(change)
}

fn was_sent(change: &Change) -> bool {
    let name = |audience: &Audience| audience.split.as_ref().map(|split| split.name.clone());
    let Some(before) = change.before.as_deref() else { return false };
    let same = change.action != Action::Replace && change.after.as_deref().is_some_and(|it| name(it) == name(before));
    let sends = |each: &Connection| each.variant != VariantName::Whole && each.status == ConnectionStatus::Sending;
    same && before.status == Status::Active && before.connections.iter().any(sends)
}

fn uneven(change: &Change) -> Option<SplitWarning> {
    let split = change.after.as_deref()?.split.as_ref()?;
    let shares = split.variants.iter().map(|variant| variant.share).chain([split.control_share()]);
    let sized = change.variants.iter().map(|(name, people)| Some((name.clone(), people.size_after()?)));
    let sized: Vec<(VariantName, u64)> = sized.collect::<Option<_>>()?;
    let variants = sized.into_iter().zip(shares).filter(|(_, share)| *share > 0);
    let variants: Vec<(VariantName, u8, u64)> = variants.map(|((name, people), share)| (name, share, people)).collect();
    let (shares, counts): (Vec<u8>, Vec<u64>) = variants.iter().map(|(_, share, people)| (*share, *people)).unzip();
    let chance = sample_ratio(&shares, &counts).filter(|chance| *chance < LEAST_CHANCE)?;
    Some(SplitWarning { address: change.address.clone(), split: split.name.clone(), variants, chance })
}
