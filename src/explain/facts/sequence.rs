//! Facts about sequences: the chain of events that got farthest (M19).

use std::collections::BTreeMap;

use super::Facts;
use crate::base::Timestamp;
use crate::explain::node::{Fact, StepFact};
use crate::ir::{Events as Selection, Sequence};

/// For each instant that a step can be at, the one of the step before.
type Reached = BTreeMap<i64, Option<i64>>;

impl Facts<'_> {
    /// Each step with the event of the chain that got farthest.
    pub(super) fn sequence(&self, sequence: &Sequence) -> Vec<Fact> {
        let steps = std::iter::once(&sequence.first).chain(sequence.steps.iter().map(|step| &step.events));
        let steps: Vec<(&Selection, Vec<i64>)> = steps.map(|events| (events, self.times(events))).collect();
        let mut reached: Vec<Reached> = Vec::new();
        for (number, (_, times)) in steps.iter().enumerate() {
            let next = match number.checked_sub(1).and_then(|at| Some((reached.get(at)?, sequence.steps.get(at)?))) {
                None => times.iter().map(|at| (*at, None)).collect(),
                Some((before, step)) => {
                    let between: Vec<i64> = step.without.iter().flat_map(|events| self.times(events)).collect();
                    let follows = |from: i64, to: i64| {
                        from < to
                            && step.within.is_none_or(|within| to <= from.saturating_add(within.0))
                            && !between.iter().any(|at| from < *at && *at < to)
                    };
                    let chosen = |to: &i64| before.keys().copied().rfind(|from| follows(*from, *to));
                    times.iter().filter_map(|to| Some((*to, Some(chosen(to)?)))).collect()
                }
            };
            reached.push(next);
        }
        let chain = chain(&reached);
        let fact = |(number, (events, times)): (usize, &(&Selection, Vec<i64>))| {
            Fact::Step(StepFact {
                step: number + 1,
                text: events.event.to_string(),
                at: chain.get(number).copied().map(Timestamp),
                candidates: times.len() as u64,
            })
        };
        steps.iter().enumerate().map(fact).collect()
    }

    /// When the events of a selection were that count.
    fn times(&self, selection: &Selection) -> Vec<i64> {
        let Some(judged) = self.judged(selection) else { return Vec::new() };
        judged.counting().map(|at| judged.time(at)).collect()
    }
}

/// The instants of the latest chain that got farthest, from the first step on.
fn chain(reached: &[Reached]) -> Vec<i64> {
    let farthest = reached.iter().take_while(|step| !step.is_empty()).count();
    let mut chain = Vec::new();
    let mut at = reached.get(farthest.wrapping_sub(1)).and_then(|step| step.keys().next_back().copied());
    for step in reached.iter().take(farthest).rev() {
        let Some(here) = at else { break };
        chain.push(here);
        at = step.get(&here).copied().flatten();
    }
    chain.reverse();
    chain
}
