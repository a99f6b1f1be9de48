//! The answers to the trees of a workload, straight from what each operator is said to mean: one user, one node at a time.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::small::{DAY, Data, Event, NOW, User};

/// `{number: [count, "xor of the user ids"]}`.
pub(super) fn answers(document: &Value, data: &Data) -> Value {
    let audiences = document["audiences"].as_array().unwrap();
    let of = |user: &User| data.events.iter().filter(|event| event.user == user.id).collect();
    let of_user: BTreeMap<i64, Vec<&Event>> = data.users.iter().map(|user| (user.id, of(user))).collect();
    let mut expected = Map::new();
    for audience in audiences {
        let inside = |user: &&User| holds(&audience["tree"], user, &of_user[&user.id], audiences);
        let members: Vec<i64> = data.users.iter().filter(inside).map(|user| user.id).collect();
        let xor = members.iter().fold(0, |xor, id| xor ^ id);
        expected.insert(audience["id"].to_string(), json!([members.len(), xor.to_string()]));
    }
    Value::Object(expected)
}

fn holds(tree: &Value, user: &User, own: &[&Event], audiences: &[Value]) -> bool {
    let of = |tree: &Value| holds(tree, user, own, audiences);
    let mut children = tree["children"].as_array().into_iter().flatten();
    match tree["op"].as_str().unwrap() {
        "and" => children.all(of),
        "or" => children.any(of),
        "exclude" => of(&tree["base"]) && !of(&tree["minus"]),
        "audience" => of(&audiences[tree["id"].as_u64().unwrap() as usize]["tree"]),
        "attr" => attribute(tree, user),
        _ => events(tree, own),
    }
}

/// The attribute as JSON; null where the user has none.
fn value(name: &str, user: &User) -> Value {
    match name {
        "city" => json!(user.city),
        "age" => json!(user.age),
        "ltv" => json!(user.ltv),
        "signup_ts" => json!(user.signup),
        "last_seen" => json!(user.last_seen),
        "email_present" => json!(user.email_present),
        "favorite_categories" => json!(user.favorites),
        other => panic!("{other}"),
    }
}

fn attribute(tree: &Value, user: &User) -> bool {
    let (has, asked) = (value(tree["attr"].as_str().unwrap(), user), &tree["value"]);
    let edge = || (NOW - asked.as_i64().unwrap() * DAY) as f64;
    let cmp = tree["cmp"].as_str().unwrap();
    if cmp == "exists" {
        return has.is_null() != asked.as_bool().unwrap();
    }
    if has.is_null() {
        return false;
    }
    let number = || has.as_f64().unwrap();
    match cmp {
        "eq" => has == *asked,
        "in" => asked.as_array().unwrap().contains(&has),
        "gt" => number() > asked.as_f64().unwrap(),
        "lt" => number() < asked.as_f64().unwrap(),
        "between" => asked[0].as_f64().unwrap() <= number() && number() <= asked[1].as_f64().unwrap(),
        "contains" => has.as_str().unwrap().to_lowercase().contains(&asked.as_str().unwrap().to_lowercase()),
        "includes" => has.as_array().unwrap().contains(asked),
        "within_days" => number() >= edge(),
        "older_than_days" => number() < edge(),
        other => panic!("{other}"),
    }
}

fn events(tree: &Value, own: &[&Event]) -> bool {
    let days_ago = |days: &Value| NOW - days.as_i64().unwrap() * DAY;
    let in_window = |at: i64| match &tree["window"] {
        Value::Null => true,
        window if window["last_days"].is_null() => {
            let [from, to] = [0, 1].map(|end| days_ago(&window["between_days_ago"][end]));
            from <= at && at < to
        }
        window => at >= days_ago(&window["last_days"]),
    };
    let passes = |event: &&Event| {
        let filters = tree["filters"].as_array().unwrap();
        tree["event"] == event.name && in_window(event.at) && filters.iter().all(|filter| filtered(filter, event))
    };
    let found: Vec<&Event> = own.iter().copied().filter(passes).collect();
    match tree["op"].as_str().unwrap() {
        "event_count" if tree["cmp"] == "eq" => found.is_empty(),
        "event_count" => found.len() as u64 >= tree["value"].as_u64().unwrap(),
        "event_sum" => found.iter().filter_map(|event| event.amount).sum::<f64>() >= tree["value"].as_f64().unwrap(),
        "last_event_older_than" => {
            found.iter().map(|event| event.at).max().is_some_and(|newest| newest < days_ago(&tree["days"]))
        }
        other => panic!("{other}"),
    }
}

fn filtered(filter: &Value, event: &Event) -> bool {
    let asked = &filter["value"];
    match (filter["field"].as_str().unwrap(), filter["cmp"].as_str().unwrap()) {
        ("amount", "gte") => event.amount.is_some_and(|amount| amount >= asked.as_f64().unwrap()),
        ("category", "eq") => event.category.is_some_and(|category| asked == category),
        ("category", "in") => {
            event.category.is_some_and(|category| asked.as_array().unwrap().contains(&json!(category)))
        }
        other => panic!("{other:?}"),
    }
}
