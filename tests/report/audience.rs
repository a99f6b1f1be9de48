//! `list` and `show` as people and programs read them.

use std::collections::BTreeMap;

use aud::base::Timestamp;
use aud::base::time::DAY_MS;
use aud::estimate::Size;
use aud::ir::{Audience, Connection, ConnectionStatus, Standard, Status, VariantName};
use aud::report::Style;
use aud::report::audience::{ListRow, ShowView, list, list_json, show, show_json};
use aud::state::{AudienceRecord, Metrics};

use crate::plan::world::*;

const WIDE: Style = Style { color: false, width: 200 };

fn record(audience: Audience) -> AudienceRecord {
    World::new().deploy(audience, 0..10).snapshot.audiences.remove(0)
}

fn rows() -> Vec<ListRow> {
    let lapsed = Audience {
        name: "Lapsed spenders".to_owned(),
        tags: ["LTV".to_owned(), "Retargeting".to_owned()].into(),
        split: Some(split("winback", &[("push", 40)])),
        connections: vec![
            connect(variant("push"), "warehouse"),
            connect(VariantName::Control, "warehouse"),
            connect(VariantName::Control, "archive"),
        ],
        ..audience("lapsed_spenders", more_than("ltv", 1.0))
    };
    let draft = Audience { status: Status::Draft, ..audience("wip", more_than("ltv", 2.0)) };
    vec![
        ListRow::deployed(&record(lapsed), Metrics { size: 1377, adds: 212, drops: 39 }, now()),
        ListRow::deployed(
            &record(audience("nobody", more_than("ltv", 3.0))),
            Metrics { size: 0, adds: 0, drops: 4 },
            now(),
        ),
        ListRow::deployed(&record(draft), Metrics::default(), now()),
        ListRow::written(&audience("fresh", more_than("ltv", 4.0))),
    ]
}

#[test]
fn the_list() {
    insta::assert_snapshot!(list(&rows(), WIDE));
}

#[test]
fn a_narrow_terminal_goes_without_some_columns_and_says_so() {
    let text = list(&rows(), Style { width: 100, ..WIDE });
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    insta::assert_snapshot!(text);
    // What is left is never cut, however narrow it is.
    assert!(list(&rows(), Style { width: 10, ..WIDE }).contains("Lapsed spenders %"));
}

#[test]
fn colours_take_no_room() {
    let coloured = list(&rows(), Style { color: true, width: 166 });
    let plain = list(&rows(), Style { color: false, width: 166 });
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(coloured.contains("no room"), plain.contains("no room"));
}

#[test]
fn the_list_has_the_tabs_of_the_page() {
    let both = ["shop", "travel"].map(name).into();
    let multi = Audience { workspaces: both, ..audience("everywhere", more_than("ltv", 5.0)) };
    let summer = Audience { standard: Some(Standard::All), ..audience("summer", more_than("ltv", 500.0)) };
    let metrics = Metrics { size: 10, adds: 1, drops: 0 };
    let mut rows = rows();
    rows.extend([ListRow::deployed(&record(multi), metrics, now()), ListRow::written(&summer)]);
    insta::assert_snapshot!(list(&rows, WIDE));
    let json = list_json(&rows);
    let of = |key: &str| json["audiences"].as_array().unwrap().iter().map(|row| row[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("tab"), ["single", "single", "single", "single", "multi", "standard"]);
    assert_eq!(of("workspaces")[4], serde_json::json!(["shop", "travel"]));
    // Only what is deployed and active is tested.
    assert_eq!(of("test_running"), [true, false, false, false, false, false]);
    let written = ListRow::written(&Audience { split: Some(split("winback", &[("push", 40)])), ..lapsed() });
    assert!(written.split && !written.testing);
}

#[test]
fn a_list_of_nothing() {
    assert_eq!(list(&[], WIDE), "No audiences.\n");
}

#[test]
fn the_list_as_json() {
    insta::assert_snapshot!(format!("{:#}", list_json(&rows()[1..3])));
}

fn lapsed() -> Audience {
    let sharing = Connection {
        share: ["ltv".to_owned()].into(),
        settings: BTreeMap::from([("folder".to_owned(), "lists".into())]),
        ..connect(variant("push"), "warehouse")
    };
    let inactive = Connection { status: ConnectionStatus::Inactive, ..connect(VariantName::Control, "archive") };
    let quiet = not(event("App Open", |_| ()));
    let either = any_of([member("employees"), more_than("age", 18.0)]);
    Audience {
        name: "Lapsed spenders".to_owned(),
        doc: Some("Good customers who have gone quiet.\n\nAsk Ann.".to_owned()),
        tags: ["LTV".to_owned(), "Retargeting".to_owned()].into(),
        protect: true,
        split: Some(split("winback", &[("push", 40)])),
        connections: vec![sharing, inactive],
        ..audience("lapsed_spenders", all_of([more_than("ltv", 500.0), quiet, either]))
    }
}

fn view(record: &AudienceRecord) -> ShowView<'_> {
    ShowView {
        definition: &record.definition,
        record: Some(record),
        metrics: Some(Metrics { size: 1377, adds: 212, drops: 39 }),
        estimate: None,
        variants: vec![(variant("push"), 551), (VariantName::Control, 826)],
        nested_by: vec![name("winback")],
        changed: true,
        standard: record.standard_state(now()),
    }
}

#[test]
fn one_audience_in_full() {
    let record = record(lapsed());
    insta::assert_snapshot!(show(&view(&record), WIDE));
    insta::assert_snapshot!("one_audience_as_json", format!("{:#}", show_json(&view(&record))));
}

#[test]
fn an_audience_that_is_only_written() {
    let definition = audience("fresh", more_than("ltv", 4.0));
    let view = ShowView {
        definition: &definition,
        record: None,
        metrics: None,
        estimate: Some(Ok(Size::About { size: 12_400, low: 11_900, high: 12_950 })),
        variants: Vec::new(),
        nested_by: Vec::new(),
        changed: false,
        standard: None,
    };
    insta::assert_snapshot!(show(&view, WIDE));
}

#[test]
fn standard_audiences_say_where_they_stand() {
    let summer = |days: i64| {
        let definition = Audience { standard: Some(Standard::All), ..audience("summer", more_than("ltv", 500.0)) };
        let mut record = record(definition);
        record.evaluated = Some(Timestamp(now().ms() - days * DAY_MS));
        record
    };
    let (ready, expired) = (summer(30), summer(31));
    let draft =
        Audience { status: Status::Draft, standard: Some(Standard::All), ..audience("wip", more_than("ltv", 2.0)) };
    let metrics = Metrics { size: 10, adds: 0, drops: 0 };
    let rows = [
        ListRow::deployed(&ready, metrics, now()),
        ListRow::deployed(&expired, metrics, now()),
        ListRow::deployed(&record(draft), Metrics::default(), now()),
        ListRow::written(&ready.definition),
    ];
    insta::assert_snapshot!(list(&rows, WIDE));
    let json = list_json(&rows);
    let states: Vec<_> =
        json["audiences"].as_array().unwrap().iter().map(|row| row["standard_state"].clone()).collect();
    assert_eq!(states, ["ready".into(), "expired".into(), serde_json::Value::Null, serde_json::Value::Null]);
    for record in [&ready, &expired] {
        insta::assert_snapshot!(show(&view(record), WIDE));
    }
}
