//! A/B tests in a plan (M15, M16).

use aud::base::Mpid;
use aud::estimate::sample_ratio;
use aud::ir::{Audience, Split, Status, VariantName};
use aud::members::bucket;
use aud::plan::Plan;
use aud::report::plan::split_warning;
use aud::workbench::split_warnings;

use super::world::*;

const SHARES: &[(&str, u8)] = &[("push", 40), ("email", 40)];

fn tested(address: &str, split: Split) -> Audience {
    let connections = vec![connect(variant("push"), "warehouse"), connect(VariantName::Control, "archive")];
    Audience { split: Some(split), connections, ..audience(address, more_than("ltv", 1.0)) }
}

fn in_buckets(salt: &str, members: std::ops::Range<u32>, buckets: std::ops::Range<u8>) -> roaring::RoaringBitmap {
    members.filter(|number| buckets.contains(&bucket(salt, Mpid(i64::from(*number) + 1000)))).collect()
}

fn salt(plan: &Plan) -> &str {
    only(plan).salt.as_deref().unwrap()
}

#[test]
fn variants_own_their_buckets_and_control_the_rest() {
    let plan = World::new().write(tested("vip", split("test", SHARES)), 0..80).plan();
    assert_eq!(salt(&plan), "shop/vip/test");
    let change = only(&plan);
    let names: Vec<_> = change.variants.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["push", "email", "control"]);
    let push = in_buckets("shop/vip/test", 0..80, 0..40);
    let control = in_buckets("shop/vip/test", 0..80, 80..100);
    assert!(push.len() > 10 && control.len() > 5);
    assert_eq!(change.variants[0].1.adds, push);
    assert_eq!(change.variants[2].1.after, Some(control.clone()));
    assert_eq!(change.connections[0].adds, push);
    assert_eq!(change.connections[0].downstream_name, "vip - The push");
    assert_eq!(
        (&change.connections[1].adds, change.connections[1].downstream_name.as_str()),
        (&control, "vip - Control")
    );
}

#[test]
fn members_keep_their_variant_and_only_differences_are_sent() {
    let vip = tested("vip", split("test", SHARES));
    let plan = World::new().deploy(vip.clone(), 0..60).write(vip, 10..80).plan();
    let push = &only(&plan).variants[0].1;
    assert_eq!(push.adds, in_buckets("shop/vip/test", 60..80, 0..40));
    assert_eq!(push.drops, in_buckets("shop/vip/test", 0..10, 0..40));
    assert_eq!(push.before, in_buckets("shop/vip/test", 0..60, 0..40).len());
    assert_eq!((&only(&plan).connections[0].adds, &only(&plan).connections[0].drops), (&push.adds, &push.drops));
}

#[test]
fn the_salt_outlives_a_rename_and_a_draft() {
    let (old, new) = (tested("old", split("test", SHARES)), tested("new", split("test", SHARES)));
    let plan = World::new().deploy(old.clone(), 0..60).write(new.clone(), 0..60).moved("old", "new").plan();
    assert_eq!(salt(&plan), "shop/old/test");
    assert!(only(&plan).connections.is_empty());
    let draft = Audience { status: Status::Draft, ..old };
    let plan = World::new().deploy(draft, []).write(new, 0..60).moved("old", "new").plan();
    assert_eq!(salt(&plan), "shop/old/test");
}

#[test]
fn another_name_is_another_test() {
    let (old, new) = (tested("vip", split("first", SHARES)), tested("vip", split("second", &[("push", 70)])));
    let plan = World::new().deploy(old, 0..60).write(new, 0..60).plan();
    assert_eq!(salt(&plan), "shop/vip/second");
    let (was, is) = (in_buckets("shop/vip/first", 0..60, 0..40), in_buckets("shop/vip/second", 0..60, 0..70));
    // The variant is a new one, though its name is not; the connection carries on and is sent what differs.
    assert_eq!((only(&plan).variants[0].1.before, &only(&plan).variants[0].1.adds), (0, &is));
    assert_eq!(only(&plan).connections[0].adds, &is - &was);
    assert_eq!(only(&plan).connections[0].drops, &was - &is);
}

#[test]
fn a_salt_set_by_hand_is_used() {
    let by_hand = Split { salt: Some("s3".to_owned()), ..split("test", SHARES) };
    let plan = World::new().write(tested("vip", by_hand), 0..60).plan();
    assert_eq!(salt(&plan), "s3");
    assert_eq!(only(&plan).variants[0].1.adds, in_buckets("s3", 0..60, 0..40));
}

#[test]
fn a_running_test_is_fixed() {
    let vip = |split| tested("vip", split);
    let running = || World::new().deploy(vip(split("test", SHARES)), 0..60);
    let by_hand = Split { salt: Some("s3".to_owned()), ..split("test", SHARES) };
    let refused = [
        running().write(vip(split("test", &[("push", 50), ("email", 40)])), 0..60),
        running().write(vip(split("test", &[("email", 40), ("push", 40)])), 0..60),
        running().write(vip(by_hand), 0..60),
    ];
    let texts: Vec<String> = refused.iter().flat_map(World::refusals).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
the split `test` of `vip` runs as push 40%, email 40%, control 20% and cannot become push 50%, email 40%, control 10%; a test that runs is fixed: give the split a new name to start a new test, or end this one and start it anew with --replace vip
the split `test` of `vip` runs as push 40%, email 40%, control 20% and cannot become email 40%, push 40%, control 20%; a test that runs is fixed: give the split a new name to start a new test, or end this one and start it anew with --replace vip
the split `test` of `vip` runs as push 40%, email 40%, control 20%, salt `shop/vip/test` and cannot become push 40%, email 40%, control 20%, salt `s3`; a test that runs is fixed: give the split a new name to start a new test, or end this one and start it anew with --replace vip
"#);
}

#[test]
fn a_test_may_end_be_retitled_or_be_set_up_anew_in_a_draft() {
    let vip = tested("vip", split("test", SHARES));
    let ended = Audience { split: None, connections: Vec::new(), ..vip.clone() };
    let plan = World::new().deploy(vip.clone(), 0..60).write(ended, 0..60).plan();
    assert_eq!(only(&plan).connections[0].drops, in_buckets("shop/vip/test", 0..60, 0..40));
    assert!(only(&plan).variants.is_empty() && only(&plan).salt.is_none());

    let mut titled = vip.clone();
    titled.split.as_mut().unwrap().variants[0].title = "Push it".to_owned();
    let plan = World::new().deploy(vip.clone(), 0..60).write(titled, 0..60).plan();
    assert_eq!(only(&plan).fields.len(), 1);

    let draft = Audience { status: Status::Draft, ..vip };
    let world = World::new().deploy(draft, []).write(tested("vip", split("test", &[("push", 9)])), 0..60);
    assert!(world.try_plan().is_ok());
}

#[test]
fn the_same_salt_written_down_by_hand_changes_nobody() {
    let by_hand = Split { salt: Some("shop/vip/test".to_owned()), ..split("test", SHARES) };
    let world = World::new().deploy(tested("vip", split("test", SHARES)), 0..60).write(tested("vip", by_hand), 0..60);
    let plan = world.plan();
    assert!(only(&plan).connections.is_empty());
    assert_eq!(plan.counts().enter, 0);
}

/// Everybody of the world, under a salt set by hand.
fn salted(address: &str, salt: &str) -> Audience {
    tested(address, Split { salt: Some(salt.to_owned()), ..split("test", SHARES) })
}

/// The first salt under which hundred people come out as asked, or hardly ever do.
fn salt_that_is(far_off: bool) -> String {
    let found = (0..100_000).map(|number| format!("salt {number}")).find(|salt| {
        let sizes = [0..40, 40..80, 80..100].map(|buckets| in_buckets(salt, 0..100, buckets).len());
        sample_ratio(&[40, 40, 20], &sizes).is_some_and(|chance| if far_off { chance < 0.001 } else { chance > 0.1 })
    });
    found.unwrap()
}

#[test]
fn a_split_that_came_out_far_off_is_told_before_anything_of_it_is_sent() {
    let (bad, good) = (salt_that_is(true), salt_that_is(false));
    let plan = World::new().write(salted("vip", &bad), 0..100).plan();
    let [warning] = split_warnings(&plan).try_into().unwrap();
    assert_eq!((warning.address.as_str(), warning.split.as_str()), ("vip", "test"));
    assert_eq!(warning.variants.iter().map(|(_, share, _)| *share).collect::<Vec<_>>(), [40, 40, 20]);
    assert_eq!(warning.variants.iter().map(|(_, _, people)| *people).sum::<u64>(), 100);
    assert!(warning.chance < 0.001);
    let text = split_warning(&warning, true);
    let [push, email, control] = [0, 1, 2].map(|at| warning.variants[at].2);
    let found = format!(
        "came out as push {push} · email {email} · control {control} where push 40% · email 40% · control 20% was asked for"
    );
    assert!(text.starts_with("warning: the split `test` of `vip` ") && text.contains(&found), "{text}");
    assert!(text.ends_with("look at the salt before anything is sent"), "{text}");
    let quiet = split_warning(&warning, false);
    assert!(!quiet.contains("came out as") && quiet.contains("below 1 in 1,000"), "{quiet}");

    let plan = World::new().write(salted("vip", &good), 0..100).plan();
    assert_eq!(split_warnings(&plan), []);
}

#[test]
fn a_split_that_is_sent_already_or_not_at_all_is_not_held_against_its_shares() {
    let bad = salt_that_is(true);
    let unconnected = Audience { connections: Vec::new(), ..salted("vip", &bad) };
    assert_eq!(split_warnings(&World::new().write(unconnected.clone(), 0..100).plan()), []);
    // It begins to be sent: now it is.
    let begins = World::new().deploy(unconnected, 0..100).write(salted("vip", &bad), 0..100).plan();
    assert_eq!(split_warnings(&begins).len(), 1);
    // One more connection of a test that runs: its buckets are what they are.
    let mut more = salted("vip", &bad);
    more.connections.push(connect(variant("email"), "archive"));
    let runs = World::new().deploy(salted("vip", &bad), 0..100).write(more, 0..100).plan();
    assert_eq!(split_warnings(&runs), []);
    let draft = Audience { status: Status::Draft, ..salted("vip", &bad) };
    assert_eq!(split_warnings(&World::new().write(draft, 0..100).plan()), []);
}
