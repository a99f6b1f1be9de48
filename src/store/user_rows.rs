//! Which events of a shard are whose: found when it is first asked for, then kept.
//!
//! In: the users of the events of a shard. Out: the positions of the events of one user, ascending, so in time order. What
//! always holds: an index is that of the column beside it; a copy of a shard has none yet, so that its users may be changed.

use std::sync::OnceLock;

use super::SHARD_USERS;

/// Fewer events than this are sorted and searched; a table over all users of the shard would cost more.
const FEW: usize = 4096;
const WORDS: usize = SHARD_USERS / 64;

/// The events of each user of a shard, once somebody asked.
#[derive(Debug, Default)]
pub struct UserRows(OnceLock<Index>);

impl Clone for UserRows {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[derive(Debug)]
enum Index {
    /// Users with their events, sorted.
    Few {
        users: Vec<u16>,
        rows: Vec<u32>,
    },
    Many(Box<Many>),
}

/// A table of the users that have events: about 10 KiB, 4 bytes a user with events and 4 bytes an event.
#[derive(Debug)]
struct Many {
    /// Which users have events.
    present: [u64; WORDS],
    /// How many users before each word have some.
    before: [u16; WORDS],
    /// Where the events of each user that has some start in `rows`; one more than there are such users.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl UserRows {
    /// The positions of the events of a user, ascending. `users` is the column that this stands beside.
    pub(super) fn of(&self, users: &[u16], user: u16) -> &[u32] {
        // Made outside of the cell: a core that waits inside one could be given work that needs the same cell.
        let index = match self.0.get() {
            Some(index) => index,
            None => {
                let index = Index::new(users);
                self.0.get_or_init(|| index)
            }
        };
        match index {
            Index::Few { users, rows } => {
                let from = users.partition_point(|each| *each < user);
                let len = users.get(from..).unwrap_or(&[]).partition_point(|each| *each == user);
                rows.get(from..from + len).unwrap_or(&[])
            }
            Index::Many(many) => many.of(user),
        }
    }
}

impl Index {
    fn new(users: &[u16]) -> Self {
        if users.len() >= FEW {
            return Self::Many(Box::new(Many::new(users)));
        }
        let mut rows: Vec<u32> = (0..users.len() as u32).collect();
        let user = |row: &u32| users.get(*row as usize).copied().unwrap_or(0);
        rows.sort_by_key(user);
        Self::Few { users: rows.iter().map(user).collect(), rows }
    }
}

impl Many {
    fn new(users: &[u16]) -> Self {
        let mut counts = vec![0u32; SHARD_USERS];
        users.iter().for_each(|user| counts[usize::from(*user)] += 1);
        let mut many = Self { present: [0; WORDS], before: [0; WORDS], starts: vec![0], rows: vec![0; users.len()] };
        let mut total = 0;
        for (user, count) in counts.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            many.present[user / 64] |= 1 << (user % 64);
            total += *count;
            many.starts.push(total);
            // From here on the place of the user's next event.
            *count = total - *count;
        }
        let mut before = 0;
        for (word, present) in many.before.iter_mut().zip(&many.present) {
            // At most as many as there are users before the last word, which fits.
            *word = before;
            before = before.wrapping_add(present.count_ones() as u16);
        }
        for (row, user) in users.iter().enumerate() {
            let place = &mut counts[usize::from(*user)];
            many.rows[*place as usize] = row as u32;
            *place += 1;
        }
        many
    }

    fn of(&self, user: u16) -> &[u32] {
        let (word, bit) = (usize::from(user) / 64, user % 64);
        let present = self.present[word];
        if present >> bit & 1 == 0 {
            return &[];
        }
        let below = present & ((1 << bit) - 1);
        let rank = usize::from(self.before[word]) + below.count_ones() as usize;
        let at = |rank: usize| self.starts.get(rank).map_or(0, |start| *start as usize);
        self.rows.get(at(rank)..at(rank + 1)).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_has_their_events_in_order() {
        for events in [10, FEW + 77] {
            let users: Vec<u16> = (0..events as u32).map(|at| (at * at * 31 % 977 * 67) as u16).collect();
            let index = UserRows::default();
            for user in (0..=u16::MAX).step_by(67).chain([1, u16::MAX]) {
                let expected: Vec<u32> = (0..events as u32).filter(|at| users[*at as usize] == user).collect();
                assert_eq!(index.of(&users, user), expected, "{user}");
            }
        }
        let all: Vec<u16> = (0..=u16::MAX).collect();
        let index = UserRows::default();
        assert_eq!((index.of(&all, 0), index.of(&all, u16::MAX)), (&[0][..], &[65535][..]));
    }

    #[test]
    fn a_copy_asks_its_own_users() {
        let index = UserRows::default();
        assert_eq!(index.of(&[7], 7), [0]);
        assert_eq!(index.clone().of(&[8], 7), [0; 0]);
    }
}
