//! M20, in the store itself: event ids are a user's own, whatever the event, the time and the input.

use aud::base::{InputName, Mpid};
use aud::catalog::{CustomEventType, EventKey};
use aud::store::{Builder, EventRow};

use super::batches::{batch, members};

/// How many events are stored of these: user, name, instant, input, event id.
fn stored(events: &[(i64, &str, i64, u8, Option<&str>)]) -> u64 {
    let inputs = ["shop.web", "shop.ios"].map(|name| InputName::try_from(name.to_owned()).unwrap());
    let mut builder = Builder::new(&inputs);
    for (user, name, at_ms, input, id) in events {
        let row = builder.user(Mpid(*user));
        let event = EventRow {
            at_ms: *at_ms,
            input: *input,
            event_type: CustomEventType::Other,
            id: *id,
            attributes: &[],
            action: &[],
            products: &[],
        };
        builder.event(row, &EventKey::custom(*name), event);
    }
    builder.finish("s", 1).event_count()
}

#[test]
fn without_an_id_every_event_counts() {
    assert_eq!(stored(&[(1, "A", 5, 0, None), (1, "A", 5, 0, None), (1, "A", 5, 0, None)]), 3);
}

#[test]
fn one_id_is_one_event_of_a_user() {
    let first = (1, "A", 5, 0, Some("e1"));
    for copy in [first, (1, "A", 6, 0, Some("e1")), (1, "A", 5, 1, Some("e1"))] {
        assert_eq!(stored(&[first, copy]), 1, "{copy:?}");
    }
    for other in
        [(1, "A", 5, 0, Some("E1")), (1, "A", 5, 0, Some("")), (1, "A", 5, 0, None), (2, "A", 5, 0, Some("e1"))]
    {
        assert_eq!(stored(&[first, other]), 2, "{other:?}");
    }
}

/// A batch whose request id was stored in the last 60 days is dropped whole, in one import or in several; what it says of the
/// profile too. Two events inside one batch are two.
#[test]
fn a_batch_counts_once() {
    let buy = r#"{"event_type":"custom_event","data":{"event_name":"Buy"}}"#;
    let with = |id: &str, plan: &str| {
        batch(&format!(
            "\"source_request_id\":\"{id}\",\"user_attributes\":{{\"plan\":\"{plan}\"}},\"events\":[{buy},{buy}]"
        ))
    };
    let (first, again, other) = (with("r", "free"), with("r", "pro"), with("s", "free"));
    for imports in [&[&[&*first, &*again][..]][..], &[&[&*first], &[&*again]]] {
        assert_eq!(members("event \"Buy\" exactly 2 times", imports), [1]);
        assert_eq!(members("user \"plan\" is \"free\"", imports), [1]);
    }
    assert_eq!(members("event \"Buy\" exactly 4 times", &[&[&first], &[&other]]), [1]);
}
