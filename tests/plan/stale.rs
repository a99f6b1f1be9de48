//! When a saved plan holds no more.

use aud::base::{Fingerprint, Now, Timestamp};
use aud::plan::{MadeFrom, Part, outputs_fingerprint, stale};

use super::world::*;

fn made_from() -> MadeFrom {
    World::new().plan().made_from
}

#[test]
fn a_plan_holds_while_nothing_differs_whatever_the_clock_says() {
    let later = MadeFrom { now: Now(Timestamp(i64::MAX)), ..made_from() };
    assert_eq!(stale(&made_from(), &later), []);
}

#[test]
fn each_part_is_named() {
    let other = MadeFrom {
        tool: "0.2.0".to_owned(),
        definitions: Fingerprint::of("others"),
        outputs: Fingerprint::of("others"),
        serial: 19,
        data_version: 44,
        ..made_from()
    };
    let texts: Vec<String> = stale(&made_from(), &other).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(texts.join("\n"), @r#"
the plan was made by aud 0.1.0, and this is aud 0.2.0
the definitions changed (23728225bf2c → b74704c68d46)
the outputs in aud.yaml changed (33c9fa2e3b3f → b74704c68d46)
something was applied meanwhile (state serial 17 → 19)
data was imported meanwhile (version 41 → 44)
"#);
    let elsewhere = MadeFrom { lineage: "77".to_owned(), serial: 1, store: "88".to_owned(), ..other };
    let parts: Vec<Part> = stale(&made_from(), &elsewhere).iter().map(|difference| difference.part).collect();
    // A serial of another state, or a version of another store, is no news of its own.
    assert_eq!(parts, [Part::Tool, Part::Definitions, Part::Outputs, Part::State, Part::Store]);
}

#[test]
fn outputs_differ_by_what_they_are_and_not_by_where_they_stand() {
    let world = World::new();
    let mut moved = world.outputs.clone();
    moved.values_mut().for_each(|output| output.span.end += 7);
    assert_eq!(outputs_fingerprint(&world.outputs), outputs_fingerprint(&moved));
    moved.values_mut().for_each(|output| _ = output.settings.insert("path".to_owned(), "elsewhere".into()));
    assert_ne!(outputs_fingerprint(&world.outputs), outputs_fingerprint(&moved));
}
