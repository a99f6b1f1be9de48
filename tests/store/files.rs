//! Stores in memory and on disk.

use std::path::Path;

use aud::catalog::{EventKey, Provenance, ValueType};
use aud::store::{SHARD_USERS, compact, open, verify};
use aud::system::{OsSystem, System};
use proptest::prelude::*;

use super::random::{build, step};
use super::support::{describe, imported, project, purchases, put, said, world};

#[test]
fn a_folder_without_a_store_is_an_empty_store() {
    let system = world();
    let (one, two) = (open(&system, Path::new("/none")).unwrap(), open(&system, Path::new("/none")).unwrap());
    assert_eq!((one.user_count(), one.event_count(), one.version), (0, 0, 0));
    assert_ne!(one.id, two.id);
    assert!(!one.catalog().has_data);
    assert!(system.files_below(Path::new("/none")).is_err(), "nothing was written");
}

#[test]
fn real_files_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = project(vec![purchases("*.csv")]);
    shop.folder = folder.path().to_owned();
    shop.data_path = folder.path().join(".aud/data");
    std::fs::write(
        folder.path().join("a.csv"),
        "id,email,at,sku,country\n1,a@b,2020-01-02,X,UK\n1,,2020-01-01,\"a,\"\"b\",FR\n2,c@d,2020-01-03,,\n",
    )
    .unwrap();
    let store = imported(&OsSystem, &shop);
    let users: Vec<String> = describe(&store).into_values().collect();
    insta::assert_snapshot!(users.join("\n"));
    assert_eq!(describe(&open(&OsSystem, &shop.data_path).unwrap()), describe(&store));
}

#[test]
fn a_second_shard_has_its_own_batches() {
    let system = world();
    let mut csv = String::from("id,email,at,sku,country\n");
    for user in 0..SHARD_USERS + 10 {
        csv += &format!("u{user},,2020-01-01,s{},\n", user % 7);
    }
    put(&system, "/p/a.csv", csv);
    let shop = project(vec![purchases("a.csv")]);
    let store = imported(&system, &shop);
    assert_eq!((store.shard_count(), store.shard_len(1)), (2, 10));
    let table = &store.events[&EventKey::custom("Purchase")][0];
    assert_eq!((table.shards[0].times.len(), table.shards[1].times.len()), (SHARD_USERS, 10));
    assert_eq!(store.users.identities.of(SHARD_USERS as u32 + 9).count(), 1);
    let again = open(&system, &shop.data_path).unwrap();
    assert_eq!(describe(&again), describe(&store));
}

#[test]
fn old_files_go_and_unchanged_ones_stay() {
    let system = world();
    let mut other = purchases("b*.csv");
    other.name = "views".to_owned();
    other.event.as_mut().unwrap().name = aud::project::NameMapping::Constant(EventKey::custom("View"));
    put(&system, "/p/a1.csv", "id,email,at,sku,country\n1,,2020-01-01,X,\n");
    put(&system, "/p/b1.csv", "id,email,at,sku,country\n1,,2020-01-01,X,\n");
    let shop = project(vec![purchases("a*.csv"), other]);
    imported(&system, &shop);
    let names = || -> Vec<String> {
        let files = system.files_below(&shop.data_path).unwrap();
        files.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    let before = names();
    put(&system, "/p/b2.csv", "id,email,at,sku,country\n1,,2020-01-02,X,\n");
    imported(&system, &shop);
    let after = names();
    let kept = |part: &str| before.iter().filter(|name| name.contains(part)).all(|name| after.contains(name));
    assert!(kept("purchase") && !kept("view") && !kept("users"), "{before:?} {after:?}");
    assert_eq!(before.len(), after.len());
}

#[test]
fn the_catalog_says_where_types_come_from() {
    let system = world();
    put(&system, "/p/a.csv", "id,email,at,sku,country\n1,,2020-01-01,12,2020-01-01\n2,,2020-01-01,13.5,\n");
    let shop = project(vec![purchases("a.csv")]);
    let store = imported(&system, &shop);
    let catalog = store.catalog();
    let event = &catalog.events[&EventKey::custom("Purchase")];
    assert_eq!((event.rows, event.types.len()), (2, 1));
    assert_eq!(event.attributes["sku"].value_type, ValueType::Number);
    let sources = vec!["purchases".to_owned()];
    assert_eq!(event.attributes["sku"].provenance, Provenance::Detected { fitting: 2, values: 2, sources });
    assert_eq!(catalog.user_attributes["Country"].value_type, ValueType::Date);
}

/// `tests/store/golden/format-1` was written by the last program that wrote format 1.
#[test]
fn format_1_is_still_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/golden/format-1");
    let store = open(&OsSystem, &folder).unwrap();
    insta::assert_snapshot!(describe(&store).into_values().collect::<Vec<_>>().join("\n"));
    assert_eq!(said(&store).len(), 1);
    let purchase = &store.catalog().events[&EventKey::custom("Purchase")];
    assert_eq!(purchase.attributes["price"].value_type, ValueType::Number);
}

/// `tests/store/golden/format-2` was written by the last program that wrote format 2.
#[test]
fn format_2_is_still_read_and_becomes_format_3() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/golden/format-2");
    let store = open(&OsSystem, &golden).unwrap();
    insta::assert_snapshot!(describe(&store).into_values().collect::<Vec<_>>().join("\n"));
    let folder = tempfile::tempdir().unwrap();
    for path in OsSystem.files_below(&golden).unwrap() {
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    compact(&OsSystem, folder.path()).unwrap();
    let manifest = std::fs::read_to_string(folder.path().join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let files = manifest["store"]["files"].as_array().unwrap();
    assert_eq!(manifest["format"], 3);
    assert!(files.iter().all(|file| file.get("blake3").is_none() && file["sums"].is_string()), "{files:?}");
    assert_eq!(describe(&open(&OsSystem, folder.path()).unwrap()), describe(&store));
    assert_eq!(verify(&OsSystem, folder.path()).unwrap().damages, []);
}

proptest! {
    #[test]
    fn what_is_saved_comes_back(steps in proptest::collection::vec(step(), 0..40)) {
        let (system, folder) = (world(), Path::new("/store"));
        let store = build(&steps);
        store.save(&system, folder).unwrap();
        let again = open(&system, folder).unwrap();
        prop_assert_eq!(describe(&again), describe(&store));
        prop_assert_eq!(said(&again), said(&store));
        prop_assert_eq!(&again.users.changed, &store.users.changed);
        prop_assert_eq!((again.id.clone(), again.version, &again.inputs), (store.id.clone(), 7, &store.inputs));
        prop_assert_eq!(again.catalog(), store.catalog());
    }
}
