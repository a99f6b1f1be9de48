//! The criterion that moves somebody, for examples in a plan.
//!
//! In: people who enter or leave, what is written and what is deployed. Out: for each the criterion whose change would turn it round: of an edit the one that
//! is written otherwise, where it is among them.

use std::collections::{BTreeMap, BTreeSet};

use super::Defined;
use crate::base::{Address, Now};
use crate::eval::Stored;
use crate::explain::{Explanation, Fewest, Node, Question, explain};
use crate::ir::Model;
use crate::plan::{Cause, Change, Plan};

/// What a sample is explained by.
pub(super) struct Explainer<'a> {
    /// What is written, and the data.
    pub defined: &'a Defined,
    /// What is deployed.
    pub deployed: &'a Model,
    /// The standard audiences that are stored.
    pub stored: &'a Stored,
    /// The `now` of the plan.
    pub now: Now,
}

impl Explainer<'_> {
    /// Finds the criteria of all samples of a plan.
    pub(super) fn explain(&self, plan: &mut Plan) {
        for change in &mut plan.changes {
            let samples = std::mem::take(&mut change.samples);
            let explained = samples.into_iter().map(|sample| {
                let row = self.defined.store.row(sample.mpid);
                let criterion = row.and_then(|row| self.criterion(change, row, sample.cause, sample.enters));
                crate::plan::Sample { criterion, ..sample }
            });
            change.samples = explained.collect();
        }
    }

    fn criterion(&self, change: &Change, row: u32, cause: Cause, enters: bool) -> Option<String> {
        let written = change.after.as_ref().and_then(|after| self.ask(&self.defined.model, &after.address, row));
        let by = decisive(&written?);
        if cause != Cause::Edit {
            return by.into_iter().next();
        }
        let before = change.before.as_ref().and_then(|before| self.ask(self.deployed, &before.address, row));
        let known = before.map(|before| verdicts(&before)).unwrap_or_default();
        let turned = by.iter().find(|text| known.get(*text).is_none_or(|held| *held != enters));
        turned.or(by.first()).cloned()
    }

    fn ask(&self, model: &Model, audience: &Address, row: u32) -> Option<Explanation> {
        let of_user = self.stored.0.iter().map(|(address, members)| (address.clone(), members.contains(row)));
        let stored: BTreeMap<Address, bool> = of_user.collect();
        explain(&Question { model, store: &self.defined.store, row, audience, now: self.now, stored: &stored })
    }
}

/// The criteria that hold the membership as it is.
fn decisive(explanation: &Explanation) -> Vec<String> {
    let Fewest::Criteria(numbers) = &explanation.fewest else { return Vec::new() };
    let numbers: BTreeSet<usize> = numbers.iter().copied().collect();
    let mut found = Vec::new();
    explanation.tree.root.visit(&mut |node: &Node| {
        if numbers.contains(&node.number) {
            found.push(node.text.clone());
        }
    });
    found
}

/// What each criterion said.
fn verdicts(explanation: &Explanation) -> BTreeMap<String, bool> {
    let mut found = BTreeMap::new();
    explanation.tree.root.visit(&mut |node: &Node| {
        found.insert(node.text.clone(), node.holds);
    });
    found
}
