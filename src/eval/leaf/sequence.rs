//! Events one after the other (M19).
//!
//! For each user the instants at which a step can have happened are found from those of the step before. The latest one
//! strictly earlier is the only one that matters: whatever is allowed from an earlier one is allowed from it too, since both
//! the time between the two and what lies between them shrink.

use super::by_user::ByUser;
use super::rows::Source;
use super::{Context, Kernel, Selection};
use crate::base::Window;
use crate::eval::bits::set;
use crate::eval::program::{Family, Link, Selected};
use crate::store::Store;

/// Questions about what follows some events.
pub(super) struct Sequences<'a> {
    store: &'a Store,
    first: Events<'a>,
    tests: Vec<Vec<Step<Events<'a>>>>,
}

/// The events of a window.
struct Events<'a> {
    source: Option<Source<'a>>,
    window: Window,
}

/// One step, over its events or over their instants.
struct Step<T> {
    events: T,
    within: Option<i64>,
    without: Vec<T>,
}

impl<'a> Events<'a> {
    fn new(context: &Context<'a>, selected: &'a Selected) -> Self {
        Self { source: Source::new(context, &selected.stream), window: selected.period.window(context.now) }
    }

    fn by_user(&self, selection: Selection<'_>, users: usize) -> ByUser {
        let rows = self.source.as_ref().map(|source| source.shard(selection.shard()));
        rows.map(|rows| ByUser::new(&rows, selection, self.window, users)).unwrap_or_default()
    }
}

impl<'a> Sequences<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<Selected, Vec<Link>>) -> Self {
        let step = |link: &'a Link| Step {
            events: Events::new(context, &link.events),
            within: link.within.map(|within| within.0),
            without: link.without.iter().map(|each| Events::new(context, each)).collect(),
        };
        let tests = family.tests.iter().map(|links| links.iter().map(step).collect());
        Self { store: context.store, first: Events::new(context, &family.of), tests: tests.collect() }
    }
}

impl Kernel for Sequences<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        let users = selection.len(self.store);
        let first = self.first.by_user(selection, users);
        let (mut reached, mut next) = (Vec::new(), Vec::new());
        for (steps, slot) in self.tests.iter().zip(slots) {
            slot.fill(0);
            let steps: Vec<Step<ByUser>> = steps.iter().map(|step| step.by_user(selection, users)).collect();
            for user in 0..users {
                reached.clear();
                reached.extend_from_slice(first.of(user));
                for step in &steps {
                    if reached.is_empty() {
                        break;
                    }
                    next.clear();
                    step.follow(user, &reached, &mut next);
                    std::mem::swap(&mut reached, &mut next);
                }
                if !reached.is_empty() {
                    set(slot, user);
                }
            }
        }
    }
}

impl Step<Events<'_>> {
    fn by_user(&self, selection: Selection<'_>, users: usize) -> Step<ByUser> {
        Step {
            events: self.events.by_user(selection, users),
            within: self.within,
            without: self.without.iter().map(|each| each.by_user(selection, users)).collect(),
        }
    }
}

impl Step<ByUser> {
    /// The instants at which a user can have taken this step, given those of the step before.
    fn follow(&self, user: usize, reached: &[i64], into: &mut Vec<i64>) {
        let mut earlier = 0;
        for at in self.events.of(user) {
            while reached.get(earlier).is_some_and(|before| before < at) {
                earlier += 1;
            }
            let Some(from) = earlier.checked_sub(1).and_then(|latest| reached.get(latest)) else { continue };
            let in_time = self.within.is_none_or(|within| *at <= from.saturating_add(within));
            if in_time && !self.without.iter().any(|each| each.has_between(user, *from, *at)) {
                into.push(*at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_user(times: &[i64]) -> ByUser {
        ByUser::of_one(times)
    }

    fn follows(reached: &[i64], times: &[i64], within: Option<i64>, without: &[&[i64]]) -> Vec<i64> {
        let without = without.iter().map(|times| by_user(times)).collect();
        let mut into = Vec::new();
        Step { events: by_user(times), within, without }.follow(0, reached, &mut into);
        into
    }

    #[test]
    fn a_step_is_strictly_later_and_in_time() {
        assert_eq!(follows(&[10, 20], &[5, 10, 11, 20, 25, 26], Some(5), &[]), [11, 25]);
        assert_eq!(follows(&[10, 20], &[5, 10, 20], None, &[]), [20], "20 follows 10, not itself");
        assert_eq!(follows(&[i64::MAX - 1], &[i64::MAX], Some(i64::MAX), &[]), [i64::MAX]);
    }

    #[test]
    fn what_must_not_happen_counts_strictly_between() {
        assert_eq!(follows(&[10, 20], &[30], None, &[&[15]]), [30], "the later start has nothing in between");
        assert_eq!(follows(&[10, 20], &[30], None, &[&[20, 30]]), [30]);
        assert_eq!(follows(&[10, 20], &[20, 30], None, &[&[25], &[11]]), [0; 0]);
    }
}
