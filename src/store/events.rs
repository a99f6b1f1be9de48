//! Events of one key: in segments, there by shard, in time order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::column::Dictionary;
use super::user_rows::UserRows;
use super::verified::Verified;
use crate::base::Window;

/// All events of a key: what came together is a segment, the earliest first. A scan visits all of them; whoever asks for the
/// order of a user's events merges theirs.
pub type Segments = Vec<Arc<EventTable>>;

/// Events of one key that came together: a segment.
#[derive(Clone, Debug, Default)]
pub struct EventTable {
    /// The dictionary of each attribute, by name; one for all shards.
    pub attributes: BTreeMap<String, Arc<Dictionary>>,
    /// The dictionary of each attribute of actions, by name (M21).
    pub actions: BTreeMap<String, Arc<Dictionary>>,
    /// The dictionary of each attribute of products, by name (M21).
    pub products: BTreeMap<String, Arc<Dictionary>>,
    /// The event ids, where any were sent; one dictionary for all shards.
    pub ids: Option<Arc<Dictionary>>,
    /// The events of each shard; shards beyond the end have none.
    pub shards: Vec<EventShard>,
    /// Whether it came after the files were written, so that it may be merged with others of its kind.
    pub recent: bool,
}

/// The events of one key and shard, in ascending time. All slices have one length; position `i` is one event.
#[derive(Clone, Debug, Default)]
pub struct EventShard {
    /// Position of the user inside the shard.
    pub users: Verified<u16>,
    /// Milliseconds since 1970, ascending.
    pub times: Verified<i64>,
    /// Code of the input, an index into `Store::inputs`.
    pub inputs: Verified<u8>,
    /// Code of the custom event type, an index into `CustomEventType::ALL`.
    pub types: Verified<u8>,
    /// Codes of the event ids (M20); empty where no event of this shard has one.
    pub ids: Verified<u32>,
    /// Codes of each attribute, by name; an attribute without an entry is missing everywhere in this shard.
    pub columns: BTreeMap<String, Verified<u32>>,
    /// Codes of each attribute of the action, by name.
    pub actions: BTreeMap<String, Verified<u32>>,
    /// The products of the events.
    pub products: Products,
    /// Which events are whose; made when it is first asked for.
    pub user_rows: UserRows,
}

/// Products of the events of a shard: those of event `i` are at `offsets[i]..offsets[i + 1]`.
#[derive(Clone, Debug, Default)]
pub struct Products {
    /// One more entry than there are events; empty where no event has products.
    pub offsets: Verified<u32>,
    /// Codes of each attribute, by name; an attribute without an entry is missing everywhere in this shard.
    pub columns: BTreeMap<String, Verified<u32>>,
}

impl Products {
    /// The products of an event, as positions in the columns.
    pub fn of(&self, event: usize) -> Range<usize> {
        let at = |event: usize| self.offsets.get(event).map_or(0, |offset| *offset as usize);
        at(event)..at(event + 1).max(at(event))
    }
}

impl EventTable {
    /// How many events there are.
    pub fn len(&self) -> u64 {
        self.shards.iter().map(|shard| shard.times.len() as u64).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl EventShard {
    /// The positions of the events of a user, given by position: ascending, so oldest first. The first call looks at every
    /// event of the shard.
    pub fn of_user(&self, user: u16) -> &[u32] {
        self.user_rows.of(&self.users, user)
    }

    /// The positions of the events inside a window: found by two binary searches, times are not scanned.
    pub fn range(&self, window: Window) -> Range<usize> {
        let from = self.times.partition_point(|time| *time < window.from);
        let to = self.times.partition_point(|time| *time <= window.to);
        from..to.max(from)
    }
}
