//! When anything of each user was last written: by imports, by recent writes, and whatever becomes of the files.

use std::collections::BTreeMap;
use std::path::Path;

use aud::base::{InputName, Mpid};
use aud::catalog::{IdentityType, ProfileField};
use aud::identity::derive_mpid;
use aud::project::{EventId, Project};
use aud::store::{
    ProfileValue, Rebuilt, Recent, Store, Writes, compact, erase, fold, forgetting, open, remember_to_forget, verify,
};
use aud::system::{MemorySystem, OsSystem, System};

use super::support::{project, purchases, put, run, world};
use crate::support::copy;

const HEADER: &str = "id,email,at,sku,country\n";

/// The version of each user, by MPID.
pub(super) fn versions(store: &Store) -> BTreeMap<Mpid, Option<u64>> {
    let users = &store.users;
    (0..store.user_count() as u32).map(|row| (users.mpid(row).unwrap(), users.changed(row))).collect()
}

/// The version of each of some customers.
fn of(store: &Store, ids: &[&str]) -> Vec<Option<u64>> {
    let mpid = |id: &&str| derive_mpid(IdentityType::CustomerId, id, 0).unwrap();
    ids.iter().map(|id| versions(store)[&mpid(id)]).collect()
}

fn shop(first: &str) -> (MemorySystem, Project) {
    let system = world();
    put(&system, "/p/a.csv", HEADER.to_owned() + first);
    (system, project(vec![purchases("*.csv")]))
}

fn import(system: &MemorySystem, project: &Project, file: &str, rows: &str) -> Store {
    put(system, file, HEADER.to_owned() + rows);
    run(system, project).unwrap();
    open(system, &project.data_path).unwrap()
}

const PEOPLE: &str = "1,a@x,2020-01-01,one,UK\n2,b@x,2020-01-01,one,\n3,c@x,2020-01-01,one,\n";

#[test]
fn an_import_says_whom_it_touched() {
    let (system, shop) = shop(PEOPLE);
    let store = import(&system, &shop, "/p/a.csv", PEOPLE);
    assert_eq!(of(&store, &["1", "2", "3"]), [Some(1); 3]);
    // An event of one user, and a new one.
    let store = import(&system, &shop, "/p/b.csv", "2,,2019-01-01,two,\n4,,2020-01-02,two,\n");
    assert_eq!(of(&store, &["1", "2", "3", "4"]), [Some(1), Some(2), Some(1), Some(2)]);
    // Who loses an identity is touched too; who is named in a row that is left out is not.
    let store = import(&system, &shop, "/p/c.csv", "1,c@x,2020-01-03,three,\n4,,no time,three,\n");
    assert_eq!(of(&store, &["1", "2", "3", "4"]), [Some(3), Some(2), Some(3), Some(2)]);
    // Nothing new, nothing written.
    let files = || system.files_below(&shop.data_path).unwrap();
    let before = files();
    assert_eq!(run(&system, &shop).unwrap().version_after, 3);
    assert_eq!((files(), versions(&open(&system, &shop.data_path).unwrap())), (before, versions(&store)));
}

#[test]
fn events_that_are_there_already_touch_nobody() {
    let (system, mut shop) = shop("");
    shop.sources[0].event.as_mut().unwrap().id = EventId::Column("sku".to_owned());
    import(&system, &shop, "/p/a.csv", PEOPLE);
    let store = import(&system, &shop, "/p/b.csv", "1,a@x,2020-01-01,one,UK\n3,,2020-01-01,other,\n");
    assert_eq!(of(&store, &["1", "2", "3"]), [Some(1), Some(1), Some(2)]);
    let store = import(&system, &shop, "/p/c.csv", "1,a@x,2020-01-01,one,UK\n");
    assert_eq!((store.version, of(&store, &["1", "2", "3"])), (2, vec![Some(1), Some(1), Some(2)]));
}

#[test]
fn a_rebuild_touches_everybody() {
    let (system, shop) = shop("");
    import(&system, &shop, "/p/a.csv", PEOPLE);
    import(&system, &shop, "/p/b.csv", "2,,2020-01-02,two,\n");
    put(&system, "/p/b.csv", HEADER.to_owned() + "1,,2020-01-02,two,\n");
    assert_eq!(run(&system, &shop).unwrap().rebuilt, Some(Rebuilt::Changed("b.csv".to_owned())));
    let store = open(&system, &shop.data_path).unwrap();
    assert_eq!((store.version, of(&store, &["1", "2", "3"])), (3, vec![Some(3); 3]));
}

/// Sets a field of a user, who is made where nobody has the number.
fn set(folder: &Path, mpid: i64, text: &str) -> u64 {
    let store = open(&OsSystem, folder).unwrap();
    let mut writes = Writes::to(&store);
    let row = store.row(Mpid(mpid)).unwrap_or_else(|| writes.new_user(Mpid(mpid)));
    let input = InputName::try_from("shop.web".to_owned()).unwrap();
    let field = ProfileField::attribute("name");
    writes.field(row, &input.workspace, &field, ProfileValue::Text(text), None);
    writes.identity(row, IdentityType::Email, text, None);
    Recent::open(&OsSystem, folder).unwrap().append(&mut [writes]).unwrap();
    open(&OsSystem, folder).unwrap().version
}

#[test]
fn recent_writes_count_at_once_and_stay_what_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let now = || versions(&open(&OsSystem, folder).unwrap());
    let expected = |of: &[(i64, u64)]| of.iter().map(|(mpid, at)| (Mpid(*mpid), Some(*at))).collect::<BTreeMap<_, _>>();
    assert_eq!((set(folder, 1, "a@x"), set(folder, 2, "b@x"), set(folder, 3, "c@x")), (1, 2, 3));
    assert_eq!(now(), expected(&[(1, 1), (2, 2), (3, 3)]));
    fold(&OsSystem, folder).unwrap();
    assert_eq!(now(), expected(&[(1, 1), (2, 2), (3, 3)]));
    assert_eq!(set(folder, 1, "d@x"), 4);
    compact(&OsSystem, folder).unwrap();
    compact(&OsSystem, folder).unwrap();
    assert_eq!(now(), expected(&[(1, 4), (2, 2), (3, 3)]));
    assert_eq!(verify(&OsSystem, folder).unwrap().damages, []);
    // Of a few users alone the same is known.
    let store = open(&OsSystem, folder).unwrap();
    let (some, one) = (store.row(Mpid(3)).unwrap(), store.row(Mpid(1)).unwrap());
    assert_eq!(versions(&store.only(&[some, one])), expected(&[(1, 4), (3, 3)]));
    // Forgetting somebody leaves the others alone, and nothing is known of the row.
    let person = forgetting(&store, some).unwrap();
    remember_to_forget(&OsSystem, folder, &store, &person).unwrap();
    erase(&OsSystem, folder).unwrap();
    let store = open(&OsSystem, folder).unwrap();
    let after: Vec<_> = (0..3).map(|row| store.users.changed(row)).collect();
    assert_eq!((store.version, after), (5, vec![Some(4), Some(2), None]));
}

/// Stores of earlier programs do not say it. From what is written to them on, it is known.
#[test]
fn of_an_older_store_it_is_not_known() {
    for format in ["format-1", "format-2"] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/golden").join(format);
        let folder = tempfile::tempdir().unwrap();
        copy(&golden, folder.path());
        let folder = folder.path();
        let store = || open(&OsSystem, folder).unwrap();
        let unknown = versions(&store());
        assert!(!unknown.is_empty() && unknown.values().all(Option::is_none), "{unknown:?}");
        compact(&OsSystem, folder).unwrap();
        assert_eq!(versions(&store()), unknown, "{format}: made anew, and nothing made up");
        let mpid = *unknown.keys().next().unwrap();
        let version = set(folder, mpid.0, "new@x");
        let mut expected = unknown;
        expected.insert(mpid, Some(version));
        assert_eq!(versions(&store()), expected, "{format}");
        compact(&OsSystem, folder).unwrap();
        assert_eq!(versions(&store()), expected, "{format}");
        assert_eq!(verify(&OsSystem, folder).unwrap().damages, []);
    }
}
