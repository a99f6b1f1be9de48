//! Suppressed counts cannot be computed from what else a plan shows.
//!
//! An attacker reads the rendered JSON, knows what adds up to what, and narrows every figure down as far as bounds can be carried from one to the other.

use std::collections::BTreeMap;

use aud::base::SourceMap;
use aud::catalog::IdentityType;
use aud::ir::{Audience, VariantName};
use aud::plan::{Moves, Plan, Why};
use aud::report::plan as report;
use proptest::prelude::*;
use serde_json::Value;

use crate::plan::world::*;

/// A figure by its path in the document.
type Figures = BTreeMap<String, Value>;

/// Every figure of a document.
fn figures(json: &Value) -> Figures {
    fn walk(path: String, value: &Value, found: &mut Figures) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, each)| walk(format!("{path}/{key}"), each, found)),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(at, each)| walk(format!("{path}/{at}"), each, found))
            }
            other => _ = found.insert(path, other.clone()),
        }
    }
    let mut found = Figures::new();
    walk("/changes".to_owned(), &json["changes"], &mut found);
    found.retain(|path, value| {
        let word = value.as_str().is_some_and(|text| text == "withheld" || text.starts_with('<'));
        (value.is_u64() || word) && !path.contains("/fields/")
    });
    found
}

/// What the attacker knows of a figure.
fn bounds(value: &Value) -> (i64, i64) {
    match value {
        Value::Number(number) => (number.as_i64().unwrap(), number.as_i64().unwrap()),
        Value::String(text) if text.starts_with('<') => (1, text[1..].parse::<i64>().unwrap() - 1),
        _ => (1, i64::MAX / 64),
    }
}

/// What may add up to nothing: figures with their signs. Those that do not in truth are dropped.
fn equations(json: &Value) -> Vec<Vec<(String, i64)>> {
    let mut all = Vec::new();
    let of = |path: &str, key: &str| format!("{path}/{key}");
    let balance = |people: &str| {
        vec![(of(people, "before"), 1), (of(people, "adds"), 1), (of(people, "drops"), -1), (of(people, "after"), -1)]
    };
    for (at, change) in json["changes"].as_array().unwrap().iter().enumerate() {
        let base = format!("/changes/{at}");
        let whole = of(&base, "people");
        all.push(balance(&whole));
        let parts: Vec<String> =
            (0..change["variants"].as_array().unwrap().len()).map(|n| format!("{base}/variants/{n}/people")).collect();
        all.extend(parts.iter().map(|part| balance(part)));
        for key in ["before", "adds", "drops", "after"] {
            // Of another test, everybody is new to the variants.
            for total in [key, "after"] {
                let sum = parts.iter().map(|part| (of(part, key), 1));
                all.push(sum.chain([(of(&whole, total), -1)]).collect());
            }
        }
        let causes = ["edit", "data", "time"];
        for key in ["adds", "drops"] {
            let sum = causes.iter().map(|cause| (format!("{base}/why/{cause}/{key}"), 1));
            all.push(sum.chain([(of(&whole, key), -1)]).collect());
        }
        for (n, connection) in change["connections"].as_array().unwrap().iter().enumerate() {
            let path = format!("{base}/connections/{n}");
            let variant = connection["variant"].as_str();
            let part =
                change["variants"].as_array().unwrap().iter().position(|each| each["variant"].as_str() == variant);
            let people = match variant {
                None => Some(&whole),
                Some(_) => part.map(|part| &parts[part]),
            };
            if let Some(people) = people {
                let same = match connection["action"].as_str().unwrap() {
                    "connect" => vec![("adds", "after")],
                    "disconnect" => vec![("drops", "before")],
                    _ => {
                        all.push(vec![(of(&path, "kept"), 1), (of(&path, "drops"), 1), (of(people, "before"), -1)]);
                        all.push(vec![(of(&path, "kept"), 1), (of(&path, "adds"), 1), (of(people, "after"), -1)]);
                        vec![("adds", "adds"), ("drops", "drops")]
                    }
                };
                all.extend(same.iter().map(|(key, other)| vec![(of(&path, key), 1), (of(people, other), -1)]));
            }
            if connection["identities"].as_object().unwrap().len() == 1 {
                let identity = connection["identities"].as_object().unwrap().keys().next().unwrap();
                all.push(vec![
                    (format!("{path}/identities/{identity}"), 1),
                    (of(&path, "unreachable"), 1),
                    (of(&path, "adds"), -1),
                    (of(&path, "drops"), -1),
                ]);
            }
        }
    }
    all
}

/// Narrows every figure down as far as the equations carry.
fn attack(shown: &Figures, equations: &[Vec<(String, i64)>]) -> BTreeMap<String, (i64, i64)> {
    let mut known: BTreeMap<String, (i64, i64)> =
        shown.iter().map(|(path, value)| (path.clone(), bounds(value))).collect();
    for _ in 0..40 {
        for equation in equations {
            for (at, (path, sign)) in equation.iter().enumerate() {
                let others = equation.iter().enumerate().filter(|(other, _)| *other != at);
                let (mut low, mut high) = (0, 0);
                for (_, (other, factor)) in others {
                    let (least, most) = known[other];
                    let ends = [factor * least, factor * most];
                    low += ends[0].min(ends[1]);
                    high += ends[0].max(ends[1]);
                }
                // sign × figure = −(the others)
                let (low, high) = if *sign > 0 { (-high, -low) } else { (low, high) };
                let here = known.get_mut(path).unwrap();
                *here = (here.0.max(low), here.1.min(high));
            }
        }
    }
    known
}

fn document(plan: &Plan, suppress_below: Option<u64>) -> Value {
    let show = report::Show { suppress_below, ..report::Show::default() };
    report::json(&report::view(plan, &SourceMap::default(), show))
}

/// Divides the moves of a plan among causes.
fn explained(plan: &mut Plan, share: u64) {
    for change in &mut plan.changes {
        let (adds, drops) = (change.people.adds.len(), change.people.drops.len());
        let edit = Moves { adds: adds.min(share), drops: drops / 2 };
        let time = Moves { adds: adds - edit.adds, drops: drops - edit.drops };
        change.why = Some(Why { edit, time, ..Why::default() });
    }
}

/// An audience that is tested, or not, and connected in some way.
fn shaped(shape: u8) -> Audience {
    let audience = audience("vip", more_than("ltv", 1.0));
    let parts = match shape % 4 {
        0 => vec![VariantName::Whole],
        1 => vec![variant("push"), VariantName::Control],
        2 => vec![VariantName::Whole, variant("push"), variant("email")],
        _ => Vec::new(),
    };
    let split = (!shape.is_multiple_of(4) || shape > 8).then(|| split("test", &[("push", 10), ("email", 5 + shape)]));
    let connected = if split.is_some() { parts } else { vec![VariantName::Whole] };
    Audience { split, connections: connected.into_iter().map(|part| connect(part, "warehouse")).collect(), ..audience }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_suppressed_count_can_be_computed(
        before in prop_oneof![0..12_u32, 0..90_u32],
        (from, to) in (prop_oneof![0..9_u32, 0..60_u32], prop_oneof![0..14_u32, 0..99_u32]),
        shapes in (0..12_u8, 0..12_u8),
        deployed in any::<bool>(),
        kept in any::<bool>(),
        bound in 5..30_u64,
        share in 0..20_u64,
        one_identity in any::<bool>(),
    ) {
        let world = World::new();
        let old = shaped(shapes.0);
        let new = if kept { Audience { criterion: more_than("ltv", 2.0).into(), ..old.clone() } } else { shaped(shapes.1) };
        let mut world = if deployed { world.deploy(old, 0..before) } else { world };
        if !kept {
            world.replace.push(name("vip"));
        }
        let world = world.write(new, from..from.max(to));
        let plan = world.try_plan().or_else(|_| World { replace: Vec::new(), ..world }.try_plan());
        let Ok(mut plan) = plan else { return Ok(()) };
        explained(&mut plan, share);
        if one_identity {
            for connection in plan.changes.iter_mut().flat_map(|change| &mut change.connections) {
                let total = connection.adds.len() + connection.drops.len();
                connection.unreachable = total / 5;
                connection.identities = [(IdentityType::Email, total - total / 5)].into();
            }
        }
        let truth = figures(&document(&plan, None));
        let json = document(&plan, Some(bound));
        let shown = figures(&json);
        prop_assert_eq!(truth.keys().collect::<Vec<_>>(), shown.keys().collect::<Vec<_>>());
        let holds = |equation: &Vec<(String, i64)>| {
            equation.iter().all(|(path, _)| truth.contains_key(path))
                && equation.iter().map(|(path, sign)| sign * bounds(&truth[path]).0).sum::<i64>() == 0
        };
        let equations: Vec<_> = equations(&json).into_iter().filter(holds).collect();
        let known = attack(&shown, &equations);
        for (path, value) in &truth {
            let count = value.as_u64().unwrap();
            let (low, high) = known[path];
            prop_assert!(low <= count as i64 && count as i64 <= high, "{path} is {count}, told as {low} to {high}");
            prop_assert!(count != 0 || shown[path] == *value, "{path} is nobody");
            if (1..bound).contains(&count) {
                prop_assert!(high > low, "{path} is {count} < {bound} and can be computed\n{shown:#?}\n{truth:#?}");
            }
        }
    }
}
