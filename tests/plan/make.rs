//! What happens to audiences: created, changed, refreshed, deleted, left alone.

use std::collections::BTreeSet;

use aud::base::Mpid;
use aud::ir::{Access, Audience, Connection, ConnectionStatus, Status, VariantName};
use aud::members::bucket;
use aud::plan::{Action, Counts};
use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::world::*;

#[test]
fn nothing_to_do_is_an_empty_plan() {
    let world = World::new().keep(audience("vip", more_than("ltv", 500.0)), 0..10);
    let plan = world.plan();
    assert!(plan.is_empty());
    assert_eq!((plan.unchanged, plan.new_users.len()), (1, 0));
}

#[test]
fn deliveries_that_are_still_to_be_made_are_something_to_do() {
    let mut world = World::new().keep(audience("vip", more_than("ltv", 500.0)), 0..10);
    world.snapshot.pending = 3;
    let plan = world.plan();
    assert!(plan.changes.is_empty() && !plan.is_empty());
    assert_eq!(plan.counts().pending, 3);
}

#[test]
fn each_audience_gets_its_action_and_deletions_come_first() {
    let world = World::new()
        .write(audience("a_new", more_than("ltv", 1.0)), 0..5)
        .deploy(audience("b_changed", more_than("ltv", 500.0)), 0..10)
        .write(audience("b_changed", more_than("ltv", 400.0)), 5..20)
        .deploy(audience("c_refreshed", more_than("age", 1.0)), 0..10)
        .write(audience("c_refreshed", more_than("age", 1.0)), 1..10)
        .keep(audience("d_same", more_than("age", 2.0)), 3..4)
        .deploy(audience("z_deleted", more_than("age", 3.0)), 90..95);
    let plan = world.plan();
    let actions: Vec<_> = plan.changes.iter().map(|change| (change.action, change.address.as_str())).collect();
    let expected = [
        (Action::Delete, "z_deleted"),
        (Action::Create, "a_new"),
        (Action::Update, "b_changed"),
        (Action::Refresh, "c_refreshed"),
    ];
    assert_eq!(actions, expected);
    let counts = Counts {
        replace: 0,
        activate: 0,
        pause: 0,
        add: 1,
        change: 1,
        rename: 0,
        delete: 1,
        refresh: 1,
        unchanged: 1,
        enter: 5 + 10,
        leave: 5 + 1 + 5,
        deliveries: 0,
        pending: 0,
    };
    assert_eq!(plan.counts(), counts);
    let changed = &plan.changes[2];
    assert_eq!((changed.people.before, changed.people.size_after()), (10, Some(15)));
    assert_eq!((&changed.people.adds, &changed.people.drops), (&set(10..20), &set(0..5)));
    assert_eq!(plan.changes[0].people.drops, set(90..95));
    assert_eq!(plan.changes[0].people.after, None);
    assert!(plan.changes[3].fields.is_empty());
}

#[test]
fn a_plan_made_twice_is_the_same() {
    let world = World::new().write(audience("vip", more_than("ltv", 1.0)), [3, 5, 8]);
    assert_eq!(world.plan(), world.plan());
}

#[test]
fn members_go_by_mpid_whatever_the_rows_are() {
    let mut world = World::new();
    // The state knows 1000 to 1099; this store has some of them in another order, and two new ones.
    world.rows = vec![5, 1003, 1001, 7, 1000];
    let vip = audience("vip", more_than("ltv", 1.0));
    let wide = audience("a_wide", more_than("ltv", 0.0));
    let world = world.deploy(vip.clone(), [0, 1, 2]).write(vip, [1, 2, 3, 4]).write(wide, [0, 4]);
    let plan = world.plan();
    // New users by ascending row over all audiences: 5 (row 0), then 7 (row 3).
    assert_eq!(plan.new_users, [Mpid(5), Mpid(7)]);
    let vip = &plan.changes[1];
    assert_eq!(vip.people.after, Some(set([0, 1, 3, 101])));
    assert_eq!((&vip.people.adds, &vip.people.drops), (&set([3, 101]), &set([2])));
    assert_eq!(plan.changes[0].people.after, Some(set([0, 100])));
}

#[test]
fn the_same_users_in_another_store_are_no_change() {
    let mut world = World::new();
    world.rows.reverse();
    let vip = audience("vip", more_than("ltv", 1.0));
    let world = world.deploy(vip.clone(), 0..10).write(vip, 90..100);
    assert!(world.plan().is_empty());
}

#[test]
fn a_draft_is_not_evaluated() {
    let draft = Audience { status: Status::Draft, ..audience("vip", more_than("ltv", 1.0)) };
    let plan = World::new().write(draft.clone(), 0..5).plan();
    assert_eq!(only(&plan).people, aud::plan::People::default());

    let world = World::new().deploy(audience("vip", more_than("ltv", 1.0)), 0..5).write(draft.clone(), []);
    let plan = world.plan();
    assert_eq!(fields(only(&plan)), ["status: active -> draft"]);
    assert_eq!((&only(&plan).people.after, only(&plan).people.drops.len()), (&None, 5));

    let plan = World::new().deploy(draft, []).write(audience("vip", more_than("ltv", 1.0)), 0..5).plan();
    assert_eq!((only(&plan).people.before, only(&plan).people.adds.len()), (0, 5));
}

#[test]
fn an_active_audience_that_was_not_evaluated_is_refused_rather_than_emptied() {
    let mut world = World::new().keep(audience("vip", more_than("ltv", 500.0)), 0..10);
    world.members.clear();
    assert!(world.refusals()[0].starts_with("`vip` is active and was not evaluated"));
}

#[test]
fn fields_come_in_the_order_of_the_language() {
    let old = Audience {
        tags: ["Old".to_owned(), "Kept".to_owned()].into(),
        protect: true,
        doc: Some("Once.".to_owned()),
        ..audience("vip", more_than("ltv", 500.0))
    };
    let new = Audience {
        name: "VIP".to_owned(),
        external_name: "vip_v2".to_owned(),
        tags: ["Kept".to_owned(), "New".to_owned()].into(),
        inputs: [inputs().pop_first().unwrap()].into(),
        access: Access::Private,
        doc: None,
        split: Some(split("test", &[("push", 40)])),
        connections: vec![connect(variant("push"), "warehouse")],
        protect: false,
        ..audience("vip", more_than("ltv", 400.0))
    };
    let plan = World::new().deploy(old, 0..10).write(new.clone(), 0..10).plan();
    let expected = [
        r#"name: "vip" -> "VIP""#,
        r#"external_name: "vip" -> "vip_v2""#,
        "inputs: shop.web -> nothing",
        r#"tags: nothing -> "New""#,
        r#"tags: "Old" -> nothing"#,
        "access: usable -> private",
        "protect: true -> false",
        "doc: Once. -> nothing",
        r#"match: user "ltv" > 500 -> [user "ltv" ]> 400"#,
        r#"split: nothing -> test: push "The push" 40% · control 60%"#,
        "connect warehouse / push: nothing -> sending",
    ];
    assert_eq!(fields(only(&plan)), expected);

    let plan = World::new().write(new, 0..10).plan();
    let created: Vec<_> = only(&plan).fields.iter().map(|field| field.field.as_str()).collect();
    let expected = [
        "name",
        "external_name",
        "workspaces",
        "inputs",
        "tags",
        "status",
        "access",
        "protect",
        "match",
        "split",
        "connect warehouse / push",
    ];
    assert_eq!(created, expected);
}

#[test]
fn a_protected_audience_is_not_deleted() {
    let protected = Audience { protect: true, ..audience("vip", more_than("ltv", 1.0)) };
    let world = World::new().deploy(protected, 0..5);
    insta::assert_snapshot!(world.refusals().join("\n"), @r#"
`vip` is protected and would be deleted; keep `vip`, or first apply it with `protect false` and delete it then
"#);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever was there and whatever is written: who was in, less who leaves, and who enters, is who is in; of the
    /// audience, of each variant, and of each connection.
    #[test]
    fn what_is_sent_leads_from_before_to_after(
        before in prop::collection::btree_set(0u32..100, 0..60),
        after in prop::collection::btree_set(0u32..120, 0..60),
        shares in (1u8..=50, 1u8..=50),
        (was_draft, is_draft, was_sending, is_sending) in any::<(bool, bool, bool, bool)>(),
    ) {
        let mut world = World::new();
        // The store's rows are the state's numbers turned round, with new users in front.
        world.rows = (1000..1120).rev().collect();
        let definition = |draft: bool, sending: bool| {
            let status = if sending { ConnectionStatus::Sending } else { ConnectionStatus::Inactive };
            Audience {
                status: if draft { Status::Draft } else { Status::Active },
                split: Some(split("test", &[("push", shares.0), ("email", shares.1)])),
                connections: vec![
                    Connection { status, ..connect(VariantName::Whole, "warehouse") },
                    Connection { status, ..connect(variant("push"), "warehouse") },
                    Connection { status, ..connect(VariantName::Control, "archive") },
                ],
                ..audience("vip", more_than("ltv", 1.0))
            }
        };
        let world = world
            .deploy(definition(was_draft, was_sending), before.iter().copied())
            .write(definition(is_draft, is_sending), after.iter().copied());
        let plan = world.plan();
        let mpids: Vec<Mpid> = world.snapshot.mpids.iter().chain(&plan.new_users).copied().collect();
        let before: BTreeSet<Mpid> = before.iter().map(|number| mpids[*number as usize]).collect();
        let after: BTreeSet<Mpid> = after.iter().map(|row| Mpid(world.rows[*row as usize])).collect();
        let nobody = BTreeSet::new();
        let (before, after) = (if was_draft { &nobody } else { &before }, if is_draft { &nobody } else { &after });
        let part = |people: &BTreeSet<Mpid>, buckets: std::ops::Range<u8>| -> BTreeSet<Mpid> {
            people.iter().copied().filter(|mpid| buckets.contains(&bucket("shop/vip/test", *mpid))).collect()
        };
        let moved = |adds: &RoaringBitmap, drops: &RoaringBitmap, people: &BTreeSet<Mpid>| {
            let set = |bitmap: &RoaringBitmap| bitmap.iter().map(|n| mpids[n as usize]).collect::<BTreeSet<Mpid>>();
            let (adds, drops) = (set(adds), set(drops));
            assert!(drops.is_subset(people) && adds.is_disjoint(people), "nobody enters or leaves twice");
            people.difference(&drops).chain(&adds).copied().collect::<BTreeSet<Mpid>>()
        };
        let Some(change) = plan.changes.first() else {
            prop_assert!(before == after && was_draft == is_draft && was_sending == is_sending);
            return Ok(());
        };
        prop_assert_eq!(&moved(&change.people.adds, &change.people.drops, before), after);
        let (push, control) = (0..shares.0, shares.0 + shares.1..100);
        let ranges = [(VariantName::Whole, 0..100), (variant("push"), push), (VariantName::Control, control)];
        for (name, buckets) in ranges {
            let carried = |people, sending| if sending { part(people, buckets.clone()) } else { BTreeSet::new() };
            let (was, is) = (carried(before, was_sending), carried(after, is_sending));
            match change.connections.iter().find(|each| each.variant == name) {
                Some(sent) => prop_assert_eq!(moved(&sent.adds, &sent.drops, &was), is),
                None => prop_assert_eq!(was, is),
            }
            if let Some((_, people)) = change.variants.iter().find(|(each, _)| *each == name) {
                let was = part(before, buckets.clone());
                prop_assert_eq!(moved(&people.adds, &people.drops, &was), part(after, buckets));
            }
        }
    }
}
