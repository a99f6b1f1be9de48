//! Importing source files.

use std::io::Write as _;
use std::sync::Mutex;

use aud::catalog::{CustomEventType, EventKey, EventKind, IdentityType, LookupOrder, ProfileField};
use aud::identity::derive_mpid;
use aud::project::{DataSource, EventId, EventMapping, NameMapping, ProfileMapping, Project, TimeMapping};
use aud::store::{BadRow, ImportOptions, Rebuilt, StoreError, import, open};
use aud::system::{MemorySystem, System};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::support::{describe, imported, project, purchases, put, run, utc, world};

const HEADER: &str = "id,email,at,sku,country\n";

fn csv(rows: &[&str]) -> String {
    HEADER.to_owned() + &rows.iter().map(|row| format!("{row}\n")).collect::<String>()
}

fn shop(files: &[(&str, String)]) -> (MemorySystem, Project) {
    let system = world();
    for (name, content) in files {
        put(&system, &format!("/p/data/{name}"), content);
    }
    (system, project(vec![purchases("data/*.csv")]))
}

#[test]
fn the_first_known_identity_decides_and_takes_the_others() {
    let (system, shop) = shop(&[(
        "a.csv",
        csv(&[
            "1,a@x,2020-01-01,one,UK",
            ",a@x,2020-01-02,two,FR",  // known by email
            "2,,2020-01-02,three,",    // a new user
            "2,a@x,2020-01-03,four,",  // both are known: the customer id decides and takes the email
            ",a@x,2020-01-04,five,DE", // so the email is the other user's now
            "3,a@x,2020-01-04,six,",   // one is known: it decides, though it comes second
            ",,2020-01-05,seven,",
        ]),
    )]);
    let report = run(&system, &shop).unwrap();
    let store = open(&system, &shop.data_path).unwrap();
    let source = &report.sources[0];
    assert_eq!((source.rows, source.events, source.without_user, source.new_users), (7, 6, 1, 2));
    let users = describe(&store);
    let first = &users[&derive_mpid(IdentityType::CustomerId, "1", 0).unwrap()];
    let second = &users[&derive_mpid(IdentityType::CustomerId, "2", 0).unwrap()];
    insta::assert_snapshot!(format!("{first}\n{second}"));
}

#[test]
fn the_project_says_which_identity_decides() {
    let rows = ["1,a@x,2020-01-01,one,UK", "2,b@x,2020-01-02,two,", "2,a@x,2020-01-03,three,"];
    let (system, mut shop) = shop(&[("a.csv", csv(&rows))]);
    imported(&system, &shop);
    let owner = |shop: &Project, identity, value| open(&system, &shop.data_path).unwrap().rows_of(identity, value);
    let (by_id, by_email) = (owner(&shop, IdentityType::CustomerId, "2"), owner(&shop, IdentityType::Email, "a@x"));
    assert_eq!(by_id, by_email, "the customer id is known and takes the email");

    // Everything is read anew, and the email decides: now it takes the customer id.
    shop.identity_order = LookupOrder::starting_with(&[IdentityType::Email]);
    assert_eq!(run(&system, &shop).unwrap().rebuilt, Some(Rebuilt::Mapping("purchases".to_owned())));
    assert_eq!(run(&system, &shop).unwrap().rebuilt, None);
    let store = open(&system, &shop.data_path).unwrap();
    let user = derive_mpid(IdentityType::Email, "a@x", 0).unwrap();
    assert_eq!(owner(&shop, IdentityType::Email, "a@x"), [store.row(user).unwrap()]);
    assert_eq!(owner(&shop, IdentityType::CustomerId, "2"), owner(&shop, IdentityType::Email, "a@x"));
    assert_eq!(owner(&shop, IdentityType::CustomerId, "1"), owner(&shop, IdentityType::Email, "a@x"));
}

#[test]
fn rows_may_be_spread_over_files_in_any_way() {
    let rows =
        ["1,a@x,2020-01-03,one,UK", ",a@x,2020-01-01,two,FR", "2,a@x,2020-01-02,three,DE", "1,,2020-01-04,four,"];
    let whole = shop(&[("a.csv", csv(&rows))]);
    let split = shop(&[("a.csv", csv(&[rows[2], rows[3]])), ("b.csv", csv(&[rows[0]])), ("c.csv", csv(&[rows[1]]))]);
    let (whole, split) = (imported(&whole.0, &whole.1), imported(&split.0, &split.1));
    assert_eq!(describe(&whole), describe(&split));
    assert_eq!(whole.users.mpids, split.users.mpids, "and users have the same rows");
    assert_ne!(whole.id, split.id);
}

#[test]
fn only_new_files_are_read() {
    let (system, shop) = shop(&[("a.csv", csv(&["1,,2020-01-01,one,UK"]))]);
    imported(&system, &shop);
    put(&system, "/p/data/b.csv", csv(&["1,,2019-01-01,two,FR", "2,,2020-01-01,,"]));
    let report = run(&system, &shop).unwrap();
    assert_eq!((report.sources[0].files_read, report.sources[0].files_skipped), (1, 1));
    assert_eq!((report.version_before, report.version_after, report.rebuilt), (1, 2, None));
    let store = open(&system, &shop.data_path).unwrap();
    let fresh = world();
    for name in ["a.csv", "b.csv"] {
        let path = format!("/p/data/{name}");
        put(&fresh, &path, system.read(path.as_ref()).unwrap());
    }
    assert_eq!(describe(&store), describe(&imported(&fresh, &shop)));
    let idle = run(&system, &shop).unwrap();
    assert_eq!((idle.version_after, idle.sources[0].files_skipped), (2, 2));
}

#[test]
fn a_changed_or_vanished_file_rebuilds_and_keeps_row_numbers() {
    let (system, shop) = shop(&[
        ("a.csv", csv(&["1,,2020-01-01,one,UK", "2,,2020-01-01,one,UK"])),
        ("b.csv", csv(&["3,,2020-01-01,one,UK"])),
    ]);
    let before = imported(&system, &shop);
    put(&system, "/p/data/a.csv", csv(&["4,,2019-01-01,one,UK", "2,,2020-01-01,new,UK"]));
    let report = run(&system, &shop).unwrap();
    assert_eq!(report.rebuilt, Some(Rebuilt::Changed("data/a.csv".to_owned())));
    let after = open(&system, &shop.data_path).unwrap();
    assert_eq!((&after.id, after.version), (&before.id, 2));
    assert_eq!(after.users.mpids[..3], before.users.mpids[..]);
    let (users, fresh) = (describe(&after), describe(&imported(&copy_without_store(&system), &shop)));
    let living = users.iter().filter(|(_, text)| !text.is_empty());
    assert_eq!(living.collect::<Vec<_>>(), fresh.iter().collect::<Vec<_>>());
    assert_eq!(after.user_count(), 4, "user 1 keeps its row though nothing is known of it");

    system.remove("/p/data/b.csv".as_ref()).unwrap();
    assert_eq!(run(&system, &shop).unwrap().rebuilt, Some(Rebuilt::Gone("data/b.csv".to_owned())));
    put(&system, "/p/data/c.csv", csv(&["1,,2020-01-01,back,UK"]));
    let report = run(&system, &shop).unwrap();
    let last = open(&system, &shop.data_path).unwrap();
    assert_eq!((report.rebuilt, report.sources[0].new_users, last.user_count()), (None, 1, 4));
    assert_eq!(last.users.identities.of(0).next().map(|identity| identity.value), Some("1"));
}

fn copy_without_store(system: &MemorySystem) -> MemorySystem {
    let fresh = world();
    for path in system.files_below("/p/data".as_ref()).unwrap() {
        put(&fresh, &path.to_string_lossy(), system.read(&path).unwrap());
    }
    fresh
}

#[test]
fn another_mapping_reads_anew() {
    let (system, mut shop) = shop(&[("a.csv", csv(&["1,,2020-01-01,one,UK"]))]);
    imported(&system, &shop);
    shop.sources[0].profile.user_attributes[0].name = "Land".to_owned();
    assert_eq!(run(&system, &shop).unwrap().rebuilt, Some(Rebuilt::Mapping("purchases".to_owned())));
    let store = open(&system, &shop.data_path).unwrap();
    assert_eq!(store.catalog().user_attributes.keys().collect::<Vec<_>>(), ["Land"]);
}

#[test]
fn gzip_is_known_by_its_content() {
    let text = csv(&["1,,2020-01-01,one,UK"]);
    let mut members = Vec::new();
    for part in [&text[..30], &text[30..]] {
        let mut encoder = GzEncoder::new(&mut members, Compression::fast());
        encoder.write_all(part.as_bytes()).unwrap();
        encoder.finish().unwrap();
    }
    let (plain, shop) = shop(&[("a.csv", text)]);
    let zipped = world();
    put(&zipped, "/p/data/a.csv", &members);
    assert_eq!(describe(&imported(&zipped, &shop)), describe(&imported(&plain, &shop)));

    put(&zipped, "/p/data/b.csv", &members[..members.len() - 9]);
    let error = run(&zipped, &shop).unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { .. }) && error.to_string().contains("data/b.csv"), "{error}");
}

/// A quote that is never closed takes in all rows behind it: the file is an error, not a file with fewer rows.
#[test]
fn a_quote_left_open_is_an_error() {
    let zipped = |text: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let row = "1,,2020-01-01,one,UK";
    for (lines, begins) in [
        (vec![row, "1,,2020-01-01,one,\"UK", row, row], 3),
        (vec![row, row, "1,,2020-01-01,\"one,UK", row], 4), // too few columns, so not only a bad row
        (vec![row, "1,,2020-01-01,one,\"UK", "\n\r\n"], 3), // nothing but line ends behind it
    ] {
        for content in [csv(&lines).into_bytes(), zipped(&csv(&lines)), csv(&lines).trim_end().as_bytes().to_vec()] {
            // What was cut off behind the quote may be nothing at all, which no one can see.
            if content.ends_with(b"UK") && lines[2].trim().is_empty() {
                continue;
            }
            let (system, shop) = shop(&[]);
            put(&system, "/p/data/a.csv", content);
            let error = run(&system, &shop).unwrap_err();
            let told = format!("the row that begins on line {begins} does not end; is a quote left open there?");
            assert!(matches!(error, StoreError::Unreadable { .. }) && error.to_string().contains(&told), "{error}");
            assert!(open(&system, &shop.data_path).unwrap().user_count() == 0, "nothing is imported");
        }
    }
    // The last name of the header is not asked for, but its quote takes in all rows.
    let (system, shop) = shop(&[("a.csv", format!("{},\"note\n{row},\n", HEADER.trim()))]);
    assert!(run(&system, &shop).unwrap_err().to_string().contains("line 1 does not end"));
}

/// A few kilobytes that unpack to one line of any length.
#[test]
fn an_endless_line_is_not_held() {
    let system = world();
    let shop = project(vec![purchases("data/a.csv")]);
    let zipped = |head: &str, bytes: &[u8], times: usize| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(head.as_bytes()).unwrap();
        (0..times).for_each(|_| encoder.write_all(bytes).unwrap());
        put(&system, "/p/data/a.csv", encoder.finish().unwrap());
        run(&system, &shop)
    };
    let commas = vec![b','; 1 << 20];
    for (head, line) in [("", 1), (HEADER, 2)] {
        let error = zipped(head, &commas, 64).unwrap_err().to_string();
        assert!(error.contains(&format!("the row that begins on line {line} does not end")), "{error}");
    }
    // Blank lines are no row.
    let blank = vec![b'\n'; 1 << 20];
    assert!(zipped("", &blank, 8).unwrap_err().to_string().contains("it is empty"));
    assert_eq!(zipped(HEADER, &blank, 16).unwrap().sources[0].rows, 0);
    put(&system, "/p/data/a.csv", csv(&[&"\n".repeat(1500), "1,,2020-01-01,one,UK"]));
    assert_eq!(run(&system, &shop).unwrap().sources[0].rows, 1);
}

#[test]
fn cells_may_go_over_lines() {
    for end in ["", "\n", "\r\n\r\n"] {
        let text = csv(&["1,,2020-01-01,\"o\nne\",UK", "1,,2020-01-01,one,\"U\nK\""]);
        let (system, shop) = shop(&[("a.csv", text.trim_end().to_owned() + end)]);
        let report = run(&system, &shop).unwrap();
        assert_eq!((report.sources[0].rows, report.sources[0].events), (2, 2));
    }
}

#[test]
fn bad_rows_are_counted_by_reason_and_never_shown() {
    let system = world();
    let mut bytes =
        csv(&["1,,2020-01-01,one,UK", "1,,yesterday,secret,UK", "1,,2020-01-01,one", ",,x,y,z"]).into_bytes();
    bytes.extend_from_slice(b"1,,2020-01-01,\xff,UK\n");
    put(&system, "/p/data/a.csv", bytes);
    let shop = project(vec![purchases("data/a.csv")]);
    let report = run(&system, &shop).unwrap();
    let source = &report.sources[0];
    assert_eq!((source.rows, source.events, source.without_user, source.bad_rows()), (5, 1, 1, 3));
    assert_eq!(source.bad.keys().collect::<Vec<_>>(), [&BadRow::ColumnCount, &BadRow::Time, &BadRow::NotUtf8]);
    let shown: Vec<String> = source.examples.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn too_many_bad_rows_import_nothing() {
    let good = vec!["1,,2020-01-01,one,UK"; 800];
    let bad = vec!["1,,soon,one,UK"; 101];
    let (system, shop) = shop(&[("a.csv", csv(&good)), ("b.csv", csv(&bad))]);
    let error = run(&system, &shop).unwrap_err();
    assert!(error.to_string().contains("101 of 901 rows"), "{error}");
    let left: Vec<_> = system.files_below(&shop.data_path).unwrap();
    assert_eq!(left, [shop.data_path.join("rejected/purchases-1.ndjson")], "nothing but the bad rows is there");
    put(&system, "/p/data/b.csv", csv(&bad[..100]));
    assert_eq!(run(&system, &shop).unwrap().sources[0].bad_rows(), 100);
}

#[test]
fn names_may_come_from_a_column_or_a_test() {
    let system = world();
    put(&system, "/p/a.csv", "who,what,when\n1,C5,01.02.2020 10:00\n1,5,01.02.2020 11:00\n1,,01.02.2020 11:00\n");
    let source = |name: &str, mapping| DataSource {
        name: name.to_owned(),
        files: "a.csv".to_owned(),
        mpid: None,
        identities: vec![(IdentityType::CustomerId, "who".to_owned())],
        event: Some(EventMapping {
            name: mapping,
            event_type: CustomEventType::Other,
            time: TimeMapping { column: "when".to_owned(), format: Some("%d.%m.%Y %H:%M".to_owned()), offset: utc() },
            id: EventId::None,
            attributes: Vec::new(),
            action: Vec::new(),
            product: Vec::new(),
        }),
        profile: ProfileMapping::default(),
        ..purchases("")
    };
    let when = NameMapping::When {
        column: "what".to_owned(),
        matches: "c*".to_owned(),
        then: EventKey::custom("Refund"),
        otherwise: EventKey::custom("Purchase"),
    };
    let shop = project(vec![
        source("column", NameMapping::Column(EventKind::Custom, "what".to_owned())),
        source("test", when),
    ]);
    let report = run(&system, &shop).unwrap();
    assert_eq!(report.sources[0].bad, [(BadRow::Name, 1)].into());
    let store = open(&system, &shop.data_path).unwrap();
    let counts: Vec<_> = store
        .events
        .iter()
        .map(|(key, table)| (&*key.name, table.iter().map(|segment| segment.len()).sum::<u64>()))
        .collect();
    assert_eq!(counts, [("5", 1), ("C5", 1), ("Purchase", 2), ("Refund", 1)]);
}

#[test]
fn an_event_id_counts_once_for_each_user() {
    let (system, mut shop) = shop(&[(
        "a.csv",
        csv(&["1,,2020-01-02,later,", "1,,2020-01-01,first,", "2,,2020-01-01,first,", "1,,2020-01-03,,"]),
    )]);
    let event = shop.sources[0].event.as_mut().unwrap();
    event.id = EventId::Column("country".to_owned());
    shop.sources[0].profile.user_attributes.clear();
    let rows = [
        "1,,2020-01-02,later,E",
        "1,,2020-01-01,first,E",
        "2,,2020-01-01,first,E",
        "1,,2020-01-03,,",
        "1,,2020-01-03,,",
    ];
    put(&system, "/p/data/a.csv", csv(&rows));
    let report = run(&system, &shop).unwrap();
    assert_eq!((report.sources[0].events, report.sources[0].duplicates), (4, 1));
    put(&system, "/p/data/b.csv", csv(&["1,,2019-01-01,earlier,E", "3,,2020-01-01,first,E"]));
    let report = run(&system, &shop).unwrap();
    assert_eq!((report.sources[0].events, report.sources[0].duplicates), (1, 1));
    let users = describe(&open(&system, &shop.data_path).unwrap());
    insta::assert_snapshot!(users[&derive_mpid(IdentityType::CustomerId, "1", 0).unwrap()]);
}

#[test]
fn profiles_need_no_events() {
    let system = world();
    put(&system, "/p/crm.csv", "id,email,updated,country\n1,a@x,2020-01-01,UK\n1,a@x,2019-01-01,FR\n");
    let mut source = purchases("crm.csv");
    source.event = None;
    source.seen = Some(TimeMapping { column: "updated".to_owned(), format: None, offset: utc() });
    let shop = project(vec![source]);
    let report = run(&system, &shop).unwrap();
    assert_eq!((report.sources[0].rows, report.sources[0].events, report.users), (2, 0, 1));
    insta::assert_snapshot!(describe(&open(&system, &shop.data_path).unwrap()).into_values().collect::<String>());
}

#[test]
fn a_later_import_does_not_override_what_was_said_later() {
    let (system, shop) = shop(&[("a.csv", csv(&["1,,2020-01-05,one,UK"]))]);
    imported(&system, &shop);
    put(&system, "/p/data/b.csv", csv(&["1,,2020-01-01,two,FR"]));
    let country = |store: &aud::store::Store| {
        store.users.fields.values().next().unwrap()[&ProfileField::attribute("Country")].text(0).unwrap().to_owned()
    };
    assert_eq!(country(&imported(&system, &shop)), "UK");
    put(&system, "/p/data/c.csv", csv(&["1,,2020-01-05,three,DE", "1,,2020-01-06,four,"]));
    assert_eq!(
        country(&imported(&system, &shop)),
        "DE",
        "the later row of one instant wins, an empty cell says nothing"
    );
}

#[test]
fn mistakes_in_the_project_are_named() {
    let (system, mut shop) = shop(&[("a.csv", csv(&["1,,2020-01-01,one,UK"]))]);
    shop.sources[0].identities[0].1 = "emial".to_owned();
    insta::assert_snapshot!(run(&system, &shop).unwrap_err());
    shop.sources[0].files = "data/*.tsv".to_owned();
    insta::assert_snapshot!(run(&system, &shop).unwrap_err());
    shop.sources[0].files = "nowhere/a.csv".to_owned();
    insta::assert_snapshot!(run(&system, &shop).unwrap_err());
    shop.sources[0].files = "data/[.csv".to_owned();
    assert!(matches!(run(&system, &shop), Err(StoreError::Pattern { .. })));
}

/// Without a header line the first line is a person's.
#[test]
fn an_error_about_columns_shows_nobodys_data() {
    let (system, mut shop) = shop(&[("a.csv", "1,ann@x,2020-01-01,one,UK\n".to_owned())]);
    insta::assert_snapshot!(run(&system, &shop).unwrap_err());
    let mut many: Vec<String> = (0..30).map(|at| format!("column_{at}")).collect();
    many[3] = "\"a\nb\"".to_owned();
    put(&system, "/p/data/a.csv", format!("{},{}\n", HEADER.trim(), many.join(",")));
    shop.sources[0].identities[0].1 = "postal_address".to_owned();
    insta::assert_snapshot!(run(&system, &shop).unwrap_err());
}

#[test]
fn progress_ends_with_everything_read() {
    let (system, shop) = shop(&[("a.csv", csv(&["1,,2020-01-01,one,UK"])), ("b.csv", csv(&["1,,2020-01-01,one,UK"]))]);
    let last = Mutex::new(None);
    let progress =
        |now: aud::store::Progress<'_>| *last.lock().unwrap() = Some((now.bytes_done, now.bytes_total, now.rows));
    import(&system, &shop, ImportOptions::default(), &progress).unwrap();
    let total = csv(&["1,,2020-01-01,one,UK"]).len() as u64 * 2;
    assert_eq!(*last.lock().unwrap(), Some((total, total, 2)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Times differ, since rows of one instant in different files have no order.
    #[test]
    fn files_are_only_a_way_to_cut_rows(
        rows in proptest::collection::vec(("[1-3]?", "[ab]?", "[xy]?", "[UF]?", 0usize..3), 1..25),
        seed in any::<u64>(),
    ) {
        let line = |(at, (id, email, sku, country, _)): (usize, &(String, String, String, String, usize))| {
            let minute = (at as u64).wrapping_mul(7919).wrapping_add(seed % 1000) % 100_003;
            format!("{id},{email},{},{sku},{country}", minute * 60_000)
        };
        let lines: Vec<String> = rows.iter().enumerate().map(line).collect();
        let file = |number: usize| {
            let own = lines.iter().zip(&rows).filter(|(_, row)| row.4 == number).map(|(line, _)| line.as_str());
            csv(&own.collect::<Vec<_>>())
        };
        let whole = shop(&[("a.csv", csv(&lines.iter().map(String::as_str).collect::<Vec<_>>()))]);
        let parts = shop(&[("a.csv", file(0)), ("b.csv", file(1)), ("c.csv", file(2))]);
        prop_assert_eq!(describe(&imported(&whole.0, &whole.1)), describe(&imported(&parts.0, &parts.1)));
    }
}
