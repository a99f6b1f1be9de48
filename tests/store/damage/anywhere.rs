//! Any file of a store, the log of recent writes among them, damaged at any place: the file is named, or everything is as it was.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aud::base::Mpid;
use aud::catalog::{Catalog, CustomEventType, EventKey, EventKind, IdentityType, ProfileField};
use aud::store::{
    EventRow, ImportOptions, ProfileValue, RECENT, Recent, Store, StoreError, Writes, fold, import, open, stats, verify,
};
use aud::system::OsSystem;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use tempfile::TempDir;

use super::super::support::{describe, input, said};
use crate::eval::cases;
use crate::support::copy;

const PROJECT: &str = "version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
data:
  path: store
  sources:
    - { name: app, input: web, files: \"*.json\", format: mparticle, development: true }
";

/// What is done to a file.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Cut,
    Flip(u8),
    Set(u8),
    Zeros(usize),
    Longer(u8),
}

fn damages() -> impl Strategy<Value = Damage> {
    prop_oneof![
        3 => Just(Damage::Cut),
        5 => (0u8..8).prop_map(Damage::Flip),
        2 => any::<u8>().prop_map(Damage::Set),
        1 => prop_oneof![Just(64usize), Just(512), Just(4096)].prop_map(Damage::Zeros),
        1 => any::<u8>().prop_map(Damage::Longer),
    ]
}

impl Damage {
    fn of(self, whole: &[u8], at: usize) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        match self {
            Self::Cut => bytes.truncate(at),
            Self::Flip(bit) => bytes[at] ^= 1 << bit,
            Self::Set(to) => bytes[at] = to,
            Self::Zeros(count) => bytes.iter_mut().skip(at).take(count).for_each(|byte| *byte = 0),
            Self::Longer(byte) => bytes.push(byte),
        }
        bytes
    }
}

/// A batch of everything that can be written.
fn batch(store: &Store, number: i64) -> Writes {
    let mut writes = Writes::to(store);
    let code = writes.input(&input("shop.web")).unwrap();
    let row = writes.new_user(Mpid(1_000 + number));
    writes.identity(row, IdentityType::Email, &format!("{number}@b"), None);
    let entries = ["a".to_owned(), number.to_string()];
    let workspace = input("shop.web").workspace;
    writes.field(row, &workspace, &ProfileField::attribute("tags"), ProfileValue::List(&entries), Some(number));
    let products = [vec![("id", Some("1")), ("price", None)], vec![("id", Some("2"))]];
    for (key, at_ms) in [(EventKey::of(EventKind::Purchase), number), (EventKey::custom("Buy"), 2 * number)] {
        let event_type = CustomEventType::Transaction;
        let (attributes, action) = ([("coupon", Some("x"))], [("total_amount", Some("9.5"))]);
        let products = if key.kind.is_commerce() { &products[..] } else { &[] };
        let (attributes, action) = (&attributes[..], &action[..]);
        let id = Some("id");
        let event = EventRow { at_ms, input: code, event_type, id, attributes, action, products };
        writes.event(row, &key, event);
    }
    writes
}

fn append(folder: &Path, number: i64) {
    let writes = batch(&open(&OsSystem, folder).unwrap(), number);
    Recent::open(&OsSystem, folder).unwrap().append(&mut [writes]).unwrap();
}

/// A store with files of every table, segments, and recent writes in some number.
fn prepared(recent: i64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("aud.yaml"), PROJECT).unwrap();
    for name in ["events.json", "profile.json"] {
        let batches = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/batches").join(name);
        std::fs::copy(batches, folder.path().join(name)).unwrap();
    }
    let with_request = r#"{"mpid":5,"source_request_id":"r1","timestamp_unixtime_ms":5,"events":[]}"#;
    std::fs::write(folder.path().join("request.json"), with_request).unwrap();
    let mut sources = aud::base::SourceMap::default();
    let (project, _) = aud::project::load(&OsSystem, folder.path(), &mut sources);
    import(&OsSystem, &project.unwrap(), ImportOptions::default(), &|_| {}).unwrap();
    let store = folder.path().join("store");
    append(&store, 1);
    fold(&OsSystem, &store).unwrap();
    (2..2 + recent).for_each(|number| append(&store, number));
    assert!(stats(&OsSystem, &store).unwrap().files.iter().any(|file| file.name.starts_with("requests")));
    folder
}

type Answers = (BTreeMap<Mpid, String>, String, Catalog);

/// Everything that a store says, unless it says that it is damaged.
fn answers(folder: &Path) -> Result<Answers, StoreError> {
    let store = open(&OsSystem, folder)?;
    let answers = (describe(&store), format!("{:?}", said(&store)), store.catalog());
    store.ensure_whole()?;
    Ok(answers)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| std::fs::metadata(path).unwrap().len() > 0).collect();
    files.sort();
    files
}

/// Damages one file of a copy. Whether somebody noticed.
fn damaged(folder: &Path, name: &Path, damage: Damage, at: usize, expected: &Answers) -> bool {
    let copied = tempfile::tempdir().unwrap();
    copy(folder, copied.path());
    let path = copied.path().join(name);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, damage.of(&whole, at)).unwrap();
    let name = name.to_string_lossy();
    let names = |error: &StoreError| error.to_string().contains(&*name);
    let found = verify(&OsSystem, copied.path());
    let found = found.map(|found| found.damages).map_err(|error| assert!(names(&error), "{name}: {error}"));
    match answers(copied.path()) {
        Ok(answers) => {
            assert_eq!(&answers, expected, "{name} {damage:?} at {at}: nobody was told");
            found.is_err() || !found.unwrap().is_empty()
        }
        Err(error) => {
            assert!(matches!(error, StoreError::Damaged { .. } | StoreError::Newer { .. }), "{name}: {error:?}");
            assert!(names(&error), "{name}: {error}");
            let there = |damages: Vec<aud::store::Damage>| damages.iter().any(|each| each.file == path);
            // What only an import asks for is found by reading all of it.
            assert!(found.map_or(true, there), "{name} {damage:?} at {at}: {error}, and nothing was found");
            true
        }
    }
}

#[test]
fn damage_anywhere_is_told_or_changes_nothing() {
    let prepared = [0, 1, 3].map(prepared);
    let folders = prepared.each_ref().map(|folder| folder.path().join("store"));
    let expected = folders.each_ref().map(|folder| answers(folder).unwrap());
    let config = ProptestConfig { cases: cases(2_000) / 5, failure_persistence: None, ..ProptestConfig::default() };
    let kinds = (0..3usize, any::<Index>(), any::<bool>(), any::<Index>(), damages());
    let outcome = TestRunner::new(config).run(&kinds, |(of, file, log, at, damage)| {
        let files = files(&folders[of]);
        let path = if log { folders[of].join(RECENT) } else { file.get(&files).clone() };
        let at = at.index(std::fs::metadata(&path).unwrap().len() as usize);
        damaged(&folders[of], Path::new(path.file_name().unwrap()), damage, at, &expected[of]);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// Bits of the log of recent writes: of everything that begins a page, and of some of the rest.
#[test]
fn bits_of_the_log_are_told_or_change_nothing() {
    let prepared = prepared(2);
    let folder = prepared.path().join("store");
    let expected = answers(&folder).unwrap();
    let log = std::fs::read(folder.join(RECENT)).unwrap();
    let (mut noticed, mut tried) = (0, 0);
    let saying = (0..log.len()).filter(|at| log[*at] != 0);
    for at in saying.filter(|at| at % 4096 < 128 || at % 7 == 0) {
        let damage = Damage::Flip((at % 8) as u8);
        tried += 1;
        noticed += u32::from(damaged(&folder, Path::new(RECENT), damage, at, &expected));
    }
    for at in (0..log.len()).step_by(256) {
        assert!(damaged(&folder, Path::new(RECENT), Damage::Cut, at, &expected), "cut at {at}");
    }
    assert!(noticed > tried / 2, "{noticed} of {tried}");
}
