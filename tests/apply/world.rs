//! A state in a folder, a store and outputs in memory, and plans made by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aud::apply::{ApplyError, Context, Outcome, Progress, apply};
use aud::base::{Fingerprint, Mpid, Now, OutputName, SourceId, Span, Timestamp};
use aud::catalog::{IdentityType, OutputKind};
use aud::ir::{Audience, VariantName};
use aud::plan::{Action, Change, ConnectionAction, ConnectionChange, Drift, Evaluation, MadeFrom, People, Plan};
use aud::project::Output;
use aud::state::{Head, SqliteState, StateReader, StateWriter};
use aud::store::{Builder, Store};
use aud::system::{MemorySystem, System, read_text};
use tempfile::TempDir;

use crate::state::sample::{name, users};

pub(super) const NOW: &str = "2011-12-10T00:00:00Z";

pub(super) struct World {
    folder: TempDir,
    pub(super) system: Arc<MemorySystem>,
    pub(super) store: Store,
    pub(super) outputs: BTreeMap<OutputName, Output>,
}

pub(super) fn now() -> Now {
    Now(Timestamp::parse_rfc3339(NOW).unwrap())
}

impl World {
    /// Users 100, 101 and so on in the store, each with a customer id; the outputs `warehouse` and `archive`.
    pub(super) fn new() -> Self {
        let outputs = ["warehouse", "archive"].map(|each| (name(each), file_output(each)));
        let system = MemorySystem::new(Timestamp(now().ms() + 60_000)).with_env("USER", "ann");
        Self {
            folder: tempfile::tempdir().unwrap(),
            system: Arc::new(system),
            store: store((0..6).map(|n| (100 + n, vec![(IdentityType::CustomerId, format!("c{n}"))]))),
            outputs: BTreeMap::from(outputs),
        }
    }

    pub(super) fn state(&self) -> SqliteState {
        let system: Arc<dyn System> = self.system.clone();
        SqliteState::open(system, &self.folder.path().join("state.db")).unwrap()
    }

    /// A plan over the state as it is. The MPID of user number `n` is `100 + n`.
    pub(super) fn plan(&self, new_users: std::ops::Range<i64>, changes: Vec<Change>) -> Plan {
        let Head { lineage, serial } = self.state().head().unwrap();
        Plan {
            made_from: MadeFrom {
                tool: "0".to_owned(),
                definitions: Fingerprint::of(""),
                outputs: Fingerprint::of(""),
                lineage,
                serial,
                store: self.store.id.to_string(),
                data_version: self.store.version,
                now: now(),
                environment: None,
                shadow: false,
            },
            new_users: new_users.map(|n| Mpid(100 + n)).collect(),
            changes,
            unchanged: 0,
            pending: 0,
            targets: Vec::new(),
            excluded: Vec::new(),
            selected_by: Vec::new(),
            checks: Vec::new(),
            holding: Vec::new(),
            evaluation: Evaluation::default(),
        }
    }

    pub(super) fn apply(&self, plan: &Plan) -> Result<Outcome, ApplyError> {
        self.apply_with(plan, &mut self.state(), &*self.system, &|_| {}, &AtomicBool::new(false))
    }

    pub(super) fn apply_with(
        &self,
        plan: &Plan,
        state: &mut dyn StateWriter,
        system: &dyn System,
        progress: &dyn Fn(Progress<'_>),
        cancelled: &AtomicBool,
    ) -> Result<Outcome, ApplyError> {
        let context = Context {
            state,
            store: &self.store,
            outputs: &self.outputs,
            folder: Path::new("/shop"),
            system,
            by: "ann".to_owned(),
            commit: None,
            reason: "apply".to_owned(),
            progress,
            cancelled,
            wait: aud::apply::Wait::NONE,
        };
        apply(plan, context)
    }

    /// Every delivered file, by its path inside the project.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, String> {
        let paths = self.system.files_below(Path::new("/shop")).unwrap_or_default();
        let inside = |path: &PathBuf| path.strip_prefix("/shop").unwrap().to_owned();
        paths.iter().map(|path| (inside(path), read_text(&*self.system, path).unwrap())).collect()
    }

    /// The delivered files, without their content.
    pub(super) fn paths(&self) -> Vec<String> {
        self.files().into_keys().map(|path| path.display().to_string()).collect()
    }
}

pub(super) fn file_output(output: &str) -> Output {
    Output {
        name: name(output),
        kind: OutputKind::find("file").unwrap(),
        settings: BTreeMap::from([("path".to_owned(), output.into())]),
        secrets: BTreeMap::new(),
        span: Span::new(SourceId(0), 0, 0),
    }
}

/// A store of users: MPID and identities, in the order of their types.
pub(super) fn store(of: impl IntoIterator<Item = (i64, Vec<(IdentityType, String)>)>) -> Store {
    let mut builder = Builder::new(&[]);
    for (mpid, identities) in of {
        let row = builder.user(Mpid(mpid));
        for (identity, value) in identities {
            builder.identity(row, identity, &value);
        }
    }
    builder.finish("here", 4)
}

/// What happens to an audience: its people, over user numbers.
pub(super) fn change(action: Action, address: &str, after: Option<Audience>) -> Change {
    Change {
        action,
        address: name(address),
        renamed_from: None,
        before: None,
        after: after.map(Box::new),
        fields: Vec::new(),
        salt: None,
        people: People::default(),
        variants: Vec::new(),
        connections: Vec::new(),
        why: None,
        drift: Drift::default(),
        samples: Vec::new(),
    }
}

pub(super) trait ChangeExt {
    fn people(self, after: &[u32], adds: &[u32], drops: &[u32]) -> Self;
    fn to(self, output: &str, variant: VariantName, adds: &[u32], drops: &[u32]) -> Self;
    fn renamed_from(self, from: &str) -> Self;
}

impl ChangeExt for Change {
    fn people(mut self, after: &[u32], adds: &[u32], drops: &[u32]) -> Self {
        let (after, adds, drops) = (users(after.to_vec()), users(adds.to_vec()), users(drops.to_vec()));
        let before = after.len() + drops.len() - adds.len();
        let after = (self.action != Action::Delete).then_some(after);
        self.people = People { before, after, adds, drops };
        self
    }

    fn to(mut self, output: &str, variant: VariantName, adds: &[u32], drops: &[u32]) -> Self {
        let downstream_name = match &variant {
            VariantName::Whole => format!("The {}", self.address),
            part => format!("The {} - {part}", self.address),
        };
        self.connections.push(ConnectionChange {
            variant,
            output: name(output),
            kind: "file".to_owned(),
            downstream_name,
            adds: users(adds.to_vec()),
            drops: users(drops.to_vec()),
            identities: BTreeMap::new(),
            unreachable: 0,
            action: ConnectionAction::Continue,
            kept: 0,
        });
        self
    }

    fn renamed_from(mut self, from: &str) -> Self {
        self.renamed_from = Some(name(from));
        self
    }
}
