//! Tests of `analyze`: what the gallery in `tests/ui` does not show.

mod again;
mod arbitrary;
mod fingerprint;
mod golden;
mod items;
mod model;
mod rules;
mod round_trip;
mod scenario;

use std::collections::BTreeSet;
use std::path::Path;

use aud::analyze::{Analysis, Input, analyze};
use aud::base::{Name, SourceMap, Timestamp};
use aud::catalog::Catalog;
use aud::ir::{Audience, Model};
use aud::project::Project;
use aud::system::MemorySystem;

/// A project of two workspaces with an input of the same name in each.
const PROJECT: &str = r#"
version: 1
project: shop
workspaces:
  shop:   { inputs: { ios: { kind: platform }, web: { kind: platform } } }
  travel: { inputs: { ios: { kind: platform }, booking: { kind: platform } } }
retention: { events: unlimited, profiles: unlimited }
schema:
  user: { text: string, number: number, flag: boolean, date: date, list: { list: string } }
  events: { A: { attributes: { text: string, number: number, flag: boolean, date: date } } }
outputs:
  warehouse: { kind: file, settings: { path: delivered } }
  backup:    { kind: file, settings: { path: backup } }
"#;

fn project(yaml: &'static str) -> Project {
    let system = MemorySystem::new(Timestamp(0)).with_file("/project/aud.yaml", yaml);
    let (project, diagnostics) = aud::project::load(&system, Path::new("/project"), &mut SourceMap::default());
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    project.unwrap()
}

/// Parses and analyses some files. The texts must be readable.
fn analysed(project: &Project, catalog: &Catalog, texts: &[&str]) -> Analysis {
    let mut sources = SourceMap::default();
    let mut files = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let id = sources.add(format!("{at}.aud"), *text);
        let parsed = aud::syntax::parse(sources.get(id).unwrap(), id);
        assert!(!parsed.diagnostics.has_errors(), "{text}\n{:#?}", parsed.diagnostics);
        files.push(parsed.file);
    }
    let files: Vec<_> = files.iter().collect();
    let deployed = BTreeSet::new();
    analyze(Input { project, catalog, files: &files, deployed: &deployed })
}

/// The model of some files without errors.
fn model(texts: &[&str]) -> Model {
    let project = project(PROJECT);
    let analysis = analysed(&project, &project.declared, texts);
    let errors: Vec<_> = analysis.diagnostics.iter().map(|each| &each.message).collect();
    assert!(analysis.model.is_some(), "{texts:?}: {errors:?}");
    analysis.model.unwrap()
}

/// The audience `a` of a file that holds the given fields of it.
fn audience(fields: &str) -> Audience {
    let text = format!(
        "version 1\naudience a {{ workspaces shop, travel {fields} }}\naudience b {{ workspace shop match {{ everyone }} }}\n"
    );
    model(&[&text]).audiences.remove(&Name::new("a").unwrap()).unwrap()
}

/// Codes and messages of what is found in a file.
fn messages(text: &str) -> Vec<String> {
    let project = project(PROJECT);
    let analysis = analysed(&project, &project.declared, &[text]);
    analysis.diagnostics.iter().map(|each| format!("{} {}", each.code, each.message)).collect()
}
