//! Which batches were stored lately (M20).
//!
//! In: the request ids that the store remembers. Out: whether a batch may be stored, and what is to be remembered. Always: what
//! is older than 60 days is forgotten, and an id is an input's own.

use std::collections::HashMap;
use std::path::Path;

use rapidhash::fast::RandomState;

use super::super::error::StoreError;
use super::super::files::{Manifest, StoredRequest, read_requests};
use super::super::interner::Interner;
use crate::system::System;

/// How long a request id is remembered, in ms.
const REMEMBERED_MS: i64 = 60 * 86_400_000;

/// Request ids, with the instants at which they were stored.
#[derive(Debug, Default)]
pub(super) struct Requests {
    ids: Interner,
    /// Input and code of an id → when it was stored, in ms since 1970.
    stored: HashMap<(u8, u32), i64, RandomState>,
    now_ms: i64,
    changed: bool,
}

impl Requests {
    /// What a store remembers as of now; nothing where everything is read anew.
    pub(super) fn of(
        system: &dyn System,
        folder: &Path,
        manifest: &Manifest,
        rebuild: bool,
    ) -> Result<Self, StoreError> {
        let mut requests = Self { now_ms: system.now().ms(), changed: rebuild, ..Self::default() };
        let known = if rebuild { Vec::new() } else { read_requests(system, folder, manifest)? };
        for StoredRequest { input, id, at_ms } in known {
            // An instant that is yet to come was stored by a clock that went wrong: it is not forgotten for that.
            if requests.now_ms.saturating_sub(at_ms) <= REMEMBERED_MS {
                let id = requests.ids.intern(&id);
                requests.stored.insert((input, id), at_ms);
            }
        }
        Ok(requests)
    }

    /// The code of an id.
    pub(super) fn code(&mut self, id: &str) -> u32 {
        self.ids.intern(id)
    }

    /// Remembers a batch; false where one with its id was stored already.
    pub(super) fn store(&mut self, input: u8, id: u32) -> bool {
        let is_new = !self.stored.contains_key(&(input, id));
        if is_new {
            self.stored.insert((input, id), self.now_ms);
            self.changed = true;
        }
        is_new
    }

    /// Whether the ids did not fit.
    pub(super) fn overflowed(&self) -> bool {
        self.ids.overflowed()
    }

    /// What is to be remembered, by input and id; `None` where nothing new is.
    pub(super) fn finish(self) -> Option<Vec<StoredRequest>> {
        let Self { ids, stored, changed, .. } = self;
        let of = |((input, id), at_ms)| StoredRequest { input, id: ids.text(id).to_owned(), at_ms };
        let mut all: Vec<_> = stored.into_iter().map(of).collect();
        all.sort();
        changed.then_some(all)
    }
}
