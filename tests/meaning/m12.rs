//! M10, M12 and M14, what tests in the language cannot say: their users are seen in every workspace at once.

use aud::base::{InputName, Mpid, Now, Timestamp};
use aud::catalog::{CustomEventType, EventKey};
use aud::eval::{Stored, evaluate};
use aud::store::{Builder, EventRow};

use super::Rule;

const YAML: &str = "
version: 1
project: shop
workspaces:
  shop: { inputs: { web: { kind: platform } } }
  travel: { inputs: { tv: { kind: platform } } }
";

const DAY_MS: i64 = 86_400_000;

/// Who is in an audience `a` on some day, of two users whom both workspaces saw on day 0, with a plan in both; on day 20
/// user 0 came to `travel` and user 1 to `shop`.
fn members(text: &str, day: i64) -> Vec<u32> {
    let rule = Rule::read(YAML, &format!("version 1\n{text}\n"));
    let inputs = ["shop.web", "travel.tv"].map(|name| InputName::try_from(name.to_owned()).unwrap());
    let mut builder = Builder::new(&inputs);
    for user in 0..2u32 {
        let row = builder.user(Mpid(i64::from(user)));
        for input in &inputs {
            builder.see(row, &input.workspace, 0);
            builder.attribute(row, &input.workspace, "plan", Some("pro"));
        }
        let event = EventRow {
            at_ms: 20 * DAY_MS,
            input: [1, 0][row as usize],
            event_type: CustomEventType::Other,
            id: None,
            attributes: &[],
            action: &[],
            products: &[],
        };
        builder.event(row, &EventKey::custom("Visit"), event);
    }
    let now = Now(Timestamp(day * DAY_MS));
    let all = evaluate(&rule.model, &builder.finish("s", 1), now, None, &Stored::default());
    all.audiences["a"].iter().collect()
}

/// An event is a sighting in the workspace of its input, and nowhere else (M12).
#[test]
fn an_event_is_seen_where_it_came_in() {
    let shop = "audience a { workspace shop match { everyone } }";
    let travel = "audience a { workspace travel match { everyone } }";
    let either = "audience a { workspaces shop, travel match { everyone } }";
    for (day, in_shop, in_travel, anywhere) in [
        (30, vec![0, 1], vec![0, 1], vec![0, 1]),
        (31, vec![1], vec![0], vec![0, 1]),
        (50, vec![1], vec![0], vec![0, 1]),
        (51, vec![], vec![], vec![]),
    ] {
        assert_eq!(members(shop, day), in_shop, "day {day}");
        assert_eq!(members(travel, day), in_travel, "day {day}");
        assert_eq!(members(either, day), anywhere, "day {day}");
    }
}

/// A profile that its workspace has not seen for 30 days is not read, though another keeps its user in the population (M10).
#[test]
fn profiles_die_by_workspace() {
    let of_travel = r#"audience a { workspaces shop, travel match { user "plan" is "pro" in travel } }"#;
    let not_of_travel = r#"audience a { workspaces shop, travel match { user "plan" is not "pro" in travel } }"#;
    let of_any = r#"audience a { workspaces shop, travel match { user "plan" is "pro" } }"#;
    assert_eq!(members(of_travel, 30), [0, 1]);
    assert_eq!(members(of_travel, 31), [0]);
    // The other one is still in the population, and nothing that can be read of it says pro.
    assert_eq!(members(not_of_travel, 31), [1]);
    assert_eq!(members(of_any, 31), [0, 1]);
}

/// Nesting never widens the population (M14): who is only known to `travel` is in no audience of `shop`.
#[test]
fn the_population_is_the_outer_one() {
    let viewers = "audience viewers { workspace travel match { everyone } }";
    let nesting = format!("{viewers} audience a {{ workspace shop match {{ audience viewers }} }}");
    let without = format!("{viewers} audience a {{ workspace shop match {{ not audience viewers }} }}");
    assert_eq!(members(&nesting, 30), [0, 1]);
    assert!(members(&nesting, 31).is_empty());
    assert_eq!(members(&without, 31), [1]);
}
