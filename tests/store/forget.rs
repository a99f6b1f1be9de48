//! A person who is forgotten is in no byte of the folder, everybody else is as before, and nothing brings the person back.

use std::collections::BTreeMap;
use std::path::Path;

use aud::base::{InputName, Mpid};
use aud::catalog::{CustomEventType, EventKey, IdentityType, ProfileField};
use aud::store::{
    Erased, EventRow, Forgetting, ProfileValue, Recent, Remembered, Store, StoreError, Writes, compact, erase, export,
    fold, forgetting, import, is_forgetting, open, remember_to_forget, remembered, settle_forgotten, verify,
};
use aud::system::{OsSystem, System};

use super::faulty::{Fault, Faulty};
use super::support::{describe, purchases};
use crate::support::{copy, files_below};

const PERSON: Mpid = Mpid(0x1122_3344_5566_7788);
const SECRET: &str = "secret.person@mail.example";

/// Some events of a few users; the person is one of them, with values of their own everywhere.
fn batch(store: &Store, from: i64, with_person: bool) -> Writes {
    let mut writes = Writes::to(store);
    let input: InputName = InputName::try_from("shop.web".to_owned()).unwrap();
    let code = writes.input(&input).unwrap();
    for user in 0..6i64 {
        let is_person = user == 2;
        if is_person && !with_person {
            continue;
        }
        let mpid = if is_person { PERSON } else { Mpid(user + 1) };
        let text = if is_person { SECRET.to_owned() } else { format!("text {user}") };
        let row = store.row(mpid).unwrap_or_else(|| {
            let row = writes.new_user(mpid);
            writes.identity(row, IdentityType::Email, &format!("{text}{}", if is_person { "" } else { "@x" }), None);
            writes.identity(row, IdentityType::Other, "shared", Some(row));
            row
        });
        let field = ProfileField::attribute("name");
        writes.field(row, &input.workspace, &field, ProfileValue::Text(&text), Some(from));
        for (at, key) in ["a", "b"].into_iter().enumerate() {
            if key == "b" && user % 2 == 1 {
                continue;
            }
            let id = format!("{text}/{from}/{at}");
            let product = vec![("sku", Some(text.as_str()))];
            let event = EventRow {
                at_ms: from + user,
                input: code,
                event_type: CustomEventType::Other,
                id: Some(&id),
                attributes: &[("note", Some(text.as_str())), ("same", Some("value"))],
                action: &[],
                products: &[product],
            };
            writes.event(row, &EventKey::custom(key), event);
        }
    }
    writes
}

fn append(folder: &Path, from: i64) {
    let store = open(&OsSystem, folder).unwrap();
    let mut batches = [batch(&store, from, true)];
    Recent::open(&OsSystem, folder).unwrap().append(&mut batches).unwrap();
}

/// A store of several segments, with recent writes and rows that were kept aside.
fn prepared() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for from in 0..12 {
        append(path, from * 100);
    }
    compact(&OsSystem, path).unwrap();
    append(path, 2000);
    fold(&OsSystem, path).unwrap();
    append(path, 3000);
    // What a write that was killed left behind.
    std::fs::write(path.join(".events-a-1.arrow.partial"), SECRET).unwrap();
    let rejected = path.join("rejected");
    std::fs::create_dir_all(&rejected).unwrap();
    let about = format!(r#"{{"source":"app","file":"f","line":1,"reason":"r","row":"7,mailto:{SECRET}?x,9"}}"#);
    let other = r#"{"source":"app","file":"f","line":2,"reason":"r","row":"7,somebody@else,9"}"#;
    std::fs::write(rejected.join("app-1.ndjson"), format!("{about}\n{other}\n")).unwrap();
    std::fs::write(rejected.join("app-2.ndjson"), format!("{other}\n")).unwrap();
    folder
}

/// Everybody but the person.
fn others(store: &Store) -> BTreeMap<Mpid, String> {
    let mut all = describe(store);
    all.remove(&PERSON);
    all.retain(|_, text| !text.is_empty());
    all
}

fn holding(folder: &Path) -> Vec<String> {
    let traces = [SECRET.as_bytes().to_vec(), PERSON.0.to_le_bytes().to_vec(), PERSON.to_string().into_bytes()];
    let holds = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        traces.iter().any(|trace| bytes.windows(trace.len()).any(|window| window == &trace[..]))
    };
    files_below(folder).into_iter().filter(holds).map(|path| path.display().to_string()).collect()
}

fn forget(system: &dyn System, folder: &Path) -> Result<Erased, StoreError> {
    let store = open(&OsSystem, folder)?;
    if remembered(&OsSystem, folder, Some(PERSON), None)? == Remembered::No
        && let Some(person) = store.row(PERSON).and_then(|row| forgetting(&store, row))
    {
        remember_to_forget(system, folder, &store, &person)?;
    }
    let erased = erase(system, folder)?;
    settle_forgotten(system, folder)?;
    Ok(erased)
}

fn is_gone(folder: &Path, before: &Store, what: &str) {
    assert_eq!(holding(folder), [] as [String; 0], "{what}");
    let after = open(&OsSystem, folder).unwrap();
    assert_eq!(others(&after), others(before), "{what}");
    assert_eq!((after.user_count(), after.id.clone()), (before.user_count(), before.id.clone()), "{what}");
    for mpid in [Mpid(1), Mpid(6)] {
        assert_eq!(after.row(mpid), before.row(mpid), "{what}: rows stay");
    }
    assert_eq!(verify(&OsSystem, folder).unwrap().damages, [], "{what}");
    assert_eq!(remembered(&OsSystem, folder, None, Some((IdentityType::Email, SECRET))).unwrap(), Remembered::Done);
    let kept = files_below(&folder.join("rejected")).into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    assert!(kept.map(|text| text.matches("somebody@else").count()).sum::<usize>() >= 2, "{what}");
}

#[test]
fn a_person_is_erased_and_everybody_else_stays() {
    let folder = prepared();
    let before = open(&OsSystem, folder.path()).unwrap();
    assert!(holding(folder.path()).len() >= 6);
    let footprint = before.footprint(before.row(PERSON).unwrap());
    assert_eq!((footprint.attributes, footprint.events), (1, 28));
    assert_eq!(forget(&OsSystem, folder.path()).unwrap(), Erased { people: 1, rejected_rows: 1 });
    is_gone(folder.path(), &before, "once");
    assert_eq!(forget(&OsSystem, folder.path()).unwrap(), Erased::default());
    is_gone(folder.path(), &before, "twice");
}

#[test]
fn a_segment_without_the_person_is_not_written_anew() {
    let folder = prepared();
    let store = open(&OsSystem, folder.path()).unwrap();
    let mut batches = [Writes::to(&store)];
    let row = store.row(Mpid(1)).unwrap();
    let input = batches[0].input(&InputName::try_from("shop.web".to_owned()).unwrap()).unwrap();
    let event = EventRow {
        at_ms: 1,
        input,
        event_type: CustomEventType::Other,
        id: None,
        attributes: &[],
        action: &[],
        products: &[],
    };
    batches[0].event(row, &EventKey::custom("apart"), event);
    Recent::open(&OsSystem, folder.path()).unwrap().append(&mut batches).unwrap();
    compact(&OsSystem, folder.path()).unwrap();
    let apart =
        || files_below(folder.path()).into_iter().find(|path| path.display().to_string().contains("events-apart"));
    let before = apart().unwrap();
    forget(&OsSystem, folder.path()).unwrap();
    assert_eq!(apart(), Some(before));
}

#[test]
fn recent_writes_do_not_bring_anybody_back() {
    let folder = prepared();
    forget(&OsSystem, folder.path()).unwrap();
    let before = open(&OsSystem, folder.path()).unwrap();
    let mut batches = [batch(&before, 5000, true)];
    Recent::open(&OsSystem, folder.path()).unwrap().append(&mut batches).unwrap();
    assert_eq!(holding(folder.path()), [] as [String; 0]);
    let [writes] = batches;
    let (at_once, _) = before.clone().append(writes).unwrap();
    let opened = open(&OsSystem, folder.path()).unwrap();
    assert_eq!(others(&opened), others(&at_once));
    let mut without = [batch(&before, 5000, false)];
    let (expected, _) = before.append(std::mem::take(&mut without[0])).unwrap();
    assert_eq!(others(&opened), others(&expected));
    assert_eq!(opened.user_count(), expected.user_count() + 1, "the row of the new user stays, as nobody's");
    compact(&OsSystem, folder.path()).unwrap();
    assert_eq!(holding(folder.path()), [] as [String; 0]);
    assert_eq!(others(&open(&OsSystem, folder.path()).unwrap()), others(&expected));
}

/// Rows of files, one by one and whole columns at a time, by MPID and by identities.
#[test]
fn imports_do_not_bring_anybody_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let mut project = super::support::project(vec![purchases("in/*.csv")]);
    (project.folder, project.data_path) = (path.to_owned(), path.join("data"));
    let rows = format!(
        "id,email,at,sku,country\nc1,{SECRET},5,s1,{SECRET}\nc1,,6,only c1's,x\nc2,b@x,7,s2,y\n,{SECRET},bad {SECRET},s3,z\n"
    );
    std::fs::create_dir_all(path.join("in")).unwrap();
    std::fs::write(path.join("in/a.csv"), &rows).unwrap();
    let lenient = aud::store::ImportOptions::default();
    import(&OsSystem, &project, lenient, &|_| {}).unwrap();
    let data = &project.data_path;
    let secrets = |folder: &Path| {
        let lower = |path: &std::path::PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).to_lowercase();
        files_below(folder).into_iter().filter(|path| lower(path).contains(SECRET)).count()
    };
    let store = open(&OsSystem, data).unwrap();
    let row = store.rows_of(IdentityType::CustomerId, "c1")[0];
    let person = forgetting(&store, row).unwrap();
    assert!(secrets(data) > 2);
    export(&OsSystem, &store, &project, &path.join("out"), &|_| {}).unwrap();
    remember_to_forget(&OsSystem, data, &store, &person).unwrap();
    erase(&OsSystem, data).unwrap();
    settle_forgotten(&OsSystem, data).unwrap();
    let events_of = |store: &Store, id: &str| {
        let rows = store.rows_of(IdentityType::CustomerId, id);
        rows.iter().map(|row| store.footprint(*row).events).sum::<u64>()
    };
    // A row of somebody else that names an identity of the person as well is theirs, without it.
    std::fs::write(path.join("in/a.csv"), format!("{rows}c2,{},8,s4,y\n", SECRET.to_uppercase())).unwrap();
    let report = import(&OsSystem, &project, lenient, &|_| {}).unwrap();
    assert_eq!((report.sources[0].forgotten, report.sources[0].bad_rows()), (2, 1), "{report:?}");
    let again = open(&OsSystem, data).unwrap();
    assert_eq!((again.row(person.mpid), secrets(data)), (None, 0));
    assert_eq!((events_of(&again, "c1"), events_of(&again, "c2")), (0, 2));
    assert_eq!(again.rows_of(IdentityType::CustomerId, "c2"), [1], "rows stay");

    // What the errors say to do keeps what must not come back.
    let rebuild = aud::store::ImportOptions { rebuild: true, ..lenient };
    let users = files_below(data).into_iter().find(|path| path.display().to_string().contains("users-")).unwrap();
    std::fs::write(users, "damaged").unwrap();
    let error = open(&OsSystem, data).unwrap_err().to_string();
    assert!(error.contains("run `aud import --rebuild`") && !error.contains("remove"), "{error}");
    import(&OsSystem, &project, rebuild, &|_| {}).unwrap();
    assert_eq!((open(&OsSystem, data).unwrap().row(person.mpid), secrets(data)), (None, 0));
    append(data, 0);
    fold(&OsSystem, data).unwrap();
    let error = import(&OsSystem, &project, rebuild, &|_| {}).unwrap_err().to_string();
    assert!(error.contains("remove `manifest.json` and `recent.db` from") && error.contains("nothing else"), "{error}");
    for name in ["manifest.json", "recent.db"] {
        std::fs::remove_file(data.join(name)).unwrap();
    }
    import(&OsSystem, &project, lenient, &|_| {}).unwrap();
    let again = open(&OsSystem, data).unwrap();
    assert_eq!((again.row(person.mpid), secrets(data), events_of(&again, "c2")), (None, 0, 2));

    let yaml = std::fs::read_to_string(path.join("out/sources.yaml")).unwrap();
    let indented: String = yaml.lines().map(|line| format!("  {line}\n")).collect();
    for (named, yaml) in [("all", indented.clone()), ("whole columns at a time", without_identities(&indented))] {
        let head = "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\ndata:\n";
        let mut project = super::sources::project(&format!("{head}{yaml}"));
        (project.folder, project.data_path) = (path.to_owned(), path.join(named));
        std::fs::create_dir_all(&project.data_path).unwrap();
        std::fs::copy(data.join("forgotten.json"), project.data_path.join("forgotten.json")).unwrap();
        let report = import(&OsSystem, &project, lenient, &|_| {}).unwrap();
        assert!(report.sources.iter().map(|source| source.forgotten).sum::<u64>() > 2, "{named}: {report:?}");
        let store = open(&OsSystem, &project.data_path).unwrap();
        assert_eq!((store.row(person.mpid), secrets(&project.data_path)), (None, 0), "{named}");
        assert_eq!(store.event_count(), 1, "{named}");
    }
}

/// The sources of an export that need no look at one row after the other.
fn without_identities(yaml: &str) -> String {
    yaml.lines().filter(|line| !line.contains("identities in")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn batches_do_not_bring_anybody_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let mut project = super::sources::project(
        "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n\
         data:\n  sources:\n    - { name: app, input: web, files: \"b*\", format: mparticle }\n",
    );
    (project.folder, project.data_path) = (path.to_owned(), path.join("data"));
    let data = &project.data_path;
    let batch = |who: &str, text: &str| {
        format!(
            r#"{{"user_identities":{{{who}}},"user_attributes":{{"a":"{text}"}},"events":[{{"event_type":"custom_event","data":{{"event_name":"E","timestamp_unixtime_ms":5,"custom_attributes":{{"n":"{text}"}}}}}},{{"bad {text}":1}}]}}"#
        )
    };
    let mine = batch(&format!(r#""email":"{SECRET}""#), SECRET);
    std::fs::write(path.join("b"), format!("{mine}\n{}\n", batch(r#""email":"b@x""#, "other"))).unwrap();
    import(&OsSystem, &project, aud::store::ImportOptions::default(), &|_| {}).unwrap();
    let store = open(&OsSystem, data).unwrap();
    let person = forgetting(&store, store.rows_of(IdentityType::Email, SECRET)[0]).unwrap();
    remember_to_forget(&OsSystem, data, &store, &person).unwrap();
    erase(&OsSystem, data).unwrap();
    settle_forgotten(&OsSystem, data).unwrap();
    std::fs::remove_dir_all(data.join("rejected")).unwrap();
    let rebuild = aud::store::ImportOptions { rebuild: true, ..Default::default() };
    let report = import(&OsSystem, &project, rebuild, &|_| {}).unwrap();
    assert_eq!((report.sources[0].forgotten, report.sources[0].events, report.sources[0].bad_rows()), (2, 1, 2));
    assert_eq!(holding(data), [] as [String; 0]);
    let store = open(&OsSystem, data).unwrap();
    assert_eq!((store.event_count(), store.row(person.mpid)), (1, None));
}

/// Without the tombstones everybody would come back, so their loss is not taken for there being none.
#[test]
fn tombstones_that_are_gone_are_missed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let mut project = super::support::project(vec![purchases("*.csv")]);
    (project.folder, project.data_path) = (path.to_owned(), path.join("data"));
    let data = &project.data_path;
    let header = "id,email,at,sku,country\n";
    std::fs::write(path.join("a.csv"), format!("{header}c1,,5,s,UK\nc2,,6,s,UK\n")).unwrap();
    let options = |rebuild| aud::store::ImportOptions { rebuild, ..Default::default() };
    import(&OsSystem, &project, options(false), &|_| {}).unwrap();
    let manifest = || std::fs::read_to_string(data.join("manifest.json")).unwrap();
    assert!(!manifest().contains("\"forgotten\""), "as long as nobody is forgotten");
    let store = open(&OsSystem, data).unwrap();
    let known = forgetting(&store, store.rows_of(IdentityType::CustomerId, "c1")[0]).unwrap();
    // Once the data knows the person, and once it does not.
    for person in [known, Forgetting { mpid: Mpid(77), row: None, identities: Vec::new() }] {
        remember_to_forget(&OsSystem, data, &store, &person).unwrap();
        erase(&OsSystem, data).unwrap();
        settle_forgotten(&OsSystem, data).unwrap();
        assert!(manifest().contains("\"forgotten\": true"));
        assert_eq!(verify(&OsSystem, data).unwrap().damages, []);
        let (tombstones, away) = (data.join("forgotten.json"), data.join("away"));
        std::fs::rename(&tombstones, &away).unwrap();
        std::fs::write(path.join("b.csv"), format!("{header}c3,,5,s,UK\n")).unwrap();
        let is_missed = |refused: Result<(), StoreError>| {
            let error = refused.unwrap_err();
            assert!(matches!(error, StoreError::ForgottenDamaged { .. }), "{error}");
            assert!(error.to_string().contains("forgotten.json` is damaged (it is missing)"), "{error}");
        };
        is_missed(import(&OsSystem, &project, options(false), &|_| {}).map(drop));
        is_missed(import(&OsSystem, &project, options(true), &|_| {}).map(drop));
        is_missed(is_forgetting(&OsSystem, data).map(drop));
        is_missed(remembered(&OsSystem, data, Some(Mpid(1)), None).map(drop));
        is_missed(erase(&OsSystem, data).map(drop));
        is_missed(Recent::open(&OsSystem, data).map(drop));
        let damages = verify(&OsSystem, data).unwrap().damages;
        assert_eq!(damages.iter().map(|damage| &damage.file).collect::<Vec<_>>(), [&tombstones]);
        std::fs::rename(&away, &tombstones).unwrap();
        import(&OsSystem, &project, options(true), &|_| {}).unwrap();
        assert!(manifest().contains("\"forgotten\": true"), "an import keeps it");
        std::fs::remove_file(path.join("b.csv")).unwrap();
        import(&OsSystem, &project, options(false), &|_| {}).unwrap();
        // The next one is the first one again.
        std::fs::remove_file(&tombstones).unwrap();
        std::fs::remove_file(data.join("manifest.json")).unwrap();
        import(&OsSystem, &project, options(false), &|_| {}).unwrap();
        assert!(!manifest().contains("\"forgotten\""));
    }
}

#[test]
fn whoever_dies_while_erasing_is_finished_by_the_next_run() {
    let prepared = prepared();
    let before = open(&OsSystem, prepared.path()).unwrap();
    for fault in Fault::ALL {
        let mut failed = 0;
        for call in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let folder = folder.path();
            copy(prepared.path(), folder);
            let system = Faulty::new(call, fault);
            let result = forget(&system, folder);
            let what = format!("{fault:?} at call {call}");
            let now = open(&OsSystem, folder).unwrap();
            assert_eq!(others(&now), others(&before), "{what}");
            if result.is_err() && remembered(&OsSystem, folder, Some(PERSON), None).unwrap() == Remembered::No {
                assert_eq!(describe(&now), describe(&before), "{what}: not begun");
            }
            forget(&OsSystem, folder).unwrap();
            is_gone(folder, &before, &what);
            failed += usize::from(result.is_err());
            if !system.was_reached() {
                break;
            }
        }
        assert!(failed > 5, "{fault:?}: {failed} calls failed it");
    }
}
