//! Stores written out as text, and projects to import.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aud::base::{InputName, Mpid, Name, Now, Timestamp};
use aud::catalog::{Catalog, CustomEventType, EventKey, IdentityType, LookupOrder, ProfileField};
use aud::project::{
    DataSource, EventId, EventMapping, Format, Input, InputKind, Limits, NameMapping, NamedColumn, ProfileMapping,
    Project, Retention, TimeMapping, ValueMapping, Workspace,
};
use aud::store::{
    ABSENT, Dictionary, ImportOptions, ImportReport, SHARD_USERS, Store, StoreError, Verified, import, open,
};
use aud::system::{Content, FileInfo, MemorySystem, System};
use bytes::Bytes;
use chrono::{FixedOffset, Offset, Utc};

pub(super) fn input(text: &str) -> InputName {
    InputName::try_from(text.to_owned()).unwrap()
}

pub(super) fn world() -> MemorySystem {
    MemorySystem::new(Timestamp(1_700_000_000_000))
}

pub(super) fn utc() -> FixedOffset {
    Utc.fix()
}

/// A source of purchases: `id,email,at,sku,country`.
pub(super) fn purchases(files: &str) -> DataSource {
    DataSource {
        name: "purchases".to_owned(),
        input: input("shop.web"),
        files: files.to_owned(),
        format: Format::Csv,
        development: false,
        mpid: None,
        identities: vec![(IdentityType::Email, "email".to_owned()), (IdentityType::CustomerId, "id".to_owned())],
        event: Some(EventMapping {
            name: NameMapping::Constant(EventKey::custom("Purchase")),
            event_type: CustomEventType::Transaction,
            time: TimeMapping { column: "at".to_owned(), format: None, offset: utc() },
            id: EventId::None,
            attributes: vec![NamedColumn { name: "sku".to_owned(), column: "sku".to_owned() }],
            action: Vec::new(),
            product: Vec::new(),
        }),
        profile: ProfileMapping {
            user_attributes: vec![ValueMapping {
                name: "Country".to_owned(),
                column: "country".to_owned(),
                split: None,
            }],
            ..ProfileMapping::default()
        },
        seen: None,
    }
}

pub(super) fn project(sources: Vec<DataSource>) -> Project {
    let name = Name::new("shop").unwrap();
    let inputs = ["shop.web", "shop.crm"].map(|text| Input { name: input(text), kind: InputKind::Platform });
    Project {
        name: "shop".to_owned(),
        folder: "/p".into(),
        audiences: "/p/audiences".into(),
        workspaces: vec![Workspace { name, inputs: inputs.to_vec() }],
        data_path: "/p/.aud/data".into(),
        sources,
        identity_order: LookupOrder::default(),
        retention: Retention { events: None, profiles: None },
        declared: Catalog::default(),
        outputs: BTreeMap::new(),
        state: aud::project::StateLocation::Sqlite("/p/.aud/state.db".into()),
        limits: Limits { nesting_depth: 1, variants: 5 },
        environments: Default::default(),
        environment: None,
        shadow: false,
    }
}

pub(super) fn put(system: &dyn System, path: &str, content: impl AsRef<[u8]>) {
    aud::system::write_bytes(system, Path::new(path), content.as_ref()).unwrap();
}

pub(super) fn run(system: &dyn System, project: &Project) -> Result<ImportReport, StoreError> {
    import(system, project, ImportOptions::default(), &|_| {})
}

/// Imports and opens.
pub(super) fn imported(system: &dyn System, project: &Project) -> Store {
    run(system, project).unwrap();
    open(system, &project.data_path).unwrap()
}

/// Everything that a store says of its users, by MPID; row numbers and codes do not show.
pub(super) fn describe(store: &Store) -> BTreeMap<Mpid, String> {
    let mut events: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (key, table) in store.events.iter().flat_map(|(key, segments)| segments.iter().map(move |each| (key, each))) {
        for (at, shard) in table.shards.iter().enumerate() {
            assert!(shard.times.is_sorted(), "{key} is in time order");
            for row in 0..shard.times.len() {
                let mut text =
                    format!("{} {} {}", shard.times[row], key.name, store.inputs[shard.inputs[row] as usize]);
                write!(text, " {}", CustomEventType::ALL[shard.types[row] as usize].0).unwrap();
                if let Some(id) = table.ids.as_ref().and_then(|ids| ids.text(*shard.ids.get(row)?)) {
                    write!(text, " id={id:?}").unwrap();
                }
                write!(text, "{}", pairs(&shard.columns, &table.attributes, row)).unwrap();
                let action = pairs(&shard.actions, &table.actions, row);
                write!(text, "{}", if action.is_empty() { action } else { format!(" action:{action}") }).unwrap();
                for product in shard.products.of(row) {
                    write!(text, " product:{}", pairs(&shard.products.columns, &table.products, product)).unwrap();
                }
                events.entry((at * SHARD_USERS) as u32 + u32::from(shard.users[row])).or_default().push(text);
            }
        }
    }
    let user = |row: u32| {
        let mut text = String::new();
        for (workspace, seen) in &store.users.seen {
            let (first, last) = (seen.first[row as usize], seen.last[row as usize]);
            if first <= last {
                writeln!(text, "seen in {workspace}: {first} to {last}").unwrap();
            }
        }
        for (workspace, columns) in &store.users.fields {
            for (field, column) in columns.iter().filter(|(_, column)| column.code(row as usize) != ABSENT) {
                let name = match field {
                    ProfileField::Attribute(name) => name.clone(),
                    other => format!("{other:?}"),
                };
                let code = column.code(row as usize);
                match column.dictionary.list(code) {
                    Some(list) => writeln!(text, "{workspace} {name} = {list:?}").unwrap(),
                    None => writeln!(text, "{workspace} {name} = {:?}", column.dictionary.text(code)).unwrap(),
                }
            }
        }
        for identity in store.users.identities.of(row) {
            writeln!(text, "{} {}", identity.identity, identity.value).unwrap();
        }
        let mut own = events.get(&row).cloned().unwrap_or_default();
        own.sort();
        own.iter().for_each(|event| writeln!(text, "{event}").unwrap());
        text
    };
    (0..store.user_count() as u32).map(|row| (store.users.mpid(row).unwrap(), user(row))).collect()
}

/// The attributes of a row that are there.
fn pairs(
    columns: &BTreeMap<String, Verified<u32>>,
    dictionaries: &BTreeMap<String, Arc<Dictionary>>,
    row: usize,
) -> String {
    let there = columns.iter().filter(|(_, codes)| codes[row] != ABSENT);
    there.map(|(name, codes)| format!(" {name}={:?}", dictionaries[name].text(codes[row]))).collect()
}

/// When each field of each user was said, where that was told.
pub(super) fn said(store: &Store) -> Vec<(Mpid, String, ProfileField, i64)> {
    let mut said = Vec::new();
    for (workspace, fields) in &store.users.field_times {
        for (field, times) in fields {
            let told = times.iter().enumerate().filter(|(_, time)| **time != i64::MIN);
            let of = |row: usize| store.users.mpid(row as u32).unwrap();
            said.extend(told.map(|(row, time)| (of(row), workspace.to_string(), field.clone(), *time)));
        }
    }
    said.sort();
    said
}

/// A world in which writes fail from the nth on.
pub(super) struct Failing {
    pub(super) world: MemorySystem,
    pub(super) writes_left: AtomicUsize,
}

impl System for Failing {
    fn now(&self) -> Now {
        self.world.now()
    }
    fn env(&self, name: &str) -> Option<String> {
        self.world.env(name)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.world.read(path)
    }
    fn open(&self, path: &Path) -> io::Result<Box<dyn io::Read + Send>> {
        self.world.open(path)
    }
    fn map(&self, path: &Path) -> io::Result<Bytes> {
        self.world.map(path)
    }
    fn info(&self, path: &Path) -> io::Result<FileInfo> {
        self.world.info(path)
    }
    fn files_below(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        self.world.files_below(folder)
    }
    fn is_folder(&self, path: &Path) -> bool {
        self.world.is_folder(path)
    }
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.world.create_folder(path)
    }
    fn write_atomic(&self, path: &Path, content: &mut Content<'_>) -> io::Result<()> {
        let left = self.writes_left.load(Ordering::SeqCst);
        if left == 0 {
            return Err(io::Error::other("disk full"));
        }
        self.writes_left.store(left - 1, Ordering::SeqCst);
        self.world.write_atomic(path, content)
    }
    fn create_private(&self, path: &Path) -> io::Result<Box<dyn io::Write + Send>> {
        self.world.create_private(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.world.remove(path)
    }
}
