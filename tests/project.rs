//! Tests of `project`: what is read, and that nothing written into the file can hurt.

use std::path::{Path, PathBuf};

use aud::base::{SourceMap, Timestamp};
use aud::diagnostic::{Code, Diagnostic};
use aud::project::{Project, StateLocation, find, load};
use aud::report::Style;
use aud::report::diagnostic::{concise, human};
use aud::system::MemorySystem;
use proptest::prelude::*;

const FULL: &str = include_str!("project/full.yaml");

struct Loaded {
    project: Option<Project>,
    found: Vec<Diagnostic>,
    sources: SourceMap,
}

impl Loaded {
    fn codes(&self) -> Vec<Code> {
        self.found.iter().map(|diagnostic| diagnostic.code).collect()
    }

    fn lines(&self) -> String {
        concise(&self.found, &self.sources, Style::PLAIN)
    }
}

fn loaded(text: impl Into<Vec<u8>>) -> Loaded {
    let system = MemorySystem::new(Timestamp(0)).with_file("/p/aud.yaml", text.into());
    let mut sources = SourceMap::default();
    let (project, found) = load(&system, Path::new("/p"), &mut sources);
    Loaded { project, found: found.into_sorted(), sources }
}

/// A sound project with something more.
fn with(more: &str) -> Loaded {
    loaded(format!(
        "version: 1\nproject: shop\nworkspaces: {{ shop: {{ inputs: {{ web: {{ kind: platform }} }} }} }}\n{more}"
    ))
}

#[test]
fn every_key_is_read() {
    let loaded = loaded(FULL);
    assert_eq!(loaded.lines(), "");
    insta::assert_debug_snapshot!(loaded.project.unwrap());
}

#[test]
fn every_project_file_of_the_repository_is_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in ["audiences/aud.yaml", "tests/retail/aud.yaml", "src/workbench/init/aud.yaml"] {
        let loaded = loaded(std::fs::read(root.join(path)).unwrap());
        assert_eq!(loaded.lines(), "", "{path}");
        assert!(loaded.project.is_some(), "{path}");
    }
    let page = std::fs::read_to_string(root.join("docs/project.md")).unwrap();
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(loaded(example).lines(), "", "the example of docs/project.md");
}

#[test]
fn what_is_left_out_has_a_default() {
    let project = with("").project.unwrap();
    assert_eq!(project.audiences, PathBuf::from("/p/audiences"));
    assert_eq!(project.data_path, PathBuf::from("/p/.aud/data"));
    assert_eq!(project.state, aud::project::StateLocation::Sqlite(PathBuf::from("/p/.aud/state.db")));
    assert_eq!(project.retention.events.unwrap().to_string(), "30 days");
    assert_eq!((project.limits.nesting_depth, project.limits.variants), (1, 5));
    let blank = with("data:\nschema:\noutputs:\nretention: {}\nlimits:\nstate: {}\n");
    assert_eq!(blank.lines(), "");
    assert_eq!(blank.project.unwrap().sources, vec![]);
}

const ENVIRONMENTS: &str = "\
outputs:
  warehouse: { kind: file, settings: { path: delivered } }
  archive: { kind: file, settings: { path: archive } }
environments:
  staging: { outputs: { warehouse: { settings: { path: staging } } } }
  kept_apart: { state: { path: apart.db }, shadow: true }
";

#[test]
fn an_environment_has_a_state_of_its_own_and_the_outputs_that_it_says() {
    let project = with(ENVIRONMENTS).project.unwrap();
    assert_eq!((&project.environment, project.shadow), (&None, false));
    let path = |project: &Project, output: &str| project.outputs[output].settings["path"].as_str().unwrap().to_owned();
    let staging = project.clone().in_environment("staging").unwrap();
    assert_eq!(staging.environment.as_ref().unwrap().as_str(), "staging");
    assert_eq!(staging.state, StateLocation::Sqlite(PathBuf::from("/p/.aud/state.staging.db")));
    assert_eq!((path(&staging, "warehouse"), path(&staging, "archive")), ("staging".to_owned(), "archive".to_owned()));
    assert_eq!((&staging.name, &staging.data_path), (&project.name, &project.data_path));
    let apart = project.clone().in_environment("kept_apart").unwrap();
    assert_eq!((apart.state.clone(), apart.shadow), (StateLocation::Sqlite(PathBuf::from("/p/apart.db")), true));
    assert_eq!(path(&apart, "warehouse"), "delivered");
    assert_eq!(path(&project, "warehouse"), "delivered");
}

#[test]
fn an_unknown_environment_is_told_with_the_nearest() {
    let project = with(ENVIRONMENTS).project.unwrap();
    let error = |name: &str| project.clone().in_environment(name).unwrap_err().to_string();
    assert_eq!(error("stagin"), "no environment `stagin`; did you mean `staging`?");
    assert_eq!(error("production"), "no environment `production`; aud.yaml has kept_apart, staging");
    let none = with("").project.unwrap().in_environment("staging").unwrap_err();
    assert_eq!(none.to_string(), "no environment `staging`; aud.yaml has no `environments`");
}

#[test]
fn secrets_of_environments_are_never_shown() {
    for output in ["{ secrets: { key: s3cr3t } }", "{ secrets: s3cr3t }", "{ secrts: { key: [s3cr3t] } }"] {
        for (base, name) in
            [("{ kind: file, settings: { path: a } }", "a"), ("{ kind: none }", "a"), ("{ kind: none }", "b")]
        {
            let text =
                format!("outputs: {{ a: {base} }}\nenvironments: {{ e: {{ outputs: {{ {name}: {output} }} }} }}\n");
            let loaded = with(&text);
            assert!(!loaded.found.is_empty());
            let shown = human(&loaded.found, &loaded.sources, Style::PLAIN);
            assert!(!shown.contains("s3cr3t"), "{shown}");
        }
    }
}

#[test]
fn byte_order_marks_and_windows_lines_change_nothing() {
    let windows = FULL.replace('\n', "\r\n");
    let marked = [b"\xef\xbb\xbf", windows.as_bytes()].concat();
    let (plain, marked) = (loaded(FULL), loaded(marked));
    assert_eq!(marked.lines(), "");
    let (plain, mut marked) = (plain.project.unwrap(), marked.project.unwrap());
    // Places are the only thing that moves.
    for (name, output) in &mut marked.outputs {
        output.span = plain.outputs[name].span;
    }
    for (name, environment) in &mut marked.environments {
        for (output, own) in &mut environment.outputs {
            own.span = plain.environments[name].outputs[output].span;
        }
    }
    assert_eq!(format!("{plain:?}"), format!("{marked:?}"));
}

#[test]
fn errors_that_definitions_do_not_depend_on_leave_a_project() {
    let source = "{ name: a, input: wbe, files: a.csv, format: csv, user: { email: e } }";
    let loaded = with(&format!("retention: 1 year\ndata: {{ sources: [{source}] }}\nstate: {{ pth: x }}\n"));
    assert_eq!(loaded.codes(), [Code::InvalidValue, Code::UnknownReference, Code::UnknownKey]);
    assert_eq!(loaded.project.unwrap().sources, vec![]);
    for broken in ["outputs: { a: { kind: none } }", "schema: { user: { a: money } }", "audiences: [a]", "project: b"] {
        assert!(with(broken).project.is_none(), "{broken}");
    }
}

#[test]
fn a_version_of_another_build_is_not_looked_into() {
    let loaded = loaded("version: 3\nsomething: else\n");
    assert_eq!(loaded.codes(), [Code::UnsupportedVersion]);
    assert!(loaded.project.is_none());
}

#[test]
fn a_missing_file_is_said_to_be_missing() {
    let at = |system: &MemorySystem| {
        let (project, found) = load(system, Path::new("/p"), &mut SourceMap::default());
        assert!(project.is_none());
        human(&found.into_sorted(), &SourceMap::default(), Style::PLAIN)
    };
    let system = MemorySystem::new(Timestamp(0));
    insta::assert_snapshot!(at(&system));
    assert!(at(&system.with_file("/p/aud.yml", "version: 1")).contains("rename it"));
}

#[test]
fn the_nearest_folder_with_a_project_file_is_found() {
    let system = MemorySystem::new(Timestamp(0)).with_file("/p/aud.yaml", "").with_file("/p/a/b/aud.yaml", "");
    let found = |start: &str| find(&system, Path::new(start)).map(|folder| folder.display().to_string());
    assert_eq!(found("/p/a").as_deref(), Some("/p"));
    assert_eq!(found("/p/a/b").as_deref(), Some("/p/a/b"));
    assert_eq!(found("/p/a/b/c/d").as_deref(), Some("/p/a/b"));
    assert_eq!(found("/q"), None);
    let relative = MemorySystem::new(Timestamp(0)).with_file("aud.yaml", "");
    assert_eq!(find(&relative, Path::new("a")), Some(PathBuf::from(".")));
}

#[test]
fn literal_secrets_are_never_shown() {
    for secrets in [
        "{ api_key: s3cr3t }",
        "{ api_key: { value: s3cr3t } }",
        "{ api_key: [s3cr3t, s3cr3t] }",
        "s3cr3t",
        "{ api_key: { evn: s3cr3t } }",
        "{ api_key: { env: { value: s3cr3t } } }",
    ] {
        for kind in ["file", "braze", "[", "flie"] {
            let text = format!("outputs: {{ a: {{ kind: {kind}, secrets: {secrets}, settings: {{ pth: [] }} }} }}\n");
            let loaded = with(&text);
            assert!(!loaded.found.is_empty(), "{text}");
            let shown = human(&loaded.found, &loaded.sources, Style::PLAIN);
            assert!(!shown.contains("s3cr3t"), "{text}\n{shown}");
        }
    }
    let lines =
        with("outputs:\n  a:\n    secrets:\n      env: s3cr3t\n      key: s3cr3t\n      other: [ }\n    kind: ]\n");
    assert_eq!(lines.sources.iter().map(|(_, source)| source.text.matches("s3cr3t").count()).sum::<usize>(), 1);
    assert!(with("outputs: { a: { kind: braze, secrets: { k: abc } } }").codes().contains(&Code::LiteralSecret));
}

#[test]
fn hostile_files_are_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert_eq!(loaded(bomb).codes(), [Code::InvalidYaml]);
    assert_eq!(loaded("[".repeat(100_000)).codes(), [Code::InvalidYaml]);
    assert_eq!(loaded(format!("a: {}1{}", "[".repeat(100), "]".repeat(100))).codes(), [Code::InvalidYaml]);
    let deep: String = (0..5000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert_eq!(loaded(deep).codes(), [Code::InvalidYaml]);
    assert_eq!(loaded(vec![b'#'; 17 << 20]).codes(), [Code::UnreadableProject]);
}

/// Everything that may be done with what a load found.
fn survives(text: &[u8]) {
    let loaded = loaded(text);
    let shown = human(&loaded.found, &loaded.sources, Style::PLAIN);
    assert!(loaded.project.is_some() || !shown.is_empty(), "refused without a reason: {}", text.escape_ascii());
    for found in &loaded.found {
        let span = found.span().unwrap();
        let text = &loaded.sources.get(span.source).unwrap().text;
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is not in the text");
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes);
    }

    #[test]
    fn no_yaml_is_too_odd(text in "([a-z]{1,3}: |- |\\{|\\}|\\[|\\]|, |\"|'|&a |\\*a|!!str |<<: |\n  ?|\t|# |\\| ?|é|---|1|~){0,40}") {
        survives(text.as_bytes());
    }

    /// A sound file with a piece of itself taken out, doubled, or put elsewhere.
    #[test]
    fn no_edit_is_too_odd(from in 0..FULL.len(), length in 0usize..80, to in 0..FULL.len(), keep: bool) {
        let bytes = FULL.as_bytes();
        let piece = &bytes[from..(from + length).min(bytes.len())];
        let mut edited = bytes.to_vec();
        if !keep {
            edited.drain(from..from + piece.len());
        }
        let to = to.min(edited.len());
        edited.splice(to..to, piece.iter().copied());
        survives(&edited);
    }
}
