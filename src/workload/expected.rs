//! The expected answers of a workload.
//!
//! In: `expected_SIZE.json` or `expected_SIZE_after_append.json`. Out: the answers by audience, and the instant they are for.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::answer::Answer;
use super::error::{WorkloadError, Wrong};
use super::json::{self, Place};
use crate::base::{Now, Timestamp};
use crate::system::System;

/// Expected answers.
pub(super) struct Expected {
    /// The instant that they are for.
    pub(super) now: Now,
    /// By number of the audience.
    pub(super) answers: BTreeMap<u64, Answer>,
}

impl Expected {
    /// Reads a file of answers; `None` where there is none.
    pub(super) fn read(system: &dyn System, file: &Path) -> Result<Option<Self>, WorkloadError> {
        let document = match json::read(system, file) {
            Err(WorkloadError::Io(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            document => document?,
        };
        parse(&Place::root(&document)).map(Some).map_err(|wrong| wrong.in_file(file))
    }

    /// The audiences that were answered otherwise, or not at all, or that nothing is expected of.
    pub(super) fn differing(&self, answers: &[(u64, Answer)]) -> Vec<u64> {
        let got: BTreeMap<u64, Answer> = answers.iter().copied().collect();
        let known = self.answers.keys().chain(got.keys());
        let mut differing: Vec<u64> =
            known.filter(|number| self.answers.get(number) != got.get(number)).copied().collect();
        differing.sort_unstable();
        differing.dedup();
        differing
    }
}

fn parse(document: &Place<'_>) -> Result<Expected, Wrong> {
    let now = Now(Timestamp(document.field("now_ms")?.signed()?));
    let mut answers = BTreeMap::new();
    for (number, place) in document.field("expected")?.entries()? {
        let number = number.parse().map_err(|_| place.wrong("the name is no number of an audience"))?;
        let [count, xor] = place.pair()?;
        let parsed = xor.text()?.parse().map_err(|_| xor.wrong("expected a signed 64-bit number as a text"))?;
        answers.insert(number, Answer { count: count.whole()?, xor: parsed });
    }
    Ok(Expected { now, answers })
}
