//! Every family of leaves, at both sides of the edges of words, blocks and shards.

use std::collections::BTreeSet;

use aud::base::TimeFilter;
use aud::catalog::{EventKey, IdentityType};
use aud::eval::{Stored, evaluate};
use aud::ir::{Condition, Count, Criterion, EventTest, Events, Kind, Predicate, SeenEdge, Unit};
use aud::store::SHARD_USERS;

use super::world::{User, World, audience, days, input, model, name, now, workspaces};

const SHARD: u32 = SHARD_USERS as u32;
const ROWS: [u32; 12] =
    [0, 1, 63, 64, 8191, 8192, SHARD - 1, SHARD, SHARD + 1, 2 * SHARD - 1, 2 * SHARD, 2 * SHARD + 1];

/// What sets a user apart. The first ones of each shard are ordinary and later ones are not, or the other way round, so that
/// no shard looks like another.
fn is_special(at: usize) -> bool {
    [1, 2, 5, 7, 10].contains(&at)
}

fn events(predicate: Predicate, least: u64) -> Kind {
    Kind::Event(Box::new(EventTest {
        events: Events {
            event: EventKey::custom("Buy"),
            event_type: None,
            unit: Unit::Event,
            filter: Some(Condition::Attribute { part: None, attribute: "coupon".into(), predicate }),
            time: None,
            inputs: BTreeSet::from([input("shop.web")]),
        },
        count: Count { least, most: None },
    }))
}

#[test]
fn every_family_finds_its_users_in_every_shard() {
    let now = now("2018-09-09T13:00:00Z");
    let shop = || workspaces(&["shop"]);
    let users = (0..ROWS.len()).map(|at| {
        let user = User::default().seen("shop", now.ms() - days(20).0);
        if is_special(at) {
            let coupon = [("coupon", Some("x"))];
            let user = user.with("shop", "plan", Some("pro")).known_as(IdentityType::Email, &format!("u{at}@pro"));
            user.does_with("Buy", 0, now.ms(), &coupon).does_with("Buy", 0, now.ms(), &coupon)
        } else {
            user.with("shop", "plan", Some("free")).does("Buy", 0, now.ms() - days(10).0)
        }
    });
    let world = World { inputs: vec![input("shop.web")], users: users.collect() };
    let (special, ordinary): (Vec<_>, Vec<_>) = (0..ROWS.len()).partition(|at| is_special(*at));
    let rows = |ats: &[usize]| ats.iter().map(|at| ROWS[*at]).collect::<Vec<_>>();

    let plan = |is: &str| {
        let predicate = Predicate::Is(is.to_owned());
        Kind::UserAttribute { attribute: "plan".into(), list: false, predicate, workspaces: shop() }
    };
    let mail = Kind::Identity { identity: IdentityType::Email, predicate: Predicate::Exists, workspaces: shop() };
    let seen = Kind::Seen { edge: SeenEdge::Last, time: TimeFilter::WithinLast(days(1)), workspaces: shop() };
    let is_x = || Predicate::Is("x".into());
    for (what, kind, expected) in [
        ("attribute", plan("pro"), rows(&special)),
        ("attribute, the others", plan("free"), rows(&ordinary)),
        ("identity", mail.clone(), rows(&special)),
        ("no identity", Kind::Not(Box::new(Criterion::new(mail))), rows(&ordinary)),
        ("seen", seen, rows(&special)),
        ("once", events(is_x(), 1), rows(&special)),
        ("twice", events(is_x(), 2), rows(&special)),
        ("as often as a narrow counter cannot count", events(is_x(), 300), Vec::new()),
        ("without the attribute", events(Predicate::Empty, 1), rows(&ordinary)),
        ("everyone", Kind::Everyone, ROWS.to_vec()),
    ] {
        let members =
            evaluate(&model([audience("a", shop(), kind)]), &world.store(&ROWS), now, None, &Stored::default());
        assert_eq!(members.audiences[&name("a")].iter().collect::<Vec<_>>(), expected, "{what}");
    }
}

/// Shards and columns that are shorter than others: an attribute, or a whole event, that only the first shard knows.
#[test]
fn what_a_shard_does_not_have_is_missing_there() {
    let now = now("2018-09-09T13:00:00Z");
    let seen = || User::default().seen("shop", now.ms());
    let coupon = seen().with("shop", "plan", Some("pro")).does_with("Buy", 0, now.ms(), &[("coupon", Some("x"))]);
    let world = World { inputs: vec![input("shop.web")], users: vec![coupon, seen().does("Buy", 0, now.ms()), seen()] };
    let no_plan = Kind::UserAttribute {
        attribute: "plan".into(),
        list: false,
        predicate: Predicate::Empty,
        workspaces: workspaces(&["shop"]),
    };
    let rows = [0, SHARD, 2 * SHARD];
    for (kind, expected) in [
        (events(Predicate::Empty, 1), vec![SHARD]),
        (events(Predicate::Exists, 1), vec![0]),
        (Kind::Not(Box::new(Criterion::new(events(Predicate::Exists, 1)))), vec![SHARD, 2 * SHARD]),
        (no_plan, vec![SHARD, 2 * SHARD]),
    ] {
        let model = model([audience("a", workspaces(&["shop"]), kind.clone())]);
        let members = evaluate(&model, &world.store(&rows), now, None, &Stored::default());
        assert_eq!(members.audiences[&name("a")].iter().collect::<Vec<_>>(), expected, "{kind:?}");
    }
}
