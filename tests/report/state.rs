//! The state as people and programs read it.

use std::collections::BTreeMap;
use std::path::Path;

use aud::base::{Now, Timestamp};
use aud::ir::{Audience, Connection, ConnectionStatus, Status, VariantName};
use aud::report::Style;
use aud::report::state as report;
use aud::state::{Allowed, Commit, Drift, Extent, Snapshot};
use aud::workbench::Left;

use crate::plan::world::*;

fn snapshot() -> Snapshot {
    let inactive =
        Connection { status: ConnectionStatus::Inactive, ..connect(VariantName::Control, "archive_of_everything") };
    let tested = Audience {
        split: Some(split("winback", &[("push", 40)])),
        connections: vec![connect(VariantName::Whole, "warehouse"), connect(variant("push"), "warehouse"), inactive],
        ..audience("an_audience_with_a_rather_long_address", more_than("ltv", 1.0))
    };
    let draft = Audience { status: Status::Draft, ..audience("wip", more_than("ltv", 2.0)) };
    let world =
        World::new().deploy(tested, 0..10).deploy(audience("vip", more_than("ltv", 3.0)), 0..1).deploy(draft, []);
    let mut snapshot = world.snapshot;
    snapshot.audiences[0].members = Some((0..1_234_567).collect());
    snapshot.audiences[1].drift = Drift { definition: true, members: true };
    snapshot
}

#[test]
fn what_is_deployed() {
    let snapshot = snapshot();
    insta::assert_snapshot!(report::list(&snapshot, Style::PLAIN));
    insta::assert_snapshot!("what_is_deployed_as_json", format!("{:#}", report::list_json(&snapshot)));
    assert_eq!(report::list(&Snapshot::default(), Style::PLAIN), "Nothing is deployed.\n");
}

#[test]
fn one_record() {
    let snapshot = snapshot();
    insta::assert_snapshot!(report::show(&snapshot.audiences[0], Style::PLAIN));
    insta::assert_snapshot!("one_record_with_drift", report::show(&snapshot.audiences[1], Style::PLAIN));
    let json = report::show_json(&snapshot.audiences[1]);
    assert_eq!(json["drift"], serde_json::json!({ "definition": true, "members": true }));
}

fn commit(serial: u64, reason: &str) -> Commit {
    Commit {
        serial,
        at: Timestamp(now().ms() + serial as i64 * 1000),
        by: if serial > 9 { "ann@a-machine-with-a-long-name".to_owned() } else { "bo".to_owned() },
        commit: (serial > 8).then(|| "0123456789abcdef0123456789abcdef01234567".to_owned()),
        reason: reason.to_owned(),
        now: Now(now().0),
        store: "the data".to_owned(),
        data_version: 7,
        allowed: Vec::new(),
    }
}

#[test]
fn commits() {
    let allowed = Allowed {
        what: "lapsed.drops".to_owned(),
        reason: "opening\u{1b}[2J week".to_owned(),
        measured: "39 people".to_owned(),
    };
    let commits =
        [Commit { allowed: vec![allowed], ..commit(10, "aud apply") }, commit(9, "state mv"), commit(8, "aud forget")];
    let extents = BTreeMap::from([
        (8, Extent { revisions: 0, audiences: 2, adds: 0, drops: 2 }),
        (10, Extent { revisions: 2, audiences: 3, adds: 12_345, drops: 39 }),
    ]);
    insta::assert_snapshot!(report::history(&commits, &extents, Style::PLAIN));
    insta::assert_snapshot!("commits_as_json", format!("{:#}", report::history_json(&commits, &extents)));
    assert_eq!(report::history(&[], &extents, Style::PLAIN), "Nothing was applied so far.\n");
}

#[test]
fn what_was_mended() {
    let left = [
        Left { address: name("lapsed_spenders"), size: 1, outputs: vec![name("archive"), name("warehouse")] },
        Left { address: name("vip"), size: 1204, outputs: vec![name("warehouse")] },
        Left { address: name("all"), size: 9, outputs: Vec::new() },
    ];
    let told = [
        report::moved(&name("old"), &name("new"), 18),
        report::to_remove(&left),
        report::removed(&left, 19),
        report::removed(&left[..1], 19),
        report::pulled(Path::new("state.json")) + "\n",
        report::pushed(Path::new("state\u{1b}.json"), 20),
    ];
    insta::assert_snapshot!(told.concat());
}
