//! What the platform's batches mean: who is in an audience after they were imported.

use std::path::Path;

use aud::base::{Mpid, Now, Timestamp};
use aud::catalog::IdentityType;
use aud::eval::{Stored, evaluate};
use aud::identity::derive_mpid;
use aud::store::{ImportOptions, Store, import, open};
use aud::system::{MemorySystem, write_bytes};

use super::Rule;

const NOW_MS: i64 = 1_772_366_400_000;

/// The store of some batches, one file for each list of them, each imported by itself.
fn store(rule: &Rule, imports: &[&[&str]]) -> Store {
    let system = MemorySystem::new(Timestamp(NOW_MS));
    for (at, batches) in imports.iter().enumerate() {
        write_bytes(&system, Path::new(&format!("/project/b{at}")), batches.join("\n").as_bytes()).unwrap();
        let report = import(&system, &rule.project, ImportOptions::default(), &|_| {}).unwrap();
        assert_eq!(report.sources[0].bad_rows(), 0);
    }
    open(&system, &rule.project.data_path).unwrap()
}

/// Who matches a criterion.
pub(super) fn members(criterion: &str, imports: &[&[&str]]) -> Vec<i64> {
    members_where("", criterion, imports)
}

/// Who matches a criterion, where the source has more keys.
pub(super) fn members_where(more: &str, criterion: &str, imports: &[&[&str]]) -> Vec<i64> {
    let yaml = format!(
        "version: 1\nproject: shop\nworkspaces: {{ shop: {{ inputs: {{ web: {{ kind: platform }} }} }} }}\n\
         data: {{ sources: [{{ name: app, input: web, files: \"b*\", format: mparticle{more} }}] }}\n"
    );
    let text = format!("version 1\naudience a {{ workspace shop match {{ {criterion} }} }}\n");
    let rule = Rule::read(&yaml, &text);
    let store = store(&rule, imports);
    let all = evaluate(&rule.model, &store, Now(Timestamp(NOW_MS)), None, &Stored::default());
    let mut members: Vec<i64> = all.audiences["a"].iter().map(|row| store.users.mpid(row).unwrap().0).collect();
    members.sort();
    members
}

/// A batch of user 1, said an hour ago, with more of it.
pub(super) fn batch(more: &str) -> String {
    format!("{{\"mpid\":1,\"timestamp_unixtime_ms\":{},{more}}}", NOW_MS - 3_600_000)
}

fn holds(criterion: &str, more: &str) -> bool {
    let all = members(criterion, &[&[&batch(more)]]);
    assert!(all.is_empty() || all == [1]);
    !all.is_empty()
}

/// Each criterion holds for the first batch and not for the second.
#[test]
fn everything_that_a_batch_says_can_be_asked() {
    let event = |kind: &str, data: &str| format!("\"events\":[{{\"event_type\":\"{kind}\",\"data\":{{{data}}}}}]");
    let user = |attributes: &str| format!("\"user_attributes\":{{{attributes}}}");
    let version = |version: &str| {
        format!("\"application_info\":{{\"application_version\":\"{version}\"}},{}", event("session_start", ""))
    };
    let product = |color: &str, size: u8| {
        let other = r#"{"id":"b","custom_attributes":{"color":"blue"},"quantity":5}"#;
        let products =
            format!("{{\"id\":\"a\",\"custom_attributes\":{{\"color\":\"{color}\"}},\"quantity\":{size}}},{other}");
        event(
            "commerce_event",
            &format!("\"product_action\":{{\"action\":\"purchase\",\"total_amount\":9.5,\"products\":[{products}]}}"),
        )
    };
    let started = |what: &str| event("application_state_transition", what);
    let cases = [
        // M3a: a tag is there without a value.
        ("user \"vip\" exists", user("\"vip\":null"), user("\"VIP\":null")),
        ("user \"vip\" is empty", user("\"vip\":null"), user("\"vip\":\"x\"")),
        // M3: lists, and a single value as a list of one.
        (
            "user list \"genres\" includes \"Jazz\"",
            user("\"genres\":[\"rock\",\"jazz\"]"),
            user("\"genres\":[\"acid jazz\"]"),
        ),
        ("user list \"genres\" partially matches \"jazz\"", user("\"genres\":\"acid jazz\""), user("\"genres\":[]")),
        // M5: numbers are numbers however they were sent.
        ("user \"age\" >= 41", user("\"age\":4.1e1"), user("\"age\":\"40\"")),
        ("user \"$FirstName\" is \"ann\"", user("\"$firstname\":\"Ann\""), user("\"firstname\":\"Ann\"")),
        (
            "consent gdpr \"marketing\" is rejected",
            r#""consent_state":{"gdpr":{"marketing":{"consented":false}}}"#.to_owned(),
            r#""consent_state":{"gdpr":{"marketing":{"consented":true}}}"#.to_owned(),
        ),
        (
            "device os is \"ios\"",
            r#""device_info":{"platform":"iOS"}"#.to_owned(),
            r#""device_info":{"platform":"Android"}"#.to_owned(),
        ),
        (
            "location within 10 km of 48.85, 2.35",
            r#""context":{"location":{"latitude":48.86,"longitude":2.35}}"#.to_owned(),
            r#""context":{"location":{"latitude":49.86,"longitude":2.35}}"#.to_owned(),
        ),
        (
            "identity email ends with \"@example.com\"",
            r#""user_identities":{"email":"a@example.com"}"#.to_owned(),
            r#""user_identities":{"other":"a@example.com"}"#.to_owned(),
        ),
        ("session where \"app_version\" is \"2.1\"", version("2.1"), version("2.10")),
        // M21: a condition is about one product.
        (
            "purchase where (product \"color\" is \"red\" and product \"quantity\" > 1)",
            product("red", 2),
            product("red", 1),
        ),
        ("purchase where action \"total_amount\" > 9", product("red", 1), event("session_start", "")),
        ("install", started("\"is_first_run\":true"), started("\"is_upgrade\":true")),
        ("upgrade", started("\"is_upgrade\":true"), started("\"is_first_run\":true")),
        (
            "screen \"Home\"",
            event("screen_view", "\"screen_name\":\"Home\""),
            event("screen_view", "\"screen_name\":\"home\""),
        ),
        (
            "event \"A\" type media",
            event("custom_event", "\"event_name\":\"A\",\"custom_event_type\":\"media\""),
            event("custom_event", "\"event_name\":\"A\""),
        ),
    ];
    for (criterion, yes, no) in &cases {
        assert!(holds(criterion, yes), "{criterion}: {yes}");
        assert!(!holds(criterion, no), "{criterion}: {no}");
    }
}

/// What is deleted is missing, not null (M3a, M4), and only from then on.
#[test]
fn deleted_attributes_are_missing() {
    let said = batch("\"user_attributes\":{\"plan\":\"pro\"}");
    let deleted =
        |ms: i64| format!("{{\"mpid\":1,\"timestamp_unixtime_ms\":{ms},\"deleted_user_attributes\":[\"plan\"]}}");
    let later = deleted(NOW_MS);
    assert_eq!(members("user \"plan\" exists", &[&[&said]]), [1]);
    assert_eq!(members("user \"plan\" exists", &[&[&said, &later]]), [0i64; 0]);
    assert_eq!(members("user \"plan\" does not exist", &[&[&said], &[&later]]), [1]);
    let earlier = deleted(NOW_MS - 7_200_000);
    assert_eq!(members("user \"plan\" exists", &[&[&said], &[&earlier]]), [1], "what was said later stays");
}

/// M25: without an MPID the first identity makes the number; with one the number decides and takes the identities.
#[test]
fn batches_find_their_users() {
    let derived = derive_mpid(IdentityType::CustomerId, "c", 0).unwrap();
    let of = |who: &str, name: &str, ago: i64| {
        format!(
            "{{{who},\"events\":[{{\"event_type\":\"custom_event\",\"data\":{{\"event_name\":\"{name}\",\"timestamp_unixtime_ms\":{}}}}}]}}",
            NOW_MS - ago
        )
    };
    let first = of(r#""user_identities":{"email":"e","customer_id":"c"}"#, "A", 30);
    let second = of(r#""mpid":-5,"user_identities":{"email":"e"}"#, "B", 20);
    let third = of(r#""user_identities":{"email":"e"}"#, "C", 10);
    for imports in [&[&[&*third, &*second, &*first][..]][..], &[&[&*first], &[&*second], &[&*third]]] {
        let Mpid(derived) = derived;
        assert_eq!(members("event \"A\"", imports), [derived]);
        assert_eq!(members("event \"B\"", imports), [-5]);
        assert_eq!(members("event \"C\"", imports), [-5], "the email moved to the user that was named");
    }
}
