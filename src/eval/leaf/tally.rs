//! Numbers of events of some users: their own rows are looked at, and nobody else's.
//!
//! In: the rows of a stream in a shard, windows with one end, and users. Out: who reaches which count. A window is a range of
//! rows, found once for all users, so that no instant is read; where every row passes, not even a row is looked at but to find
//! where the window starts among the user's own.

use super::event::{Pass, Question};
use super::rows::{Rows, Shard};
use crate::eval::bits::set;
use crate::ir::Unit;

/// The rows of a segment that the windows of a pass begin and end with.
struct Reach<'r, 's> {
    rows: &'r Rows<'s>,
    /// Whether all rows pass, where that can be said without looking.
    always: bool,
    /// Where the window of each question starts; those that start latest first.
    starts: Vec<u32>,
    end: u32,
}

/// Sets the bits of the users, given by position in the shard, who reach the counts of a pass.
pub(super) fn of_users(pass: &Pass, users: &[u16], shard: &Shard<'_>, slots: &mut [&mut [u64]]) {
    for question in &pass.questions {
        if let Some(slot) = slots.get_mut(question.slot) {
            slot.fill(0);
        }
    }
    let reaches: Vec<Reach<'_, '_>> = shard.segments().iter().filter_map(|rows| Reach::new(pass, rows)).collect();
    if reaches.is_empty() {
        return;
    }
    let mut counts = vec![0u64; pass.questions.len()];
    for (place, user) in users.iter().enumerate() {
        counts.fill(0);
        for reach in &reaches {
            reach.count(reach.rows.events.of_user(*user), pass.most, &mut counts);
        }
        for (Question { least, slot, .. }, count) in pass.questions.iter().zip(&counts) {
            if count >= least
                && let Some(slot) = slots.get_mut(*slot)
            {
                set(slot, place);
            }
        }
    }
}

impl<'r, 's> Reach<'r, 's> {
    /// `None` where nothing of the segment can count.
    fn new(pass: &Pass, rows: &'r Rows<'s>) -> Option<Self> {
        let always = rows.always();
        let widest = rows.events.range(pass.window(pass.questions.last()?.from));
        let times = rows.events.times.get(widest.clone()).filter(|times| !times.is_empty())?;
        let start = |question: &Question| widest.start + times.partition_point(|time| *time < question.from);
        let (starts, end) = (pass.questions.iter().map(|each| start(each) as u32).collect(), widest.end as u32);
        (always != Some(false)).then_some(Self { rows, always: always == Some(true), starts, end })
    }

    /// Adds how many of a user's rows are in each window. Once there are as many as anybody asks for, it may stop.
    fn count(&self, rows: &[u32], most: u64, counts: &mut [u64]) {
        let end = match rows.last() {
            None => return,
            Some(last) if *last < self.end => rows.len(),
            Some(_) => rows.partition_point(|row| *row < self.end),
        };
        let mut left = rows.get(..end).unwrap_or(&[]);
        let mut events = 0;
        for (start, count) in self.starts.iter().zip(counts) {
            if self.always {
                left = left.get(..left.partition_point(|row| row < start)).unwrap_or(&[]);
                events = (end - left.len()) as u64;
            } else {
                while let Some((row, earlier)) = left.split_last().filter(|(row, _)| *row >= start)
                    && events < most
                {
                    events += self.events(*row as usize);
                    left = earlier;
                }
            }
            *count += events;
        }
    }

    /// As how many a row counts.
    fn events(&self, row: usize) -> u64 {
        match self.rows.unit {
            _ if !self.rows.passes(row) => 0,
            Unit::Event => 1,
            Unit::Item => u64::from(self.rows.count(row)),
        }
    }
}
