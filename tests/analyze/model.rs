//! What well-formed files mean.

use aud::base::Name;
use aud::ir::{ConnectionStatus, VariantName};

use super::{audience, model};

fn printed(criterion: &str) -> String {
    audience(&format!("match {{ {criterion} }}")).criterion_text()
}

#[test]
fn fields_come_from_the_audience_then_from_the_defaults() {
    let model = model(&["version 1\n\
        defaults { workspace shop inputs web tags \"All\" status draft access private }\n\
        ## First line.\n## Second line.\n\
        audience a \"A\" { tags \"Own\" match { everyone } status active protect true }\n\
        audience b { workspaces travel inputs travel.ios match { everyone } }\n"]);
    let a = &model.audiences["a"];
    assert_eq!((a.name.as_str(), a.external_name.as_str()), ("A", "A"));
    assert_eq!(a.tags.iter().map(String::as_str).collect::<Vec<_>>(), ["All", "Own"]);
    assert_eq!((a.status.word(), a.access.word(), a.protect), ("active", "private", true));
    assert_eq!(a.doc.as_deref(), Some("First line.\nSecond line."));
    assert_eq!(a.inputs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["shop.web"]);
    let b = &model.audiences["b"];
    assert_eq!((b.name.as_str(), b.status.word()), ("b", "draft"));
    assert_eq!(b.inputs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["travel.ios"]);
}

#[test]
fn inputs_left_out_are_all_of_the_workspaces() {
    let a = audience("match { everyone }");
    let inputs: Vec<String> = a.inputs.iter().map(ToString::to_string).collect();
    assert_eq!(inputs, ["shop.ios", "shop.web", "travel.booking", "travel.ios"]);
}

#[test]
fn exclusions_apply_to_the_group_before_them() {
    assert_eq!(
        printed(r#"user "text" is "x" or event "A" exclude audience b exclude (event "A" in shop.ios)"#),
        r#"(event "A" or user "text" is "x") and event "A" never in shop.ios and not audience b"#
    );
    assert_eq!(printed("exclude audience b"), "not audience b");
}

#[test]
fn named_criteria_read_what_their_user_reads() {
    let model = model(&["version 1\n\
        criterion c = event \"A\" in ios\n\
        audience a { workspace shop match { criterion c } }\n\
        audience b { workspace travel match { criterion c } }\n"]);
    assert_eq!(model.audiences["a"].criterion_text(), "event \"A\" in shop.ios");
    assert_eq!(model.audiences["b"].criterion_text(), "event \"A\" in travel.ios");
}

#[test]
fn named_criteria_are_inlined_and_flattened() {
    let model = model(&["version 1\n\
        criterion c = event \"A\" and criterion d\n\
        criterion d = user \"text\" is \"x\"\n\
        audience a { workspace shop match { criterion c and flag: user \"flag\" is true } }\n"]);
    assert_eq!(
        model.audiences["a"].criterion_text(),
        r#"event "A" and user "text" is "x" and flag: user "flag" is true"#
    );
}

#[test]
fn connections_are_in_the_order_of_variant_and_output() {
    let a = audience(
        "match { everyone } split s { variant one 10% variant two \"Two\" 20% }\n\
         connect warehouse { variant two status inactive }\nconnect warehouse { variant control }\n\
         connect warehouse\nconnect backup",
    );
    let shown: Vec<String> = a.connections.iter().map(|each| format!("{} {}", each.output, each.variant)).collect();
    assert_eq!(shown, ["backup whole audience", "warehouse whole audience", "warehouse two", "warehouse control"]);
    let two =
        a.connections.iter().find(|each| each.variant == VariantName::Variant(Name::new("two").unwrap())).unwrap();
    assert_eq!(two.status, ConnectionStatus::Inactive);
    let split = a.split.as_ref().unwrap();
    assert_eq!((split.control_share(), split.variants[0].title.as_str()), (70, "one"));
    assert_eq!(a.downstream_name(&two.variant), "a - Two");
}

#[test]
fn renames_lead_to_the_end_of_their_way() {
    let model = model(&["version 1\nmoved x to y\nmoved y to a\naudience a { workspace shop match { everyone } }\n"]);
    let moves: Vec<String> = model.moves.iter().map(|each| format!("{} {}", each.from, each.to)).collect();
    assert_eq!(moves, ["x a", "y a"]);
}

#[test]
fn a_model_survives_its_json() {
    let model = model(&[
        "version 1\naudience a { workspace shop match { user \"number\" is in [1, 2.5] and event \"A\" where (\"date\" on 2026-01-01) never within last 3 days exclude first seen before 2026-01-01T00:00:00Z } split s { variant v 5% } connect warehouse { variant v } }\n",
    ]);
    let json = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<aud::ir::Model>(&json).unwrap(), model);
}
