//! M23, what tests in the language cannot say: a stored membership stays as it was stored, whatever is known now.

use std::collections::BTreeMap;

use aud::base::{Mpid, Name, Now, Timestamp};
use aud::catalog::{CustomEventType, EventKey};
use aud::eval::{Stored, evaluate};
use aud::store::{Builder, EventRow, Store};

use super::Rule;

const YAML: &str = "
version: 1
project: shop
workspaces: { shop: { inputs: { web: { kind: platform } } } }
";

const TEXT: &str = r#"
version 1
audience january { standard between 2026-01-01 and 2026-01-31 match { event "Visit" } }
audience nested { match { audience january } }
audience others { match { not audience january } }
"#;

/// 2026-02-10T00:00:00Z.
const NOW_MS: i64 = 1_770_681_600_000;
const DAY_MS: i64 = 86_400_000;

/// Three users, all seen today and on 20 January; user 0 visited then.
fn store(rule: &Rule) -> Store {
    let inputs: Vec<_> = rule.project.inputs().map(|input| input.name.clone()).collect();
    let mut builder = Builder::new(&inputs);
    for user in 0..3 {
        let row = builder.user(Mpid(user));
        for at_ms in [NOW_MS, NOW_MS - 21 * DAY_MS] {
            builder.see(row, &inputs[0].workspace, at_ms);
        }
    }
    let visit = EventRow {
        at_ms: NOW_MS - 21 * DAY_MS,
        input: 0,
        event_type: CustomEventType::Other,
        id: None,
        attributes: &[],
        action: &[],
        products: &[],
    };
    builder.event(0, &EventKey::custom("Visit"), visit);
    builder.finish("s", 1)
}

/// The members of all three audiences, `january` being stored with the given ones.
fn members(stored: Option<&[u32]>) -> [Vec<u32>; 3] {
    let rule = Rule::read(YAML, TEXT);
    let january = Name::new("january").unwrap();
    let stored = stored.map(|rows| (january, rows.iter().copied().collect()));
    let stored = Stored(stored.into_iter().collect::<BTreeMap<_, _>>());
    let all = evaluate(&rule.model, &store(&rule), Now(Timestamp(NOW_MS)), None, &stored);
    ["january", "nested", "others"].map(|address| all.audiences[address].iter().collect())
}

#[test]
fn without_a_stored_membership_it_is_evaluated() {
    assert_eq!(members(None), [vec![0], vec![0], vec![1, 2]]);
}

#[test]
fn a_stored_membership_stays_also_where_it_is_nested() {
    assert_eq!(members(Some(&[1])), [vec![1], vec![1], vec![0, 2]]);
    // Stored as nobody is not the same as not stored.
    assert_eq!(members(Some(&[])), [vec![], vec![], vec![0, 1, 2]]);
}
