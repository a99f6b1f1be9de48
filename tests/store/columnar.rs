//! Parquet and Arrow files give what the same rows give as CSV.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, LargeStringArray,
    RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray, TimestampSecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use aud::base::Mpid;
use aud::project::Project;
use aud::store::{ImportReport, SortedBy, Store, StoreError, open};
use aud::system::System;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use super::changed::versions;
use super::sources::project;
use super::support::{describe, put, run, said, world};

const HEAD: &str = "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n";

/// What is read of rows, whatever the format of their files.
fn mapped(format: &str, who: &str) -> Project {
    project(&format!(
        "{HEAD}data:
  sources:
    - {{ name: people, input: web, files: people*, format: {format}, user: {{ {who} }}, seen: at,
        user_attributes: {{ note: note, price: price }}, location: {{ city: note, latitude: price, longitude: price }} }}
    - name: events
      input: web
      files: events*
      format: {format}
      user: {{ {who} }}
      event: {{ name: {{ column: name }}, time: at, attributes: [price, note] }}
      user_attributes: {{ last: name }}
"
    ))
}

/// A row, and whether a value is missing.
#[derive(Clone, Debug)]
struct Row {
    id: Option<i64>,
    at: Option<i64>,
    name: u8,
    price: Option<i32>,
    note: Option<u8>,
}

impl Row {
    fn name(&self) -> Option<&'static str> {
        ["", "Buy", "View"].get(usize::from(self.name)).copied()
    }

    fn note(&self) -> Option<String> {
        self.note.map(|note| ["é", "a,\"b\"", "10", "9", "2020-01-01", "x"][usize::from(note)].to_owned())
    }

    fn price(&self) -> Option<f64> {
        self.price.map(|price| f64::from(price) / 4.0)
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        proptest::option::weighted(0.9, -3i64..4),
        proptest::option::weighted(0.9, 0i64..6),
        0u8..4,
        proptest::option::of(-9i32..9),
        proptest::option::of(0u8..6),
    );
    let row = row.prop_map(|(id, at, name, price, note)| Row { id, at, name, price, note });
    proptest::collection::vec(row, 1..30)
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "at", "name", "price", "note"]).unwrap();
    for row in rows {
        let text = |value: Option<String>| value.unwrap_or_default();
        let fields = [
            text(row.id.map(|id| id.to_string())),
            text(row.at.map(|at| (at * 1000).to_string())),
            row.name().unwrap_or_default().to_owned(),
            text(row.price().map(|price| price.to_string())),
            text(row.note()),
        ];
        writer.write_record(fields).unwrap();
    }
    writer.into_inner().unwrap()
}

fn batch(rows: &[Row]) -> RecordBatch {
    let seconds: TimestampSecondArray = rows.iter().map(|row| row.at).collect();
    let columns: [(&str, ArrayRef); 5] = [
        ("id", Arc::new(rows.iter().map(|row| row.id).collect::<Int64Array>())),
        ("at", Arc::new(seconds.with_timezone("Europe/Berlin"))),
        ("name", Arc::new(rows.iter().map(|row| row.name().map(str::to_owned)).collect::<StringArray>())),
        ("price", Arc::new(rows.iter().map(Row::price).collect::<Float64Array>())),
        ("note", Arc::new(rows.iter().map(Row::note).collect::<StringViewArray>())),
    ];
    RecordBatch::try_from_iter(columns.map(|(name, array)| (name, array))).unwrap()
}

/// A Parquet file with a few rows in each group.
fn parquet(batch: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(7)).set_compression(compression);
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties.build())).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

fn arrow(batch: &RecordBatch, stream: bool) -> Vec<u8> {
    let mut out = Vec::new();
    if stream {
        let mut writer = StreamWriter::try_new(&mut out, &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
    } else {
        let options = IpcWriteOptions::default().try_with_compression(Some(CompressionType::LZ4_FRAME)).unwrap();
        let mut writer = FileWriter::try_new_with_options(&mut out, &batch.schema(), options).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
    }
    out
}

/// The rows as files of people and of events, imported.
fn imported(project: &Project, people: &[Vec<u8>], events: &[Vec<u8>]) -> Option<(Store, ImportReport)> {
    let system = world();
    for (name, files) in [("people", people), ("events", events)] {
        for (at, content) in files.iter().enumerate() {
            put(&system, &format!("/p/{name}{at}"), content);
        }
    }
    let mut report = match run(&system, project) {
        Err(StoreError::TooManyBadRows { .. }) => return None,
        run => run.unwrap(),
    };
    let new_users = report.sources.iter().map(|source| source.new_users).sum();
    for source in &mut report.sources {
        // A line of text is no row, and which source names a user first depends on who is asked first.
        source.examples.iter_mut().for_each(|example| example.line = 0);
        source.new_users = 0;
    }
    report.sources[0].new_users = new_users;
    Some((open(&system, &project.data_path).unwrap(), report))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// By columns where each row names one user, row by row where it names several; typed or as text: all the same.
    #[test]
    fn rows_are_what_they_are_in_text_files(people in rows(), events in rows(), more in rows()) {
        for who in ["mpid: id", "customer_id: id", "customer_id: id, email: note"] {
            let texts = mapped("csv", who);
            let expected = imported(&texts, &[csv(&people)], &[csv(&events), csv(&more)]);
            for (format, file) in [
                ("parquet", (|rows| parquet(&batch(rows), Compression::SNAPPY)) as fn(&[Row]) -> Vec<u8>),
                ("parquet", |rows| parquet(&batch(rows), Compression::UNCOMPRESSED)),
                ("arrow", |rows| arrow(&batch(rows), false)),
                ("arrow", |rows| arrow(&batch(rows), true)),
            ] {
                let typed = mapped(format, who);
                let found = imported(&typed, &[file(&people)], &[file(&events), file(&more)]);
                prop_assert_eq!(found.is_none(), expected.is_none());
                let (Some(found), Some(expected)) = (found, &expected) else { continue };
                prop_assert_eq!(describe(&found.0), describe(&expected.0), "{} {}", format, who);
                prop_assert_eq!(said(&found.0), said(&expected.0), "{} {}", format, who);
                prop_assert_eq!(found.1, expected.1.clone(), "{} {}", format, who);
                prop_assert_eq!(found.0.catalog(), expected.0.catalog(), "{} {}", format, who);
            }
        }
    }

    /// Whom a later import touches: exactly those of the rows that it keeps, by columns and row by row.
    #[test]
    fn a_later_import_touches_whom_its_rows_are_of(events in rows(), more in rows()) {
        for (format, file) in [
            ("csv", csv as fn(&[Row]) -> Vec<u8>),
            ("parquet", |rows| parquet(&batch(rows), Compression::SNAPPY)),
        ] {
            let project = mapped(format, "mpid: id");
            let system = world();
            put(&system, "/p/people0", file(&events));
            put(&system, "/p/events0", file(&events));
            let first = run(&system, &project);
            put(&system, "/p/events1", file(&more));
            if first.is_err() || run(&system, &project).is_err() {
                continue;
            }
            let kept = |row: &&Row| row.at.is_some() && row.name().is_some_and(|name| !name.is_empty());
            let touched: BTreeSet<i64> = more.iter().filter(kept).filter_map(|row| row.id).collect();
            let found = versions(&open(&system, &project.data_path).unwrap());
            for (mpid, version) in &found {
                prop_assert_eq!(*version, Some(1 + u64::from(touched.contains(&mpid.0))), "{} {}", format, mpid);
            }
            prop_assert!(touched.iter().all(|mpid| found.contains_key(&Mpid(*mpid))));
        }
    }

    /// What a later import brings is there as if it had come at once.
    #[test]
    fn later_files_add_to_what_is_there(events in rows(), more in rows()) {
        let project = mapped("parquet", "mpid: id");
        let file = |rows: &[Row]| parquet(&batch(rows), Compression::SNAPPY);
        let Some((whole, _)) = imported(&project, &[file(&events)], &[file(&events), file(&more)]) else { return Ok(()) };
        let system = world();
        put(&system, "/p/people0", file(&events));
        put(&system, "/p/events0", file(&events));
        let first = run(&system, &project);
        put(&system, "/p/events1", file(&more));
        let second = run(&system, &project);
        if first.is_ok() && second.is_ok() {
            let store = open(&system, &project.data_path).unwrap();
            prop_assert_eq!(describe(&store), describe(&whole));
            prop_assert_eq!(store.catalog(), whole.catalog());
        }
    }
}

fn one_source(more: &str) -> Project {
    project(&format!(
        "{HEAD}data:\n  sources:\n    - {{ name: s, input: web, files: a*, format: parquet, user: {{ mpid: id }}, {more} }}\n"
    ))
}

fn stored(project: &Project, columns: Vec<(&str, ArrayRef)>) -> Result<Store, StoreError> {
    let system = world();
    put(&system, "/p/a", parquet(&RecordBatch::try_from_iter(columns).unwrap(), Compression::UNCOMPRESSED));
    run(&system, project)?;
    open(&system, &project.data_path)
}

/// Values of every type, as text.
#[test]
fn values_are_kept_in_their_shortest_form() {
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("a"), None, Some("b,\"")]);
    lists.append_value([] as [Option<&str>; 0]);
    lists.append_null();
    let mut words = StringDictionaryBuilder::<Int32Type>::new();
    words.extend([Some("x"), None, Some("")]);
    let micros = TimestampMicrosecondArray::from(vec![Some(-1), None, Some(1_536_494_400_123_999)]);
    let decimals = Decimal128Array::from(vec![Some(1250), Some(-7), None]).with_precision_and_scale(9, 2).unwrap();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from(vec![-1, 2, 3]))),
        ("float", Arc::new(Float64Array::from(vec![Some(10.0), Some(f64::NAN), Some(1e300)]))),
        ("bool", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("day", Arc::new(Date32Array::from(vec![Some(17_783), None, Some(-1)]))),
        ("micros", Arc::new(micros)),
        ("decimal", Arc::new(decimals)),
        ("list", Arc::new(lists.finish())),
        ("word", Arc::new(words.finish())),
        ("large", Arc::new(LargeStringArray::from(vec![Some("\u{1d}[1]"), None, Some("z")]))),
    ];
    let names = columns.iter().skip(1).map(|(name, _)| format!("{name}: {name}")).collect::<Vec<_>>().join(", ");
    let store = stored(&one_source(&format!("seen: micros, user_attributes: {{ {names} }}")), columns);
    insta::assert_snapshot!(describe(&store.unwrap()).into_values().collect::<Vec<_>>().join("\n"));
}

/// What cannot be is an error that names file and column; what does not fit is a bad row.
#[test]
fn what_does_not_fit_is_told() {
    let id = || -> (&str, ArrayRef) { ("id", Arc::new(Int64Array::from(vec![1, 2]))) };
    let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"a".as_slice(), b"b"]));
    let refused = stored(&one_source("user_attributes: { blob: blob }"), vec![id(), ("blob", bytes)]);
    insta::assert_snapshot!(refused.unwrap_err());
    let missing = stored(&one_source("user_attributes: { blob: bolb }"), vec![id()]);
    insta::assert_snapshot!(missing.unwrap_err());
    let system = world();
    let project = one_source("user_attributes: { day: day }");
    let days: ArrayRef = Arc::new(Date32Array::from(vec![i32::MAX, 0]));
    put(
        &system,
        "/p/a",
        parquet(&RecordBatch::try_from_iter([id(), ("day", days)]).unwrap(), Compression::UNCOMPRESSED),
    );
    let report = run(&system, &project).unwrap();
    assert_eq!((report.sources[0].bad_rows(), report.users), (1, 1));
    let rejected = report.sources[0].rejected.clone().unwrap();
    let rejected = system.read(&project.folder.join(rejected)).unwrap();
    insta::assert_snapshot!(String::from_utf8(rejected).unwrap());
    put(&system, "/p/a", "no Parquet at all");
    assert!(run(&system, &project).unwrap_err().to_string().contains("`a`"), "the file is named");
}

/// The crates that read these formats panic over some files that are not what they say: that is an error of the file too. Bits are
/// turned over one after the other, at places that a fixed seed gives, until one of them does.
#[test]
fn a_damaged_file_is_an_error_whatever_its_reader_does() {
    let rows: Vec<Row> =
        (0..9).map(|at| Row { id: Some(1), at: Some(at), name: 1, price: None, note: Some(2) }).collect();
    for (format, whole) in [
        ("parquet", parquet(&batch(&rows), Compression::UNCOMPRESSED)),
        ("arrow", arrow(&batch(&rows), false)),
        ("arrow", arrow(&batch(&rows), true)),
    ] {
        // By columns, and row by row.
        for who in ["mpid: id", "customer_id: id, email: note"] {
            let (system, project) = (world(), mapped(format, who));
            put(&system, "/p/events", &whole);
            let mut seed = 1u64;
            let found = (0..5000).find(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let mut bytes = whole.clone();
                bytes[(seed >> 33) as usize % whole.len()] ^= 1 << (seed >> 29 & 7);
                put(&system, "/p/people", bytes);
                run(&system, &project)
                    .is_err_and(|error| error.to_string().contains("cannot read `people`: it is damaged"))
            });
            assert!(found.is_some(), "{format}, {who}");
        }
    }
}

/// A numeric test is a range of codes, whichever way a column came.
#[test]
fn texts_lie_in_the_order_of_what_they_read_as() {
    let rows: Vec<Row> = (0..9)
        .map(|at| Row { id: Some(1), at: Some(at), name: 1, price: Some(9 - at as i32), note: Some(at as u8 % 6) })
        .collect();
    for (format, file) in [("csv", csv(&rows)), ("parquet", parquet(&batch(&rows), Compression::UNCOMPRESSED))] {
        let project = mapped(format, "mpid: id");
        let (store, _) = imported(&project, std::slice::from_ref(&file), std::slice::from_ref(&file)).unwrap();
        let table = &store.events[&aud::catalog::EventKey::custom("Buy")][0];
        let prices = &table.attributes["price"];
        let sorted = prices.sorted().unwrap();
        assert_eq!((sorted.by, sorted.codes.clone()), (SortedBy::Number, 2..11), "{format}");
        let numbers: Vec<f64> = (2..11).map(|code| prices.text(code).unwrap().parse().unwrap()).collect();
        assert!(numbers.is_sorted(), "{format}: {numbers:?}");
        let notes = &table.attributes["note"];
        assert_eq!(
            (notes.sorted().unwrap().by, notes.text(2), notes.text(4)),
            (SortedBy::Date, Some("9"), Some("2020-01-01"))
        );
        let users = &store.users.fields.values().next().unwrap()[&aud::catalog::ProfileField::attribute("price")];
        assert_eq!(users.dictionary.sorted().map(|sorted| sorted.by), Some(SortedBy::Number), "{format}");
    }
}

/// A few rows more do not rewrite the files of keys.
#[test]
fn a_later_import_writes_what_is_new() {
    let row = |at| Row { id: Some(1), at: Some(at), name: 1, price: None, note: None };
    let rows = |count| (0..count).map(row).collect::<Vec<_>>();
    let project = mapped("parquet", "mpid: id");
    let system = world();
    put(&system, "/p/people0", parquet(&batch(&rows(1)), Compression::UNCOMPRESSED));
    let mut segments = Vec::new();
    for (at, count) in [100, 5, 1, 30, 200].into_iter().enumerate() {
        put(&system, &format!("/p/events{at}"), parquet(&batch(&rows(count)), Compression::UNCOMPRESSED));
        run(&system, &project).unwrap();
        let store = open(&system, &project.data_path).unwrap();
        segments.push(
            store.events[&aud::catalog::EventKey::custom("Buy")].iter().map(|each| each.len()).collect::<Vec<_>>(),
        );
    }
    assert_eq!(segments, [vec![100], vec![100, 5], vec![100, 5, 1], vec![136], vec![336]]);
}
