//! The gallery: small broken projects and what is said about them.
//!
//! Each folder of `tests/ui` is a project: an `aud.yaml` (the one beside the folders where it has none) and `*.aud` files.
//! `expected.txt` in it is what a person is shown. `AUD_UPDATE=1 cargo test --test suite ui::` writes these files anew;
//! read every change as the person who made the mistake would.

use std::path::{Path, PathBuf};

use aud::analyze::{Input, analyze};
use aud::base::{Name, SourceMap, Timestamp};
use aud::diagnostic::Diagnostic;
use aud::report::Style;
use aud::report::diagnostic::{human, summary};
use aud::system::MemorySystem;

use crate::support::{detected_catalog, files_below};

/// The folder that every case is in while it is checked, so that no message depends on the machine.
const FOLDER: &str = "/project";

fn cases() -> Vec<PathBuf> {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let entries = std::fs::read_dir(gallery).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() > 18, "the gallery is where it should be");
    cases
}

/// Checks the project of a folder as `aud check` does, with the catalog of the gallery as what the data shows, and the
/// addresses in `deployed.txt` as what is deployed.
fn check(folder: &Path) -> (Vec<Diagnostic>, SourceMap) {
    let default = std::fs::read(folder.with_file_name("aud.yaml")).unwrap();
    let mut system = MemorySystem::new(Timestamp(0)).with_file(format!("{FOLDER}/aud.yaml"), default);
    for path in files_below(folder) {
        let inside = Path::new(FOLDER).join(path.strip_prefix(folder).unwrap());
        system = system.with_file(inside, std::fs::read(&path).unwrap());
    }
    let mut sources = SourceMap::default();
    let (project, mut diagnostics) = aud::project::load(&system, Path::new(FOLDER), &mut sources);
    let Some(project) = project else { return (diagnostics.into_sorted(), sources) };
    let mut files = Vec::new();
    for path in files_below(folder).iter().filter(|path| path.extension().is_some_and(|extension| extension == "aud")) {
        let shown = path.strip_prefix(folder).unwrap();
        let id = sources.add(shown, std::fs::read_to_string(path).unwrap());
        let parsed = aud::syntax::parse(sources.get(id).unwrap(), id);
        diagnostics.append(parsed.diagnostics);
        files.push(parsed.file);
    }
    let files: Vec<_> = files.iter().collect();
    let deployed = std::fs::read_to_string(folder.join("deployed.txt")).unwrap_or_default();
    let deployed = deployed.lines().map(|line| Name::new(line).unwrap()).collect();
    let detected = detected_catalog(&folder.with_file_name("catalog.json"));
    let catalog = &detected.overlaid(project.declared.clone());
    let analysis = analyze(Input { project: &project, catalog, files: &files, deployed: &deployed });
    diagnostics.append_elsewhere(analysis.diagnostics);
    (diagnostics.into_sorted(), sources)
}

#[test]
fn every_case_says_what_is_expected() {
    let update = std::env::var_os("AUD_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let (diagnostics, sources) = check(&case);
        let shown = format!("{}\n{}\n", human(&diagnostics, &sources, Style::PLAIN), summary(&diagnostics));
        let file = case.join("expected.txt");
        if update {
            std::fs::write(&file, &shown).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        if shown != expected {
            wrong.push(format!("{}\nexpected:\n{expected}\nshown:\n{shown}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_diagnostic_has_a_place_and_a_hint() {
    for case in cases() {
        let (diagnostics, sources) = check(&case);
        assert!(!diagnostics.is_empty(), "{}: a case has something to say", case.display());
        for found in diagnostics {
            let at = format!("{}: {}", case.display(), found.message);
            let span = found.span().unwrap_or_else(|| panic!("{at}: no place"));
            let text = &sources.get(span.source).unwrap().text;
            assert!(span.end as usize <= text.len() && text.is_char_boundary(span.start as usize), "{at}: {span:?}");
            assert!(found.help.is_some() || found.labels.iter().any(|label| !label.text.is_empty()), "{at}: no hint");
            assert!(!found.message.ends_with('.') && !found.message.starts_with(char::is_uppercase), "{at}: grammar");
        }
    }
}
