//! Stores in memory and on disk.

use std::collections::BTreeMap;
use std::path::Path;

use aud::base::{InputName, Mpid};
use aud::catalog::{CustomEventType, EventKey, IdentityType, Provenance, ValueType};
use aud::store::{Builder, EventRow, SHARD_USERS, Store, open};
use aud::system::{OsSystem, System};
use proptest::prelude::*;

use super::support::{describe, imported, input, project, purchases, put, world};

#[test]
fn a_folder_without_a_store_is_an_empty_store() {
    let system = world();
    let (one, two) = (open(&system, Path::new("/none")).unwrap(), open(&system, Path::new("/none")).unwrap());
    assert_eq!((one.user_count(), one.event_count(), one.version), (0, 0, 0));
    assert_ne!(one.id, two.id);
    assert!(!one.catalog().has_data);
    assert!(system.files_below(Path::new("/none")).is_err(), "nothing was written");
}

#[test]
fn real_files_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = project(vec![purchases("*.csv")]);
    shop.folder = folder.path().to_owned();
    shop.data_path = folder.path().join(".aud/data");
    std::fs::write(
        folder.path().join("a.csv"),
        "id,email,at,sku,country\n1,a@b,2020-01-02,X,UK\n1,,2020-01-01,\"a,\"\"b\",FR\n2,c@d,2020-01-03,,\n",
    )
    .unwrap();
    let store = imported(&OsSystem, &shop);
    let users: Vec<String> = describe(&store).into_values().collect();
    insta::assert_snapshot!(users.join("\n"));
    assert_eq!(describe(&open(&OsSystem, &shop.data_path).unwrap()), describe(&store));
}

#[test]
fn a_second_shard_has_its_own_batches() {
    let system = world();
    let mut csv = String::from("id,email,at,sku,country\n");
    for user in 0..SHARD_USERS + 10 {
        csv += &format!("u{user},,2020-01-01,s{},\n", user % 7);
    }
    put(&system, "/p/a.csv", csv);
    let shop = project(vec![purchases("a.csv")]);
    let store = imported(&system, &shop);
    assert_eq!((store.shard_count(), store.shard_len(1)), (2, 10));
    let table = &store.events[&EventKey::custom("Purchase")];
    assert_eq!((table.shards[0].times.len(), table.shards[1].times.len()), (SHARD_USERS, 10));
    assert_eq!(store.users.identities.of(SHARD_USERS as u32 + 9).count(), 1);
    let again = open(&system, &shop.data_path).unwrap();
    assert_eq!(describe(&again), describe(&store));
}

#[test]
fn old_files_go_and_unchanged_ones_stay() {
    let system = world();
    let mut other = purchases("b*.csv");
    other.name = "views".to_owned();
    other.event.as_mut().unwrap().name = aud::project::NameMapping::Constant(EventKey::custom("View"));
    put(&system, "/p/a1.csv", "id,email,at,sku,country\n1,,2020-01-01,X,\n");
    put(&system, "/p/b1.csv", "id,email,at,sku,country\n1,,2020-01-01,X,\n");
    let shop = project(vec![purchases("a*.csv"), other]);
    imported(&system, &shop);
    let names = || -> Vec<String> {
        let files = system.files_below(&shop.data_path).unwrap();
        files.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    };
    let before = names();
    put(&system, "/p/b2.csv", "id,email,at,sku,country\n1,,2020-01-02,X,\n");
    imported(&system, &shop);
    let after = names();
    let kept = |part: &str| before.iter().filter(|name| name.contains(part)).all(|name| after.contains(name));
    assert!(kept("purchase") && !kept("view") && !kept("users"), "{before:?} {after:?}");
    assert_eq!(before.len(), after.len());
}

#[test]
fn the_catalog_says_where_types_come_from() {
    let system = world();
    put(&system, "/p/a.csv", "id,email,at,sku,country\n1,,2020-01-01,12,2020-01-01\n2,,2020-01-01,13.5,\n");
    let shop = project(vec![purchases("a.csv")]);
    let store = imported(&system, &shop);
    let catalog = store.catalog();
    let event = &catalog.events[&EventKey::custom("Purchase")];
    assert_eq!((event.rows, event.types.len()), (2, 1));
    assert_eq!(event.attributes["sku"].value_type, ValueType::Number);
    let sources = vec!["purchases".to_owned()];
    assert_eq!(event.attributes["sku"].provenance, Provenance::Detected { fitting: 2, values: 2, sources });
    assert_eq!(catalog.user_attributes["Country"].value_type, ValueType::Date);
}

/// One step of building a store.
#[derive(Clone, Debug)]
enum Step {
    Event { user: i64, key: u8, at: i64, input: u8, sku: Option<Option<String>> },
    See { user: i64, at: i64 },
    Attribute { user: i64, value: Option<String> },
    Identity { user: i64, value: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let user = || -3i64..4;
    let text = || proptest::option::of("[a-cé ]{0,2}");
    prop_oneof![
        (user(), 0u8..3, -5i64..6, 0u8..2, proptest::option::of(text()))
            .prop_map(|(user, key, at, input, sku)| Step::Event { user, key, at, input, sku }),
        (user(), -9i64..9).prop_map(|(user, at)| Step::See { user, at }),
        (user(), text()).prop_map(|(user, value)| Step::Attribute { user, value }),
        (user(), 0u8..5).prop_map(|(user, value)| Step::Identity { user, value }),
    ]
}

fn inputs() -> [InputName; 2] {
    [input("shop.web"), input("app.ios")]
}

fn build(steps: &[Step]) -> Store {
    let inputs = inputs();
    let mut builder = Builder::new(&inputs);
    for step in steps {
        match step {
            Step::Event { user, key, at, input, sku } => {
                let row = builder.user(Mpid(*user));
                let attributes: Vec<(&str, Option<&str>)> = sku.iter().map(|value| ("sku", value.as_deref())).collect();
                let event_type = CustomEventType::Search;
                let event = EventRow {
                    at_ms: *at,
                    input: *input,
                    event_type,
                    id: None,
                    attributes: &attributes,
                    action: &[],
                    products: &[],
                };
                builder.event(row, &EventKey::custom(format!("e{key}")), event);
            }
            Step::See { user, at } => {
                let row = builder.user(Mpid(*user));
                builder.see(row, &inputs[0].workspace, *at);
            }
            Step::Attribute { user, value } => {
                let row = builder.user(Mpid(*user));
                builder.attribute(row, &inputs[1].workspace, "plan", value.as_deref());
            }
            Step::Identity { user, value } => {
                let row = builder.user(Mpid(*user));
                builder.identity(row, IdentityType::Email, &format!(" {value}"));
            }
        }
    }
    builder.finish("id", 7)
}

/// The same by hand: no columns, no codes.
fn naive(steps: &[Step]) -> BTreeMap<Mpid, String> {
    #[derive(Default)]
    struct User {
        seen: BTreeMap<String, (i64, i64)>,
        plan: Option<Option<String>>,
        emails: Vec<u8>,
        events: Vec<String>,
    }
    impl User {
        fn see(&mut self, workspace: &str, at: i64) {
            let seen = self.seen.entry(workspace.to_owned()).or_insert((at, at));
            *seen = (seen.0.min(at), seen.1.max(at));
        }
    }
    let mut users: BTreeMap<i64, User> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Event { user, key, at, input, sku } => {
                let (workspace, name) = [("shop", "shop.web"), ("app", "app.ios")][*input as usize];
                let sku = sku.as_ref().map(|sku| format!(" sku={sku:?}")).unwrap_or_default();
                let user = users.entry(*user).or_default();
                user.see(workspace, *at);
                user.events.push(format!("{at} e{key} {name} search{sku}\n"));
            }
            Step::See { user, at } => users.entry(*user).or_default().see("shop", *at),
            Step::Attribute { user, value } => users.entry(*user).or_default().plan = Some(value.clone()),
            Step::Identity { user, value } => {
                if !users.entry(*user).or_default().emails.contains(value) {
                    users.values_mut().for_each(|other| other.emails.retain(|each| each != value));
                    users.entry(*user).or_default().emails.push(*value);
                }
            }
        }
    }
    let text = |mut user: User| {
        let mut text = String::new();
        for (workspace, (first, last)) in user.seen {
            text += &format!("seen in {workspace}: {first} to {last}\n");
        }
        if let Some(plan) = user.plan {
            text += &format!("app plan = {plan:?}\n");
        }
        user.emails.iter().for_each(|email| text += &format!("email {email}\n"));
        user.events.sort();
        text + &user.events.concat()
    };
    users.into_iter().map(|(mpid, user)| (Mpid(mpid), text(user))).collect()
}

proptest! {
    #[test]
    fn the_builder_keeps_what_it_was_told(steps in proptest::collection::vec(step(), 0..40)) {
        prop_assert_eq!(describe(&build(&steps)), naive(&steps));
    }
}
