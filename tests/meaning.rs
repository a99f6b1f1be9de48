//! The rules of meaning, M1 to M26, as executable specifications.
//!
//! Each rule has a file of the language in `tests/meaning`, which explains it and shows its boundary cases in tests (section
//! 7 of the language). They run here as they stand, in the project `tests/meaning/aud.yaml`. What tests in the language
//! cannot say, such as what a batch sent twice does, is shown in a Rust file of the same number.

mod batches;
mod m10;
mod m12;
mod m15;
mod m16;
mod m20;
mod m23;
mod m25;
mod m26;

use std::collections::BTreeSet;
use std::path::Path;

use aud::analyze::{Analysis, Input, analyze};
use aud::base::{SourceMap, Timestamp};
use aud::catalog::Catalog;
use aud::ir::{Model, Scenario};
use aud::project::Project;
use aud::system::MemorySystem;
use aud::testing::{Failure, Report, Run, run};

/// Every rule that tests in the language can show, with the number of expectations that its file holds at least.
const RULES: [(&str, usize); 24] = [
    ("m01", 19),
    ("m02", 16),
    ("m03", 19),
    ("m03a", 11),
    ("m04", 27),
    ("m05", 14),
    ("m06", 12),
    ("m07", 13),
    ("m08", 13),
    ("m09", 17),
    ("m10", 12),
    ("m11", 22),
    ("m12", 20),
    ("m13", 10),
    ("m14", 7),
    ("m15", 20),
    ("m16", 7),
    ("m17", 16),
    ("m18", 24),
    ("m19", 10),
    ("m20", 12),
    ("m21", 20),
    ("m22", 14),
    ("m23", 8),
];

/// A project with definitions and tests.
struct Rule {
    project: Project,
    model: Model,
    scenarios: Vec<Scenario>,
}

impl Rule {
    /// Reads a project file and a file of the language, neither of which may hold an error.
    fn read(yaml: &str, text: &str) -> Self {
        let mut sources = SourceMap::default();
        let system = MemorySystem::new(Timestamp(0)).with_file("/project/aud.yaml", yaml.to_owned());
        let (project, diagnostics) = aud::project::load(&system, Path::new("/project"), &mut sources);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        let project = project.unwrap();
        let id = sources.add("rule.aud", text);
        let parsed = aud::syntax::parse(sources.get(id).unwrap(), id);
        assert!(!parsed.diagnostics.has_errors(), "{:#?}", parsed.diagnostics);
        let (catalog, deployed) = (Catalog::default().overlaid(project.declared.clone()), BTreeSet::new());
        let input = Input { project: &project, catalog: &catalog, files: &[&parsed.file], deployed: &deployed };
        let Analysis { model, scenarios, diagnostics } = analyze(input);
        let errors: Vec<_> = diagnostics.iter().map(|each| &each.message).collect();
        Self { model: model.unwrap_or_else(|| panic!("{errors:#?}")), scenarios, project }
    }

    fn of(file: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meaning");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        Self::read(&read("aud.yaml"), &read(&format!("{file}.aud")))
    }

    fn run(&self) -> Report {
        let scenarios: Vec<&Scenario> = self.scenarios.iter().collect();
        let (model, project) = (&self.model, &self.project);
        run(&Run { model, project, scenarios: &scenarios, coverage: false, clock: &|| 0 })
    }
}

#[test]
fn every_specification_holds() {
    let mut broken = Vec::new();
    for (rule, least) in RULES {
        let report = Rule::of(rule).run();
        let expectations: usize = report.tests.iter().map(|test| test.expectations).sum();
        if expectations < least {
            broken.push(format!("{rule} has lost expectations: {expectations} are fewer than {least}"));
        }
        for test in &report.tests {
            broken.extend(test.failures.iter().map(|failure| format!("{rule}, {}: {}", test.title, told(failure))));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn told(failure: &Failure) -> String {
    let wrong =
        failure.wrong.iter().map(|each| format!("{} is {}in", each.user, if each.inside { "" } else { "not " }));
    let wrong = wrong.collect::<Vec<_>>().join(", ");
    format!("at {}, {} ({}): {wrong}", failure.now, failure.audience, failure.variant)
}

/// No file lies there that no test reads.
#[test]
fn every_file_is_a_specification() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/meaning");
    let files = crate::support::files_below(&folder);
    let written = files.iter().filter(|file| file.extension().is_some_and(|each| each == "aud"));
    let names: Vec<&str> = written.filter_map(|file| file.file_stem()?.to_str()).collect();
    assert_eq!(names, RULES.map(|(rule, _)| rule));
}
