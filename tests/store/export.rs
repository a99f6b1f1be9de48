//! What an export writes, read back by the sources that it gives: the same store.

use std::path::Path;

use aud::project::Project;
use aud::store::{Exported, ImportOptions, Store, StoreError, export, import, open};
use aud::system::System;

use super::sources;
use super::support::{Failing, describe, put, run, world};

const HEAD: &str = "version: 1\nproject: shop\nworkspaces:\n  shop: { inputs: { web: { kind: platform }, crm: { kind: feed } } }\n  app: { inputs: { ios: { kind: platform } } }\n";

fn batches() -> Project {
    sources::project(&format!(
        "{HEAD}data:\n  sources:\n    - {{ name: app, input: web, files: \"b*\", format: mparticle }}\n    - {{ name: ios, input: ios, files: \"i*\", format: mparticle }}\n"
    ))
}

fn exported(system: &dyn System, store: &Store) -> Result<Exported, StoreError> {
    export(system, store, &sources::project(HEAD), Path::new("/p/out"), &|_| {})
}

/// The store that the sources of an export make of its files.
fn read_back(system: &dyn System) -> Store {
    let yaml = String::from_utf8(system.read(Path::new("/p/out/sources.yaml")).unwrap()).unwrap();
    let indented: String = yaml.lines().map(|line| format!("  {line}\n")).collect();
    let mut project = sources::project(&format!("{HEAD}data:\n{indented}"));
    project.data_path = "/p/back".into();
    let report = import(system, &project, ImportOptions::default(), &|_| {}).unwrap();
    assert!(report.sources.iter().all(|source| source.bad_rows() == 0), "{report:?}");
    open(system, &project.data_path).unwrap()
}

/// What a store says of people whom an audience can hold: an export gives events with several products a name of its own, and
/// who was never seen has no row to read back.
fn told(store: &Store) -> Vec<String> {
    let told = describe(store).into_iter().filter(|(_, text)| text.contains("seen in"));
    let lines = |text: String| {
        let named = |line: &str| match line.split_once(" id=\"aud:") {
            Some((before, after)) => format!("{before}{}", after.split_once('"').unwrap().1),
            None => line.to_owned(),
        };
        let mut lines: Vec<String> = text.lines().map(named).collect();
        lines.sort();
        lines.join("\n")
    };
    told.map(|(mpid, text)| format!("{mpid}\n{}", lines(text))).collect()
}

#[test]
fn batches_come_back_as_they_were() {
    let (system, project) = (world(), batches());
    for (at, entry) in
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/batches")).unwrap().enumerate()
    {
        let path = entry.unwrap().path();
        put(&system, &format!("/p/b{at}"), std::fs::read(path).unwrap());
    }
    put(&system, "/p/i", r#"{"mpid":7,"user_identities":{"email":"x@y"},"user_attributes":{"tag":null,"n":12.50,"list":["a",""],"text":""},
        "events":[{"event_type":"custom_event","data":{"event_name":"_Odd/Name","custom_event_type":"search","timestamp_unixtime_ms":5,"custom_attributes":{"_time":"1","action/x":null,"price":"1.50","n":"7"}}}]}"#.replace('\n', ""));
    run(&system, &project).unwrap();
    let store = open(&system, &project.data_path).unwrap();
    assert!(store.event_count() > 10 && store.users.seen.len() == 2);
    let written = exported(&system, &store).unwrap();
    assert_eq!(written.files.last().unwrap().name, "sources.yaml");
    for file in &written.files {
        let bytes = system.info(&Path::new("/p/out").join(&file.name)).unwrap().len;
        assert_eq!(file.bytes, bytes, "{}", file.name);
    }
    let back = read_back(&system);
    assert_eq!(told(&back), told(&store));
    assert_eq!(back.event_count(), store.event_count());
    let named = |store: &Store| {
        let catalog = store.catalog();
        let of = |attributes: std::collections::BTreeMap<String, aud::catalog::Attribute>| -> Vec<_> {
            attributes.into_iter().map(|(name, each)| (name, each.value_type)).collect()
        };
        let events: Vec<_> =
            catalog.events.into_iter().map(|(key, event)| (key, of(event.attributes), of(event.products))).collect();
        (of(catalog.user_attributes), of(catalog.calculated), events)
    };
    assert_eq!(named(&back), named(&store), "and types are read alike");
}

#[test]
fn values_are_typed_where_nothing_is_lost() {
    let system = world();
    let project = sources::with_source(
        "      event: { name: Buy, time: at, attributes: [price, count, at2, day, flag, code] }\n",
    );
    put(
        &system,
        "/p/a.csv",
        "id,at,price,count,at2,day,flag,code\n1,5,1.5,7,2018-09-09T12:00:00.000Z,2018-09-09,true,007\n2,6,2,-8,1970-01-01T00:00:00.000Z,2019-01-02,false,8\n",
    );
    run(&system, &project).unwrap();
    let store = open(&system, &project.data_path).unwrap();
    let written = exported(&system, &store).unwrap();
    let file = written.files.iter().find(|file| file.name.starts_with("events/")).unwrap();
    let bytes = system.map(&Path::new("/p/out").join(&file.name)).unwrap();
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let types: Vec<String> =
        reader.schema().fields().iter().map(|field| format!("{} {}", field.name(), field.data_type())).collect();
    insta::assert_snapshot!(types.join("\n"), @r#"
    _mpid Int64
    _time Timestamp(ms, "UTC")
    _input Utf8
    _type Utf8
    at2 Timestamp(ms, "UTC")
    code Utf8
    count Int64
    day Date32
    flag Boolean
    price Float64
    "#);
    assert_eq!(told(&read_back(&system)), told(&store));
}

#[test]
fn a_damaged_store_is_not_exported() {
    let (system, project) = (world(), batches());
    let session = r#"{"mpid":1,"events":[{"event_type":"session_start","data":{"timestamp_unixtime_ms":5}}]}"#;
    put(&system, "/p/b", session);
    put(&system, "/p/i", session);
    run(&system, &project).unwrap();
    let files = system.files_below(&project.data_path).unwrap();
    let events = files.iter().find(|path| path.display().to_string().contains("events-")).unwrap();
    let mut bytes = system.read(events).unwrap();
    let at = bytes.windows(8).rposition(|window| window == 5i64.to_le_bytes()).unwrap();
    bytes[at] ^= 1;
    put(&system, events.to_str().unwrap(), bytes);
    let store = open(&system, &project.data_path).unwrap();
    let refused = exported(&system, &store).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    let there = system.files_below(Path::new("/p/out")).unwrap();
    assert!(there.iter().all(|path| !path.starts_with("/p/out/events")), "{there:?}");
}

#[test]
fn a_folder_with_files_is_left_alone() {
    let system = world();
    put(&system, "/p/out/mine.txt", "x");
    let refused = exported(&system, &Store::empty()).unwrap_err();
    assert!(matches!(refused, StoreError::NotEmpty(_)), "{refused}");
    assert_eq!(system.files_below(Path::new("/p/out")).unwrap().len(), 1);
}

#[test]
fn an_export_that_is_cut_off_leaves_whole_files_and_no_sources() {
    let (world, project) = (world(), batches());
    let session = br#"{"mpid":1,"events":[{"event_type":"session_start","data":{"timestamp_unixtime_ms":5}}]}"#;
    put(&world, "/p/b", session);
    put(&world, "/p/i", session);
    run(&world, &project).unwrap();
    let store = open(&world, &project.data_path).unwrap();
    let failing = Failing { world, writes_left: 2.into() };
    assert!(exported(&failing, &store).is_err());
    let there = failing.files_below(Path::new("/p/out")).unwrap();
    assert_eq!(there.len(), 2, "{there:?}");
    for file in there {
        assert!(failing.read(&file).unwrap().ends_with(b"PAR1"));
    }
}
