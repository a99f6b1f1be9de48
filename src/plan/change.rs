//! The plan as a value.
//!
//! In: what [`make`](super::make()) found, or a saved file. Out: plain data with counts. The JSON form of these types is the content of a
//! saved plan, so a change of form raises [`file::VERSION`](super::file::VERSION).

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::checks::{Check, Verdict};
use super::reuse::{Evaluation, Holding};
use super::why::{Sample, Why};
use crate::base::{Address, Fingerprint, Mpid, Name, Now, Origin, OutputName};
use crate::catalog::IdentityType;
use crate::ir::{Audience, VariantName};
use crate::state::Drift;

/// What would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What it was made from.
    pub made_from: MadeFrom,
    /// MPIDs that get the next user numbers of the state, in order.
    pub new_users: Vec<Mpid>,
    /// What happens to each audience that anything happens to: deletions, then the others by address.
    pub changes: Vec<Change>,
    /// How many audiences stay exactly as they are.
    pub unchanged: usize,
    /// Deliveries of earlier applies that are still to be made.
    pub pending: u64,
    /// The audiences that the plan was limited to; empty for all, unless [`selected_by`](Self::selected_by) says otherwise.
    pub targets: Vec<Address>,
    /// The audiences that were left out on purpose.
    #[serde(default)]
    pub excluded: Vec<Address>,
    /// What chose the targets, as it was asked for: `tag "LTV"`. Not empty for a plan that was limited to what nothing carries.
    #[serde(default)]
    pub selected_by: Vec<String>,
    /// The guards and assertions that are about what changes, in the order of the definitions (M24).
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Until when the memberships hold that were evaluated for this plan, so that the next one may do without an evaluation.
    #[serde(default)]
    pub holding: Vec<Holding>,
    /// How much was evaluated.
    #[serde(default)]
    pub evaluation: Evaluation,
}

/// What a plan was made from. A plan is stale when any of it is different.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeFrom {
    /// The version of the program.
    pub tool: String,
    /// The definitions.
    pub definitions: Fingerprint,
    /// The outputs as configured.
    pub outputs: Fingerprint,
    /// The state.
    pub lineage: String,
    /// The state's serial.
    pub serial: u64,
    /// The store.
    pub store: String,
    /// The store's version.
    pub data_version: u64,
    /// The `now` of the evaluation.
    pub now: Now,
    /// The environment of the project file; `None` is the project's own.
    #[serde(default)]
    pub environment: Option<Name>,
    /// Whether that environment records everything and delivers nothing.
    #[serde(default)]
    pub shadow: bool,
}

/// What happens to one audience. Where several things happen at once, the first of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It goes.
    Delete,
    /// It is new.
    Create,
    /// Its running test ends, and one of the same name with other variants begins (M15).
    Replace,
    /// The draft becomes active: it is evaluated from now on.
    Activate,
    /// It becomes a draft: everybody leaves, the definition stays.
    Pause,
    /// It gets another address, and stays what it is in all else.
    Rename,
    /// Its definition changes.
    Update,
    /// Its definition stays and people enter or leave.
    Refresh,
}

impl Action {
    /// The word for it, as it stands in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Activate => "activate",
            Self::Pause => "pause",
            Self::Rename => "rename",
            Self::Update => "update",
            Self::Refresh => "refresh",
        }
    }

    /// Whether a deployed audience stays deployed under another definition.
    pub fn redefines(self) -> bool {
        matches!(self, Self::Replace | Self::Activate | Self::Pause | Self::Rename | Self::Update)
    }
}

/// One audience that anything happens to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// Its address after the change; for a deletion, before it.
    pub address: Address,
    /// The address that it had, where it is renamed.
    pub renamed_from: Option<Address>,
    /// The definition as deployed.
    pub before: Option<Box<Audience>>,
    /// The definition as written.
    pub after: Option<Box<Audience>>,
    /// The fields that differ, in the order of the language.
    pub fields: Vec<FieldChange>,
    /// The salt of its split after the change.
    pub salt: Option<String>,
    /// Who is in it before and after.
    pub people: People,
    /// The same for each variant after the change, in bucket order, Control last; empty without a split.
    pub variants: Vec<(VariantName, People)>,
    /// What each connection would be sent.
    pub connections: Vec<ConnectionChange>,
    /// Why people enter and leave; `None` where that goes without saying: the audience is new, activated, paused or deleted.
    #[serde(default)]
    pub why: Option<Why>,
    /// Whether the state did not hold what was last applied, which the plan mends.
    #[serde(default)]
    pub drift: Drift,
    /// Examples of who enters and leaves, where they were asked for.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

/// A field of a definition that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldChange {
    /// The field, as the language calls it: `match`, `tags`, `connect warehouse`. A field of several entries has one
    /// change for each entry that comes or goes.
    pub field: String,
    /// As deployed; `None` where it is new.
    pub old: Option<String>,
    /// As written; `None` where it goes.
    pub new: Option<String>,
    /// How many bytes at the start of `new` say the same as `old` and may be left out where both are shown, as in
    /// `user "plan" is "pro"  →  is "free"`.
    pub shared: usize,
    /// Where the new one was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// Members before and after.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// How many before.
    pub before: u64,
    /// Who after; `None` where it is not evaluated.
    #[serde(with = "super::bitmap::optional")]
    pub after: Option<RoaringBitmap>,
    /// Who enters.
    #[serde(with = "super::bitmap")]
    pub adds: RoaringBitmap,
    /// Who leaves.
    #[serde(with = "super::bitmap")]
    pub drops: RoaringBitmap,
}

/// What a plan does to a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionAction {
    /// It is new, or sends again: everybody is added.
    Connect,
    /// It goes, or stops sending: everybody is dropped.
    Disconnect,
    /// It stays, and is sent the difference.
    #[default]
    Continue,
}

/// What one connection would be sent. At least one user enters or leaves, or the connection itself begins or ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionChange {
    /// Which part of the audience.
    pub variant: VariantName,
    /// Where it goes.
    pub output: OutputName,
    /// The output's kind.
    pub kind: String,
    /// The name that the output sees.
    pub downstream_name: String,
    /// Who enters.
    #[serde(with = "super::bitmap")]
    pub adds: RoaringBitmap,
    /// Who leaves.
    #[serde(with = "super::bitmap")]
    pub drops: RoaringBitmap,
    /// How many identities of each type that the output accepts belong to these users.
    pub identities: BTreeMap<IdentityType, u64>,
    /// How many of these users have no identity that the output accepts.
    pub unreachable: u64,
    /// What happens to the connection.
    #[serde(default)]
    pub action: ConnectionAction,
    /// How many people it carried before and goes on carrying.
    #[serde(default)]
    pub kept: u64,
}

/// A plan in numbers. People are counted once for each audience that they enter or leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Audiences that are new.
    pub add: usize,
    /// Audiences whose test is replaced.
    pub replace: usize,
    /// Drafts that become active.
    pub activate: usize,
    /// Active audiences that become drafts.
    pub pause: usize,
    /// Audiences whose definition changes otherwise, under the same address.
    pub change: usize,
    /// Audiences that get another address, whatever else changes in them.
    pub rename: usize,
    /// Audiences that go.
    pub delete: usize,
    /// Audiences that only people enter or leave.
    pub refresh: usize,
    /// Audiences that stay exactly as they are.
    pub unchanged: usize,
    /// People who enter.
    pub enter: u64,
    /// People who leave.
    pub leave: u64,
    /// Connections that are sent something; none in a shadow environment.
    pub deliveries: usize,
    /// Deliveries of earlier applies that are still to be made.
    pub pending: u64,
}

impl Plan {
    /// Whether there is nothing to do: nothing changes, and no earlier delivery is still to be made.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.pending == 0
    }

    /// The plan in numbers.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { unchanged: self.unchanged, pending: self.pending, ..Counts::default() };
        for change in &self.changes {
            match change.action {
                Action::Delete => counts.delete += 1,
                Action::Create => counts.add += 1,
                Action::Replace => counts.replace += 1,
                Action::Activate => counts.activate += 1,
                Action::Pause => counts.pause += 1,
                Action::Rename => counts.rename += 1,
                Action::Update if change.renamed_from.is_some() => counts.rename += 1,
                Action::Update => counts.change += 1,
                Action::Refresh => counts.refresh += 1,
            }
            counts.enter += change.people.adds.len();
            counts.leave += change.people.drops.len();
            let sent = change.connections.iter().filter(|each| each.is_sent());
            counts.deliveries += if self.made_from.shadow { 0 } else { sent.count() };
        }
        counts
    }

    /// Whether the plan was limited to some audiences.
    pub fn is_limited(&self) -> bool {
        !(self.targets.is_empty() && self.selected_by.is_empty() && self.excluded.is_empty())
    }

    /// The guards and assertions that keep it from being applied.
    pub fn broken(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.verdict == Verdict::Broken)
    }

    /// The audiences that a limited plan changes although they are no target: new or renamed ones that a target nests.
    pub fn came_along(&self) -> impl Iterator<Item = &Address> {
        let limited = !(self.targets.is_empty() && self.selected_by.is_empty());
        let others = self.changes.iter().filter(move |change| limited && !self.targets.contains(&change.address));
        others.map(|change| &change.address)
    }
}

impl Change {
    /// The definition that says what the audience is called: the one after the change, or of a deletion the one before.
    pub fn definition(&self) -> Option<&Audience> {
        self.after.as_deref().or(self.before.as_deref())
    }
}

impl ConnectionChange {
    /// Whether anybody enters or leaves, so that a delivery is made.
    pub fn is_sent(&self) -> bool {
        !(self.adds.is_empty() && self.drops.is_empty())
    }
}

impl People {
    /// How many after; `None` where it is not evaluated.
    pub fn size_after(&self) -> Option<u64> {
        self.after.as_ref().map(RoaringBitmap::len)
    }
}
