//! The instants of each user's events: what a criterion reads that asks for their order.
//!
//! In: the rows of a stream in a shard, each user's in time order. Out: the same instants by user, in that order: a counting
//! sort, which keeps the order of what it sorts. One index serves all users of a selection.

use super::Selection;
use super::rows::Shard;
use crate::base::Window;
use crate::ir::Pick;

/// The instants of some events by user.
#[derive(Debug, Default)]
pub(super) struct ByUser {
    /// Where each user's instants start; one more entry than there are users. Empty where there are no instants.
    starts: Vec<u32>,
    times: Vec<i64>,
}

impl ByUser {
    /// The instants of the rows of a window that pass, of `users` users of a selection.
    pub(super) fn new(shard: &Shard<'_>, selection: Selection<'_>, window: Window, users: usize) -> Self {
        let mut passing: Vec<(u32, i64)> = Vec::new();
        shard.each(selection, window, Pick::First, |row| {
            if row.user < users {
                passing.push((row.user as u32, row.at));
            }
        });
        Self::sorted(&passing, users)
    }

    fn sorted(passing: &[(u32, i64)], users: usize) -> Self {
        if passing.is_empty() {
            return Self::default();
        }
        // Counts, one place further on than the user; then sums, which are the places where users start.
        let mut starts = vec![0u32; users + 1];
        for (user, _) in passing {
            if let Some(count) = starts.get_mut(*user as usize + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut next = starts.clone();
        let mut times = vec![0; passing.len()];
        for (user, at) in passing {
            let Some(place) = next.get_mut(*user as usize) else { continue };
            if let Some(time) = times.get_mut(*place as usize) {
                *time = *at;
            }
            *place += 1;
        }
        Self { starts, times }
    }

    /// The instants of a single user, who is at position 0.
    #[cfg(test)]
    pub(super) fn of_one(times: &[i64]) -> Self {
        Self::sorted(&times.iter().map(|at| (0, *at)).collect::<Vec<_>>(), 1)
    }

    /// The instants of one user, in time order.
    pub(super) fn of(&self, user: usize) -> &[i64] {
        let at = |user: usize| self.starts.get(user).map_or(0, |start| *start as usize);
        self.times.get(at(user)..at(user + 1)).unwrap_or(&[])
    }

    /// Whether an instant of a user lies strictly between two others.
    pub(super) fn has_between(&self, user: usize, from: i64, to: i64) -> bool {
        let times = self.of(user);
        let after = times.partition_point(|time| *time <= from);
        times.get(after).is_some_and(|time| *time < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_has_their_instants_in_order() {
        let by_user = ByUser::sorted(&[(2, 1), (0, 2), (2, 2), (2, 2), (0, 5), (3, 9)], 4);
        let of = |user| by_user.of(user).to_vec();
        assert_eq!((of(0), of(1), of(2), of(3), of(4)), (vec![2, 5], vec![], vec![1, 2, 2], vec![9], vec![]));
        assert!(by_user.has_between(0, 1, 3) && by_user.has_between(0, 2, 6));
        assert!(!by_user.has_between(0, 2, 5) && !by_user.has_between(1, 0, 9));
        assert_eq!(ByUser::sorted(&[], 4).of(0), [0; 0]);
    }
}
