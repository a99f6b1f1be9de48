//! A few users of a store, and how users are found.

use std::collections::BTreeMap;

use aud::base::Mpid;
use aud::catalog::{CustomEventType, EventKey, IdentityType};
use aud::store::{Builder, EventRow, SHARD_USERS};
use proptest::prelude::*;

use super::random::{build, step};
use super::support::{describe, input, said};

proptest! {
    #[test]
    fn some_users_are_as_they_were(
        steps in proptest::collection::vec(step(), 0..40),
        rows in proptest::collection::vec(0u32..9, 0..6),
    ) {
        let store = build(&steps);
        let some = store.only(&rows);
        let mut asked: Vec<Mpid> = Vec::new();
        for mpid in rows.iter().filter_map(|row| store.users.mpid(*row)) {
            if !asked.contains(&mpid) {
                asked.push(mpid);
            }
        }
        prop_assert_eq!(some.users.mpids.to_vec(), asked.iter().map(|mpid| mpid.0).collect::<Vec<_>>());
        let whole: BTreeMap<_, _> = describe(&store).into_iter().filter(|(mpid, _)| asked.contains(mpid)).collect();
        prop_assert_eq!(describe(&some), whole);
        let times: Vec<_> = said(&store).into_iter().filter(|(mpid, ..)| asked.contains(mpid)).collect();
        prop_assert_eq!(said(&some), times);
    }
}

#[test]
fn users_of_many_shards_come_together_and_keep_the_order_of_their_events() {
    let inputs = [input("shop.web")];
    let mut builder = Builder::new(&inputs);
    let key = EventKey::custom("View");
    let last = (2 * SHARD_USERS) as u32;
    for user in 0..=last {
        builder.user(Mpid(i64::from(user)));
    }
    for (row, page) in [(last, "a"), (last, "b"), (7, "c"), (last, "d"), (SHARD_USERS as u32, "e")] {
        let event = EventRow {
            at_ms: 5,
            input: 0,
            event_type: CustomEventType::Other,
            id: None,
            attributes: &[("page", Some(page))],
            action: &[],
            products: &[],
        };
        builder.event(row, &key, event);
    }
    let store = builder.finish("id", 1);
    let some = store.only(&[last, 7]);
    let table = &some.events[&key][0];
    assert_eq!((some.user_count(), table.shards.len(), table.attributes["page"].len()), (2, 1, 6));
    let shard = &table.shards[0];
    let of = |user: u16| {
        let own = (0..shard.times.len()).filter(|at| shard.users[*at] == user);
        own.map(|at| table.attributes["page"].text(shard.columns["page"][at]).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((of(0), of(1)), (vec!["a", "b", "d"], vec!["c"]));
    assert!(store.only(&[3]).events.is_empty());
}

#[test]
fn users_are_found_by_number_and_by_identity() {
    let mut builder = Builder::new(&[]);
    for (mpid, email) in [(-7, "Ann@b.example"), (9, "bob@b.example"), (11, "ann@B.example"), (12, "")] {
        let row = builder.user(Mpid(mpid));
        builder.identity(row, IdentityType::Email, email);
        builder.identity(row, IdentityType::Other, "ann@b.example");
    }
    let store = builder.finish("id", 1);
    assert_eq!((store.row(Mpid(9)), store.row(Mpid(1))), (Some(1), None));
    assert_eq!(store.rows_of(IdentityType::Email, " ANN@b.example"), [0, 2]);
    assert_eq!(store.rows_of(IdentityType::Email, "ann"), [0u32; 0]);
    assert_eq!(store.rows_of(IdentityType::Other, "ann@b.example"), [3], "an identity is one user's");
    assert_eq!(store.rows_of(IdentityType::Twitter, "ann@b.example"), [0u32; 0]);
}
