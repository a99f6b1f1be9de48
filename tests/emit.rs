//! Definitions as JSON and back: the schema, the document, the text made of it.

use std::path::Path;

use crate::support::Sandbox;

const SCHEMA: &str = "docs/schema/ir-1.json";

/// A project whose definitions use everything that a document can hold.
fn project() -> Sandbox {
    Sandbox::copy_of("tests/emit")
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_schema_stands_in_the_docs() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
    let schema = aud::ir::json_schema();
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &schema).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, schema, "{SCHEMA} is not the schema of this build; INSTA_UPDATE=always writes it");
}

#[test]
fn a_document_fits_its_schema() {
    let sandbox = project();
    let document = json(&sandbox.aud(&["emit", "ir"]).fine().out);
    let schema = json(&sandbox.aud(&["emit", "ir", "--schema"]).fine().out);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(wrong, Vec::<String>::new());
    assert!(!validator.is_valid(&json(r#"{"version": 1, "audiences": 5}"#)), "the schema refuses something");
}

#[test]
fn what_was_emitted_is_read_back_as_the_same() {
    let sandbox = project();
    let document = sandbox.aud(&["emit", "ir"]).fine().out;
    sandbox.write("ir.json", &document);
    let text = sandbox.aud(&["from-ir", "ir.json"]).fine().out;
    let again = project();
    for file in aud_files(again.path()) {
        std::fs::remove_file(file).unwrap();
    }
    again.write("audiences/all.aud", &text);
    let _ = again.aud(&["fmt", "--check"]).fine();
    assert_eq!(again.aud(&["emit", "ir"]).fine().out, document, "{text}");
}

fn aud_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder.join("audiences")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn other_documents_are_refused_with_a_reason() {
    let sandbox = project();
    for (text, reason) in [
        ("{\"version\": 99}", "has version 99, and this build reads version 1"),
        ("{}", "has no `version`"),
        ("{\"version\": 1, \"audiences\": 5}", "these are no definitions"),
        ("nothing", "these are no definitions"),
    ] {
        sandbox.write("ir.json", text);
        let run = sandbox.aud(&["from-ir", "ir.json"]);
        assert_eq!(run.code, Some(1), "{text}");
        assert!(run.err.contains(reason), "{text}: {}", run.err);
    }
    assert!(sandbox.aud(&["from-ir", "none.json"]).err.contains("none.json"));
}

#[test]
fn codes_are_explained() {
    let sandbox = Sandbox::empty();
    let page = sandbox.aud(&["explain-code", "aud0207"]).fine().out;
    assert!(page.starts_with("# AUD0207: "), "{page}");
    assert_eq!(sandbox.aud(&["explain-code", "207"]).fine().out, page);
    let list = sandbox.aud(&["explain-code"]).fine().out;
    assert_eq!(list.lines().count(), aud::diagnostic::Code::ALL.len());
    let run = sandbox.aud(&["explain-code", "AUD9999"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("there is no diagnostic code `AUD9999`"), "{}", run.err);
    assert_eq!(sandbox.aud(&["explain-code", "AUD0207", "--json"]).fine().json()["code"]["severity"], "error");
}
