//! The tests of a project.

use super::{Workbench, WorkbenchError};
use crate::base::SourceMap;
use crate::diagnostic::Diagnostic;
use crate::ir::Scenario;
use crate::testing::{self, Report, Run, Selection};

/// Which tests to run, and what to find out.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    /// Which.
    pub selection: Selection,
    /// Whether to find out what the tests show of each criterion.
    pub coverage: bool,
}

/// What came of running tests.
#[derive(Debug)]
pub struct TestRun {
    /// What the tests said.
    pub report: Report,
    /// How many tests were not selected.
    pub left_out: usize,
    /// Warnings about the definitions.
    pub warnings: Vec<Diagnostic>,
    /// The texts, for what points into them.
    pub sources: SourceMap,
}

impl Workbench {
    /// Runs tests over the users that they bring along: neither data nor state is needed, and nothing is written. Where
    /// there is data, attributes are read as the types that it shows, as everywhere.
    ///
    /// # Errors
    /// Definitions or tests with errors.
    pub fn test(&self, request: &TestRequest) -> Result<TestRun, WorkbenchError> {
        let checked = self.check();
        let (false, Some(project), Some(model)) = (checked.has_errors(), &checked.project, &checked.model) else {
            return Err(WorkbenchError::Invalid(Box::new(checked)));
        };
        let takes = |scenario: &&Scenario| request.selection.takes(scenario, &checked.sources);
        let scenarios: Vec<&Scenario> = checked.scenarios.iter().filter(takes).collect();
        let mut report = testing::run(&Run {
            model,
            project,
            scenarios: &scenarios,
            coverage: request.coverage,
            clock: &|| self.system().now().ms(),
        });
        if let Some(coverage) = report.coverage.as_mut().filter(|_| !request.selection.is_everything()) {
            // What the selected tests do not speak of is not theirs to cover.
            coverage.audiences.retain(|audience| audience.expectations > 0);
        }
        let left_out = checked.scenarios.len() - scenarios.len();
        Ok(TestRun { report, left_out, warnings: checked.diagnostics, sources: checked.sources })
    }
}
