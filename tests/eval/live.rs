//! Whatever is written and however time passes: after every step what is kept is what a full evaluation and the reference say.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Now, Timestamp};
use aud::catalog::{LocationField, ProfileField};
use aud::eval::{Live, Stored, evaluate, horizon};
use aud::store::{Changed, EventRow, ProfileValue, SHARD_USERS, Store, Users, Writes};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use super::arbitrary::{Case, case};
use super::pools::DAY_MS;
use super::property::{cases, expected, listed, packed, stored};
use super::world::{Held, User, World, pairs};

/// How much of every user is known after a step, in quarters; how much later it is.
type Steps = Vec<([u8; 3], i64)>;

fn steps() -> impl Strategy<Value = Steps> {
    let later = select(vec![0, 1, 999, 1000, 3_600_000, DAY_MS - 1, DAY_MS, 6 * DAY_MS, 29 * DAY_MS, 40 * DAY_MS]);
    vec(([0..=4u8, 0..=4u8, 0..=4u8], later), 1..5)
}

/// What is known of everybody where so many quarters of users, of their profiles and of their events are.
pub(super) fn known(world: &World, [users, profiles, events]: [usize; 3]) -> World {
    let part = |len: usize, quarters: usize, at: usize| ((len * quarters + at % 4) / 4).min(len);
    let count = part(world.users.len(), users.max(1), 3);
    let of = |(at, user): (usize, &User)| User {
        sightings: user.sightings[..part(user.sightings.len(), profiles, at)].to_vec(),
        // A field that is not said yet holds something else before.
        fields: user
            .fields
            .iter()
            .enumerate()
            .filter(|(field, _)| (field + at) % 3 > 0 || profiles > 1)
            .map(|(field, (name, held))| {
                let other = || Held::Text(if at % 2 == 0 { "5" } else { "2026-02-28" }.to_owned());
                (name.clone(), if (field + at) % 4 < profiles { held.clone() } else { other() })
            })
            .collect(),
        devices: user.devices[..part(user.devices.len(), profiles, at)].to_vec(),
        places: user.places[..part(user.places.len(), profiles, at)].to_vec(),
        identities: user.identities[..part(user.identities.len(), profiles, at)].to_vec(),
        events: user.events[..part(user.events.len(), events, at)].to_vec(),
    };
    World { inputs: world.inputs.clone(), users: world.users.iter().take(count).enumerate().map(of).collect() }
}

/// What has to be written for the later of two worlds.
pub(super) fn writes(store: &Store, before: &World, after: &World) -> Writes {
    let mut writes = Writes::to(store);
    for (row, user) in after.users.iter().enumerate() {
        let nobody = User::default();
        let known = before.users.get(row).unwrap_or(&nobody);
        let at = if row < before.users.len() { row as u32 } else { writes.new_user(aud::base::Mpid(row as i64 - 3)) };
        for (workspace, at_ms) in &user.sightings[known.sightings.len()..] {
            writes.see(at, workspace, *at_ms);
        }
        for ((workspace, field), held) in &user.fields {
            if known.fields.get(&(workspace.clone(), field.clone())) != Some(held) {
                let value = match held {
                    Held::Null => ProfileValue::Null,
                    Held::Text(text) => ProfileValue::Text(text),
                    Held::List(entries) => ProfileValue::List(entries),
                };
                writes.field(at, workspace, field, value, None);
            }
        }
        for (workspace, field, value) in &user.devices[known.devices.len()..] {
            writes.field(at, workspace, &ProfileField::Device(*field), ProfileValue::Text(value), None);
        }
        for (workspace, at_ms, place) in &user.places[known.places.len()..] {
            for (_, field) in LocationField::ALL {
                let value = place.get(field).map_or(ProfileValue::Absent, |text| ProfileValue::Text(text));
                writes.field(at, workspace, &ProfileField::Location(*field), value, Some(*at_ms));
            }
        }
        for (identity, value) in &user.identities[known.identities.len()..] {
            writes.identity(at, *identity, value, None);
        }
        for event in &user.events[known.events.len()..] {
            let input = writes.input(&after.inputs[usize::from(event.input)]).unwrap();
            let products: Vec<_> = event.products.iter().map(pairs).collect();
            let row_of_event = EventRow {
                at_ms: event.at_ms,
                input,
                event_type: event.event_type,
                id: event.id.as_deref(),
                attributes: &pairs(&event.attributes),
                action: &pairs(&event.action),
                products: &products,
            };
            writes.event(at, &event.key, row_of_event);
        }
    }
    writes
}

/// Nothing changes before the instant that is said of each audience.
fn holds_until(live: &Live, case: &Case, store: &Store, bits: &Stored) -> Result<(), TestCaseError> {
    let now = live.memberships().now;
    for (address, until) in live.valid_until_all() {
        let last = until.map_or(now.ms() + 500 * DAY_MS, |until| until.0 - 1);
        prop_assert!(last >= now.ms(), "{address} holds until {last}");
        for at in [last, now.ms() + (last - now.ms()) / 2] {
            let then = evaluate(&case.model, store, Now(Timestamp(at)), None, bits);
            let (then, members) = (&then.audiences[&address], &live.memberships().audiences[&address]);
            prop_assert_eq!(then, members, "{} at {}", address, at);
        }
    }
    Ok(())
}

/// Until when memberships hold is the same where nothing is kept, of all audiences and of each alone.
fn looked_for(case: &Case, store: &Store, bits: &Stored) -> Result<(), TestCaseError> {
    let live = Live::new(&case.model, store, case.now, bits);
    let all = horizon(&case.model, store, case.now, None, bits);
    prop_assert_eq!(&all, &live.valid_until_all());
    for (address, until) in &all {
        let only = BTreeSet::from([address.clone()]);
        let alone = horizon(&case.model, store, case.now, Some(&only), bits);
        prop_assert_eq!(alone, BTreeMap::from([(address.clone(), *until)]));
        let is_kept = case.model.audiences[address].standard.is_some() && bits.0.contains_key(address);
        prop_assert!(!is_kept || until.is_none(), "{} is stored", address);
    }
    holds_until(&live, case, store, bits)
}

#[test]
fn what_is_kept_is_what_a_full_evaluation_says() {
    let config = ProptestConfig { cases: cases(300), failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&(case(9), steps()), |(mut case, steps)| {
        let whole = case.world.clone();
        let mut quarters = [2, 1, 1usize];
        case.world = known(&whole, quarters);
        case.now = Now(Timestamp(case.now.ms() - 8 * DAY_MS));
        let count = case.world.users.len();
        case.stored.values_mut().for_each(|bits| bits.iter_mut().skip(count).for_each(|bit| *bit = false));
        let bits = stored(&case.stored, &packed(&case));
        let mut store = case.world.packed();
        let mut live = Live::new(&case.model, &store, case.now, &bits);
        prop_assert_eq!(listed(live.memberships()), expected(&case, &packed(&case)));
        looked_for(&case, &store, &bits)?;
        for (more, later) in steps {
            quarters = std::array::from_fn(|at| quarters[at].max(usize::from(more[at])));
            let after = known(&whole, quarters);
            let batch = writes(&store, &case.world, &after);
            // A batch may be kept and read again.
            let batch: Writes = serde_json::from_str(&serde_json::to_string(&batch).unwrap()).unwrap();
            let before = store.users.clone();
            let (next, changed) = store.append(batch).unwrap();
            store = next;
            marked(&before, &store, &changed)?;
            case.world = after;
            case.now = Now(Timestamp(case.now.ms() + later));
            let before = live.memberships().clone();
            let advanced = live.advance(&store, &changed, case.now);
            prop_assert_eq!(advanced.whole, None);
            let rows = packed(&case);
            let full = evaluate(&case.model, &store, case.now, None, &bits);
            prop_assert_eq!(listed(&full), expected(&case, &rows), "the store with what was written");
            prop_assert_eq!(live.memberships(), &full);
            let moved: BTreeMap<_, _> =
                advanced.moves.into_iter().map(|(address, moves)| (address, (moves.adds, moves.drops))).collect();
            for (address, members) in &full.audiences {
                let (adds, drops) = moved.get(address).cloned().unwrap_or_default();
                prop_assert_eq!(
                    (&adds, &drops),
                    (&(members - &before.audiences[address]), &(&before.audiences[address] - members))
                );
            }
            holds_until(&live, &case, &store, &bits)?;
            looked_for(&case, &store, &bits)?;
        }
        let back = live.advance(&store, &idle(&store), Now(Timestamp(case.now.ms() - DAY_MS)));
        prop_assert_eq!(back.whole, Some(aud::eval::Whole::Earlier));
        let full = evaluate(&case.model, &store, live.memberships().now, None, &bits);
        prop_assert_eq!(live.memberships(), &full);
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// Whom a batch touches, and nobody else, was last written to in its version.
fn marked(before: &Users, store: &Store, changed: &Changed) -> Result<(), TestCaseError> {
    let said = changed.sightings.values().chain(changed.fields.values()).flatten();
    let mut touched: BTreeSet<u32> =
        said.chain(&changed.identities).copied().chain(changed.new_users.clone()).collect();
    for (shard, events) in changed.events.values().flatten().flat_map(|table| table.shards.iter().enumerate()) {
        touched.extend(events.users.iter().map(|user| (shard * SHARD_USERS) as u32 + u32::from(*user)));
    }
    for row in 0..store.user_count() as u32 {
        let expected = if touched.contains(&row) { Some(changed.to_version) } else { before.changed(row) };
        prop_assert_eq!(store.users.changed(row), expected);
    }
    Ok(())
}

fn idle(store: &Store) -> Changed {
    Changed { from_version: store.version, to_version: store.version, ..Changed::default() }
}
