//! What happens when files are not what they should be.

mod anywhere;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;

use aud::project::Project;
use aud::store::{ImportOptions, StoreError, import, open, verify};
use aud::system::{MemorySystem, System};

use super::support::{Failing, describe, imported, project, purchases, put, run, world};

fn shop() -> (MemorySystem, Project) {
    let system = world();
    put(&system, "/p/a.csv", "id,email,at,sku,country\n1,a@b,2020-01-02,X,UK\n2,,2020-01-01,Y,FR\n");
    let shop = project(vec![purchases("*.csv")]);
    imported(&system, &shop);
    (system, shop)
}

fn files(system: &MemorySystem, shop: &Project) -> Vec<PathBuf> {
    system.files_below(&shop.data_path).unwrap()
}

/// Opens the store with one file replaced and reads all of it; the error must name the file. `verify` finds whatever that does.
fn opens_with(system: &MemorySystem, shop: &Project, path: &Path, content: &[u8]) -> bool {
    let whole = system.read(path).unwrap();
    let before = describe(&open(system, &shop.data_path).unwrap());
    put(system, &path.to_string_lossy(), content);
    let opened = open(system, &shop.data_path).and_then(|store| {
        let after = describe(&store);
        store.ensure_whole()?;
        assert_eq!(after, before, "nobody was told, so nothing may differ");
        Ok(store)
    });
    let found = verify(system, &shop.data_path);
    put(system, &path.to_string_lossy(), whole);
    if !path.ends_with("manifest.json") {
        let found = found.unwrap();
        assert!(found.damages.iter().any(|damage| damage.file == path), "{} is damaged: {found:?}", path.display());
    } else if opened.is_err() {
        assert!(found.is_err() || !found.unwrap().damages.is_empty());
    }
    match opened {
        Ok(_) => true,
        Err(error) => {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(error.to_string().contains(&name), "{error} names {name}");
            assert!(matches!(error, StoreError::Damaged { .. } | StoreError::Newer { .. }), "{error}");
            false
        }
    }
}

#[test]
fn truncation_is_noticed_at_every_length() {
    let (system, shop) = shop();
    assert_eq!(files(&system, &shop).len(), 4);
    for path in files(&system, &shop) {
        let whole = system.read(&path).unwrap();
        for length in (0..whole.len()).step_by(13).chain([whole.len() - 1]) {
            assert!(!opens_with(&system, &shop, &path, &whole[..length]), "{} cut at {length}", path.display());
        }
    }
}

#[test]
fn flipped_bits_are_noticed() {
    let (system, shop) = shop();
    for path in files(&system, &shop) {
        let whole = system.read(&path).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << (at % 8);
            // White space, and the case of hexadecimal digits, say nothing.
            let plain = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().replace([' ', '\n'], "");
            let says_the_same = path.ends_with("manifest.json") && plain(&damaged) == plain(&whole);
            // Bytes between the columns are read by nobody.
            if opens_with(&system, &shop, &path, &damaged) && path.ends_with("manifest.json") {
                assert!(says_the_same, "{} flipped at {at}", path.display());
            }
        }
    }
}

#[test]
fn a_missing_file_and_a_later_format_are_named() {
    let (system, shop) = shop();
    let path = shop.data_path.join("manifest.json");
    let manifest = system.read(&path).unwrap();
    let later = String::from_utf8(manifest.clone()).unwrap().replace("\"format\": 3", "\"format\": 4, \"new\": 0");
    put(&system, &path.to_string_lossy(), later);
    insta::assert_snapshot!(open(&system, &shop.data_path).unwrap_err());
    put(&system, &path.to_string_lossy(), manifest);
    let users = files(&system, &shop).into_iter().find(|path| path.to_string_lossy().contains("users")).unwrap();
    system.remove(&users).unwrap();
    insta::assert_snapshot!(open(&system, &shop.data_path).unwrap_err());
    assert!(run(&system, &shop).is_ok(), "nothing new, so nothing is touched");
    put(&system, "/p/b.csv", "id,email,at,sku,country\n1,,2020-01-02,X,UK\n");
    assert!(run(&system, &shop).is_err());
}

#[test]
fn a_rebuild_mends_damage() {
    let (system, shop) = shop();
    let before = open(&system, &shop.data_path).unwrap();
    let mut id = before.id.clone();
    let rebuild = ImportOptions { rebuild: true, ..ImportOptions::default() };
    for at in 0..4 {
        let old = files(&system, &shop);
        let path = &old[at];
        put(&system, &path.to_string_lossy(), "{}");
        assert!(open(&system, &shop.data_path).is_err());
        import(&system, &shop, rebuild, &|_| {}).unwrap();
        let after = open(&system, &shop.data_path).unwrap();
        assert_eq!(describe(&after), describe(&before));
        let numbers_are_lost = path.to_string_lossy().contains("users") || path.ends_with("manifest.json");
        assert_eq!(after.id != id, numbers_are_lost, "row numbers mean something only together with the id");
        id = after.id;
        let new = files(&system, &shop);
        let reused = new.iter().filter(|path| old.contains(path)).collect::<Vec<_>>();
        assert_eq!(reused, [&shop.data_path.join("manifest.json")], "a name is never used twice");
    }
}

#[test]
fn a_failed_write_leaves_the_old_store() {
    let mut failed = 0;
    for writes in 0.. {
        let (world, shop) = shop();
        put(&world, "/p/b.csv", "id,email,at,sku,country\n3,,2020-01-02,X,UK\n");
        let before = describe(&open(&world, &shop.data_path).unwrap());
        let system = Failing { world, writes_left: AtomicUsize::new(writes) };
        match run(&system, &shop) {
            Err(error) => {
                assert!(error.to_string().contains("disk full"), "{error}");
                assert_eq!(describe(&open(&system, &shop.data_path).unwrap()), before);
                run(&system.world, &shop).unwrap();
                assert_eq!(open(&system, &shop.data_path).unwrap().user_count(), 3, "the next import succeeds");
                assert_eq!(files(&system.world, &shop).len(), 4, "and clears up");
                failed += 1;
            }
            Ok(_) => break,
        }
    }
    assert_eq!(failed, 4, "users, identities, one event, the manifest");
}
