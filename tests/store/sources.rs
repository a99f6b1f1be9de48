//! What the mappings of a project file make of rows: every kind of event, products, and all fields of a profile.

use std::path::Path;

use aud::base::{SourceMap, Timestamp};
use aud::project::{Project, load};
use aud::report::Style;
use aud::report::diagnostic::human;
use aud::store::{Store, open};
use aud::system::MemorySystem;
use proptest::prelude::*;

use super::support::{describe, put, run, said, world};

const HEAD: &str = "version: 1\nproject: shop\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n";

/// The project with one source `s` of `/p/a*.csv` with more keys.
pub(super) fn with_source(more: &str) -> Project {
    let text = format!(
        "{HEAD}data:\n  sources:\n    - name: s\n      input: web\n      files: a*.csv\n      format: csv\n      user: {{ customer_id: id }}\n{more}"
    );
    project(&text)
}

pub(super) fn project(text: &str) -> Project {
    let system = MemorySystem::new(Timestamp(0)).with_file("/p/aud.yaml", text.to_owned());
    let mut sources = SourceMap::default();
    let (project, found) = load(&system, Path::new("/p"), &mut sources);
    let found = found.into_sorted();
    assert!(found.is_empty(), "{}", human(&found, &sources, Style::PLAIN));
    project.unwrap()
}

/// Imports files one after the other, each in an import of its own.
fn imported(project: &Project, files: &[&str]) -> Store {
    let system = world();
    for (at, content) in files.iter().enumerate() {
        put(&system, &format!("/p/a{at}.csv"), content);
        run(&system, project).unwrap();
    }
    open(&system, &project.data_path).unwrap()
}

fn told(store: &Store) -> String {
    describe(store).into_values().collect::<Vec<_>>().join("\n")
}

#[test]
fn rows_with_one_group_are_one_event_with_their_products() {
    let project = with_source(
        "      event:
        kind: { when: { no: { matches: \"C*\" } }, then: refund, else: purchase }
        time: at
        group: no
        attributes: { store: shop }
        action: { total_amount: total }
        product: { id: sku, price: price }
",
    );
    let rows = [
        "id,at,no,shop,total,sku,price",
        "1,2020-01-02,7,b,20,X,5",
        "1,2020-01-01,7,a,10,Y,", // earlier: this row is the event
        "1,2020-01-03,C7,a,,X,5", // another kind of event
        "2,2020-01-01,7,c,,Z,1",  // another user's
        "1,2020-01-02,,d,,X,5",   // without a group: an event of its own
        "1,2020-01-02,8,e,9,,",   // without products
    ];
    let whole = imported(&project, &[&(rows.join("\n") + "\n")]);
    insta::assert_snapshot!(told(&whole));
    let later = "id,at,no,shop,total,sku,price\n1,2020-01-05,7,z,99,W,2\n1,2020-01-05,8,z,99,V,3\n";
    let more = imported(&project, &[&(rows.join("\n") + "\n"), later]);
    assert_eq!(more.event_count(), whole.event_count(), "products of a later import join what is stored");
    insta::assert_snapshot!(told(&more));
}

proptest! {
    #[test]
    fn groups_do_not_depend_on_files(rows in proptest::collection::vec((0u8..3, 1u8..9, 0u8..4, 0u8..5, any::<bool>()), 0..12)) {
        let project = with_source(
            "      event:\n        kind: { when: { no: { matches: \"C*\" } }, then: refund, else: purchase }\n        time: at\n        \
             group: no\n        attributes: [sku]\n        product: { id: sku }\n",
        );
        // No two rows at one instant: which came first would be for the files to say.
        let mut rows: Vec<_> = rows.into_iter().enumerate().collect();
        rows.sort_by_key(|(at, (_, day, ..))| (*day, *at));
        let line = |(at, (user, day, group, sku, _)): &(usize, (u8, u8, u8, u8, bool))| {
            let group = ["", "7", "8", "C7"][usize::from(*group)];
            let sku = if *sku == 0 { String::new() } else { format!("p{sku}") };
            format!("u{user},2020-01-0{day} 00:{at:02},{group},{sku}\n")
        };
        let file = |second: Option<bool>| {
            let here = rows.iter().filter(|(_, row)| second.is_none_or(|second| row.4 == second));
            "id,at,no,sku\n".to_owned() + &here.map(line).collect::<String>()
        };
        let import = |files: &[String]| {
            let system = world();
            for (at, content) in files.iter().enumerate() {
                put(&system, &format!("/p/a{at}.csv"), content);
            }
            run(&system, &project).unwrap();
            open(&system, &project.data_path).unwrap()
        };
        prop_assert_eq!(told(&import(&[file(None)])), told(&import(&[file(Some(true)), file(Some(false))])));
    }
}

#[test]
fn every_kind_of_event_can_come_from_rows() {
    for (kind, _) in aud::catalog::EventKind::ALL {
        let name = if matches!(*kind, "event" | "screen") { "        name: { column: what }\n" } else { "" };
        let attributes = "        attributes: { is_opted_out: what }\n";
        let source = with_source(&format!("      event:\n        kind: {kind}\n        time: at\n{name}{attributes}"));
        let store = imported(&source, &["id,at,what\n1,2020-01-01,true\n"]);
        let key = store.events.keys().next().unwrap();
        assert_eq!((key.kind.word(), &*key.name), (*kind, if name.is_empty() { "" } else { "true" }));
    }
}

#[test]
fn profiles_hold_lists_consent_devices_places_and_attributions() {
    let project = with_source(
        "      seen: at
      user_attributes: { movies: { column: movies, split: \"|\" }, plan: plan }
      calculated: { ltv: ltv }
      consent: { gdpr: { marketing: ok }, ccpa: { data_sale_opt_out: out } }
      device: { os: os, model: model }
      location: { city: city, country: land, latitude: lat, longitude: lon }
      attribution: { install: { publisher: pub, campaign: camp } }
",
    );
    let header = "id,at,movies,plan,ltv,ok,out,os,model,city,land,lat,lon,pub,camp\n";
    let rows = [
        "1,2020-01-01,Chicago | Heat,pro,9.5,true,,iOS,X1,Paris,FR,48.8566,2.3522,FB,summer\n",
        "1,2020-01-02,,,,,TRUE,iOS,X2,Lyon,,,,,\n", // a second device; only the city of the new place is known
        "2,2020-01-01,Heat,,,false,,,,,,91,2,G,\n", // no such latitude
        "2,2020-01-02,|,,,,,,,,,,,,\n",             // a list of nothing is a list
    ];
    let store = imported(&project, &[&(header.to_owned() + &rows.concat())]);
    insta::assert_snapshot!(told(&store));
    let spread: Vec<String> = rows.iter().map(|row| format!("{header}{row}")).collect();
    let spread = imported(&project, &spread.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((told(&spread), said(&spread)), (told(&store), said(&store)));
    let catalog = store.catalog();
    insta::assert_debug_snapshot!((catalog.user_attributes, catalog.calculated, catalog.purposes));
}
