//! What outputs receive.

use std::collections::BTreeMap;
use std::path::Path;

use aud::apply::{ApplyError, Outcome, Progress};
use aud::base::Mpid;
use aud::catalog::{IdentityType, OutputKind};
use aud::ir::VariantName;
use aud::outputs::{Directory, OutputError, Reach, reach};
use aud::plan::Action;
use aud::project::Output;
use aud::state::{StateReader, StateWriter};
use aud::system::write_bytes;

use super::world::*;
use crate::state::sample::{audience, name};

const WHOLE: VariantName = VariantName::Whole;

#[test]
fn a_file_holds_one_line_for_each_user() {
    let mut world = World::new();
    let identities = |n: u32| match n {
        0 => vec![(IdentityType::CustomerId, "17850.0".to_owned()), (IdentityType::Email, "a\"b@c.d".to_owned())],
        _ => vec![(IdentityType::Email, format!("{n}@c.d"))],
    };
    world.store = store([(-123, identities(0)), (7, identities(1)), (8, identities(2))]);
    let mut plan = world.plan(
        0..0,
        vec![change(Action::Create, "lapsed", Some(audience("lapsed"))).people(&[0, 1, 2], &[0, 1, 2], &[]).to(
            "warehouse",
            VariantName::Variant(name("push")),
            &[2, 0],
            &[],
        )],
    );
    plan.new_users = [-123, 7, 8].map(Mpid).to_vec();
    world.apply(&plan).unwrap();
    let refresh = change(Action::Refresh, "lapsed", Some(audience("lapsed"))).people(&[1, 2], &[], &[0]).to(
        "warehouse",
        VariantName::Variant(name("push")),
        &[1],
        &[0],
    );
    world.apply(&world.plan(0..0, vec![refresh])).unwrap();
    let files = world.files();
    let lines = |file: &str| files[Path::new(file)].lines().collect::<Vec<_>>();
    assert_eq!(world.paths(), ["warehouse/1-variant-push/00000001.ndjson", "warehouse/1-variant-push/00000002.ndjson"]);
    assert_eq!(
        lines("warehouse/1-variant-push/00000001.ndjson"),
        [
            r#"{"sequence":1,"audience_id":1,"audience":"The lapsed - push","action":"add","mpid":"-123","identities":[{"type":"customer_id","value":"17850.0"},{"type":"email","value":"a\"b@c.d"}],"at":"2011-12-10T00:00:00Z"}"#,
            r#"{"sequence":1,"audience_id":1,"audience":"The lapsed - push","action":"add","mpid":"8","identities":[{"type":"email","value":"2@c.d"}],"at":"2011-12-10T00:00:00Z"}"#,
        ]
    );
    assert_eq!(
        lines("warehouse/1-variant-push/00000002.ndjson"),
        [
            r#"{"sequence":2,"audience_id":1,"audience":"The lapsed - push","action":"drop","mpid":"-123","identities":[{"type":"customer_id","value":"17850.0"},{"type":"email","value":"a\"b@c.d"}],"at":"2011-12-10T00:00:00Z"}"#,
            r#"{"sequence":2,"audience_id":1,"audience":"The lapsed - push","action":"add","mpid":"7","identities":[{"type":"email","value":"1@c.d"}],"at":"2011-12-10T00:00:00Z"}"#,
        ]
    );
}

#[test]
fn who_cannot_be_reached_is_counted_and_who_leaves_is_dropped_anyway() {
    let mut world = World::new();
    // 100 can be reached, 101 has no identity, 102 is not in the store.
    world.store = store([(100, vec![(IdentityType::Email, "a@b.c".to_owned())]), (101, vec![])]);
    let create = change(Action::Create, "vip", Some(audience("vip"))).people(&[0, 1, 2], &[0, 1, 2], &[]).to(
        "warehouse",
        WHOLE,
        &[0, 1, 2],
        &[],
    );
    let outcome = world.apply(&world.plan(0..3, vec![create])).unwrap();
    let tally = outcome.people;
    assert_eq!((tally.adds, tally.drops, tally.unreachable, tally.unknown), (1, 0, 2, 1));
    let delete =
        change(Action::Delete, "vip", None).people(&[], &[], &[0, 1, 2]).to("warehouse", WHOLE, &[], &[0, 1, 2]);
    let tally = world.apply(&world.plan(0..0, vec![delete])).unwrap().people;
    assert_eq!((tally.adds, tally.drops, tally.unreachable, tally.unknown), (0, 3, 0, 1));
    let files = world.files();
    let text = |file: &str| &files[Path::new(file)];
    assert_eq!(text("warehouse/1-whole/00000001.ndjson").lines().count(), 1);
    let dropped = text("warehouse/1-whole/00000002.ndjson");
    assert!(dropped.contains(r#""mpid":"102","identities":[]"#) && dropped.lines().count() == 3, "{dropped}");
}

#[test]
fn a_rename_keeps_folder_and_sequence() {
    let world = World::new();
    let create =
        change(Action::Create, "old", Some(audience("old"))).people(&[0], &[0], &[]).to("warehouse", WHOLE, &[0], &[]);
    world.apply(&world.plan(0..2, vec![create])).unwrap();
    let rename = change(Action::Update, "new", Some(audience("new"))).renamed_from("old").people(&[1], &[1], &[0]).to(
        "warehouse",
        WHOLE,
        &[1],
        &[0],
    );
    let outcome = world.apply(&world.plan(0..0, vec![rename])).unwrap();
    assert_eq!((outcome.renamed, outcome.updated), (1, 1));
    let files = world.files();
    assert_eq!(world.paths(), ["warehouse/1-whole/00000001.ndjson", "warehouse/1-whole/00000002.ndjson"]);
    let second = &files[Path::new("warehouse/1-whole/00000002.ndjson")];
    assert!(second.lines().all(|line| line.contains(r#""audience":"The new""#)), "{second}");
}

#[test]
fn a_broken_output_holds_up_only_its_own_connections() {
    let mut world = World::new();
    let archive = world.outputs.remove(&name("archive")).unwrap();
    let create = change(Action::Create, "vip", Some(audience("vip")))
        .people(&[0], &[0], &[])
        .to("archive", WHOLE, &[0], &[])
        .to("warehouse", WHOLE, &[0], &[]);
    let outcome = world.apply(&world.plan(0..2, vec![create])).unwrap();
    assert_eq!((outcome.deliveries, outcome.pending, outcome.faults.len()), (1, 1, 1));
    let fault = &outcome.faults[0];
    assert!(matches!(&fault.error, OutputError::NotConfigured(output) if *output == name("archive")));
    assert_eq!((fault.sequence, &fault.address), (1, &name("vip")));
    // The next delivery waits behind the first.
    let more = change(Action::Refresh, "vip", Some(audience("vip")))
        .people(&[1], &[1], &[0])
        .to("archive", WHOLE, &[1], &[0])
        .to("warehouse", WHOLE, &[1], &[0]);
    let outcome = world.apply(&world.plan(0..0, vec![more])).unwrap();
    assert_eq!((outcome.deliveries, outcome.pending, outcome.faults.len()), (1, 2, 1));
    world.outputs.insert(name("archive"), archive);
    let outcome = world.apply(&world.plan(0..0, vec![])).unwrap();
    assert_eq!((outcome.deliveries, outcome.pending, outcome.serial), (2, 0, 2));
    assert_eq!(world.paths()[..2], ["archive/1-whole/00000001.ndjson", "archive/1-whole/00000002.ndjson"]);
    assert!(world.state().pending().unwrap().is_empty());
}

#[test]
fn files_of_other_deliveries_are_not_overwritten() {
    let mut world = World::new();
    let create = || {
        change(Action::Create, "vip", Some(audience("vip"))).people(&[0], &[0], &[]).to("warehouse", WHOLE, &[0], &[])
    };
    world.apply(&world.plan(0..1, vec![create()])).unwrap();
    let before = world.files();
    let occupied = |outcome: &Outcome| matches!(outcome.faults[0].error, OutputError::Occupied { .. });
    // The state was lost; the files of its deliveries are still there.
    let mut lost = World::new();
    lost.system = world.system.clone();
    let mut later = lost.plan(0..1, vec![create()]);
    later.made_from.now.0.0 += 1;
    let outcome = lost.apply(&later).unwrap();
    assert!(occupied(&outcome) && outcome.pending == 1, "{outcome:?}");
    // Another output with the same path.
    world.outputs.insert(name("archive"), Output { name: name("archive"), ..file_output("warehouse") });
    let also =
        change(Action::Refresh, "vip", Some(audience("vip"))).people(&[0], &[], &[]).to("archive", WHOLE, &[0], &[]);
    let mut later = world.plan(0..0, vec![also]);
    later.made_from.now.0.0 += 1;
    let outcome = world.apply(&later).unwrap();
    assert!(occupied(&outcome) && outcome.faults[0].error.to_string().contains("warehouse/1-whole/00000001.ndjson"));
    assert_eq!(world.files(), before);
    // Something that is no delivery at all.
    let odd = World::new();
    for text in ["hello\n", "{}", "\u{0}"] {
        write_bytes(&*odd.system, Path::new("/shop/warehouse/1-whole/00000001.ndjson"), text.as_bytes()).unwrap();
        let plan = if odd.state().head().unwrap().serial == 0 { vec![create()] } else { vec![] };
        let outcome = odd.apply(&odd.plan(0..plan.len() as i64, plan)).unwrap();
        assert!(occupied(&outcome), "{text:?}");
    }
}

#[test]
fn a_lock_that_was_taken_away_stops_the_deliveries() {
    let world = World::new();
    let create = change(Action::Create, "vip", Some(audience("vip")))
        .people(&[0], &[0], &[])
        .to("archive", WHOLE, &[0], &[])
        .to("warehouse", WHOLE, &[0], &[]);
    let plan = world.plan(0..1, vec![create]);
    let take_away = |progress: Progress<'_>| {
        if matches!(progress, Progress::Delivering { done: 0, total: 2, .. }) {
            let mut other = world.state();
            let holder = other.lock_info().unwrap().unwrap();
            other.break_lock(&holder.id).unwrap();
        }
    };
    let stopped = world.apply_with(&plan, &mut world.state(), &*world.system, &take_away, &false.into());
    assert!(matches!(stopped, Err(ApplyError::Undelivered { serial: 1, .. })), "{stopped:?}");
    assert_eq!(world.paths().len(), 1);
    // The first file is there and not noted; it is made again, the same.
    let files = world.files();
    assert_eq!(world.apply(&world.plan(0..0, vec![])).unwrap().deliveries, 2);
    assert!(files.iter().all(|(path, text)| world.files().get(path) == Some(text)));
}

#[test]
fn reach_counts_users_by_type() {
    let email = |text: &str| (IdentityType::Email, text.to_owned());
    let store = store([
        (1, vec![(IdentityType::CustomerId, "c".to_owned()), email("a"), email("b")]),
        (2, vec![email("c")]),
        (3, vec![]),
    ]);
    let directory = Directory::new(&store);
    let file = OutputKind::find("file").unwrap();
    let Reach { identities: types, unreachable } = reach(&directory, file, [1, 2, 3, 4].map(Mpid));
    assert_eq!(types, BTreeMap::from([(IdentityType::CustomerId, 1), (IdentityType::Email, 2)]));
    assert_eq!(unreachable, 2);
    let by_customer_id = OutputKind { identities: Some(&[IdentityType::CustomerId]), ..OutputKind::ALL[0] };
    let Reach { identities: types, unreachable } = reach(&directory, &by_customer_id, [1, 2].map(Mpid));
    assert_eq!((types, unreachable), (BTreeMap::from([(IdentityType::CustomerId, 1)]), 1));
}
