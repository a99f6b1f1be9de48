//! Tests as JUnit XML, one suite a file.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Document, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::text;
use crate::base::{Origin, SourceMap};
use crate::report::{Style, xml_character};
use crate::testing::{Report, Tested};

/// The document.
///
/// # Errors
/// What the writer of XML says.
pub fn junit(report: &Report, sources: &SourceMap) -> Result<String, SerializeError> {
    let mut document = Document::new("aud test");
    for tests in report.tests.chunk_by(|a, b| file(a.origin, sources) == file(b.origin, sources)) {
        let name = tests.first().map(|test| file(test.origin, sources)).unwrap_or_default();
        let mut suite = TestSuite::new(name.clone());
        suite.add_test_cases(tests.iter().map(|test| case(test, &name, sources)));
        document.add_test_suite(suite);
    }
    document.to_string()
}

fn case(test: &Tested, file: &str, sources: &SourceMap) -> TestCase {
    let status = match test.failures.as_slice() {
        [] => TestCaseStatus::success(),
        failures => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let found: Vec<String> = failures.iter().map(text::found).collect();
            let described: Vec<String> =
                failures.iter().map(|failure| text::failure(failure, sources, Style::PLAIN)).collect();
            status
                .set_type("expectation")
                .set_message(xml(&found.join("; ")))
                .set_description(xml(&described.join("\n")));
            status
        }
    };
    let mut case = TestCase::new(xml(&test.title), status);
    case.set_classname(file).set_time(Duration::from_millis(test.duration_ms)).set_assertions(test.expectations);
    case
}

fn file(origin: Origin, sources: &SourceMap) -> String {
    let source = origin.0.and_then(|span| sources.get(span.source));
    source.map(|source| source.path.display().to_string()).unwrap_or_default()
}

/// A text as XML may hold it.
fn xml(text: &str) -> String {
    text.chars().map(xml_character).collect()
}
