//! Tests of `explain`: what a user's tree says, and how the command speaks of users. That verdicts, counts, changes and times
//! are right is a property in `tests/eval/explained.rs`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use aud::base::{InputName, Mpid, Now, SourceMap, Timestamp};
use aud::catalog::{
    CustomEventType, DeviceField, EventKey, EventKind, IdentityType, InstallEdge, LocationField, ProfileField,
    Regulation,
};
use aud::explain::{Explanation, Question, explain};
use aud::report::Style;
use aud::report::explain::{json, text};
use aud::store::{Builder, EventRow, ProfileValue, Store};
use aud::system::OsSystem;
use aud::workbench::{Checked, Workbench};

use crate::support::Sandbox;

const DAY: i64 = 86_400_000;

fn now() -> Now {
    Now(Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").unwrap())
}

type Attributes<'a> = &'a [(&'a str, Option<&'a str>)];

/// Ann, about whom much is known, and two others.
fn store() -> Store {
    let inputs = ["shop.ios", "shop.web", "travel.app"].map(|name| InputName::try_from(name.to_owned()).unwrap());
    let (shop, travel) = (inputs[0].workspace.clone(), inputs[2].workspace.clone());
    let mut builder = Builder::new(&inputs);
    let now = now().0.0;
    let (ann, bob) = (builder.user(Mpid(-7)), builder.user(Mpid(9)));
    builder.see(ann, &shop, now - 400 * DAY);
    builder.see(ann, &travel, now - 40 * DAY);
    builder.see(bob, &shop, now - 45 * DAY);
    builder.identity(ann, IdentityType::Email, "ann@example.com");
    builder.identity(bob, IdentityType::Email, "bob@secret.example");
    builder.attribute(ann, &shop, "lifetime_value", Some("900"));
    builder.attribute(ann, &travel, "plan", Some("pro"));
    builder.attribute(bob, &shop, "lifetime_value", Some("31337"));
    let texts = ["Heat".to_owned(), "Chicago".to_owned()];
    let mut field = |field: ProfileField, value: ProfileValue<'_>| builder.field(ann, &shop, &field, value, None);
    field(ProfileField::attribute("movies"), ProfileValue::List(&texts));
    field(ProfileField::attribute("vip"), ProfileValue::Null);
    field(ProfileField::Consent(Regulation::Gdpr, "marketing".to_owned()), ProfileValue::Text("true"));
    field(ProfileField::Attribution(InstallEdge::Install, None), ProfileValue::Text("true"));
    let publisher = ProfileField::Attribution(InstallEdge::Install, Some("publisher".to_owned()));
    field(publisher, ProfileValue::Text("Facebook"));
    builder.device(ann, &shop, DeviceField::Os, "iOS");
    let paris =
        BTreeMap::from([(LocationField::City, "Paris".to_owned()), (LocationField::Point, "48.85,2.35".to_owned())]);
    builder.locate(ann, &shop, now - 5 * DAY, &paris);
    let mut event = |key: EventKey, ago: i64, attributes: Attributes<'_>, products: &[Vec<(&str, Option<&str>)>]| {
        let row = EventRow {
            at_ms: now - ago,
            input: 1,
            event_type: CustomEventType::Other,
            id: None,
            attributes,
            action: &[],
            products,
        };
        builder.event(ann, &key, row);
    };
    let purchase = || EventKey::custom("Purchase");
    event(purchase(), 5 * DAY, &[("category", Some("Shoes")), ("price", Some("60"))], &[]);
    event(purchase(), 9 * DAY, &[("category", Some("Shoes")), ("price", Some("45"))], &[]);
    event(purchase(), 9 * DAY, &[("category", Some("Hats")), ("price", Some("12.5"))], &[]);
    event(purchase(), 90 * DAY, &[("category", Some("Shoes")), ("price", None)], &[]);
    event(EventKey::custom("Subscription"), 3 * DAY, &[("state", Some("trial"))], &[]);
    event(EventKey::custom("Search"), 2 * DAY, &[("term", Some("shoe"))], &[]);
    let products =
        [vec![("id", Some("1")), ("category", Some("shoe"))], vec![("id", Some("2")), ("category", Some("hat"))]];
    event(EventKey::of(EventKind::AddToCart), 2 * DAY - 3_600_000, &[], &products);
    event(EventKey::of(EventKind::Purchase), DAY, &[], &products[1..]);
    builder.finish("explained", 1)
}

fn checked() -> Checked {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain");
    let checked = Workbench::open(Arc::new(OsSystem), &folder).unwrap().check();
    assert!(
        checked.model.is_some(),
        "{}",
        aud::report::diagnostic::human(&checked.diagnostics, &checked.sources, Style::PLAIN)
    );
    checked
}

/// The explanation of one user and audience of `tests/explain`.
fn explained(row: u32, audience: &str, stored: &[(&str, bool)]) -> (Explanation, SourceMap) {
    let Checked { model: Some(model), sources, .. } = checked() else { unreachable!() };
    let store = store();
    let (address, _) = model.audiences.get_key_value(audience).unwrap();
    let name = |text: &str| model.audiences.get_key_value(text).unwrap().0.clone();
    let stored = stored.iter().map(|(address, inside)| (name(address), *inside)).collect();
    let question = Question { model: &model, store: &store, row, audience: address, now: now(), stored: &stored };
    (explain(&question).unwrap(), sources)
}

fn page(row: u32, audience: &str) -> String {
    let (explanation, sources) = explained(row, audience, &[]);
    text(&explanation, &sources, Style::PLAIN)
}

#[test]
fn every_kind_of_criterion_has_facts() {
    let Checked { model: Some(model), .. } = checked() else { unreachable!() };
    let pages: Vec<String> = model.audiences.keys().map(|address| page(0, address.as_str())).collect();
    insta::assert_snapshot!(pages.join("\n---\n\n"));
}

#[test]
fn who_has_expired_is_in_nothing() {
    insta::assert_snapshot!(page(1, "lapsed_spenders"));
}

#[test]
fn stored_memberships_decide() {
    let (explanation, sources) = explained(0, "summer", &[("summer", true)]);
    let page = text(&explanation, &sources, Style::PLAIN);
    assert!(page.starts_with("user -7 is in summer"), "{page}");
    let (explanation, sources) = explained(0, "after_summer", &[("summer", true)]);
    insta::assert_snapshot!(format!("{page}\n---\n\n{}", text(&explanation, &sources, Style::PLAIN)));
}

#[test]
fn as_json() {
    let (explanation, sources) = explained(0, "lapsed_spenders", &[]);
    insta::assert_snapshot!(format!("{:#}", json(&explanation, &sources)));
}

#[test]
fn nothing_of_others_is_said() {
    let Checked { model: Some(model), .. } = checked() else { unreachable!() };
    for audience in model.audiences.keys() {
        let (explanation, sources) = explained(0, audience.as_str(), &[]);
        let said = format!("{}{}", text(&explanation, &sources, Style::PLAIN), json(&explanation, &sources));
        assert!(!said.contains("31337") && !said.contains("bob@") && !said.contains("\u{1b}"), "{said}");
    }
}

#[test]
fn colours_only_where_wanted() {
    let (explanation, sources) = explained(0, "lapsed_spenders", &[]);
    let coloured = text(&explanation, &sources, Style { color: true, width: 100 });
    assert!(coloured.contains("\u{1b}[32m✓"));
}

/// A project with two customers.
fn project() -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write(
        "aud.yaml",
        "version: 1\nproject: shop\naudiences: audiences\nworkspaces: { shop: { inputs: { web: { kind: platform } } } }\n\
         data:\n  path: data\n  sources:\n  - name: people\n    input: web\n    files: people.csv\n    format: csv\n    \
         user: { email: email }\n    seen: { column: seen }\n    user_attributes: { plan: plan }\nstate: { path: state.db }\n",
    );
    sandbox.write("people.csv", "email,seen,plan\nann@example.com,2026-02-20,pro\nBOB@example.com,2026-02-21,free\n");
    sandbox.write(
        "audiences/a.aud",
        "version 1\naudience pros { match { user \"plan\" is \"pro\" } }\n\
         audience later { status draft match { everyone } }\n",
    );
    let _ = sandbox.aud(&["import"]).fine();
    sandbox
}

#[test]
fn users_are_named_by_number_or_identity() {
    let sandbox = project();
    let ask = |user: &str, audience: &str| sandbox.aud(&["explain", user, audience, "--now", "2026-03-01"]);
    let by_email = ask("email: ANN@example.com", "pros").fine();
    assert!(by_email.out.contains("is in pros") && by_email.out.contains("audiences/a.aud:2"), "{}", by_email.out);
    let mpid = sandbox.aud(&["who", "pros", "--now", "2026-03-01"]).fine().out;
    assert_eq!(ask(mpid.trim(), "pros").fine().out, by_email.out);
    let json =
        sandbox.aud(&["explain", "email:bob@example.com", "pros", "--now", "2026-03-01", "--json"]).fine().json();
    assert_eq!((&json["version"], &json["member"]), (&1.into(), &false.into()));
}

#[test]
fn unknown_names_are_errors_that_give_nobody_away() {
    let sandbox = project();
    let error = |user: &str, audience: &str| sandbox.aud(&["explain", user, audience]).code(1).err;
    let errors = [
        error("emial:ann@example.com", "pros"),
        error("email:eve@example.com", "pros"),
        error("12", "pros"),
        error("ann", "pros"),
        error("email:ann@example.com", "pro"),
        error("email:ann@example.com", "later"),
    ];
    insta::assert_snapshot!(errors.concat());
}
