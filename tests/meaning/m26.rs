//! M26. Opt-out.
//!
//! Batches of development are left out. A user whose latest opt-out event says opted out is in no population: of no audience, whatever it says, through whichever
//! input it was said, however long ago. Saying so is no criterion, so that tests in the language cannot say it.

use aud::base::{InputName, Mpid, Now, Timestamp};
use aud::catalog::{CustomEventType, EventKey, EventKind};
use aud::eval::{Stored, evaluate};
use aud::store::{Builder, EventRow};

use super::Rule;
use super::batches::{batch, members, members_where};

const YAML: &str = "
version: 1
project: shop
workspaces:
  shop: { inputs: { web: { kind: platform } } }
  travel: { inputs: { tv: { kind: platform } } }
";

const TEXT: &str = r#"
version 1
audience everybody { workspace shop match { everyone } }
audience silent { workspace shop match { event "Visit" never } }
audience nested { workspace shop match { not audience silent } }
"#;

const NOW_MS: i64 = 1_772_366_400_000;
const DAY_MS: i64 = 86_400_000;

/// In how many of the three audiences a user is who said these things: input, instant, `is_opted_out` if it was there.
fn audiences(said: &[(u8, i64, Option<&str>)]) -> usize {
    let rule = Rule::read(YAML, TEXT);
    let inputs = ["shop.web", "travel.tv"].map(|name| InputName::try_from(name.to_owned()).unwrap());
    let mut builder = Builder::new(&inputs);
    let row = builder.user(Mpid(1));
    builder.see(row, &inputs[0].workspace, NOW_MS);
    for (input, at_ms, value) in said {
        let attributes: Vec<_> = value.iter().map(|value| ("is_opted_out", Some(*value))).collect();
        let event = EventRow {
            at_ms: *at_ms,
            input: *input,
            event_type: CustomEventType::Other,
            id: None,
            attributes: &attributes,
            action: &[],
            products: &[],
        };
        builder.event(row, &EventKey::of(EventKind::OptOut), event);
    }
    let all = evaluate(&rule.model, &builder.finish("s", 1), Now(Timestamp(NOW_MS)), None, &Stored::default());
    all.audiences.values().filter(|members| members.contains(row)).count()
}

#[test]
fn the_latest_word_counts() {
    // Everybody and silent; nested asks for the opposite.
    assert_eq!(audiences(&[]), 2);
    assert_eq!(audiences(&[(0, NOW_MS, Some("true"))]), 0);
    assert_eq!(audiences(&[(0, NOW_MS - 1, Some("true")), (0, NOW_MS, Some("false"))]), 2);
    assert_eq!(audiences(&[(0, NOW_MS - 1, Some("false")), (0, NOW_MS, Some("TRUE"))]), 0);
    // Whichever was stored first.
    assert_eq!(audiences(&[(0, NOW_MS, Some("true")), (0, NOW_MS - 1, Some("false"))]), 0);
}

#[test]
fn what_says_nothing_opts_nobody_out() {
    for said in [None, Some("1"), Some("yes"), Some(""), Some("false")] {
        assert_eq!(audiences(&[(0, NOW_MS, said)]), 2, "{said:?}");
    }
}

#[test]
fn it_counts_through_any_input_and_beyond_the_retention_but_not_before_its_time() {
    assert_eq!(audiences(&[(1, NOW_MS - DAY_MS, Some("true"))]), 0);
    assert_eq!(audiences(&[(0, NOW_MS - 4000 * DAY_MS, Some("true"))]), 0);
    assert_eq!(audiences(&[(0, NOW_MS + 1, Some("true"))]), 2);
    // And who takes it back through another input has taken it back.
    assert_eq!(audiences(&[(0, NOW_MS - DAY_MS, Some("true")), (1, NOW_MS, Some("false"))]), 2);
}

/// Of two things said at the same millisecond, any counts (M22).
#[test]
fn ties_opt_out() {
    assert_eq!(audiences(&[(0, NOW_MS, Some("true")), (0, NOW_MS, Some("false"))]), 0);
    assert_eq!(audiences(&[(0, NOW_MS, Some("false")), (1, NOW_MS, Some("true"))]), 0);
}

/// Batches of the environment `development` are left out, unless the source says otherwise.
#[test]
fn development_is_not_production() {
    let said = |environment: &str| batch(&format!("\"environment\":{environment},\"user_attributes\":{{\"a\":1}}"));
    for counts in ["\"production\"", "null", "\"staging\""] {
        assert_eq!(members("everyone", &[&[&said(counts)]]), [1], "{counts}");
    }
    assert_eq!(members("everyone", &[&[&said("\"development\"")]]), [0i64; 0]);
    assert_eq!(members_where(", development: true", "everyone", &[&[&said("\"development\"")]]), [1]);
}

/// An opt-out comes with a batch like any event.
#[test]
fn batches_opt_out() {
    let said =
        |out: &str| batch(&format!("\"events\":[{{\"event_type\":\"opt_out\",\"data\":{{\"is_opted_out\":{out}}}}}]"));
    assert_eq!(members("everyone", &[&[&said("true")]]), [0i64; 0]);
    assert_eq!(members("everyone", &[&[&said("false")]]), [1]);
}
