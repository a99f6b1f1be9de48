//! Explanations of random memberships: verdicts are the evaluator's, the fewest changes turn the membership round and no
//! fewer do, and time turns it exactly when trying every instant says so.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Address, Now, Timestamp, value::read_date};
use aud::eval::{Stored, evaluate};
use aud::explain::{Explanation, Fact, Fewest, Inside, Node, Question, Turn, Value, explain};
use aud::ir::{Audience, Criterion, Kind, Model, Predicate, Status};
use aud::store::Store;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::arbitrary::{Case, case};
use super::world::{Held, User, audience, name};

fn check(cases: u32, users: usize, property: impl Fn(Case) -> TestCaseResult) {
    // Each case asks many times: the share is a tenth of what the main property gets.
    let cases = super::property::cases(10 * cases) / 10;
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let outcome = TestRunner::new(config).run(&case(users), property);
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

/// Every user with every active audience.
fn each(case: &Case, mut property: impl FnMut(&Audience, u32, &Explanation) -> TestCaseResult) -> TestCaseResult {
    let store = case.world.packed();
    let stored = BTreeMap::new();
    for audience in case.model.audiences.values().filter(|each| each.status == Status::Active) {
        for row in 0..case.world.users.len() as u32 {
            let (model, address) = (&case.model, &audience.address);
            let question = Question { model, store: &store, row, audience: address, now: case.now, stored: &stored };
            property(audience, row, &explain(&question).unwrap())?;
        }
    }
    Ok(())
}

fn member(model: &Model, store: &Store, now: Now, address: &Address, row: u32) -> bool {
    let only = BTreeSet::from([address.clone()]);
    evaluate(model, store, now, Some(&only), &Stored::default()).audiences.values().any(|rows| rows.contains(row))
}

/// Pairs criteria with their nodes: the same shape, complements of single criteria aside. Random criteria have no origins,
/// so that they keep their order.
fn pairs<'a>(criterion: &'a Criterion, node: &'a Node, into: &mut Vec<(&'a Criterion, &'a Node)>) {
    into.push((criterion, node));
    match (&criterion.kind, &node.inside) {
        (Kind::All(inner), Inside::All(nodes)) | (Kind::Any(inner), Inside::Any(nodes)) => {
            assert_eq!(inner.len(), nodes.len());
            inner.iter().zip(nodes).for_each(|(inner, node)| pairs(inner, node, into));
        }
        (Kind::Not(inner), Inside::Not(node)) => pairs(inner, node, into),
        _ => {}
    }
}

#[test]
fn every_verdict_is_the_evaluators() {
    check(60, 4, |case| {
        let store = case.world.packed();
        let memberships = evaluate(&case.model, &store, case.now, None, &Stored::default());
        each(&case, |home, row, explanation| {
            let tree = &explanation.tree;
            let member = memberships.audiences[&home.address].contains(row);
            prop_assert_eq!(tree.member, member, "row {}: {:#?}", row, tree);
            prop_assert_eq!(tree.member, tree.population.holds && tree.root.holds);
            if !tree.population.holds {
                return Ok(());
            }
            let mut all = Vec::new();
            pairs(&home.criterion, &tree.root, &mut all);
            let mut model = case.model.clone();
            for (at, (criterion, _)) in all.iter().enumerate() {
                let asked = audience(&format!("q{at}"), home.workspaces.clone(), criterion.kind.clone());
                let asked = Audience { standard: home.standard, ..asked };
                model.audiences.insert(asked.address.clone(), asked);
            }
            let memberships = evaluate(&model, &store, case.now, None, &Stored::default());
            for (at, (criterion, node)) in all.iter().enumerate() {
                let holds = memberships.audiences[&name(&format!("q{at}"))].contains(row);
                prop_assert_eq!(node.holds, holds, "{}", criterion);
            }
            Ok(())
        })
    });
}

#[test]
fn facts_agree_with_verdicts() {
    check(120, 4, |case| {
        each(&case, |home, _, explanation| {
            let mut all = Vec::new();
            pairs(&home.criterion, &explanation.tree.root, &mut all);
            for (criterion, node) in all {
                prop_assert!(agrees(criterion, node), "{}\n{:#?}", criterion, node);
            }
            Ok(())
        })
    });
}

/// Whether the facts of a criterion say what the evaluator says. Facts speak of the positive form.
fn agrees(criterion: &Criterion, node: &Node) -> bool {
    let Inside::Leaf(facts) = &node.inside else { return true };
    let (positive, holds) = match &criterion.kind {
        Kind::Not(inner) => (&inner.kind, !node.holds),
        kind => (kind, node.holds),
    };
    let any = |test: &dyn Fn(&Fact) -> bool| facts.iter().any(test);
    match positive {
        Kind::Event(test) => {
            any(&|fact| matches!(fact, Fact::Count { found, .. } if test.count.contains(*found) == holds))
        }
        Kind::Picked(_) => any(&|fact| matches!(fact, Fact::Event(event) if event.holds)) == holds,
        Kind::Sequence(_) => any(&|fact| matches!(fact, Fact::Step(step) if step.at.is_none())) != holds,
        Kind::Abandoned(_) => any(&|fact| matches!(fact, Fact::Abandoned(each) if each.holds)) == holds,
        Kind::Aggregate(test) => any(&|fact| match fact {
            Fact::Calculated { value, .. } => satisfies(value, &test.predicate).is_none_or(|says| says == holds),
            _ => false,
        }),
        // Nothing is there to say that nothing is there.
        Kind::UserAttribute { predicate: Predicate::Empty, .. }
        | Kind::Profile { predicate: Predicate::Empty, .. }
        | Kind::Identity { predicate: Predicate::Empty, .. } => true,
        Kind::UserAttribute { .. } | Kind::Profile { .. } | Kind::Attribution { .. } => {
            any(&|fact| matches!(fact, Fact::Value { holds: true, .. })) == holds
        }
        Kind::Seen { .. } => any(&|fact| matches!(fact, Fact::Seen { holds: true, .. })) == holds,
        Kind::Near { .. } => any(&|fact| matches!(fact, Fact::Location { holds: true, .. })) == holds,
        Kind::Identity { .. } => any(&|fact| matches!(fact, Fact::Identity { holds: true, .. })) == holds,
        Kind::Everyone | Kind::All(_) | Kind::Any(_) | Kind::Not(_) | Kind::Member(_) => true,
    }
}

/// Whether a calculated number satisfies a predicate; `None` where that is not easily said.
fn satisfies(value: &Value, predicate: &Predicate) -> Option<bool> {
    let number = match value {
        Value::Number(number) => Some(*number),
        Value::Missing => None,
        _ => return None,
    };
    let holds = |test: &dyn Fn(f64) -> bool| Some(number.is_some_and(test));
    match predicate {
        Predicate::Exists => Some(number.is_some()),
        Predicate::Empty => Some(number.is_none()),
        Predicate::Equal(bound) => holds(&|number| number == bound.get()),
        Predicate::Less(bound) => holds(&|number| number < bound.get()),
        Predicate::AtMost(bound) => holds(&|number| number <= bound.get()),
        Predicate::Greater(bound) => holds(&|number| number > bound.get()),
        Predicate::AtLeast(bound) => holds(&|number| number >= bound.get()),
        Predicate::Between(low, high) => holds(&|number| low.get() <= number && number <= high.get()),
        _ => None,
    }
}

/// What decides a tree: each leaf and nested audience with its number.
fn holds(node: &Node, changed: &BTreeSet<usize>) -> bool {
    match &node.inside {
        Inside::All(inner) => inner.iter().all(|each| holds(each, changed)),
        Inside::Any(inner) => inner.iter().any(|each| holds(each, changed)),
        Inside::Not(inner) => !holds(inner, changed),
        Inside::Leaf(_) | Inside::Member(..) => node.holds != changed.contains(&node.number),
    }
}

fn changeable(node: &Node, into: &mut Vec<usize>) {
    match &node.inside {
        Inside::All(inner) | Inside::Any(inner) => inner.iter().for_each(|each| changeable(each, into)),
        Inside::Not(inner) => changeable(inner, into),
        Inside::Leaf(_) if ["everyone", "not everyone"].contains(&&*node.text) => {}
        Inside::Leaf(_) | Inside::Member(..) => into.push(node.number),
    }
}

/// The first set of numbers that turns the tree round, the smallest sets first.
fn smallest(root: &Node) -> Option<usize> {
    let mut all = Vec::new();
    changeable(root, &mut all);
    let sets = (0..1u32 << all.len().min(16)).map(|bits| {
        all.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, number)| *number).collect::<BTreeSet<_>>()
    });
    sets.filter(|set| holds(root, set) != root.holds).map(|set| set.len()).min()
}

#[test]
fn the_fewest_changes_turn_it_round_and_no_fewer_do() {
    check(80, 4, |case| {
        each(&case, |_, _, explanation| {
            let root = &explanation.tree.root;
            match &explanation.fewest {
                Fewest::Criteria(numbers) => {
                    let set: BTreeSet<usize> = numbers.iter().copied().collect();
                    prop_assert!(holds(root, &set) != root.holds);
                    prop_assert_eq!(Some(set.len()), smallest(root));
                }
                Fewest::Population => prop_assert!(!explanation.tree.population.holds),
                Fewest::Nothing => prop_assert_eq!(smallest(root), None),
            }
            Ok(())
        })
    });
}

/// Lengths of all windows and retentions that random models have, and none.
const LENGTHS: [i64; 7] = [0, 1000, DAY_MS, 2 * DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 400 * DAY_MS];
const DAY_MS: i64 = 86_400_000;

/// Every instant of a user's data, in whatever text it may stand.
fn instants(user: &User) -> BTreeSet<i64> {
    let of_fields = user.fields.values().filter_map(|held| match held {
        Held::Text(text) => Some(text),
        _ => None,
    });
    let of_events =
        user.events.iter().flat_map(|event| event.products.iter().chain([&event.attributes, &event.action]));
    let of_events = of_events.flat_map(|attributes| attributes.values().flatten());
    let texts = of_fields.chain(of_events).chain(user.identities.iter().map(|(_, value)| value));
    let dates = texts.filter_map(|text| read_date(text)).map(|at| at.0);
    let events = user.events.iter().map(|event| event.at_ms);
    let seen = user.sightings.iter().map(|(_, at)| *at).chain(user.places.iter().map(|(_, at, _)| *at));
    dates.chain(seen).chain(events).collect()
}

/// When the membership first differs, trying everything.
fn brute_force(case: &Case, store: &Store, address: &Address, row: u32, member_now: bool) -> Option<Turn> {
    let times = instants(&case.world.users[row as usize]);
    let moved = |at: i64| LENGTHS.map(|length| [at + length - 1, at + length, at + length + 1]).concat();
    let all: BTreeSet<i64> = times.into_iter().flat_map(moved).filter(|at| *at > case.now.ms()).collect();
    let turned = |at: &i64| member(&case.model, store, Now(Timestamp(*at)), address, row) != member_now;
    all.into_iter().find(turned).map(|at| Turn { at: Timestamp(at), member: !member_now })
}

#[test]
fn time_turns_it_round_exactly_when_trying_says_so() {
    check(40, 3, |case| {
        let store = case.world.packed();
        each(&case, |audience, row, explanation| {
            let tried = brute_force(&case, &store, &audience.address, row, explanation.tree.member);
            prop_assert_eq!(explanation.turn, tried, "row {}: {:#?}", row, explanation.tree);
            Ok(())
        })
    });
}
