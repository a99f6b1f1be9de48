//! Batches of the platform: what the store then holds, what the report says, and that no input does harm.

use std::io::Write as _;
use std::path::Path;

use aud::base::Timestamp;
use aud::project::Project;
use aud::report::import::text;
use aud::store::{BadRow, BadRowLimit, ImportOptions, ImportReport, Store, StoreError, import, open};
use aud::system::{MemorySystem, System};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::sources;
use super::support::{describe, put, run, world};

const DAY_MS: i64 = 86_400_000;
const LENIENT: ImportOptions = ImportOptions { bad_rows: BadRowLimit { percent: 100, at_least: 1000 }, rebuild: false };

/// A project that reads `/p/b*` as batches.
fn project(more: &str) -> Project {
    sources::project(&format!(
        "version: 1\nproject: shop\nworkspaces: {{ shop: {{ inputs: {{ web: {{ kind: platform }} }} }} }}\n\
         data:\n  sources:\n    - {{ name: app, input: web, files: \"b*\", format: mparticle{more} }}\n"
    ))
}

fn imported(system: &dyn System, project: &Project) -> (Store, ImportReport) {
    let report = import(system, project, LENIENT, &|_| {}).unwrap();
    (open(system, &project.data_path).unwrap(), report)
}

/// The store of some files, each in an import of its own, and the last report.
fn store_of(files: &[&[u8]]) -> (Store, ImportReport) {
    let (system, project) = (world(), project(""));
    let mut all = Vec::new();
    for (at, file) in files.iter().enumerate() {
        put(&system, &format!("/p/b{at}"), file);
        all.push(imported(&system, &project));
    }
    all.pop().unwrap()
}

fn told(store: &Store) -> String {
    describe(store).into_iter().map(|(mpid, text)| format!("{mpid}\n{text}")).collect::<Vec<_>>().join("\n")
}

/// Every file of `tests/store/batches` becomes what its snapshot says.
#[test]
fn batches_become_users_and_events() {
    insta::glob!("batches/*", |path| {
        let (store, report) = store_of(&[&std::fs::read(path).unwrap()]);
        insta::assert_snapshot!(format!("{}\n{}", text(&report, 0), told(&store)));
    });
}

/// One batch, an array, one a line; as they are, and packed.
#[test]
fn layouts_and_packings_are_told_by_content() {
    let batches = [
        r#"{"mpid":1,"events":[{"event_type":"session_start","data":{"timestamp_unixtime_ms":5}}]}"#,
        r#"{"mpid":2,"user_attributes":{"a":"}]\"\\"},"timestamp_unixtime_ms":6}"#,
    ];
    let lines = batches.join("\n");
    let expected = told(&store_of(&[lines.as_bytes()]).0);
    let pretty =
        |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap();
    let array = pretty(&format!("[{}]", batches.join(",")));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(array.as_bytes()).unwrap();
    let layouts: [Vec<u8>; 7] = [
        array.clone().into_bytes(),
        format!("\u{feff}\r\n{}\r\n\r\n", batches.join("\r\n")).into_bytes(),
        batches.map(pretty).join("\n").into_bytes(),
        batches.map(|batch| format!("[{batch}]")).join("\n").into_bytes(),
        gzip.finish().unwrap(),
        zstd::encode_all(lines.as_bytes(), 1).unwrap(),
        [
            zstd::encode_all(batches[0].as_bytes(), 1).unwrap(),
            zstd::encode_all(format!("\n{}", batches[1]).as_bytes(), 1).unwrap(),
        ]
        .concat(),
    ];
    for layout in &layouts {
        assert_eq!(told(&store_of(&[layout]).0), expected, "{}", String::from_utf8_lossy(layout));
    }
    let alone = told(&store_of(&[pretty(batches[0]).as_bytes(), pretty(batches[1]).as_bytes()]).0);
    assert_eq!(alone, expected, "one batch a file");
}

#[test]
fn batches_may_be_spread_over_files_in_any_way() {
    let lines: Vec<String> = (0..40)
        .map(|at| {
            let (user, other, ms) = (at % 3, at % 5, (at * 7) % 40);
            format!(
                r#"{{"user_identities":{{"customer_id":"c{user}","email":"e{other}"}},"timestamp_unixtime_ms":{ms},"user_attributes":{{"n":{at}}},
                "events":[{{"event_type":"custom_event","data":{{"event_name":"A","event_id":"{user}","timestamp_unixtime_ms":{at}}}}}]}}"#
            )
            .replace('\n', "")
        })
        .collect();
    let told_of = |files: &[String]| {
        let (system, project) = (world(), project(""));
        for (at, file) in files.iter().enumerate() {
            put(&system, &format!("/p/b{at}"), file);
        }
        told(&imported(&system, &project).0)
    };
    let whole = told_of(&[lines.join("\n")]);
    let mut parts = vec![Vec::new(); 4];
    lines.iter().enumerate().for_each(|(at, line)| parts[(at * 11) % 4].push(line.as_str()));
    assert_eq!(told_of(&parts.iter().map(|part| part.join("\n")).collect::<Vec<_>>()), whole);
}

/// What a file says of its bad batches is kept beside the store, as it was, whether or not the import goes on.
#[test]
fn what_is_left_out_is_kept() {
    let system = world();
    let good = "{\"mpid\":1,\"timestamp_unixtime_ms\":5}\n";
    put(&system, "/p/b", [good.as_bytes(), b"{\"mpid\":1,\n", good.as_bytes(), b"{\"a\":\"\xff\"}\n"].concat());
    let error = run(&system, &project("")).unwrap();
    assert_eq!(error.sources[0].rejected.as_deref(), Some(".aud/data/rejected/app-1.ndjson"));
    let kept = String::from_utf8(system.read(Path::new("/p/.aud/data/rejected/app-1.ndjson")).unwrap()).unwrap();
    insta::assert_snapshot!(kept, @r#"
    {"source":"app","file":"b","line":2,"reason":"text that is not JSON","row":"{\"mpid\":1,"}
    {"source":"app","file":"b","line":4,"reason":"text that is not UTF-8","row_base64":"eyJhIjoi/yJ9"}
    "#);
    let strict = ImportOptions { bad_rows: BadRowLimit { percent: 10, at_least: 0 }, rebuild: true };
    let error = import(&system, &project(""), strict, &|_| {}).unwrap_err();
    assert!(
        matches!(&error, StoreError::TooManyBadRows { bad: 2, rows: 4, rejected, .. } if rejected.ends_with("rejected/app-2.ndjson")),
        "{error}"
    );
    assert!(system.read(Path::new("/p/.aud/data/rejected/app-2.ndjson")).is_ok());
    assert_eq!(open(&system, &project("").data_path).unwrap().version, 1);
}

/// M20: a request id is an input's own and is remembered for 60 days, also over imports.
#[test]
fn request_ids_are_remembered_for_sixty_days() {
    let (system, project) = (world(), project(""));
    let now = Timestamp(1_700_000_000_000);
    let batch = |id: &str, name: &str| {
        let event =
            format!(r#"{{"event_type":"custom_event","data":{{"event_name":"{name}","timestamp_unixtime_ms":5}}}}"#);
        format!("{{\"mpid\":1,\"source_request_id\":{id},\"events\":[{event},{event}]}}\n")
    };
    let events = |system: &MemorySystem| {
        let (store, report) = imported(system, &project);
        (store.event_count(), report.sources[0].repeated_batches)
    };
    put(&system, "/p/b0", batch("\"r\"", "A") + &batch("\"r\"", "B") + &batch("null", "C") + &batch("\"\"", "D"));
    assert_eq!(events(&system), (6, 1), "two events of one batch are two, and no id is no id");
    put(&system, "/p/b1", batch("\"r\"", "E") + &batch("7", "F"));
    assert_eq!(events(&system), (8, 1));
    put(&system, "/p/b2", batch("\"7\"", "G"));
    system.set_now(Timestamp(now.0 + 60 * DAY_MS));
    assert_eq!(events(&system), (8, 1), "on the last day it is known");
    put(&system, "/p/b3", batch("\"7\"", "H"));
    system.set_now(Timestamp(now.0 + 60 * DAY_MS + 1));
    assert_eq!(events(&system), (10, 0), "and then forgotten");
    put(&system, "/p/b4", batch("\"8\"", "I"));
    assert_eq!(events(&system), (12, 0));
    put(&system, "/p/b5", batch("\"7\"", "J"));
    assert_eq!(events(&system), (12, 1), "an import without it did not forget it");
}

#[test]
fn development_counts_where_the_source_says_so() {
    let batch = r#"{"mpid":1,"environment":"Development","events":[{"event_type":"session_start"},{}]}"#;
    let (store, report) = store_of(&[batch.as_bytes()]);
    let source = &report.sources[0];
    assert_eq!((store.user_count(), source.rows, source.development, source.bad_rows()), (0, 1, 1, 0));
    let (system, project) = (world(), project(", development: true"));
    put(&system, "/p/b", batch);
    let (store, report) = imported(&system, &project);
    assert_eq!((store.event_count(), report.sources[0].development), (1, 0));
}

#[test]
fn what_the_platform_would_not_take_is_told_and_taken() {
    let (long, longer) = ("ä".repeat(257), "x".repeat(4097));
    let many: Vec<String> = (0..101).map(|at| format!("\"a{at}\":1")).collect();
    let list = format!("[{}]", vec!["1"; 1001].join(","));
    let entry = format!("[\"{}\"]", "y".repeat(513));
    let batch = format!(
        r#"{{"mpid":1,"user_attributes":{{{},"{long}":"{longer}","l":{list},"e":{entry}}},"events":[{{"event_type":"custom_event","data":{{"event_name":"{long}",
        "custom_attributes":{{{},"{long}":"{longer}","fits":"{}"}}}}}}]}}"#,
        many.join(","),
        many.join(","),
        "x".repeat(4096)
    );
    let (store, report) = store_of(&[batch.as_bytes()]);
    insta::assert_snapshot!(text(&report, 0));
    assert!(store.events.keys().any(|key| *key.name == *long), "nothing is cut");
}

/// No input, however hostile, is a panic, a silent loss, or held whole.
#[test]
fn hostile_files_are_told_from_where_they_are() {
    let deep = |depth: usize| {
        format!(
            "{{\"mpid\":1,\"timestamp_unixtime_ms\":1,\"user_attributes\":{{\"a\":{}1{}}}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let bad = |file: &[u8]| {
        let (_, report) = store_of(&[b"{\"mpid\":9,\"timestamp_unixtime_ms\":1}", file]);
        let source = report.sources[0].clone();
        (source.rows, source.bad.into_iter().collect::<Vec<_>>(), source.examples.first().map(|example| example.line))
    };
    assert_eq!(bad(deep(100_000).as_bytes()), (1, vec![], None), "nesting is kept as text");
    let huge = format!("{{\"mpid\":1,\"user_attributes\":{{\"a\":{}}}}}", "9".repeat(100_000));
    assert_eq!(bad(huge.as_bytes()), (1, vec![], None));
    let long = format!("{{\"mpid\":1}}\n{{\"mpid\":1,\"x\":\"{}\"}}\n{{\"mpid\":1}}", "y".repeat(50 << 20));
    assert_eq!(bad(long.as_bytes()), (3, vec![(BadRow::TooLong, 1)], Some(2)));
    assert_eq!(
        bad(b"{}\n\0\0\n{\"mpid\":1,\"user_attributes\":{\"a\":\"\\u0000\"}}"),
        (3, vec![(BadRow::NotJson, 1)], Some(2))
    );
    let many: String = (0..20_000).map(|at| format!("\"k{at}\":{{}},")).collect();
    let wide = format!(
        "{{\"mpid\":1,\"consent_state\":{{\"gdpr\":{{{many}\"z\":null}}}},\"user_identities\":{{{many}\"z\":null}}}}"
    );
    assert_eq!(bad(wide.as_bytes()), (1, vec![], None));
}

#[test]
fn files_that_end_too_early_import_nothing() {
    let batch = "{\"mpid\":1,\"timestamp_unixtime_ms\":5}\n".repeat(1000);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(batch.as_bytes()).unwrap();
    let (gzip, zstd) = (gzip.finish().unwrap(), zstd::encode_all(batch.as_bytes(), 1).unwrap());
    let files: [(&[u8], &str); 5] = [
        (&gzip[..gzip.len() - 9], "b0"),
        (&zstd[..zstd.len() - 5], "b0"),
        (&zstd[..6], "b0"),
        (b"[{\"mpid\":1},\n{\"mpid\":", "begins on line 2 does not end"),
        (b"[{\"mpid\":1},", "ends inside an array"),
    ];
    for (file, expected) in files {
        let (system, project) = (world(), project(""));
        put(&system, "/p/b0", file);
        let error = import(&system, &project, LENIENT, &|_| {}).unwrap_err();
        assert!(matches!(error, StoreError::Unreadable { .. }) && error.to_string().contains(expected), "{error}");
        assert_eq!(open(&system, &project.data_path).unwrap().version, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Broken bytes anywhere: an error or a report that accounts for every batch, and the same again when read anew.
    #[test]
    fn no_byte_is_trusted(file in 0usize..4, edits in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..6), 1..6), cut in proptest::option::of(any::<prop::sample::Index>())) {
        let name = ["bad.ndjson", "events.json", "identities.ndjson", "profile.json"][file];
        let mut bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/batches").join(name)).unwrap();
        for (at, what) in edits {
            let at = at.index(bytes.len());
            bytes[at] = [b'"', b'{', b']', 0xff, b'\\', b'9'][what];
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        let (system, project) = (world(), project(""));
        put(&system, "/p/b", &bytes);
        let read = |rebuild| {
            let report = import(&system, &project, ImportOptions { rebuild, ..LENIENT }, &|_| {}).ok()?;
            let source = &report.sources[0];
            let kept = source.rejected.as_ref().map(|path| system.read(&Path::new("/p").join(path)).unwrap());
            let lines = kept.map_or(0, |kept| kept.iter().filter(|byte| **byte == b'\n').count() as u64);
            assert_eq!(lines, source.bad_rows());
            let store = open(&system, &project.data_path).unwrap();
            Some((source.rows, source.events, source.bad.clone(), told(&store)))
        };
        prop_assert_eq!(read(false), read(true));
    }
}
